"""Filing for somebody who gave an authorisation, and for an organisation: prefilled from them, limited, revocable."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import party_token
from motcua.kernel.cases.queries.telling import recipients
from motcua.kernel.events.models import Event
from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.identity.actions import Proof, create_person, new_person_account, prove_person, revoke_authorisation
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.kernel.identity.models import Access, Account, Authorisation, Organisation, Representation
from motcua.kernel.identity.queries import person_actor
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.org.queries import local_today
from motcua.kernel.payments.actions import request_payment
from motcua.kernel.payments.kind import Line
from motcua.kernel.payments.models import Attempt, Obligation
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.payments.queries.telling import recipients as payers
from motcua.kernel.registries.actions import give_consent, put_records
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.models import LookUp
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, request_supplement_dossier, supply_dossier
from motcua.modules.dossiers.actions.results import withdraw_dossier
from motcua.modules.dossiers.actions.writing import begin_sheet
from motcua.modules.dossiers.models import Dossier, Sheet
from motcua.modules.dossiers.queries.behalf import Behalf, behalf_of, choices
from motcua.modules.dossiers.queries.fees import payer_for
from motcua.modules.dossiers.queries.printing import secret_on_paper
from motcua.modules.dossiers.queries.sheets import get_written
from motcua.modules.dossiers.queries.tracking import secret_of
from motcua.modules.dossiers.tests.test_portal import START, photo
from motcua.testing.one_stop import FORM, OneStop

pytestmark = pytest.mark.django_db
YEN_ID, BAO_ID = "068190000101", "068085000203"


def somebody(name: str, phone: str, national_id: str) -> Actor:
    account = new_person_account(create_person(name, phone))
    prove_person(account.person_id or 0, Proof(national_id, name), level=Level.COUNTER, actor=SYSTEM)
    return person_actor(account.pk)


@pytest.fixture
def yen(one_stop: OneStop) -> Actor:
    return somebody("Nguyễn Thị Yên", "0905111222", YEN_ID)


@pytest.fixture
def bao(one_stop: OneStop) -> Actor:
    return somebody("Lê Văn Bảo", "0905555666", BAO_ID)


def authorise(giver: Actor, receiver: Actor, **more: Any) -> Authorisation:
    today = local_today()
    values: dict[str, Any] = {
        "procedures": ["1.000001"], "valid_from": today, "valid_to": today + timedelta(days=30), "state": "accepted",
    }  # fmt: skip
    return Authorisation.objects.create(
        giver_id=giver.person_id or 0, receiver_id=receiver.person_id, to_kind="national_id",
        to_sealed=sealer().seal(BAO_ID), to_index=sealer().index(BAO_ID) or b"", giver_level="counter",
        receiver_level="counter", given_at=moment.now(), answered_at=moment.now(), **{**values, **more},
    )  # fmt: skip


def represent(actor: Actor, tax_code: str = "5800000001") -> Representation:
    organisation, _new = Organisation.objects.get_or_create(
        tax_code=tax_code, defaults={"name": "Công ty Hoa Lan", "folded": "cong ty hoa lan", "created_at": moment.now()}
    )
    return Representation.objects.create(
        organisation=organisation, person_id=actor.person_id or 0, title="Giám đốc", evidence="GPKD",
        valid_from=local_today(), asked_at=moment.now(), state="accepted",
    )  # fmt: skip


def signed_in(actor: Actor) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def filed_for(client: Client, key: str) -> Case:
    """Every step over its page."""
    base = str(client.post(START, {"for": key})["Location"]).removesuffix("khai/0/")
    client.post(f"{base}khai/0/", {"filer": "Nguyễn Thị Yên"})
    client.post(f"{base}khai/1/", {"child_name": "Bé", "copies": "1"})
    client.post(f"{base}giay-to/", {"next": "1", "paper-GT.chung-sinh": photo()})
    client.post(f"{base}nhan/", {"area": "24778", "delivery": "online", "wants": "result"})
    answer = client.post(f"{base}gui/")
    assert answer.status_code == 302, answer.content.decode()[-600:]
    return Case.objects.filter(kind="dossier").latest("id")


def test_for_oneself_nothing_is_asked(yen: Actor, bao: Actor) -> None:
    assert "Nộp cho ai" not in signed_in(bao).get(START).content.decode()
    authorise(yen, bao)
    shown = signed_in(bao).get(START).content.decode()
    assert "Nộp cho ai" in shown
    assert 'name="for" value="" checked' in shown  # one press for oneself, as before
    assert "Nguyễn Thị Yên" in shown
    assert "Nộp cho ai" not in signed_in(bao).get("/thu-tuc/1.000002/nop/").content.decode()  # another procedure


def test_filled_in_with_whom_it_is_for_who_sees_it(yen: Actor, bao: Actor) -> None:
    given = authorise(yen, bao)
    client = signed_in(bao)
    first = client.post(START, {"for": f"person:{yen.person_id}"})["Location"]
    shown = client.get(first).content.decode()
    assert "Nguyễn Thị Yên" in shown
    assert "Lê Văn Bảo" not in shown.split("<main", 1)[1]
    assert "Nộp thay cho" in shown
    noted = Access.objects.filter(action="person.act", person_id=yen.person_id or 0)
    assert noted.exists()
    assert f"#{given.pk}" in noted[0].reason
    # Proved and locked: what somebody sends instead does not count.
    client.post(first, {"filer": "Kẻ Khác"})
    assert "Kẻ Khác" not in client.get(first).content.decode()


def test_filed_for_another_from_the_first_page_to_the_store(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    given = authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    dossier = Dossier.objects.get(pk=case.id)
    assert (case.person_id, dossier.authorisation_id) == (yen.person_id, given.pk)
    roles = {party.role: party for party in Party.objects.filter(case=case)}
    assert roles["applicant"].person_id == yen.person_id
    assert (roles["filer"].person_id, roles["filer"].wants, roles["filer"].authorisation_id) == (
        bao.person_id, "result", given.pk,
    )  # fmt: skip
    told = {one.key: one.wants for one in recipients(Event.objects.filter(case_id=case.id)[0])}
    assert told[f"party:{roles['applicant'].id}"] == "all"
    assert told[f"party:{roles['filer'].id}"] == "result"
    page = signed_in(bao).get(f"/ho-so/{case.code}/").content.decode()
    assert "Bạn nộp thay Nguyễn Thị Yên" in page
    assert "Xem hoặc thu hồi ủy quyền" in signed_in(yen).get(f"/ho-so/{case.code}/").content.decode()
    client = Client()
    client.force_login(Account.objects.get(pk=one_stop.nga.id or 0))
    assert "Nộp theo ủy quyền trực tuyến" in client.get(f"/desk/ho-so/{case.id}/").content.decode()


@pytest.mark.parametrize("how", ["revoked", "over"])
def test_once_revoked_every_door_is_closed(one_stop: OneStop, yen: Actor, bao: Actor, how: str) -> None:
    """By the account, by the private link, and to messages: in the next request."""
    given = authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    accept_dossier(case.id, actor=one_stop.nga)
    items = [{"paper": "GT.chung-sinh", "what": "Mờ", "how": ""}]
    request_supplement_dossier(case.id, actor=one_stop.nga, items=items, reason="Mờ")
    link = party_token(Party.objects.get(case=case, role="filer"))
    holder = Client(raise_request_exception=False)
    holder.get(f"/p/{link}/")
    assert holder.get(f"/ho-so/{case.code}/").status_code == 200
    if how == "revoked":
        revoke_authorisation(given.pk, actor=yen)
    else:
        today = local_today()
        Authorisation.objects.update(valid_from=today - timedelta(days=9), valid_to=today - timedelta(days=1))
    kept = Event.objects.filter(case_id=case.id).count()
    for client in (signed_in(bao), holder):
        assert client.get(f"/ho-so/{case.code}/").status_code == 404
        assert client.post(f"/ho-so/{case.code}/bo-sung/", {"note": "x"}).status_code == 404
        assert client.post(f"/ho-so/{case.code}/rut/", {"reason": "x"}).status_code == 404
        assert case.code not in client.get("/ho-so/").content.decode()
    assert Client().get(f"/p/{link}/").status_code == 404
    with pytest.raises(Refused):
        supply_dossier(case.id, actor=bao, note="x")
    with pytest.raises(Refused):
        withdraw_dossier(case.id, actor=bao, reason="x")
    assert not [one for one in recipients(Event.objects.filter(case_id=case.id)[0]) if one.wants == "result"]
    case.refresh_from_db()
    assert (case.state, Event.objects.filter(case_id=case.id).count()) == ("supplement_requested", kept)
    supply_dossier(case.id, actor=yen, note="Tôi tự gửi")  # theirs it stays


def test_links_to_pay_close_with_the_authorisation(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    """Those of whoever filed for another, from the page and from messages; those of whose dossier it is go on."""
    given = authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    accept_dossier(case.id, actor=one_stop.nga)
    owed = request_payment(case.id, [Line("LP.1", "Lệ phí", "le_phi", 50_000)], actor=SYSTEM)
    event = Event.objects.filter(case_id=case.id, name="payment.requested").get()
    told = {one.key: one for one in payers(event)}
    parties = {party.role: party for party in Party.objects.filter(case=case)}
    links = {}
    for role, actor in (("applicant", yen), ("filer", bao)):
        page = signed_in(actor).get(f"/ho-so/{case.code}/").content.decode()
        links[role] = told[f"party:{parties[role].id}"].url
        assert f"{links[role]}" in page
        assert links[role] in str(told[f"party:{parties[role].id}"].variables["pay_link"])
    holder = Client()
    holder.get(f"/p/{party_token(parties['filer'])}/")
    assert links["filer"] in holder.get(f"/ho-so/{case.code}/").content.decode()
    doors = ("", "trang-thai/", "bien-lai/1/")

    def answers(link: str) -> list[int]:
        return [Client(raise_request_exception=False).get(f"{link}{door}").status_code for door in doors]

    assert answers(links["filer"])[:2] == answers(links["applicant"])[:2] == [200, 200]
    revoke_authorisation(given.pk, actor=yen)
    kept = Obligation.objects.values().get(pk=owed.pk)
    assert answers(links["filer"]) == [404, 404, 404]
    assert Client(raise_request_exception=False).post(f"{links['filer']}cong/national/").status_code == 404
    assert answers(links["applicant"])[:2] == [200, 200]
    assert Obligation.objects.values().get(pk=owed.pk) == kept
    assert not Attempt.objects.exists()
    # Nobody makes the one out of the other: the proof is of the whole.
    number, _dot, proof = links["filer"].strip("/").rpartition("/")[2].partition(".")
    for forged in (f"{owed.pk}.{proof}", f"{owed.pk}-{yen.person_id}.{proof}", f"{number}-1.{proof}"):
        assert answers(f"/thanh-toan/{forged}/") == [404, 404, 404]


def test_a_link_to_pay_of_an_organisation_goes_with_who_represents_it(
    one_stop: OneStop, yen: Actor, bao: Actor
) -> None:
    acts = represent(bao)
    represent(yen)
    case = filed_for(signed_in(bao), "organisation:5800000001")
    accept_dossier(case.id, actor=one_stop.nga)
    owed = request_payment(case.id, [Line("LP.1", "Lệ phí", "le_phi", 50_000)], actor=SYSTEM)
    links = {one.person_id: f"/thanh-toan/{pay_token(owed.pk, one.person_id)}/" for one in (yen, bao)}
    for one in (yen, bao):
        assert links[one.person_id] in signed_in(one).get(f"/ho-so/{case.code}/").content.decode()
    Representation.objects.filter(pk=acts.pk).update(state="ended")
    assert Client(raise_request_exception=False).get(links[bao.person_id]).status_code == 404
    assert Client().get(links[yen.person_id]).status_code == 200


def test_a_draft_closes_with_the_authorisation(yen: Actor, bao: Actor) -> None:
    given = authorise(yen, bao)
    client = signed_in(bao)
    first = client.post(START, {"for": f"person:{yen.person_id}"})["Location"]
    client.post(START)
    assert "Nguyễn Thị Yên" in client.get("/tai-khoan/du-lieu.json").content.decode()
    revoke_authorisation(given.pk, actor=yen)
    told = client.get("/tai-khoan/du-lieu.json")
    assert "Nguyễn Thị Yên" not in str(told.json()["form_drafts"])
    assert len(told.json()["form_drafts"]) == 1  # what they began for themselves
    answer = client.get(first)
    assert answer.status_code == 403
    assert "Nguyễn Thị Yên" not in answer.content.decode()
    assert client.post(first.replace("khai/0/", "gui/")).status_code == 403
    assert not Case.objects.filter(kind="dossier").exists()


@pytest.mark.parametrize("key", ["person:999999", "organisation:5800000001", "person:x", "zz"])
def test_nobody_files_for_whom_they_may_not(yen: Actor, bao: Actor, key: str) -> None:
    represent(yen)
    for wrong in (key, f"person:{yen.person_id}"):
        assert signed_in(bao).post(START, {"for": wrong}).status_code == 403
    assert not Sheet.objects.exists()
    assert Client(raise_request_exception=False).post(START, {"for": f"person:{yen.person_id}"}).status_code == 403


@pytest.mark.parametrize("wrong", ["procedure", "future", "declined", "mine", "nobody"])
def test_the_action_refuses_what_the_pages_do_not_offer(one_stop: OneStop, yen: Actor, bao: Actor, wrong: str) -> None:
    today = local_today()
    wrongs: dict[str, dict[str, Any]] = {
        "procedure": {"procedures": ["1.000002"]},
        "future": {"valid_from": today + timedelta(days=1)},
        "declined": {"state": "declined"},
    }
    given = authorise(yen, bao, **wrongs.get(wrong, {}))
    filer = Applicant(person_id=yen.person_id if wrong == "mine" else bao.person_id)
    new = NewDossier(
        one_stop.civil.id, "online", Applicant(person_id=yen.person_id), area_code="24778", filer=filer,
        authorisation_id=None if wrong == "nobody" else given.pk,
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        file_dossier(new, actor=bao)
    assert refused.value.code == "not_allowed"
    assert not Case.objects.filter(kind="dossier").exists()
    assert not Event.objects.filter(name__startswith="dossier").exists()


def test_an_organisation_files_by_whoever_represents_it(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    acts = represent(bao)
    represent(yen)
    case = filed_for(signed_in(bao), "organisation:5800000001")
    assert Dossier.objects.get(pk=case.id).organisation_id == acts.organisation_id
    payer = payer_for(case.id)
    assert payer is not None
    assert (payer.name, payer.identifier) == ("Công ty Hoa Lan", "5800000001")
    # Another representative goes on with it; one who represents it no longer does not.
    assert "Công ty Hoa Lan" in signed_in(yen).get(f"/ho-so/{case.code}/").content.decode()
    Representation.objects.filter(pk=acts.pk).update(state="ended")
    assert signed_in(bao).get(f"/ho-so/{case.code}/").status_code == 404
    withdraw_dossier(case.id, actor=yen, reason="Không cần nữa")
    case.refresh_from_db()
    assert case.state == "withdrawn"


def test_the_private_link_stays_with_the_representative_who_filed(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    """Another one reads on, but takes nothing home that would still open when they represent it no longer."""
    represent(bao)
    ends = represent(yen)
    case = filed_for(signed_in(bao), "organisation:5800000001")
    party = Party.objects.get(case=case)
    link, secret = party_token(party), secret_of(party)
    other, own, url = signed_in(yen), f"/duong-dan/{case.code}/", f"/api/v1/private-links/{case.code}"
    assert "Công ty Hoa Lan" in other.get(f"/ho-so/{case.code}/").content.decode()
    assert other.get(own).status_code == other.get(url).status_code == 404
    assert other.post(own).status_code == other.post(url).status_code == 404
    for door in ("", "da-nop/"):
        shown = other.get(f"/ho-so/{case.code}/{door}", follow=True).content.decode()
        assert secret not in shown
        assert own not in shown
        assert link not in shown
    party.refresh_from_db()
    assert party.link_number == 0
    mine = signed_in(bao)
    assert link in mine.get(own).content.decode()
    assert mine.get(url).json()["token"] == link
    assert secret in mine.get(f"/ho-so/{case.code}/").content.decode()
    assert secret in mine.get(f"/ho-so/{case.code}/da-nop/").content.decode()
    Representation.objects.filter(pk=ends.pk).update(state="ended")
    assert other.get(f"/ho-so/{case.code}/").status_code == 404
    assert secret_on_paper(case) == secret


def test_the_secret_on_paper_ends_with_the_authorisation(one_stop: OneStop, yen: Actor, bao: Actor) -> None:
    """It is handed to whoever filed: what lies in their pocket is theirs, not the applicant's."""
    given = authorise(yen, bao)
    case = filed_for(signed_in(bao), f"person:{yen.person_id}")
    asked = {"code": case.code, "secret": secret_on_paper(case)}
    assert Client().post("/ho-so/", asked).status_code == 302
    revoke_authorisation(given.pk, actor=yen)
    thief = Client(raise_request_exception=False)
    thief.post("/ho-so/", asked)
    assert thief.get(f"/ho-so/{case.code}/").status_code == 404
    again = {"code": case.code, "secret": secret_on_paper(case)}  # printed anew, for whose dossier it is
    assert again != asked
    holder = Client()
    holder.post("/ho-so/", again)
    assert holder.get(f"/ho-so/{case.code}/").status_code == 200


