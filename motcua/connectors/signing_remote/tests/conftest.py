"""A remote signing service that keeps Minh's key."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from pytest_django.fixtures import Settings

from motcua.connectors.signing_remote.actions import RemoteSigningService
from motcua.connectors.signing_remote.tests.service import SECRET, Service, signing_service
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_remote_key, add_root
from motcua.kernel.signing.models import SigningKey, SigningTask
from motcua.kernel.signing.ports import REMOTE_SIGNERS
from motcua.kernel.signing.tasks import sign_due
from motcua.lib import moment
from motcua.lib.tests import papers
from motcua.testing.city import City


def connect(settings: Settings, served: Service) -> None:
    settings.CONNECTORS = {
        **settings.CONNECTORS,
        "signing_remote": {
            "url": served.url, "client_id": "motcua", "client_secret": SECRET, "name": "Ký thử", "timeout": "10",
            "batch": "50",
        },
    }  # fmt: skip
    REMOTE_SIGNERS["remote"] = RemoteSigningService()  # with no token of another test's


@pytest.fixture(params=["ec256", "rsa2048"])
def service(request: pytest.FixtureRequest, settings: Settings) -> Iterator[Service]:
    with moment.at(papers.NOW), signing_service("001090012345", {"k1": papers.issued(request.param)}) as served:
        connect(settings, served)
        yield served


@pytest.fixture
def key(city: City, service: Service) -> SigningKey:
    """Minh's, kept at the service."""
    add_root(papers.authority().pem, actor=SYSTEM)
    (credential,) = RemoteSigningService().credentials("001090012345")
    new = NewKey("Điện thoại của Minh", officer_id=city.minh.id)
    return add_remote_key(new, "remote", "001090012345", credential, actor=city.quan)


def work(task: SigningTask, at: datetime | None = None) -> SigningTask:
    """The worker's next turn."""
    task.refresh_from_db()
    with moment.at(at or task.retry_at or moment.now()):
        sign_due(60)
    task.refresh_from_db()
    return task
