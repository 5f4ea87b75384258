"""Many documents, one approval on the telephone."""

import pytest
from pytest_django.fixtures import Settings

from motcua.connectors.signing_remote.tests.conftest import work
from motcua.connectors.signing_remote.tests.service import Service
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import ask_for_signature, hold_tasks, release_tasks, retry_task, sign, sign_tasks
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.queries import verify
from motcua.kernel.signing.tasks import sign_due
from motcua.lib import moment
from motcua.lib.tests import papers
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def tasks(city: City, key: SigningKey) -> list[SigningTask]:
    """Laid before Minh, who confirms all three at once."""
    asked = [
        ask_for_signature(
            keep_made(papers.paper(number), actor=SYSTEM, name=f"QD-{number}.pdf").pk, key.pk, actor=city.hoa,
            title=f"Quyết định {number}",
        )
        for number in (1, 2, 3)
    ]  # fmt: skip
    outcomes = sign_tasks([task.pk for task in asked], actor=city.minh)
    assert [outcome.state for outcome in outcomes] == ["queued"] * 3
    return asked


def states() -> list[str]:
    return list(SigningTask.objects.order_by("pk").values_list("state", flat=True))


def questions(service: Service) -> list[int]:
    """How many hashes the telephone was asked for, question by question."""
    return [len(one.asked) for one in service.waiting.values()]


def good() -> int:
    """Documents whose signature holds, each its own."""
    found = [verify(content_of(task.result_id or 0)) for task in SigningTask.objects.filter(state="done")]
    assert {one.verdict for one in found} <= {"good"}
    assert {len(one.signatures) for one in found} <= {1}
    return len(found)


def test_one_approval_for_three(service: Service, tasks: list[SigningTask]) -> None:
    work(tasks[0])
    assert (states(), questions(service)) == (["approving"] * 3, [3])
    assert [one.words for one in service.waiting.values()] == ["Ký 3 văn bản"]
    service.answer("approved")
    work(tasks[0])
    assert states() == ["done"] * 3
    assert good() == 3
    assert SigningTask.objects.values("result_id").distinct().count() == 3
    assert service.paths.count("signatures/signHash") == 1
    assert Event.objects.filter(name="signing.done").count() == 3


@pytest.mark.parametrize(("limit", "says", "asked"), [("2", 100, [2, 1]), ("50", 2, [2, 1]), ("50", 1, [1] * 3)])
def test_no_more_at_once_than_either_side_takes(
    service: Service, settings: Settings, tasks: list[SigningTask], limit: str, says: int, asked: list[int]
) -> None:
    settings.CONNECTORS["signing_remote"]["batch"] = limit
    service.says = service.most = says
    work(tasks[0])
    assert questions(service) == asked
    service.answer("approved")
    work(tasks[0])
    assert good() == 3


@pytest.mark.parametrize("says", [None, 100])
def test_a_service_that_takes_one_only_is_asked_one_by_one(
    service: Service, tasks: list[SigningTask], says: int | None
) -> None:
    """It does not say so, or says more than it takes."""
    service.most, service.says = 1, says
    work(tasks[0])
    assert (states(), questions(service)) == (["approving"] * 3, [1, 1, 1])
    service.answer("approved")
    work(tasks[0])
    assert good() == 3


def test_what_one_refusal_refuses(service: Service, tasks: list[SigningTask]) -> None:
    work(tasks[0])
    service.answer("refused")
    work(tasks[0])
    assert states() == ["refused"] * 3
    assert set(SigningTask.objects.values_list("words", flat=True)) == {"Người dùng từ chối"}
    assert not Event.objects.filter(name="signing.done").exists()


def test_nobody_approves_in_time(service: Service, tasks: list[SigningTask], city: City) -> None:
    work(tasks[0])
    tasks[0].refresh_from_db()
    work(tasks[0], tasks[0].expires_at)
    assert states() == ["expired"] * 3
    for task in tasks:
        retry_task(task.pk, actor=city.minh)
    work(tasks[0])
    assert questions(service) == [3, 3]  # the old question, which nobody looks at any more, and the new one


def test_too_few_signatures_leave_one_unsigned(service: Service, tasks: list[SigningTask], city: City) -> None:
    work(tasks[0])
    service.gives = "few"
    service.answer("approved")
    work(tasks[0])
    assert states() == ["done", "done", "failed"]
    assert good() == 2
    left = SigningTask.objects.get(state="failed")
    assert left.words == "Dịch vụ ký số không trả chữ ký của văn bản này."
    assert (left.result_id, left.retry_at) == (None, None)
    assert Event.objects.filter(name="signing.failed").count() == 1
    service.gives = "all"
    retry_task(left.pk, actor=city.minh)
    work(left)
    assert questions(service) == [3, 1]  # only what is missing
    service.answer("approved")
    work(left)
    assert good() == 3
    assert Event.objects.filter(name="signing.done").count() == 3


def test_signatures_in_another_order_find_their_documents(service: Service, tasks: list[SigningTask]) -> None:
    work(tasks[0])
    service.gives = "turned"
    service.answer("approved")
    work(tasks[0])
    assert states() == ["done"] * 3
    assert good() == 3


def test_by_another_key_none_is_taken(service: Service, tasks: list[SigningTask]) -> None:
    work(tasks[0])
    service.lies = True
    service.answer("approved")
    work(tasks[0])
    assert states() == ["failed"] * 3
    assert "không khớp" in SigningTask.objects.earliest("pk").words
    assert not Event.objects.filter(name="signing.done").exists()


@pytest.mark.parametrize(("content", "state"), [(b"%PDF-1.7\nno document\n%%EOF", "failed"), (b"", "queued")])
def test_what_cannot_be_signed_holds_up_nobody(
    service: Service, tasks: list[SigningTask], content: bytes, state: str
) -> None:
    """It is no document, or cannot be read from the store just now."""
    other = keep_made(content, actor=SYSTEM, name="QD.pdf") if content else tasks[1].file
    assert other is not None
    SigningTask.objects.filter(pk=tasks[1].pk).update(file=other)
    if not content:
        File.objects.filter(pk=other.pk).update(sha256=b"0" * 32)
    work(tasks[0])
    service.answer("approved")
    work(tasks[0])
    assert states() == ["done", state, "done"]
    assert questions(service) == [2]


def test_the_same_question_is_asked_once(service: Service, tasks: list[SigningTask]) -> None:
    """The service took it, but its answer was lost; and a second worker looks while the first one is at it."""
    service.mode = "breaks"
    work(tasks[0])
    assert states() == ["queued"] * 3
    service.mode = "well"
    with moment.at(moment.now()):
        assert sign_due(60) == 0  # not their time yet
    work(tasks[0])
    assert (states(), questions(service)) == (["approving"] * 3, [3])
    service.answer("approved")
    work(tasks[0])
    assert good() == 3
    assert Event.objects.filter(name="signing.done").count() == 3


def test_the_telephone_rings_when_the_last_one_is_confirmed(
    service: Service, city: City, key: SigningKey, settings: Settings
) -> None:
    first, second = (
        sign(keep_made(papers.paper(number), actor=SYSTEM, name="QD.pdf").pk, key.pk, actor=city.minh)
        for number in (1, 2)
    )
    hold_tasks(city.minh.key)
    assert sign_due(60) == 0
    release_tasks(city.hoa.key)  # somebody else's
    assert sign_due(60) == 0
    release_tasks(city.minh.key)
    assert sign_due(60) == 2
    assert questions(service) == [2]
    first.refresh_from_db()
    second.refresh_from_db()
    assert first.batch == second.batch
