"""Who is told of money, in which words."""

import pytest

from motcua.kernel.cases.models import Party
from motcua.kernel.events.models import Event
from motcua.kernel.identity.actions.persons import create_person
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.actions import plan_messages
from motcua.kernel.messages.kind import EMAIL, PLANS, SMS
from motcua.kernel.messages.models import Message
from motcua.kernel.messages.queries import TemplateKey, Wording, preview, samples
from motcua.kernel.payments.actions import take_in
from motcua.kernel.payments.models import Obligation
from motcua.kernel.payments.queries.obligations import pay_token
from motcua.kernel.payments.queries.telling import VARIABLES
from motcua.kernel.payments.tests.samples import Till, money_for, owed
from motcua.lib.fill import fill, gaps

pytestmark = pytest.mark.django_db
PLANNED = [name for name in PLANS if name.startswith("payment.")]


def told(obligation: Obligation) -> list[str]:
    plan_messages(list(Event.objects.filter(case_id=obligation.case_id, name__startswith="payment.").order_by("id")))
    rows = Message.objects.filter(event__startswith="payment.").order_by("id")
    return [sealer().open(row.content_sealed) for row in rows]


def test_whoever_owes_is_told_and_gets_the_link(till: Till) -> None:
    obligation = owed(till)
    (text,) = told(obligation)
    assert "50.000" in text
    person_id = Party.objects.get(case_id=obligation.case_id).person_id
    assert f"/thanh-toan/{pay_token(obligation.pk, person_id)}/" in text


def test_settled_too_much_and_partial(till: Till) -> None:
    obligation = owed(till)
    take_in(money_for(obligation, 20_000))
    take_in(money_for(obligation, 40_000))
    texts = told(obligation)
    assert len(texts) == 4
    assert "con thieu 30.000" in texts[1]
    assert any("nhan thua 10.000" in text for text in texts)
    assert any("da nhan du 50.000" in text for text in texts)


def test_followers_hear_nothing_of_money(till: Till) -> None:
    obligation = owed(till)
    person = create_person(name="Người dõi", phone="0912 000 111")
    Party.objects.create(case_id=obligation.case_id, person=person, role="follower", created_at=obligation.requested_at)
    assert len(told(obligation)) == 1


@pytest.mark.parametrize("event", PLANNED)
def test_words_are_there_in_both_languages_and_say_what_is_known(event: str) -> None:
    texts = PLANS[event].texts
    found = {(text.audience, text.channel, text.language) for text in texts}
    assert {(a, c, "en") for a, c, language in found if language == "vi"} <= found
    assert {("reporter", channel, "vi") for channel in (EMAIL, SMS)} <= found
    for text in texts:
        assert set(gaps(text.subject + text.body)) <= VARIABLES.keys()
        if text.channel == SMS:
            sample = {name: "x" * {"pay_link": 83, "code": 14}.get(name, 13) for name in VARIABLES}
            assert text.body.isascii()
            assert len(fill(text.body, sample)) <= 160


@pytest.mark.parametrize(
    ("language", "amount", "due"),
    [("vi", "150.000 đ", "14:10, thứ Hai 23/11/2026"), ("en", "VND 150,000", "14:10, Monday 23 Nov 2026")],
)
def test_samples_speak_the_language_of_the_text(language: str, amount: str, due: str) -> None:
    """Whoever writes the English text sees what English readers will see, whatever language they work in."""
    key = TemplateKey("payment.requested", "reporter", "email", language)
    assert preview(key, Wording("{amount}", "{amount} – {due}")).wording == Wording(amount, f"{amount} – {due}")
    assert samples(key)["amount"] == amount
