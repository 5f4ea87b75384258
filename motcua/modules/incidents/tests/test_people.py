"""Who answers a question, says that it is not done, adds and rates: those who reported it, those who met it too."""

import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from motcua.kernel.cases.actions.people import add_party
from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.cases.queries.people import links_held, party_token, read_party_token
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import store_file
from motcua.kernel.files.kind import Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import get_file
from motcua.kernel.identity.actions import create_person
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access, Account, Person
from motcua.kernel.identity.queries import own_accesses
from motcua.kernel.messages.kind import Recipient
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.kind import LONGEST_TEXT
from motcua.modules.incidents.models import Addition, Incident, Rating
from motcua.modules.incidents.queries.public import public_page
from motcua.modules.incidents.queries.telling import everybody
from motcua.modules.incidents.tests.test_portal_report import photo
from motcua.testing.city import LAMP_AT, MONDAY, City
from motcua.testing.keeping import once

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
REPORTERS = ("reporter", "reporter signed in", "merged", "merged by the newer link", "merged signed in")
MET_IT_TOO = ("joined", "joined signed in")
OUTSIDE = ("stranger", "somebody of another report", "officer of ward two", "officer of ward two who joined")


@dataclass(frozen=True)
class Met:
    """A lamp of Ward One, published and worked on, that several people told of; and what each of them holds."""

    case: Case
    actors: dict[str, Actor]
    tokens: dict[str, str]  # of private links
    accounts: dict[str, Account]


def lamp(city: City, name: str, phone: str) -> Case:
    new = NewIncident(
        text=f"Đèn đường tắt, {name} gửi, gọi {phone}", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1],
        name=name, phone=phone,
    )  # fmt: skip
    return submit_incident(new, actor=city.an).case


def account_of(person: Person) -> Account:
    return Account.objects.create(
        kind="person", login=f"p{person.pk}", name="Người dân", person=person, created_at=MONDAY
    )


def by_link(token: str) -> Actor:
    links = links_held([token])
    return Actor(kind="person", party_id=links[0].party_id, case_id=links[0].case_id, links=tuple(links[1:]))


@pytest.fixture
def met(city: City) -> Met:
    return once("people of a report", lambda: _met(city))


def _met(city: City) -> Met:
    with moment.at(MONDAY):
        case, other = lamp(city, "An", "0905 111 111"), lamp(city, "Bình", "0905 222 222")
        elsewhere = lamp(city, "Chi", "0905 333 333")
        receiving.take_incident(case.id, actor=city.hoa)
        receiving.merge_incident(other.id, actor=city.minh, into_code=case.code)
        joined = people.join_incident(case.id, actor=city.an)
        dung = create_person(name="Dung", phone="0905 444 444", email="")
        people.join_incident(case.id, actor=Actor(kind="person", id=99, person_id=dung.pk))
        by_post_and_joined = people.join_incident(case.id, actor=city.tam)
    first, brought = Party.objects.get(case=case, role="reporter"), Party.objects.get(case=case, role="merged")
    tokens = {
        "reporter": party_token(first),
        "merged": party_token(Party.objects.get(case=other)),
        "merged by the newer link": party_token(brought),
        "joined": joined,
        "somebody of another report": party_token(Party.objects.get(case=elsewhere)),
    }
    persons = {"reporter signed in": first.person, "merged signed in": brought.person, "joined signed in": dung}
    accounts = {who: account_of(person) for who, person in persons.items() if person is not None}
    party = read_party_token(by_post_and_joined)
    assert party is not None
    actors = {
        **{who: by_link(token) for who, token in tokens.items()},
        **{who: Actor(kind="person", id=each.pk, person_id=each.person_id) for who, each in accounts.items()},
        "stranger": city.an,
        "officer of ward two": city.tam,
        "officer of ward two who joined": replace(city.tam, party_id=party.id, case_id=case.id),
    }
    return Met(case, actors, tokens, accounts)


@pytest.fixture
def asked(met: Met, city: City) -> Met:
    with moment.at(MONDAY + HOUR):
        working.request_info_incident(
            met.case.id, actor=city.hoa, question="Anh có số 0905 123 456 phải không, cột số mấy?"
        )
    return met


