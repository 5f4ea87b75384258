"""Hash out, approval on the telephone, signature in."""

from datetime import timedelta

import pytest
from pytest_django.fixtures import Settings

from motcua.connectors.signing_remote.actions import RemoteSigningService
from motcua.connectors.signing_remote.tests.conftest import work
from motcua.connectors.signing_remote.tests.service import Service
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made, sweep_files
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import cancel_task, retry_task, sign
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.queries import verify
from motcua.lib import moment
from motcua.lib.errors import ConnectorError, Refused
from motcua.lib.tests import papers
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture
def task(city: City, key: SigningKey) -> SigningTask:
    file = keep_made(papers.paper(), actor=SYSTEM, name="QD-1.pdf")
    return sign(file.pk, key.pk, actor=city.minh, reason="Phê duyệt", title="Quyết định số 1")


def test_it_works(service: Service, task: SigningTask) -> None:
    assert task.state == "queued"  # nobody waits for a telephone
    assert work(task).state == "approving"
    assert [one.words for one in service.waiting.values()] == ["Phê duyệt"]
    assert work(task).state == "approving"  # nobody took it up yet
    service.answer("approved")
    assert work(task).state == "done"
    found = verify(content_of(task.result_id or 0))
    assert (found.verdict, found.signatures[0].signer) == ("good", "Lê Văn Minh")
    assert Event.objects.filter(name="signing.done").count() == 1


def test_what_the_telephone_refuses(service: Service, task: SigningTask) -> None:
    work(task)
    service.answer("refused")
    assert (work(task).state, task.words) == ("refused", "Người dùng từ chối")
    assert not Event.objects.filter(name="signing.done").exists()
    assert task.retry_at is None


@pytest.mark.parametrize("who", ["service", "clock"])
def test_nobody_approves_in_time(service: Service, task: SigningTask, city: City, who: str) -> None:
    work(task)
    if who == "service":
        service.answer("expired")
    assert work(task, task.expires_at if who == "clock" else None).state == "expired"
    assert Event.objects.filter(name="signing.expired").count() == 1
    retry_task(task.pk, actor=city.minh)
    assert work(task).state == "approving"  # another question
    assert len(service.waiting) == 2
    service.answer("approved")
    assert work(task).state == "done"


def test_the_same_question_is_asked_once(service: Service, task: SigningTask) -> None:
    """The service took it, but its answer was lost."""
    service.mode = "breaks"
    assert work(task).state == "queued"
    service.mode = "well"
    assert work(task).state == "approving"
    work(task)
    assert len(service.waiting) == 1
    service.answer("approved")
    assert work(task).state == "done"


@pytest.mark.parametrize("mode", ["breaks", "silent", "babbles"])
def test_trouble_on_the_way_is_waited_out(service: Service, task: SigningTask, settings: Settings, mode: str) -> None:
    work(task)
    service.mode = mode
    service.answer("approved")
    settings.CONNECTORS["signing_remote"]["timeout"] = "0.3" if mode == "silent" else "10"
    work(task)
    assert task.state == "approving"
    service.mode = "well"
    settings.CONNECTORS["signing_remote"]["timeout"] = "10"
    assert work(task).state == "done"


def test_a_token_that_is_forgotten_is_asked_for_anew(service: Service, task: SigningTask) -> None:
    work(task)
    service.tokens.clear()
    service.answer("approved")
    assert work(task).state == "done"
    assert service.paths.count("oauth2/token") >= 2


def test_a_signature_by_another_key_is_not_taken(service: Service, task: SigningTask) -> None:
    work(task)
    service.lies = True
    service.answer("approved")
    assert work(task).state == "failed"
    assert "không khớp" in task.words
    assert task.result_id is None
    assert not Event.objects.filter(name="signing.done").exists()


def test_the_prepared_document_may_be_gone(service: Service, task: SigningTask) -> None:
    service.lasts = 3 * 86_400
    work(task)
    with moment.at(papers.NOW + timedelta(days=2)):
        sweep_files()
    service.answer("approved")
    assert work(task).state == "failed"


def test_what_runs_is_not_taken_back(service: Service, task: SigningTask, city: City) -> None:
    work(task)
    with pytest.raises(Refused, match="wrong_state"):
        cancel_task(task.pk, actor=city.minh)
    assert work(task).state == "approving"


def test_prepared_documents_do_not_stay(service: Service, task: SigningTask) -> None:
    work(task)
    assert File.objects.filter(kept_at__isnull=True).count() == 1
    service.answer("approved")
    work(task)
    with moment.at(papers.NOW + timedelta(days=2)):
        sweep_files()
    assert not File.objects.filter(kept_at__isnull=True).exists()
    assert verify(content_of(task.result_id or 0)).verdict == "good"


# ── The service itself ──────────────────────────────────────────────────────────────────────────────────────────────


def test_credentials_of_nobody(service: Service) -> None:
    assert RemoteSigningService().credentials("000000000000") == []
    assert RemoteSigningService().check().is_well


def test_a_wrong_secret_is_permanent(service: Service, settings: Settings) -> None:
    values = settings.CONNECTORS["signing_remote"] | {"client_secret": "sai"}
    settings.CONNECTORS = {**settings.CONNECTORS, "signing_remote": values}
    with pytest.raises(ConnectorError, match="invalid_client") as error:
        RemoteSigningService().credentials("001090012345")
    assert error.value.permanent
    assert not RemoteSigningService().check().is_well


def test_without_the_service_it_waits(service: Service, task: SigningTask, settings: Settings) -> None:
    settings.CONNECTORS = {**settings.CONNECTORS, "signing_remote": settings.CONNECTORS["signing_remote"] | {"url": ""}}
    assert work(task).state == "queued"
    assert "chưa được nối" in task.words
