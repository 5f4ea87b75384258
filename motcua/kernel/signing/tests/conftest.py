"""Keys of the invented city: Minh's own, the seal of Ward One, the seal of Ward Two."""

from dataclasses import dataclass
from datetime import timedelta

import pytest

from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.models import File
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.signing.actions import NewKey, add_root, add_software_key
from motcua.kernel.signing.models import SigningKey
from motcua.lib import moment
from motcua.lib.pdfsign.authority import Authority, Issued
from motcua.lib.tests.papers import paper
from motcua.testing.city import City


@dataclass(frozen=True)
class Keys:
    authority: Authority
    minh: SigningKey
    seal_one: SigningKey
    seal_two: SigningKey

    def issue(self, name: str, days: int = 300, **more: object) -> Issued:
        since = moment.now() - timedelta(days=1)
        return self.authority.issue(name, at=since, until=since + timedelta(days=days + 1), **more)  # type: ignore[arg-type]


def held(authority: Authority, name: str, new: NewKey) -> SigningKey:
    since = moment.now() - timedelta(days=1)
    issued = authority.issue(name, organisation="UBND", at=since, until=since + timedelta(days=300))
    return add_software_key(new, issued.pkcs12("mat-khau"), "mat-khau", actor=SYSTEM)


@pytest.fixture
def keys(city: City) -> Keys:
    authority = Authority.make("CA Thử", at=moment.now() - timedelta(days=2))
    add_root(authority.pem, actor=SYSTEM)
    return Keys(
        authority,
        minh=held(authority, "Lê Văn Minh", NewKey("Khoá của Minh", officer_id=city.minh.id)),
        seal_one=held(authority, "UBND Phường Một", NewKey("Dấu Phường Một", unit_id=city.ward_one.id)),
        seal_two=held(authority, "UBND Phường Hai", NewKey("Dấu Phường Hai", unit_id=city.ward_two.id)),
    )


@pytest.fixture
def decision(city: City) -> File:
    """A decision of Ward One, ready to be signed."""
    return keep_made(paper(), actor=SYSTEM, name="QD-1.pdf")
