"""Acting for somebody else: given and accepted with codes, limited, taken back at any moment, closed to others."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions
from motcua.kernel.identity.actions import NewAuthorisation, Proof
from motcua.kernel.identity.kind import SYSTEM, Actor, Level
from motcua.kernel.identity.models import Access, Account, Authorisation, Person
from motcua.kernel.identity.ports import code_sender, consent_code_sender, procedure_names
from motcua.kernel.identity.queries import (
    authorised,
    authorised_givers,
    card_of_giver,
    own_authorisations,
    own_card,
    person_actor,
    sealer,
)
from motcua.kernel.identity.views.proving import communes
from motcua.kernel.messages.actions import plan_messages
from motcua.kernel.messages.models import Message, Notice
from motcua.kernel.org.queries import local_today
from motcua.kernel.places import queries as places
from motcua.kernel.places.models import Area
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold
from motcua.testing.city import LONG_AGO, City

pytestmark = pytest.mark.django_db
BIRTH, MARRIAGE = "1.001193", "1.000894"


@pytest.fixture(autouse=True)
def codes(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every code that went out, the newest last."""
    sent: list[str] = []
    monkeypatch.setattr(code_sender, "_callee", lambda channel, address, code, language: sent.append(code))
    monkeypatch.setattr(
        consent_code_sender, "_callee", lambda channel, address, code, language, what: sent.append(code)
    )
    monkeypatch.setattr(procedure_names, "_callee", None)
    cache.clear()
    return sent


def somebody(name: str, phone: str = "", email: str = "") -> Actor:
    account = actions.new_person_account(actions.create_person(name, phone, email))
    return person_actor(account.pk)


@pytest.fixture
def an() -> Actor:
    return somebody("Nguyễn Thị Mẫu An", "0905 123 456")


@pytest.fixture
def binh() -> Actor:
    return somebody("Trần Văn Mẫu Bình", "0905 777 888")


@pytest.fixture
def cuc() -> Actor:
    return somebody("Lê Thị Mẫu Cúc", "0905 999 000")


def new(to: str = "0905777888", days: int = 30, procedures: tuple[str, ...] = (BIRTH,)) -> NewAuthorisation:
    today = local_today()
    return NewAuthorisation(to, procedures, today, today + timedelta(days=days), "Nhờ anh nộp giúp")


def give(giver: Actor, codes: list[str], wanted: NewAuthorisation) -> int:
    wanted = actions.check_authorisation(wanted, actor=giver)
    with moment.at(moment.now() + timedelta(minutes=2 * len(codes))):
        actions.send_login_code(
            actions.own_contact(giver), network="10.0.0.1", language="vi", consent=actions.giving(wanted)
        )
        return actions.give_authorisation(wanted, codes[-1], actor=giver)


def accept(receiver: Actor, codes: list[str], number: int) -> None:
    with moment.at(moment.now() + timedelta(minutes=2 * len(codes))):
        actions.send_login_code(
            actions.own_contact(receiver), network="10.0.0.2", language="vi", consent=actions.accepting(number)
        )
        actions.accept_authorisation(number, codes[-1], actor=receiver)


def test_given_accepted_used_revoked(an: Actor, binh: Actor, codes: list[str]) -> None:
    number = give(an, codes, new())
    assert authorised(binh, an.person_id or 0, BIRTH) is None, "it counts once the other accepted"
    accept(binh, codes, number)
    found = authorised(binh, an.person_id or 0, BIRTH)
    assert found is not None
    assert (found.id, found.role, found.other, found.procedures) == (number, "receiver", "Nguyễn Thị Mẫu An", (BIRTH,))
    assert [row.giver_id for row in authorised_givers(binh, BIRTH)] == [an.person_id]
    assert card_of_giver(binh, an.person_id or 0, BIRTH).name == "Nguyễn Thị Mẫu An"
    assert Access.objects.get(action="person.act").person_id == an.person_id, "the giver sees that it was used"
    actions.revoke_authorisation(number, actor=an)
    assert authorised(binh, an.person_id or 0, BIRTH) is None
    with pytest.raises(Refused, match="not_found"):
        card_of_giver(binh, an.person_id or 0, BIRTH)
    names = list(Event.objects.order_by("id").values_list("name", flat=True))
    assert names == ["authorisation.given", "authorisation.accepted", "authorisation.revoked"]


