"""Administration of officials, within reach; keys of machines; the access log."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import sentence
from motcua.kernel.identity import actions, queries
from motcua.kernel.identity.forms import grantable
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Actor, Role
from motcua.kernel.identity.models import Account, Post, ServiceKey, Session
from motcua.kernel.identity.ports import letter_sender
from motcua.kernel.identity.queries import (
    list_managed_officers,
    list_officers,
    managed_units,
    officer_actor,
    service_actor,
    unit_ids_within,
)
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def letters(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, str, str]]:
    sent: list[tuple[str, str, str, str]] = []
    monkeypatch.setattr(letter_sender, "_callee", lambda *letter: sent.append(letter))
    cache.clear()
    return sent


@pytest.fixture
def ward_admin(city: City) -> Actor:
    """Administers Ward One, from its office."""
    account = actions.create_officer(login="one.admin", name="Quản Trị Một", actor=SYSTEM)
    actions.grant_post(account.pk, city.office_one.pk, Role.ADMINISTRATOR, actor=SYSTEM)
    return officer_actor(account.pk)


def number(actor: Actor) -> int:
    assert actor.id is not None
    return actor.id


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=number(actor)))
    return client


def events_since(count: int) -> list[str]:
    return list(Event.objects.order_by("id").values_list("name", flat=True))[count:]


# ── Reach ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_reach_of_roles(city: City, ward_admin: Actor) -> None:
    assert unit_ids_within(city.quan, "org.manage") is None
    assert unit_ids_within(ward_admin, "org.manage") == sorted([city.ward_one.pk, city.office_one.pk])
    assert unit_ids_within(city.minh, "org.manage") == []
    assert unit_ids_within(ANONYMOUS, "org.manage") == []
    assert [name for _id, name in managed_units(ward_admin)] == ["Phường Một", "– Phòng Kinh tế Một"]
    assert len(managed_units(city.quan)) == 7


def test_posts_count_between_their_dates(city: City) -> None:
    officer = actions.create_officer(login="x", name="X", actor=SYSTEM)
    begin, end = date(2026, 12, 1), date(2026, 12, 10)
    actions.grant_post(officer.pk, city.ward_one.pk, Role.CLERK, actor=SYSTEM, valid_from=begin, valid_to=end)
    for day, held in ((30, False), (31, True), (40, True), (41, False)):
        with moment.at(datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=day - 1)):
            assert bool(officer_actor(officer.pk).held) is held, day


def test_an_actor_costs_one_query(city: City, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        officer_actor(number(city.minh))


def test_officers_of_units(city: City) -> None:
    rows = list_officers([city.ward_one.pk, city.office_one.pk])
    assert [(row.name, row.roles) for row in rows] == [
        ("Lê Văn Minh", (Role.LEADER,)),
        ("Phạm Thị Hoa", (Role.SPECIALIST,)),
    ]
    assert len(list_officers(None)) == 5
    Account.objects.filter(pk=number(city.hoa)).update(is_active=False)
    assert len(list_officers(None)) == 4


# ── Wrong actors: nothing changes and nothing is recorded ───────────────────────────────────────────────────────────


def _tries(city: City, officer_id: int, post_id: int) -> dict[str, Any]:
    return {
        "change": lambda actor: actions.change_officer(officer_id, actor=actor, name="Khác", email="evil@example.vn"),
        "deactivate": lambda actor: actions.deactivate_officer(officer_id, actor=actor),
        "activate": lambda actor: actions.activate_officer(officer_id, actor=actor),
        "factors": lambda actor: actions.reset_factors(officer_id, actor=actor),
        "grant": lambda actor: actions.grant_post(officer_id, city.ward_two.pk, Role.LEADER, actor=actor),
        "grant_top": lambda actor: actions.grant_post(officer_id, city.centre.pk, Role.ADMINISTRATOR, actor=actor),
        "revoke": lambda actor: actions.revoke_post(post_id, actor=actor),
        "hire": lambda actor: actions.hire_officer(
            actor=actor, login="new", name="N", unit_id=city.ward_two.pk, role=Role.CLERK
        ),
    }


@pytest.mark.parametrize(
    "what", ["change", "deactivate", "activate", "factors", "grant", "grant_top", "revoke", "hire"]
)
@pytest.mark.parametrize("who", ["ward_admin", "minh", "lan", "an"])
def test_whoever_does_not_administer_ward_two_changes_nothing_there(
    city: City, ward_admin: Actor, what: str, who: str
) -> None:
    actor = ward_admin if who == "ward_admin" else getattr(city, who)
    post = Post.objects.get(officer_id=number(city.tam))
    before = (list(Account.objects.order_by("pk").values()), list(Post.objects.order_by("pk").values()))
    events = Event.objects.count()
    with pytest.raises(Refused) as refusal:
        _tries(city, number(city.tam), post.pk)[what](actor)
    assert refusal.value.code in {"not_found", "not_allowed"}
    assert before == (list(Account.objects.order_by("pk").values()), list(Post.objects.order_by("pk").values()))
    assert Event.objects.count() == events


def test_one_post_outside_puts_an_officer_out_of_reach(city: City, ward_admin: Actor) -> None:
    """Else a ward would give the province's leader a small post, and then reset the leader's second factor."""
    assert queries.get_officer(number(city.hoa), actor=ward_admin).name == "Phạm Thị Hoa"
    actions.grant_post(number(city.hoa), city.ward_two.pk, Role.CLERK, actor=SYSTEM)
    with pytest.raises(Refused):
        queries.get_officer(number(city.hoa), actor=ward_admin)
    with pytest.raises(Refused):
        actions.change_officer(number(city.hoa), actor=ward_admin, name="Khác")
    assert queries.get_officer(number(city.hoa), actor=city.quan).name == "Phạm Thị Hoa"


@pytest.mark.parametrize("name", ["officer", "officer_reset_factors"])
@pytest.mark.parametrize("who", ["ward_admin", "minh"])
def test_pages_of_another_ward_are_not_there(city: City, ward_admin: Actor, name: str, who: str) -> None:
    client = signed_in(ward_admin if who == "ward_admin" else city.minh)
    assert client.get(reverse(name, args=[city.tam.id])).status_code in (403, 404)
    assert city.tam.name not in client.get(reverse("officers")).content.decode()


def test_keys_are_made_at_the_top_only(city: City, ward_admin: Actor) -> None:
    for actor in (ward_admin, city.minh, ANONYMOUS):
        with pytest.raises(Refused):
            actions.create_service_key("Đối tác", ["incident.read"], actor=actor)
    assert signed_in(ward_admin).get(reverse("service_keys")).status_code == 403
    assert not ServiceKey.objects.exists()


# ── What is done ────────────────────────────────────────────────────────────────────────────────────────────────────


def test_adding_an_officer_through_the_page(city: City, ward_admin: Actor, letters: list[Any]) -> None:
    client, events = signed_in(ward_admin), Event.objects.count()
    form = {
        "name": "Trần Văn Mới", "login": "Mot.Moi", "email": "moi@example.vn", "language": "vi",
        "unit_id": city.office_one.pk, "role": "specialist", "title": "Chuyên viên", "valid_from": "2020-01-01",
    }  # fmt: skip
    response = client.post(reverse("officer_add"), form)
    officer = Account.objects.get(login="mot.moi")
    assert response.headers["Location"] == reverse("officer", args=[officer.pk])
    assert [held.role for held in officer_actor(officer.pk).held] == [Role.SPECIALIST]
    assert letters[0][0] == "moi@example.vn"
    assert events_since(events) == ["officer.created", "post.granted"]
    again = client.post(reverse("officer_add"), form)
    assert "đã có người dùng" in again.content.decode()
    assert client.post(reverse("officer_add"), form | {"unit_id": city.ward_two.pk, "login": "z"}).status_code == 422
    assert Account.objects.filter(name="Trần Văn Mới").count() == 1


def test_every_event_has_its_sentence(city: City) -> None:
    officer = actions.hire_officer(
        actor=city.quan, login="moi", name="Trần Văn Mới", unit_id=city.ward_one.pk, role=Role.CLERK
    )
    actions.change_officer(officer.pk, actor=city.quan, name="Trần Văn Mới", email="moi@example.vn")
    actions.deactivate_officer(officer.pk, actor=city.quan)
    actions.activate_officer(officer.pk, actor=city.quan)
    actions.revoke_post(Post.objects.get(officer=officer).pk, actor=city.quan)
    sentences = [sentence(event.name, event.data) for event in Event.objects.order_by("id")]
    assert sentences == [
        "Thêm cán bộ Trần Văn Mới",
        "Giao vai trò Văn thư, một cửa tại Phường Một cho Trần Văn Mới",
        "Sửa thông tin cán bộ Trần Văn Mới: email",
        "Khoá tài khoản cán bộ Trần Văn Mới",
        "Mở lại tài khoản cán bộ Trần Văn Mới",
        "Thôi vai trò Văn thư, một cửa tại Phường Một của Trần Văn Mới",
    ]


def test_the_same_post_again_changes_nothing(city: City) -> None:
    events = Event.objects.count()
    actions.grant_post(number(city.hoa), city.office_one.pk, Role.SPECIALIST, actor=SYSTEM)
    assert events_since(events) == []
    actions.grant_post(number(city.hoa), city.office_one.pk, Role.SPECIALIST, actor=SYSTEM, title="Phó phòng")
    assert events_since(events) == ["post.granted"]
    with pytest.raises(Refused) as refusal:
        actions.grant_post(
            number(city.hoa), city.office_one.pk, Role.CLERK, actor=SYSTEM,
            valid_from=date(2026, 5, 2), valid_to=date(2026, 5, 1),
        )  # fmt: skip
    assert refusal.value.fields.keys() == {"valid_to"}


def test_a_revoked_post_gives_no_power_from_now_on(city: City, ward_admin: Actor) -> None:
    client = signed_in(ward_admin)
    post = Post.objects.get(officer_id=number(city.hoa))
    client.post(reverse("officer_revoke", args=[city.hoa.id, post.pk]))
    assert officer_actor(number(city.hoa)).held == ()
    assert "không hiệu lực" in client.get(reverse("officer", args=[city.hoa.id])).content.decode()
    client.post(reverse("officer_post", args=[city.hoa.id]), {"unit_id": city.office_one.pk, "role": "clerk"})
    assert [held.role for held in officer_actor(number(city.hoa)).held] == [Role.CLERK]


def test_a_deactivated_officer_is_out_at_once(city: City, ward_admin: Actor) -> None:
    hoa, client = signed_in(city.hoa), signed_in(ward_admin)
    assert hoa.get(reverse("account")).status_code == 200
    client.post(reverse("officer_deactivate", args=[city.hoa.id]))
    assert hoa.get(reverse("account")).status_code == 302
    assert not Session.objects.filter(account_id=number(city.hoa)).exists()
    client.post(reverse("officer_activate", args=[city.hoa.id]))
    assert Account.objects.get(pk=number(city.hoa)).is_active


def test_nobody_locks_themselves_out(city: City, ward_admin: Actor) -> None:
    client = signed_in(ward_admin)
    client.post(reverse("officer_deactivate", args=[ward_admin.id]))
    client.post(reverse("officer_revoke", args=[ward_admin.id, Post.objects.get(officer_id=number(ward_admin)).pk]))
    assert Account.objects.get(pk=number(ward_admin)).is_active
    assert officer_actor(number(ward_admin)).held


def test_resetting_a_second_factor(city: City, ward_admin: Actor) -> None:
    Authenticator.objects.create(user_id=city.hoa.id, type="totp", data={"secret": "x"})
    admin = Account.objects.get(pk=number(ward_admin))
    admin.set_password("mot-mat-khau-dai")
    admin.save()
    hoa, client = signed_in(city.hoa), signed_in(ward_admin)
    response = client.post(reverse("officer_reset_factors", args=[city.hoa.id]))
    assert response.headers["Location"].startswith(reverse("account_reauthenticate"))
    assert Authenticator.objects.exists(), "first: is it really the administrator?"
    client = Client()
    client.post(reverse("account_login"), {"login": admin.login, "password": "mot-mat-khau-dai"})
    client.post(reverse("officer_reset_factors", args=[city.hoa.id]))
    assert not Authenticator.objects.exists()
    assert hoa.get(reverse("account")).status_code == 302


def test_the_list_is_searched_with_and_without_tones_and_goes_on_by_name(city: City) -> None:
    def names(**query: Any) -> list[str]:
        return [line.name for line in list_managed_officers(actor=city.quan, **query).lines]

    assert names(words="pham hoa") == names(words="Phạm Hoa") == ["Phạm Thị Hoa"]
    assert names(unit_id=city.ward_two.pk) == ["Vũ Thị Tâm"]
    everybody = names()
    page = list_managed_officers(actor=city.quan, limit=2)
    rest = list_managed_officers(actor=city.quan, after=page.next_after)
    assert [line.name for line in (*page.lines, *rest.lines)] == everybody
    assert rest.next_after == ""
    Account.objects.filter(pk=number(city.tam)).update(is_active=False)
    assert "Vũ Thị Tâm" not in names()
    assert names(state="off") == ["Vũ Thị Tâm"]


def test_a_key_is_shown_once_and_works_until_revoked(city: City) -> None:
    admin = Account.objects.get(pk=number(city.quan))
    admin.set_password("mot-mat-khau-dai")
    admin.save()
    client = Client()
    client.post(reverse("account_login"), {"login": admin.login, "password": "mot-mat-khau-dai"})
    page = client.post(reverse("service_keys"), {"name": "Đối tác", "grants": ["incident.read"]})
    text = page.context["text"]
    assert text.startswith("mc_")
    assert text not in repr([bytes(key.digest) for key in ServiceKey.objects.all()])
    actor = service_actor(text)
    assert (actor.kind, actor.name, actor.grants) == ("service", "Đối tác", frozenset({"incident.read"}))
    assert text not in client.get(reverse("service_keys")).content.decode()
    client.post(reverse("service_key_revoke", args=[actor.id]))
    for wrong in (text, "", "mc_guess"):
        with pytest.raises(Refused) as refusal:
            service_actor(wrong)
        assert refusal.value.code == "bad_key"
    assert Client(headers={"Authorization": f"Bearer {text}"}).get(reverse("officers")).status_code == 401


def test_what_a_machine_may_be_let_do() -> None:
    """Work on cases, the inbox, and what only machines do; nothing of administration, nothing of oneself."""
    offered = {name for name, _label in grantable()}
    assert {"incident.submit", "incident.accept", "desk.enter", "exchange.report"} <= offered
    assert not {"account.own", "incident.rate", "service.manage", "registry.look_up"} & offered
    assert not {name for name in offered if name.endswith(".manage")}


def test_what_a_machine_may_be_let_do_is_said_in_words() -> None:
    assert [name for name, label in grantable() if str(label) == name] == []


def test_the_access_log_shows_what_the_administrators_own_people_did(city: City, ward_admin: Actor) -> None:
    person = actions.create_person("An", "0905123456", "")
    other = actions.create_person("Bình", "0905999999", "")
    queries.open_person(person.pk, actor=city.hoa, reason="Lý do của Hoa", case_id=1)
    queries.open_person(other.pk, actor=city.tam, reason="Lý do của Tâm", case_id=2)
    page = signed_in(ward_admin).get(reverse("access_log")).content.decode()
    assert "Lý do của Hoa" in page
    assert "Lý do của Tâm" not in page
    top = signed_in(city.quan)
    assert "Lý do của Tâm" in top.get(reverse("access_log")).content.decode()
    found = top.get(reverse("access_log"), {"contact": "0905 123 456"}).content.decode()
    assert "Lý do của Hoa" in found
    assert "Lý do của Tâm" not in found
    assert signed_in(city.minh).get(reverse("access_log")).status_code == 403
