"""A key in a device, from the page's form to the signed document."""

import pytest
from pytest_django.fixtures import Settings

from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_root, add_token_key, sign
from motcua.kernel.signing.models import SigningKey
from motcua.kernel.signing.queries import verify
from motcua.kernel.signing.tasks import sign_due
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.tests import papers
from motcua.lib.tests.softhsm import LABEL, MODULE, PIN, device, needs_softhsm
from motcua.testing.city import City

pytestmark = [pytest.mark.django_db, needs_softhsm]


def test_it_works(city: City, decision: File, settings: Settings) -> None:
    settings.PKCS11_MODULE = str(MODULE)
    with moment.at(papers.NOW):
        add_root(papers.authority().pem, actor=SYSTEM)
        new = NewKey("Thiết bị của phường", unit_id=city.ward_one.id)
        key = add_token_key(new, device(), PIN, "ec256", actor=city.quan)
        task = sign(decision.pk, key.pk, actor=city.minh)
        assert task.state == "queued"  # the device is the worker's
        sign_due()
        task.refresh_from_db()
        assert task.state == "done", task.words
        assert verify(content_of(task.result_id or 0)).verdict == "good"


@pytest.mark.parametrize(("pin", "key"), [("000000", "ec256"), (PIN, "khong-co")])
def test_a_device_that_refuses(city: City, settings: Settings, pin: str, key: str) -> None:
    settings.PKCS11_MODULE = str(MODULE)
    device()
    with pytest.raises(Refused, match="invalid"):
        add_token_key(NewKey("x", unit_id=city.ward_one.id), LABEL, pin, key, actor=city.quan)
    assert not SigningKey.objects.exists()


def test_without_a_device(city: City, settings: Settings) -> None:
    settings.PKCS11_MODULE = ""
    with pytest.raises(Refused, match="not_configured"):
        add_token_key(NewKey("x", unit_id=city.ward_one.id), LABEL, PIN, "ec256", actor=city.quan)