def test_it_is_limited_by_procedure_person_direction_and_time(
    an: Actor, binh: Actor, cuc: Actor, codes: list[str]
) -> None:
    accept(binh, codes, give(an, codes, new(days=10)))
    giver = an.person_id or 0
    assert authorised(binh, giver, BIRTH) is not None
    assert authorised(binh, giver, MARRIAGE) is None
    assert authorised(binh, giver, BIRTH[:-1]) is None
    assert authorised(cuc, giver, BIRTH) is None
    assert authorised(an, binh.person_id or 0, BIRTH) is None
    assert authorised(replace(binh, id=None), giver, BIRTH) is None, "a private link is nobody's signature"
    with moment.at(moment.now() + timedelta(days=11)):
        assert authorised(binh, giver, BIRTH) is None
        assert own_authorisations(an)[0].state == "expired"


def test_nobody_else_finds_accepts_or_ends_it(an: Actor, binh: Actor, cuc: Actor, codes: list[str], city: City) -> None:
    number = give(an, codes, new())
    before = Event.objects.count()
    for stranger in (cuc, city.minh, Actor("anonymous"), replace(an, id=None)):
        with pytest.raises(Refused, match="not_found"):
            actions.accept_authorisation(number, codes[-1], actor=stranger)
        for answer in (actions.decline_authorisation, actions.revoke_authorisation):
            with pytest.raises(Refused, match="not_found"):
                answer(number, actor=stranger)
        assert own_authorisations(stranger) == []
    with pytest.raises(Refused):
        actions.accept_authorisation(number, codes[-1], actor=an)
    with pytest.raises(Refused, match="not_allowed"):
        actions.decline_authorisation(number, actor=an)
    assert Authorisation.objects.get().state == "given"
    assert Event.objects.count() == before