@pytest.fixture
def finished(met: Met, city: City) -> Met:
    with moment.at(MONDAY + HOUR):
        working.resolve_incident(met.case.id, actor=city.hoa, result="Đã thay bóng")
        working.approve_incident(met.case.id, actor=city.minh)
    return met


def standing(case: Case) -> tuple[object, ...]:
    """Everything that a refusal must leave as it was."""
    return (
        Case.objects.filter(pk=case.pk).values().get(),
        list(case.clocks.order_by("id").values()),
        Incident.objects.filter(pk=case.pk).values().get(),
        list(Addition.objects.values()),
        list(Rating.objects.values()),
        Event.objects.count(),
    )


def refused(met: Met, act: Callable[[], object], *codes: str) -> None:
    before = standing(met.case)
    with pytest.raises(Refused) as refusal:
        act()
    assert refusal.value.code in codes
    assert standing(met.case) == before


# ── The answer to what was asked ────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", REPORTERS)
@pytest.mark.parametrize("way", [people.provide_info_incident, people.add_info_incident])
def test_provide_info_by_a_reporter_lets_the_clocks_run_on(asked: Met, who: str, way: Callable[..., Case]) -> None:
    with moment.at(MONDAY + 2 * HOUR):
        way(asked.case.id, actor=asked.actors[who], text="Cột số 12")
    case = Case.objects.get(pk=asked.case.pk)
    assert case.state == "in_progress"
    assert case.next_due_at is not None
    answer = Addition.objects.get()
    assert answer.party is not None
    assert answer.party.case_id == case.id
    assert Event.objects.filter(case_id=case.id, name="incident.info_provided").count() == 1


@pytest.mark.parametrize("way", [people.provide_info_incident, people.add_info_incident])
def test_a_photo_lets_no_longer_words_through(asked: Met, city: City, way: Callable[..., Case]) -> None:
    sent = store_file(photo(), actor=city.minh).pk
    long = "x" * (LONGEST_TEXT + 1)
    refused(asked, lambda: way(asked.case.id, actor=city.minh, text=long, file_ids=[sent]), "invalid")


@pytest.mark.parametrize("who", MET_IT_TOO)
def test_provide_info_is_not_for_those_who_joined(asked: Met, who: str) -> None:
    actor = asked.actors[who]
    refused(asked, lambda: people.provide_info_incident(asked.case.id, actor=actor, text="Cột 12"), "not_allowed")


@pytest.mark.parametrize("who", OUTSIDE)
def test_provide_info_tells_outsiders_nothing(asked: Met, who: str) -> None:
    actor, codes = asked.actors[who], ("not_allowed",) if "joined" in who else ("not_found",)
    refused(asked, lambda: people.provide_info_incident(asked.case.id, actor=actor, text="Cột 12"), *codes)


@pytest.mark.parametrize("who", MET_IT_TOO)
def test_what_those_who_joined_add_is_no_answer(asked: Met, who: str) -> None:
    people.add_info_incident(asked.case.id, actor=asked.actors[who], text="Tôi cũng thấy")
    case = Case.objects.get(pk=asked.case.pk)
    assert (case.state, case.next_due_at) == ("info_requested", None)
    assert Addition.objects.get().text == "Tôi cũng thấy"
    assert [name for name in Event.objects.order_by("id").values_list("name", flat=True) if "info_" in name] == [
        "incident.info_requested",
        "incident.info_added",
    ]


def test_a_specialist_who_adds_something_does_not_answer_for_the_reporter(asked: Met, city: City) -> None:
    people.add_info_incident(asked.case.id, actor=city.hoa, text="Có thêm ảnh từ camera")
    assert Case.objects.get(pk=asked.case.pk).state == "info_requested"
    people.provide_info_incident(asked.case.id, actor=city.minh, text="Người gửi đọc qua điện thoại: cột 12")
    assert Case.objects.get(pk=asked.case.pk).state == "in_progress"


# ── It is not done ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", REPORTERS)
def test_reopen_by_a_reporter(finished: Met, who: str) -> None:
    with moment.at(MONDAY + timedelta(days=9)):
        people.reopen_incident(finished.case.id, actor=finished.actors[who], reason="Vẫn tắt")
    case = Case.objects.get(pk=finished.case.pk)
    assert (case.state, case.closed_at) == ("dispatched", None)
    assert Event.objects.filter(name="incident.reopened").count() == 1