def test_registers_are_asked_with_the_consent_of_whom_it_is_about(
    one_stop: OneStop, yen: Actor, bao: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = {"type": "string", "title": "Bệnh viện", "title_en": "Hospital",
             "x-prefill": "registry.social_insurance.hospital"}  # fmt: skip
    properties = {**FORM["properties"], "hospital": asked}  # type: ignore[dict-item]
    layout = [{**FORM["layout"][0], "fields": ["filer", "home", "hospital"]}, FORM["layout"][1]]  # type: ignore[index]
    publish_body("khai-sinh-thu", {**FORM, "properties": properties, "layout": layout}, actor=SYSTEM)
    put_records(
        REGISTRIES["social_insurance"],
        [{"number": "0123456789", "national_id": YEN_ID, "name": "Nguyễn Thị Yên", "hospital": "Bệnh viện Một"}],
    )
    authorise(yen, bao)
    behalf = behalf_of(f"person:{yen.person_id}", "1.000001", actor=bao)
    assert "hospital" not in begin_sheet(one_stop.civil, actor=bao, behalf=behalf).known
    assert not LookUp.objects.exists()
    give_consent("prefill", "social_insurance", actor=yen)
    known = begin_sheet(one_stop.civil, actor=bao, behalf=behalf).known
    assert known["hospital"].value == "Bệnh viện Một"
    assert LookUp.objects.get().person_id == yen.person_id
    assert "hospital" not in begin_sheet(one_stop.civil, actor=bao).known  # of oneself: no consent
    shown = signed_in(bao).get(START).content.decode()
    assert 'name="consent" value="social_insurance"' in shown
    client = signed_in(bao)
    client.post(START, {"consent": "social_insurance"})
    assert LookUp.objects.count() == 2


def test_choices_are_those_in_force(yen: Actor, bao: Actor) -> None:
    authorise(yen, bao)
    represent(bao)
    assert [one.key for one in choices(bao, "1.000001")] == [f"person:{yen.person_id}", "organisation:5800000001"]
    assert [one.key for one in choices(bao, "1.000002")] == ["organisation:5800000001"]
    assert not Behalf().is_other


SIGNED_FORM = {
    "key": "khai-sinh-thu", "title": "Tờ khai", "title_en": "Form", "type": "object",
    "properties": {
        "filer": {"type": "string", "title": "Người khai", "title_en": "Declared by", "x-prefill": "person.name",
                  "maxLength": 120},
        "signed": {"type": "string", "format": "signature", "x-same-as": "filer", "title": "Ký", "title_en": "Signed"},
    },
    "required": ["filer", "signed"],
    "layout": [{"key": "a", "title": "Tờ khai", "title_en": "Form", "fields": ["filer", "signed"]}],
}  # fmt: skip


def test_who_files_for_another_signs_in_their_own_name(yen: Actor, bao: Actor) -> None:
    publish_body("khai-sinh-thu", SIGNED_FORM, actor=SYSTEM)
    authorise(yen, bao)
    client = signed_in(bao)
    first = client.post(START, {"for": f"person:{yen.person_id}"})["Location"]
    assert "Lê Văn Bảo" in client.get(first).content.decode()
    sent = client.post(first, {"signed": "Nguyễn Thị Yên"})  # somebody else's name in its place does not count
    assert sent.status_code == 302
    written = get_written(first.split("/")[4], "1.000001", actor=bao)
    assert written.checked.values == {"filer": "Nguyễn Thị Yên", "signed": "Lê Văn Bảo"}
    own = client.post(START)["Location"]
    assert client.post(own, {"signed": "Nguyễn Thị Yên"}).status_code == 422  # for oneself it is typed