def test_each_code_agrees_to_one_thing(an: Actor, binh: Actor, codes: list[str]) -> None:
    wanted = actions.check_authorisation(new(), actor=an)
    contact = actions.own_contact(an)
    actions.send_login_code(contact, network="10.0.0.1", language="vi")
    login = codes[-1]
    with pytest.raises(Refused, match="bad_code"):
        actions.give_authorisation(wanted, login, actor=an)
    actions.send_login_code(contact, network="10.0.0.1", language="vi", consent=actions.giving(wanted))
    wider = replace(wanted, procedures=[BIRTH, MARRIAGE])
    with pytest.raises(Refused, match="bad_code"):
        actions.give_authorisation(wider, codes[-1], actor=an)
    with pytest.raises(Refused, match="bad_code"):
        actions.spend_code(contact, codes[-1])  # it opens no account
    assert not Authorisation.objects.exists()
    assert not Event.objects.exists()
    actions.give_authorisation(wanted, codes[-1], actor=an)
    with pytest.raises(Refused, match="bad_code"):
        actions.give_authorisation(wanted, codes[-1], actor=an)
    assert Authorisation.objects.count() == 1


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        (new, "ok"),
        (lambda: new(procedures=()), "procedures"),
        (lambda: new(procedures=("1.001193; drop",)), "procedures"),
        (lambda: new(days=400), "valid_to"),
        (lambda: new(days=-1), "valid_to"),
        (lambda: replace(new(), valid_from=local_today() - timedelta(days=1)), "valid_from"),
        (lambda: new(to="0905 123 456"), "to"),
        (lambda: new(to="nobody"), "to"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(an: Actor, wanted: Callable[[], NewAuthorisation], field: str) -> None:
    if field == "ok":
        assert actions.check_authorisation(wanted(), actor=an).to == "+84905777888"
        return
    with pytest.raises(Refused) as refused:
        actions.check_authorisation(wanted(), actor=an)
    assert field in refused.value.fields


def test_a_procedure_that_does_not_exist_is_refused(an: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        procedure_names, "_callee", lambda codes, language: {BIRTH: "Khai sinh"} if BIRTH in codes else {}
    )
    assert actions.check_authorisation(new(), actor=an).procedures == [BIRTH]
    with pytest.raises(Refused) as refused:
        actions.check_authorisation(new(procedures=(MARRIAGE,)), actor=an)
    assert "procedures" in refused.value.fields


def test_by_national_id_it_reaches_only_who_has_proved_it(an: Actor, binh: Actor, cuc: Actor, codes: list[str]) -> None:
    actions.declare_identity(Proof("068190000777", "Trần Văn Mẫu Bình"), actor=cuc)  # she merely says so
    number = give(an, codes, new(to="068190000777"))
    assert own_authorisations(cuc) == []
    actions.prove_person(binh.person_id or 0, Proof("068190000777"), level=Level.COUNTER, actor=SYSTEM)
    assert [row.id for row in own_authorisations(binh)] == [number]
    accept(binh, codes, number)
    found = authorised(binh, an.person_id or 0, BIRTH)
    assert found is not None
    assert (found.giver_level, found.receiver_level) == (Level.DECLARED, Level.COUNTER)
    shown = own_authorisations(an)[0].other
    assert shown == "Trần Văn Mẫu Bình (068••••0777)"


def test_nothing_of_it_is_readable_in_the_tables(an: Actor, binh: Actor, codes: list[str]) -> None:
    give(an, codes, new())
    text = repr(list(Authorisation.objects.values())) + repr(list(Event.objects.values()))
    for secret in ("905777888", "Nhờ anh", "Mẫu", "905123456"):
        assert secret not in text


def test_both_are_told(an: Actor, binh: Actor, codes: list[str]) -> None:
    number = give(an, codes, new())
    plan_messages(list(Event.objects.all()))
    offered = Message.objects.get()
    assert sealer().open(offered.address_sealed) == "+84905777888"
    assert f"/uy-quyen/{number}/" in sealer().open(offered.content_sealed)
    assert Notice.objects.get().account_id == binh.id
    accept(binh, codes, number)
    actions.revoke_authorisation(number, actor=binh)
    plan_messages(list(Event.objects.filter(name__in=["authorisation.accepted", "authorisation.revoked"])))
    told = [sealer().open(message.address_sealed) for message in Message.objects.order_by("id")[1:]]
    assert told == ["+84905123456", "+84905123456"]


def test_an_offer_reaches_a_number_without_account(an: Actor, codes: list[str], client: Client) -> None:
    number = give(an, codes, new(to="0905 555 444"))
    plan_messages(list(Event.objects.all()))
    assert sealer().open(Message.objects.get().address_sealed) == "+84905555444"
    late = moment.now() + timedelta(minutes=30)
    with moment.at(late):
        client.post(reverse("login"), {"address": "0905 555 444", "next": reverse("authorisation", args=[number])})
        answer = client.post(reverse("login_code"), {"code": codes[-1]})
        assert answer.headers["Location"] == reverse("authorisation", args=[number])
        page = client.get(answer.headers["Location"]).content.decode()
    assert "Nguyễn Thị Mẫu An ủy quyền cho tôi" in page


def sign_in(client: Client, codes: list[str], phone: str) -> Account:
    with moment.at(moment.now() - timedelta(minutes=5)):
        client.post(reverse("login"), {"address": phone})
        client.post(reverse("login_code"), {"code": codes[-1]})
    return Account.objects.get(person__phone_index=sealer().index("+84" + phone.replace(" ", "")[1:]))


def test_the_pages_from_giving_to_ending(client: Client, an: Actor, binh: Actor, codes: list[str]) -> None:
    other = Client()
    sign_in(client, codes, "0905 123 456")
    sign_in(other, codes, "0905 777 888")
    today = local_today()
    typed = {"to": "0905 777 888", "code": f"{BIRTH}, {MARRIAGE}", "note": "", "valid_from": today.isoformat()}
    wrong = client.post(reverse("authorisation_give"), {**typed, "valid_to": (today + timedelta(days=999)).isoformat()})
    assert wrong.status_code == 422
    client.post(reverse("authorisation_give"), {**typed, "valid_to": (today + timedelta(days=9)).isoformat()})
    assert "905777888" not in repr(dict(client.session)), "sessions lie in the database"
    page = client.get(reverse("authorisation_give_code")).content.decode()
    assert MARRIAGE in page
    assert "0905 777 888" in page
    assert client.post(reverse("authorisation_give_code"), {"code": "000000x"}).status_code == 422
    client.post(reverse("authorisation_give_code"), {"code": codes[-1]})
    number = Authorisation.objects.get().pk
    own, theirs = reverse("authorisation", args=[number]), reverse("authorisation_accept", args=[number])
    assert "Nhận ủy quyền" in other.get(own).content.decode()
    other.post(reverse("authorisation_accept_send", args=[number]))
    assert other.post(theirs, {"code": codes[-1]}).status_code == 302
    assert authorised(binh, an.person_id or 0, MARRIAGE) is not None
    begin = f'href="{reverse("procedure", args=[MARRIAGE])}"'
    assert begin in other.get(own).content.decode(), "the next step"
    assert begin not in client.get(own).content.decode()
    client.post(reverse("authorisation_revoke", args=[number]))
    assert authorised(binh, an.person_id or 0, MARRIAGE) is None
    ended = other.get(own).content.decode()
    assert "Đã thôi ủy quyền" in ended
    assert begin not in ended


NAMES = (
    ("authorisation", "get"),
    ("authorisation_accept_send", "post"),
    ("authorisation_accept", "get"),
    ("authorisation_accept", "post"),
    ("authorisation_decline", "post"),
    ("authorisation_revoke", "post"),
)


@pytest.mark.parametrize(("name", "method"), NAMES)
@pytest.mark.parametrize("who", ["anonymous", "stranger", "officer"])
def test_wrong_actors_at_every_address(
    client: Client, an: Actor, binh: Actor, cuc: Actor, codes: list[str], city: City, name: str, method: str, who: str
) -> None:
    number = give(an, codes, new())
    if who == "stranger":
        client.force_login(Account.objects.get(pk=cuc.id or 0))
    elif who == "officer":
        client.force_login(Account.objects.get(pk=city.hoa.id or 0))
    response = getattr(client, method)(reverse(name, args=[number]), {"code": "123456"} if method == "post" else {})
    if who == "anonymous":
        assert response.status_code in (302, 401, 403)
        assert "/uy-quyen" not in response.headers.get("Location", "").partition("?")[0]
    else:
        assert response.status_code == 404
    assert Authorisation.objects.get().state == "given"


# ── Who somebody is ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_places_stand_in_the_order_of_the_alphabet(city: City) -> None:
    """Đ stands after D, not behind everything."""
    for code, name in (("1", "Thuận An"), ("2", "Đam Rông"), ("3", "Di Linh")):
        Area.objects.create(
            code=code, name=name, full_name=f"Xã {name}", folded=fold(f"xa {name}"), level="commune", type="xa",
            lat=0, lon=0, valid_from=LONG_AGO,
        )  # fmt: skip
    places.forget()
    order = [name for code, name in communes() if code in "123"]
    assert order == ["Xã Di Linh", "Xã Đam Rông", "Xã Thuận An"]


def test_what_is_declared_fills_the_card_and_opens_nothing(an: Actor) -> None:
    proof = Proof("068190000123", "Nguyễn Thị Mẫu An", local_today(), "nu", {"area": "24778", "line": "Số 1"})
    actions.declare_identity(proof, actor=an)
    card = own_card(an)
    assert (card.national_id, card.sex, card.address, card.level) == (
        "068190000123", "nu", {"area": "24778", "line": "Số 1"}, Level.DECLARED,
    )  # fmt: skip
    stored = repr(list(Person.objects.values()))
    assert "068190000123" not in stored
    assert "Số 1" not in stored
    with pytest.raises(Refused):
        actions.declare_identity(Proof("12345"), actor=an)


def test_what_was_proved_cannot_be_changed_by_oneself(an: Actor) -> None:
    actions.prove_person(
        an.person_id or 0, Proof("068190000123", "Nguyễn Thị Mẫu An"), level=Level.COUNTER, actor=SYSTEM
    )
    actions.declare_identity(Proof("068190000999", "Ai Khác", address={"line": "Số 2"}), actor=an)
    actions.change_person(an.id or 0, name="Ai Khác", language="en")
    card = own_card(an)
    assert (card.national_id, card.name, card.address["line"]) == ("068190000123", "Nguyễn Thị Mẫu An", "Số 2")


def test_one_national_id_is_proved_for_one_card(an: Actor, binh: Actor) -> None:
    actions.prove_person(an.person_id or 0, Proof("068190000123"), level=Level.COUNTER, actor=SYSTEM)
    with pytest.raises(Refused, match="taken"):
        actions.prove_person(binh.person_id or 0, Proof("068190000123"), level=Level.COUNTER, actor=SYSTEM)
    with pytest.raises(Refused, match="taken"):
        actions.prove_person(an.person_id or 0, Proof("068190000124"), level=Level.COUNTER, actor=SYSTEM)
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=binh.person_id or 0).update(
            national_id_index=sealer().index("068190000123"), level=Level.PROVIDER
        )
    assert Event.objects.filter(name="person.proved").count() == 1
    assert "068190000123" not in repr(list(Event.objects.values()))