@pytest.mark.parametrize("who", [*MET_IT_TOO, *OUTSIDE])
def test_reopen_by_anybody_else_is_refused(finished: Met, who: str) -> None:
    actor, codes = finished.actors[who], ("not_allowed",) if "joined" in who else ("not_found",)
    with moment.at(MONDAY + 2 * HOUR):
        refused(finished, lambda: people.reopen_incident(finished.case.id, actor=actor, reason="Vẫn tắt"), *codes)


def test_an_official_who_reported_has_ten_days_like_everybody(finished: Met, city: City) -> None:
    first = Party.objects.get(case=finished.case, role="reporter")
    tam = replace(city.tam, party_id=first.id, case_id=finished.case.id)
    with moment.at(MONDAY + timedelta(days=11)):
        refused(finished, lambda: people.reopen_incident(finished.case.id, actor=tam, reason="Vẫn tắt"), "too_late")
        people.reopen_incident(finished.case.id, actor=city.minh, reason="Dân gọi lại")
    assert Case.objects.get(pk=finished.case.pk).state == "dispatched"


# ── What all of them may ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("who", [*REPORTERS, *MET_IT_TOO])
def test_everybody_of_the_report_adds_says_still_there_and_rates(met: Met, city: City, who: str) -> None:
    people.add_info_incident(met.case.id, actor=met.actors[who], text="Thêm một cột nữa")
    people.report_still_there_incident(met.case.id, actor=met.actors[who])
    with moment.at(MONDAY + HOUR):
        working.resolve_incident(met.case.id, actor=city.hoa, result="Đã thay bóng")
        working.approve_incident(met.case.id, actor=city.minh)
        people.rate_incident(met.case.id, actor=met.actors[who], score=3)
        people.rate_incident(met.case.id, actor=met.actors[who], score=4)
    assert Rating.objects.get().score == 4
    assert Addition.objects.get().party == Rating.objects.get().party
    assert Incident.objects.get(pk=met.case.pk).still_there == 1


@pytest.mark.parametrize("who", [who for who in OUTSIDE if "joined" not in who])
def test_nobody_else_adds_or_rates(finished: Met, who: str) -> None:
    actor, number = finished.actors[who], finished.case.id
    refused(finished, lambda: people.rate_incident(number, actor=actor, score=1), "not_found")
    refused(finished, lambda: people.add_info_incident(number, actor=actor, text="x"), "not_found")


def test_who_reported_and_then_joined_on_another_device_stays_the_reporter(asked: Met) -> None:
    both = links_held([asked.tokens["joined"], asked.tokens["reporter"]])
    actor = Actor(kind="person", party_id=both[0].party_id, case_id=both[0].case_id, links=tuple(both[1:]))
    people.provide_info_incident(asked.case.id, actor=actor, text="Cột số 12")
    answer = Addition.objects.get()
    assert answer.party is not None
    assert answer.party.role == "reporter"


def test_merging_makes_a_reporter_of_who_had_joined(city: City, met: Met) -> None:
    """Dung had joined; then Dung's own report of the same lamp is merged, too."""
    third = lamp(city, "Dung", "0905 444 444")
    joined = Party.objects.get(case=met.case, person=met.accounts["joined signed in"].person)
    add_party(third.id, role="reporter", person_id=joined.person_id)
    receiving.merge_incident(third.id, actor=city.minh, into_code=met.case.code)
    joined.refresh_from_db()
    assert joined.role == "merged"
    first = Party.objects.get(case=met.case, role="reporter")
    assert Party.objects.filter(case=met.case, person=first.person).count() == 1


def test_the_link_follows_a_report_that_was_merged_twice(city: City, met: Met) -> None:
    kept = lamp(city, "Em", "0905 555 555")
    receiving.merge_incident(met.case.id, actor=city.minh, into_code=kept.code)
    opened = {link.case_id for link in links_held([met.tokens["merged"]])}
    assert {met.case.id, kept.id} < opened
    working.request_info_incident(kept.id, actor=city.hoa, question="Cột số mấy?")
    people.provide_info_incident(kept.id, actor=by_link(met.tokens["merged"]), text="Cột số 12")
    assert Case.objects.get(pk=kept.pk).state == "dispatched"


