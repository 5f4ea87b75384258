"""A private link that fell into other hands is replaced, by its holder or an official: the old one opens nothing."""

import pytest
from django.test import Client

from motcua.kernel.cases.actions.people import change_link
from motcua.kernel.cases.models import Case, Party
from motcua.kernel.cases.queries.people import links_held, party_token, read_party_token
from motcua.kernel.cases.queries.telling import whose_link
from motcua.kernel.events.models import Event
from motcua.kernel.identity.models import Account
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.submitting import NewIncident, Submitted, submit_incident
from motcua.modules.incidents.tests.test_people import Met, by_link, met
from motcua.testing.city import LAMP_AT, City

pytestmark = pytest.mark.django_db
__all__ = ["met"]


@pytest.fixture
def sent(city: City) -> Submitted:
    new = NewIncident(
        text="Đèn tắt", category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1], name="An", phone="0905 111 111"
    )
    return submit_incident(new, actor=city.an)


def holder(token: str) -> Client:
    client = Client()
    assert client.get(f"/p/{token}/").status_code == 302
    return client


def test_the_holder_replaces_it(sent: Submitted) -> None:
    mine, leaked = holder(sent.token), holder(sent.token)
    at = f"/duong-dan/{sent.case.code}/"
    shown = mine.get(at)
    assert sent.token in shown.content.decode()
    assert shown["Referrer-Policy"] == "same-origin"  # with "no-referrer" a browser's own post would be refused
    page = mine.post(at, follow=True).content.decode()
    new = party_token(Party.objects.get())
    assert new in page
    assert sent.token not in page
    assert read_party_token(sent.token) is None
    assert links_held([sent.token]) == []
    address = f"/phan-anh/{sent.case.code}/"
    assert mine.get(address).status_code == 200
    assert leaked.get(address).status_code == 404
    assert leaked.post(at).status_code == 404
    assert Client().get(f"/p/{sent.token}/").status_code == 404
    assert holder(new).get(address).status_code == 200
    told = list(whose_link(Event.objects.get(name="case.link_changed")))
    assert [who.variables["link"].split("/p/")[1] for who in told] == [f"{new}/"]
    mine.post(at)
    assert read_party_token(new) is None
    assert party_token(Party.objects.get()).startswith(f"{Party.objects.get().pk}.2.")


@pytest.mark.parametrize(
    "token", ["{id}.1.{proof}", "{id}.0.{proof}", "{id}.{proof}x", "{id}..{proof}", "{id}.-1.{proof}"]
)
def test_a_proof_holds_for_one_link_only(sent: Submitted, token: str) -> None:
    number, _, proof = sent.token.partition(".")
    assert read_party_token(token.format(id=number, proof=proof)) is None
    assert links_held([token.format(id=number, proof=proof)]) == []


def test_an_official_replaces_it_for_somebody(sent: Submitted, city: City) -> None:
    party = Party.objects.get()
    at = f"/desk/duong-dan/{sent.case.pk}/{party.pk}/"
    hoa = Client()
    hoa.force_login(Account.objects.get(login="hoa"))
    page = hoa.get(at).content.decode()
    assert "••• 111" in page
    assert sent.token not in page
    assert hoa.post(at).status_code == 302
    party.refresh_from_db()
    assert party.link_number == 1
    assert party_token(party) not in hoa.get(f"/desk/phan-anh/{sent.case.pk}/").content.decode()
    tam = Client()
    tam.force_login(Account.objects.get(login="tam"))
    for client, status in ((tam, 404), (Client(), 401)):
        assert client.post(at).status_code == status
    party.refresh_from_db()
    assert party.link_number == 1
    assert Event.objects.filter(name="case.link_changed").count() == 1


def test_nobody_else_replaces_it(met: Met) -> None:
    case = Case.objects.get(pk=met.case.pk)
    reporter = Party.objects.get(case=case, role="reporter")
    before = Event.objects.count()
    for who in ("stranger", "joined", "merged", "somebody of another report", "officer of ward two"):
        with pytest.raises(Refused, match="not_found"):
            change_link(case.pk, reporter.pk, actor=met.actors[who])
    assert not Party.objects.exclude(link_number=0).exists()
    assert Event.objects.count() == before


def test_what_was_merged_is_opened_by_the_new_link_and_by_no_old_one(met: Met) -> None:
    brought = Party.objects.get(case=met.case, role="merged")
    first = change_link(met.case.pk, brought.pk, actor=met.actors["merged"])
    assert first.pk == brought.origin_id
    assert links_held([met.tokens["merged"], met.tokens["merged by the newer link"]]) == []
    assert {link.case_id for link in links_held([party_token(first)])} == {met.case.pk, first.case_id}
    assert by_link(met.tokens["reporter"]).case_id == met.case.pk  # the others' links go on