def test_at_the_counter_with_card_and_code(client: Client, an: Actor, codes: list[str], city: City) -> None:
    actions.grant_post(city.hoa.id or 0, city.ward_one.pk, "clerk", actor=city.quan)  # type: ignore[arg-type]
    client.force_login(Account.objects.get(pk=city.hoa.id or 0))
    card = "068190000123|251234567|NGUYỄN THỊ MẪU AN|02051990|Nữ|Tổ 1, phường Một|10102021"
    assert client.post(reverse("person_prove"), {"card": "???", "address": "0905123456"}).status_code == 422
    client.post(reverse("person_prove"), {"card": card, "address": "0905 123 456"})
    assert client.post(reverse("person_prove_code"), {"code": "1"}).status_code == 422
    assert own_card(an).level == Level.DECLARED
    assert client.post(reverse("person_prove_code"), {"code": codes[-1]}).status_code == 302
    found = own_card(an)
    assert (found.level, found.national_id, found.sex, str(found.born_on)) == (
        Level.COUNTER, "068190000123", "nu", "1990-05-02",
    )  # fmt: skip
    assert Access.objects.get(action="person.prove").person_id == an.person_id


@pytest.mark.parametrize("name", ["person_prove", "person_prove_code", "representations"])
def test_who_may_not_prove_or_accept(client: Client, an: Actor, city: City, name: str) -> None:
    assert client.get(reverse(name)).status_code == 302
    for account_id in (an.id, city.hoa.id if name != "representations" else city.quan.id):
        client.force_login(Account.objects.get(pk=account_id or 0))
        assert client.get(reverse(name)).status_code == 403


def test_deleting_the_account_ends_what_it_gave(an: Actor, binh: Actor, codes: list[str]) -> None:
    accept(binh, codes, give(an, codes, new()))
    actions.delete_own_account(actor=an)
    assert authorised(binh, an.person_id or 0, BIRTH) is None
    assert Authorisation.objects.get().state == "revoked"
    assert Person.objects.get(pk=an.person_id or 0).about_sealed is None