def test_the_question_is_sent_to_all_who_reported(asked: Met) -> None:
    told: list[Recipient] = list(everybody(Event.objects.get(name="incident.info_requested")))
    audiences = {each.key: each.audience for each in told if each.key.startswith("party:")}
    roles = {f"party:{party.id}": party.role for party in Party.objects.filter(case=asked.case)}
    assert {roles[key]: audience for key, audience in audiences.items()} == {
        "reporter": "reporter",
        "merged": "reporter",
        "joined": "follower",
    }


# ── What the pages offer ────────────────────────────────────────────────────────────────────────────────────────────


def browser(met: Met, who: str) -> Client:
    client = Client()
    if who in met.accounts:
        client.force_login(met.accounts[who])
    elif who in met.tokens:
        client.get(f"/p/{met.tokens[who]}/")
    elif who.startswith("officer"):
        client.force_login(Account.objects.get(login="tam"))
    return client


@pytest.mark.parametrize("who", [*REPORTERS, *MET_IT_TOO, "stranger", "officer of ward two"])
def test_the_page_offers_the_answer_to_reporters_only(asked: Met, who: str) -> None:
    client, address = browser(asked, who), f"/phan-anh/{asked.case.code}/"
    page = client.get(address).text
    assert ("Gửi bổ sung" in page) is (who in REPORTERS)
    assert ("Thêm lời hoặc ảnh" in page) is (who in MET_IT_TOO)
    assert ("cột số mấy" in page) is (who in REPORTERS or who in MET_IT_TOO)
    # What officials wrote to the reporter may name them: others of the report read it masked.
    assert ("0905 123 456" in page) is (who in ("reporter", "reporter signed in"))
    answer = client.post(f"{address}them/", {"text": "Cột số 12"})
    assert answer.status_code == (302 if who in REPORTERS or who in MET_IT_TOO else 404)
    assert (Case.objects.get(pk=asked.case.pk).state == "in_progress") is (who in REPORTERS)


@pytest.mark.parametrize("who", [*REPORTERS, *MET_IT_TOO, "stranger", "officer of ward two"])
def test_the_page_offers_reopening_to_reporters_only(finished: Met, who: str) -> None:
    client, address = browser(finished, who), f"/phan-anh/{finished.case.code}/"
    with moment.at(MONDAY + 3 * HOUR):
        page = client.get(address).text
        assert ("Mở lại việc này" in page) is (who in REPORTERS)
        assert ("Gửi đánh giá" in page) is (who in REPORTERS or who in MET_IT_TOO)
        may = client.get(f"/api/v1/incidents/{finished.case.code}").json()["may"]
        assert ("reopen" in may) is (who in REPORTERS)
        before = standing(finished.case)
        answer = client.post(f"{address}mo-lai/", {"reason": "Vẫn tắt"})
    if who in REPORTERS:
        assert answer.status_code == 302
        assert Case.objects.get(pk=finished.case.pk).state == "dispatched"
    else:
        assert answer.status_code == (422 if who in MET_IT_TOO else 404)
        assert standing(finished.case) == before


@pytest.mark.parametrize("who", ["joined", "somebody of another report"])
def test_programs_are_refused_alike(finished: Met, who: str) -> None:
    client = Client(headers={"X-Private-Link": finished.tokens[who]})
    before = standing(finished.case)
    answer = client.post(
        f"/api/v1/incidents/{finished.case.code}/reopen", {"reason": "Vẫn tắt"}, content_type="application/json"
    )
    assert answer.status_code == (403 if who == "joined" else 404)
    assert standing(finished.case) == before


@pytest.mark.parametrize("who", ["merged", "merged signed in", "joined"])
def test_those_who_met_it_too_are_strangers_to_who_reported(met: Met, who: str) -> None:
    page = public_page(met.case.code, actor=met.actors[who])
    assert page.is_party
    assert page.has_joined
    assert "0905" not in page.text
    assert "0905 111 111" in public_page(met.case.code, actor=met.actors["reporter"]).text
    assert "0905 111 111" in public_page(met.case.code, actor=met.actors["reporter signed in"]).text


# ── Their photos ────────────────────────────────────────────────────────────────────────────────────────────────────


