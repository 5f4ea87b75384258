"""Asking a registry: who may, what is noted, and that an outage is an answer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Account, Authorisation, Representation
from motcua.kernel.org.queries import local_today
from motcua.kernel.registries.actions import give_consent, look_up, withdraw_consent
from motcua.kernel.registries.models import LookUp, RecordKey, RegistryRecord, SourceState
from motcua.kernel.registries.ports import register_source, source_of
from motcua.kernel.registries.queries import down_registries, own_look_ups, source_rows, who_looked
from motcua.kernel.registries.tests.conftest import AN_ID, BINH_ID, CUC_ID
from motcua.kernel.registries.tests.fakes import FakeSource
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("records")]


def test_an_official_asks_and_the_person_sees_it(clerk: Actor, an: Actor, binh: Actor) -> None:
    answer = look_up("population", {"national_id": "068 190 000 101"}, actor=clerk, purpose="procedure", reason="HS-1")
    assert answer.record is not None
    assert answer.record.values["name"] == "Nguyễn Thị Mẫu An"
    assert answer.record.values["address"] == {"area": "24778", "line": "Số 1 đường Thử"}
    row = LookUp.objects.get(pk=answer.look_up_id)
    assert (row.actor, row.purpose, row.outcome, row.reason) == (clerk.key, "procedure", "found", "HS-1")
    (seen,) = own_look_ups(an)
    assert seen.words == "Phạm Thị Hoa đã xem dữ liệu “Dân cư”"
    assert "HS-1" in seen.reason
    assert own_look_ups(binh) == []


def test_the_owner_sees_a_look_up_by_another_key(clerk: Actor, an: Actor) -> None:
    look_up("vehicles", {"plate": "49a-123.45"}, actor=clerk, purpose="counter")
    assert len(own_look_ups(an)) == 1


def test_everybody_of_a_household_sees_it(clerk: Actor, an: Actor, binh: Actor) -> None:
    look_up("households", {"number": "h-1"}, actor=clerk, purpose="procedure")
    assert len(own_look_ups(an)) == len(own_look_ups(binh)) == 1


def test_who_merely_says_to_be_somebody_sees_nothing_of_them(clerk: Actor, an: Actor, cuc: Actor) -> None:
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
    assert own_look_ups(cuc) == []
    with pytest.raises(Refused, match="not_proved"):
        look_up("population", {"national_id": AN_ID}, actor=cuc, purpose="procedure")


def test_several_keys_must_all_fit(clerk: Actor) -> None:
    assert look_up("vehicles", {"plate": "49A12345", "national_id": AN_ID}, actor=clerk, purpose="counter").record
    assert not look_up("vehicles", {"plate": "49A12345", "national_id": BINH_ID}, actor=clerk, purpose="counter").record


def test_nothing_found_is_noted_too(clerk: Actor) -> None:
    answer = look_up("population", {"national_id": CUC_ID}, actor=clerk, purpose="procedure")
    assert (answer.record, answer.is_outage) == (None, False)
    assert LookUp.objects.get().outcome == "none"


def test_people_see_their_own_and_nobody_elses(an: Actor, binh: Actor) -> None:
    mine = look_up("vehicles", {"plate": "49A12345"}, actor=an, purpose="procedure")
    assert mine.record is not None
    theirs = look_up("vehicles", {"plate": "49B99999"}, actor=an, purpose="procedure")
    assert (theirs.record, theirs.is_outage) == (None, False)
    assert LookUp.objects.get(pk=theirs.look_up_id).outcome == "not_theirs"
    assert "Một người khác" in own_look_ups(binh)[0].words
    with pytest.raises(Refused, match="not_allowed"):
        look_up("population", {"national_id": BINH_ID}, actor=an, purpose="procedure", person_id=binh.person_id)
    assert LookUp.objects.count() == 2


def test_for_who_authorised_in_this_procedure_only(an: Actor, binh: Actor) -> None:
    today = local_today()
    Authorisation.objects.create(
        giver_id=binh.person_id or 0, receiver_id=an.person_id or 0, to_kind="sms", to_sealed=b"x", to_index=b"x",
        procedures=["1.001193"], valid_from=today, valid_to=today, giver_level="counter", receiver_level="counter",
        state="accepted", given_at=moment.now(),
    )  # fmt: skip
    key = {"national_id": BINH_ID}
    wanted: dict[str, Any] = {"actor": an, "purpose": "procedure", "person_id": binh.person_id}
    assert look_up("population", key, **wanted, procedure_code="1.001193").record
    with pytest.raises(Refused, match="not_allowed"):
        look_up("population", key, **wanted, procedure_code="1.000894")
    assert not look_up("population", {"national_id": AN_ID}, **wanted, procedure_code="1.001193").record


def test_for_an_organisation_that_one_represents(an: Actor) -> None:
    key = {"tax_code": "5800000001"}
    assert look_up("businesses", key, actor=an, purpose="procedure").record is None
    row = identity.ask_representation("5800000001", actor=an, name="Thử", title="Kế toán", evidence="GGT 1")
    assert look_up("businesses", key, actor=an, purpose="procedure").record is None
    identity.accept_by_register(row.pk, name="Thử", source="x")
    assert look_up("businesses", key, actor=an, purpose="procedure").record


@pytest.mark.parametrize("who", ["tam", "quan", "lan", "anonymous", "link"])
def test_who_may_not_ask(city: City, an: Actor, who: str) -> None:
    actors = {"anonymous": Actor("anonymous"), "link": replace(an, id=None), "tam": replace(city.tam, held=())}
    actor = actors.get(who) or getattr(city, who)
    with pytest.raises(Refused):
        look_up("population", {"national_id": AN_ID}, actor=actor, purpose="procedure")
    assert not LookUp.objects.exists()


def test_a_consent_is_asked_given_kept_and_withdrawn(an: Actor, clerk: Actor) -> None:
    key: dict[str, Any] = {"actor": an, "purpose": "prefill"}
    with pytest.raises(Refused, match="no_consent"):
        look_up("population", {"national_id": AN_ID}, **key)
    consent = give_consent("prefill", "population", actor=an)
    assert give_consent("prefill", "population", actor=an) == consent
    answer = look_up("population", {"national_id": AN_ID}, **key)
    assert answer.record is not None
    assert LookUp.objects.get(pk=answer.look_up_id).consent_id == consent
    with pytest.raises(Refused, match="no_consent"):
        look_up("vehicles", {"national_id": AN_ID}, **key)
    withdraw_consent(consent, actor=an)
    with pytest.raises(Refused, match="no_consent"):
        look_up("population", {"national_id": AN_ID}, **key)
    with pytest.raises(Refused, match="no_consent"):
        look_up("population", {"national_id": AN_ID}, actor=SYSTEM, purpose="prefill", person_id=an.person_id)
    assert LookUp.objects.count() == 1


def test_an_outage_is_an_answer_and_is_noted(clerk: Actor, an: Actor, city: City) -> None:
    source = FakeSource("population")
    register_source(source)
    source.error = "HTTP 503 for 068190000101"
    answer = look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure", person_id=an.person_id)
    assert (answer.record, answer.is_outage) == (None, True)
    assert LookUp.objects.get().outcome == "outage"
    assert "không trả lời" in own_look_ups(an)[0].words
    state = SourceState.objects.get()
    assert (state.is_up, state.error) == (False, "HTTP 503 for •••")


def test_a_source_that_fails_often_rests_and_comes_back(
    clerk: Actor, monkeypatch: pytest.MonkeyPatch, city: City
) -> None:
    source = FakeSource("population", {"national_id": AN_ID, "name": "An"})
    register_source(source)
    at = [100.0]
    monkeypatch.setattr("motcua.lib.circuit.monotonic", lambda: at[0])

    def ask() -> bool:
        return look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure").is_outage

    source.error = "down"
    assert [ask() for _ in range(5)] == [True] * 5
    assert len(source.asked) == 3, "while it rests it is not asked"
    assert LookUp.objects.filter(outcome="outage").count() == 5
    source.error = ""
    at[0] += 60
    assert not ask()
    row = next(row for row in source_rows(actor=city.quan) if row.registry == "population")
    assert (row.is_up, row.asked_last_hour, row.failed_last_hour) == (True, 6, 5)
    assert row.error, "what went wrong last stays readable"


def test_since_when_it_is_up_or_down(clerk: Actor) -> None:
    source = FakeSource("population")
    register_source(source)
    moments = []
    for minutes, error in ((0, ""), (1, ""), (2, "down"), (3, "down"), (4, "")):
        with moment.at(moment.now() + timedelta(minutes=minutes)):
            source.error = error
            look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
            moments.append(SourceState.objects.get().since)
    assert moments[0] == moments[1] < moments[2] == moments[3] < moments[4]


def test_who_looked_has_accesses_as_well(clerk: Actor, an: Actor) -> None:
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
    identity.note_access(clerk, "person.reveal", person_id=an.person_id, reason="Gọi")
    words = [row.words for row in who_looked(an)]
    assert words == ["Phạm Thị Hoa đã xem tên và liên hệ của bạn", "Phạm Thị Hoa đã xem dữ liệu “Dân cư”"]


def test_nothing_personal_is_readable_in_the_tables(clerk: Actor) -> None:
    look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
    tables = (LookUp, RegistryRecord, RecordKey)
    text = "".join(repr(list(table.objects.values())) for table in tables)
    for secret in (AN_ID, "Mẫu An", "Số 1 đường", "49A12345"):
        assert secret not in text


def test_a_wrong_key_is_said_at_its_field(clerk: Actor) -> None:
    for key in ({"national_id": "123"}, {"national_id": " "}, {}):
        with pytest.raises(Refused) as refused:
            look_up("population", key, actor=clerk, purpose="procedure")
        assert set(refused.value.fields) == {"national_id"}
    with pytest.raises(ValueError, match="has no key"):
        look_up("population", {"plate": "49A"}, actor=clerk, purpose="procedure")
    assert not LookUp.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_the_note_stays_when_the_callers_work_does_not(clerk: Actor, an: Actor) -> None:
    def fail() -> None:
        with transaction.atomic():
            look_up("population", {"national_id": AN_ID}, actor=clerk, purpose="procedure")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert LookUp.objects.get().outcome == "found"
    assert len(own_look_ups(an)) == 1


def test_whose_papers_are_asked_for_again() -> None:
    assert down_registries() == frozenset()
    source = source_of("population").name
    SourceState.objects.create(registry="population", source=source, is_up=False, since=moment.now())
    SourceState.objects.create(registry="land", source="elsewhere", is_up=False, since=moment.now())
    assert down_registries() == {"population"}


def test_whom_the_register_names_represents_at_once(an: Actor, binh: Actor, cuc: Actor) -> None:
    """Nobody else learns what it says, nor even whether it says anything."""
    ask = {"tax_code": "5800000001", "name": "Thử", "title": "Giám đốc", "evidence": "GCN 1"}
    states = {}
    for who in (an, binh, cuc):
        client = Client()
        client.force_login(Account.objects.get(pk=who.id or 0))
        assert client.post("/to-chuc/", ask).status_code == 302
        row = Representation.objects.get(person_id=who.person_id or 0)
        states[who.id] = (row.state, row.reason)
    assert states[binh.id] == ("accepted", "Cơ sở dữ liệu doanh nghiệp")
    assert states[an.id] == states[cuc.id] == ("asked", "")
