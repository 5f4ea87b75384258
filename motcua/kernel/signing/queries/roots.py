"""Whom we believe."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings

from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import unit_ids_within
from motcua.kernel.signing.models import TrustRoot


@dataclass(frozen=True, slots=True)
class Roots:
    real: Sequence[bytes]  # DER
    test: Sequence[bytes]


def trusted() -> Roots:
    """Our own test authority is believed in a demonstration only."""
    real: list[bytes] = []
    test: list[bytes] = []
    for certificate, is_test in TrustRoot.objects.order_by("pk").values_list("certificate", "is_test"):
        (test if is_test else real).append(bytes(certificate))
    return Roots(real, test if settings.DEMO else [])


def list_roots() -> list[TrustRoot]:
    return list(TrustRoot.objects.order_by("name", "pk"))


def may_choose_roots(actor: Actor) -> bool:
    """It counts for everybody: only whoever administers the whole."""
    return unit_ids_within(actor, "signing.manage") is None