def opens(token: str, variant: Variant, actor: Actor) -> bool:
    try:
        get_file(token, variant, actor=actor)
    except Refused:
        return False
    return True


@pytest.fixture
def photographed(met: Met, city: City) -> tuple[Met, File]:
    """Chi, signed in and without any link at hand, sends a photo that nobody has published."""
    chi = create_person(name="Chi", phone="0905 666 666", email="")
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#774").save(out, "JPEG")
    sender = Actor(kind="person", id=account_of(chi).pk, person_id=chi.pk)
    sent = store_file(SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg"), actor=sender)
    new = NewIncident(text="Rác đầy hẻm", category="waste", lat=LAMP_AT[0], lon=LAMP_AT[1], file_ids=[sent.pk])
    case = submit_incident(new, actor=sender).case
    CaseFile.objects.filter(case=case).update(is_public=False)
    people_of = {"sender": sender, "link": by_link(party_token(Party.objects.get(case=case)))}
    return Met(case, {**met.actors, **people_of}, {}, {}), sent


@pytest.mark.parametrize("variant", list(Variant))
def test_an_unpublished_photo_opens_for_its_sender_and_officials(
    photographed: tuple[Met, File], city: City, variant: Variant
) -> None:
    met, sent = photographed
    for who in ("sender", "link"):
        assert opens(sent.token, variant, met.actors[who]), who
    assert opens(sent.token, variant, city.minh)
    for who in (*REPORTERS, *MET_IT_TOO, *OUTSIDE):
        assert not opens(sent.token, variant, met.actors[who]), who


def test_what_others_sent_to_the_same_report_stays_closed(photographed: tuple[Met, File], city: City) -> None:
    met, sent = photographed
    receiving.accept_incident(met.case.id, actor=city.minh)
    CaseFile.objects.update(is_public=False)  # an official hid it
    people.join_incident(met.case.id, actor=met.actors["joined signed in"])
    assert not opens(sent.token, Variant.VIEW, met.actors["joined signed in"])
    assert opens(sent.token, Variant.VIEW, met.actors["sender"])


def test_that_an_original_was_read_is_noted_with_its_sender(photographed: tuple[Met, File], city: City) -> None:
    met, sent = photographed
    sender = met.actors["sender"]
    assert opens(sent.token, Variant.ORIGINAL, city.minh)
    note = Access.objects.get(action="file.original")
    assert (note.actor, note.person_id, note.case_id) == (f"officer:{city.minh.id}", sender.person_id, met.case.id)
    assert [row.words for row in own_accesses(sender)] == ["Lê Văn Minh đã mở tệp gốc bạn gửi"]
    assert not opens(sent.token, Variant.ORIGINAL, city.tam)
    assert opens(sent.token, Variant.ORIGINAL, sender)
    assert Access.objects.filter(action="file.original").count() == 2
    assert own_accesses(sender)[0].words.startswith("Bạn, hoặc người giữ đường dẫn riêng của bạn, đã mở")


def test_what_officials_add_concerns_the_report_and_nobody(met: Met, city: City) -> None:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "#774").save(out, "JPEG")
    sent = store_file(SimpleUploadedFile("anh.jpg", out.getvalue(), "image/jpeg"), actor=city.hoa)
    working.visit_incident(met.case.id, actor=city.hoa, note="Đã đến", file_ids=[sent.pk])
    assert opens(sent.token, Variant.ORIGINAL, city.minh)
    note = Access.objects.get(action="file.original")
    assert (note.person_id, note.case_id) == (None, met.case.id)


def test_whoever_meets_it_too_outdates_no_official_s_form(city: City) -> None:
    case = lamp(city, "An", "0905 111 111")
    receiving.take_incident(case.id, actor=city.hoa)
    opened = Case.objects.get(pk=case.id)
    people.join_incident(case.id, actor=city.binh)
    people.report_still_there_incident(case.id, actor=city.an)
    assert Case.objects.get(pk=case.id).updated_at > opened.updated_at
    working.visit_incident(case.id, actor=city.hoa, note="Bóng cháy", version=opened.version)
    with pytest.raises(Refused) as refusal:
        working.visit_incident(case.id, actor=city.hoa, note="Bóng cháy", version=opened.version)
    assert refusal.value.code == "stale"
