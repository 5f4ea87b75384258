"""Acting for an organisation: asked, accepted by an official, ended; closed to everybody else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from motcua.kernel.events.models import Event
from motcua.kernel.identity import actions
from motcua.kernel.identity.kind import SYSTEM, Actor, Role
from motcua.kernel.identity.models import Account, Organisation, Representation
from motcua.kernel.identity.queries import officer_actor, own_representations, person_actor, representatives, represents
from motcua.kernel.messages.actions import plan_messages
from motcua.kernel.messages.models import Notice
from motcua.kernel.org.queries import local_today
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.testing.city import City, add_officer

pytestmark = pytest.mark.django_db
CODE = "5800000001"


@pytest.fixture
def an() -> Actor:
    return person_actor(actions.new_person_account(actions.create_person("Nguyễn Thị Mẫu An", "0905123456")).pk)


@pytest.fixture
def binh() -> Actor:
    return person_actor(actions.new_person_account(actions.create_person("Trần Văn Mẫu Bình", "0905777888")).pk)


@pytest.fixture
def clerk(city: City) -> Actor:
    """Receives for the province."""
    actions.grant_post(city.hoa.id or 0, city.province.pk, Role.CLERK, actor=city.quan)
    return officer_actor(city.hoa.id or 0)


def ask(
    actor: Actor, tax_code: str = CODE, name: str = "Công ty TNHH Thử", title: str = "Giám đốc", evidence: str = "GCN 1"
) -> Representation:
    return actions.ask_representation(tax_code, actor=actor, name=name, title=title, evidence=evidence)


def test_asked_accepted_ended(an: Actor, clerk: Actor) -> None:
    row = ask(an)
    assert represents(an, CODE) is None
    actions.accept_representation(row.pk, actor=clerk, reason="Đã xem bản gốc")
    found = represents(an, CODE)
    assert found is not None
    assert (found.organisation, found.title, found.is_in_force) == ("Công ty TNHH Thử", "Giám đốc", True)
    assert representatives(CODE) == [an.person_id]
    plan_messages(list(Event.objects.filter(name="representation.accepted")))
    assert Notice.objects.get().account_id == an.id
    actions.end_representation(row.pk, actor=an)
    assert represents(an, CODE) is None
    assert own_representations(an)[0].state == "ended"
    ask(an)  # and may ask again


def test_it_counts_for_one_person_and_its_days(an: Actor, binh: Actor, clerk: Actor) -> None:
    row = actions.ask_representation(
        CODE, actor=an, name="Công ty TNHH Thử", title="Kế toán", evidence="Giấy giới thiệu 12",
        valid_to=local_today() + timedelta(days=5),
    )  # fmt: skip
    actions.accept_representation(row.pk, actor=clerk)
    assert represents(an, CODE) is not None
    assert represents(binh, CODE) is None
    assert represents(an, "5800000002") is None
    with moment.at(moment.now() + timedelta(days=6)):
        assert represents(an, CODE) is None


@pytest.mark.parametrize("field", ["tax_code", "name", "title", "evidence"])
def test_what_is_missing_is_said_at_its_field(an: Actor, field: str) -> None:
    with pytest.raises(Refused) as refused:
        ask(an, **{field: " "})
    assert set(refused.value.fields) == {field}
    assert not Representation.objects.exists()
    assert not Organisation.objects.exists()
    assert not Event.objects.exists()


def test_asking_cannot_rename_an_organisation(an: Actor, binh: Actor) -> None:
    ask(an)
    ask(binh, name="Tên khác")
    assert Organisation.objects.get().name == "Công ty TNHH Thử"
    with pytest.raises(Refused, match="invalid"):
        ask(an)


@pytest.mark.parametrize(
    "attempt",
    [
        lambda row, actor: actions.accept_representation(row, actor=actor),
        lambda row, actor: actions.refuse_representation(row, actor=actor, reason="x"),
        lambda row, actor: actions.end_representation(row, actor=actor),
    ],
)
def test_wrong_actors_decide_nothing(an: Actor, binh: Actor, city: City, attempt: Callable[[int, Actor], None]) -> None:
    row = ask(an)
    before = Event.objects.count()
    for actor in (binh, city.tam, city.quan, Actor("anonymous")):
        with pytest.raises(Refused):
            attempt(row.pk, actor)
    row.refresh_from_db()
    assert row.state == "asked"
    assert Event.objects.count() == before


def test_a_refusal_needs_a_reason_and_comes_once(an: Actor, clerk: Actor) -> None:
    row = ask(an)
    with pytest.raises(Refused, match="invalid"):
        actions.refuse_representation(row.pk, actor=clerk, reason=" ")
    actions.refuse_representation(row.pk, actor=clerk, reason="Giấy tờ đã hết hạn")
    with pytest.raises(Refused, match="stale"):
        actions.accept_representation(row.pk, actor=clerk)
    assert represents(an, CODE) is None
    assert own_representations(an)[0].reason == "Giấy tờ đã hết hạn"


def test_the_register_accepts_and_names_it(an: Actor) -> None:
    row = ask(an)
    actions.accept_by_register(row.pk, name="CÔNG TY TNHH THỬ MỘT", source="Cơ sở dữ liệu doanh nghiệp")
    found = represents(an, CODE)
    assert found is not None
    assert found.organisation == "CÔNG TY TNHH THỬ MỘT"
    assert Event.objects.get(name="representation.accepted").actor == SYSTEM.key


def test_the_pages(client: Client, an: Actor, binh: Actor, clerk: Actor) -> None:
    client.force_login(Account.objects.get(pk=an.id or 0))
    typed = {"tax_code": "580000", "name": "Công ty TNHH Thử", "title": "Giám đốc", "evidence": "GCN"}
    assert client.post(reverse("organisations"), typed).status_code == 422
    assert client.post(reverse("organisations"), typed | {"tax_code": CODE}).status_code == 302
    row = Representation.objects.get()
    stranger = Client()
    stranger.force_login(Account.objects.get(pk=binh.id or 0))
    assert CODE not in stranger.get(reverse("organisations")).content.decode()
    assert stranger.post(reverse("representation_end", args=[row.pk])).status_code in (403, 404)
    desk = Client()
    desk.force_login(Account.objects.get(pk=clerk.id or 0))
    page = desk.get(reverse("representations")).content.decode()
    assert "Nguyễn Thị Mẫu An" in page
    decide = reverse("representation_decide", args=[row.pk])
    assert desk.post(decide, {"refuse": "1"}).status_code == 422
    assert client.post(decide, {"accept": "1"}).status_code == 403
    assert desk.post(decide, {"accept": "1"}).status_code == 302
    assert "Đang đại diện" in client.get(reverse("organisations")).content.decode()


@pytest.mark.parametrize(("role", "where"), [("clerk", "ward_one"), ("leader", "ward_one"), ("operator", "centre")])
def test_in_a_ward_or_on_the_telephone_nobody_opens_them(city: City, an: Actor, role: str, where: str) -> None:
    row = ask(an)
    official = add_officer("somebody", "Ngô Thị Ai", getattr(city, where), role)
    client = Client()
    client.force_login(Account.objects.get(pk=official.id or 0))
    assert client.get(reverse("representations")).status_code == 403
    with pytest.raises(Refused, match="not_allowed"):
        actions.accept_representation(row.pk, actor=official)
    row.refresh_from_db()
    assert row.state == "asked"
    assert not Event.objects.filter(name="representation.accepted").exists()
