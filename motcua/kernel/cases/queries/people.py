"""The private link: a number and a proof, derived, never stored, so that it can be written into any later message."""

import base64

from django.conf import settings
from django.utils.crypto import constant_time_compare, salted_hmac

from motcua.kernel.cases.models import Party

PROOF_BYTES = 15  # 120 bits


def party_token(party_id: int) -> str:
    """What stands in ``/p/<token>/``."""
    return f"{party_id}.{_proof(party_id, settings.SECRET_KEY)}"


def read_party_token(token: str) -> Party | None:
    """The party whose link this is; None for anything else."""
    number, _, proof = token.partition(".")
    if not number.isdecimal() or len(number) > 18 or not proof.isascii():
        return None
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    if not any(constant_time_compare(proof, _proof(int(number), key)) for key in keys):
        return None
    return Party.objects.select_related("case").filter(pk=int(number)).first()


def _proof(party_id: int, secret: str) -> str:
    digest = salted_hmac("motcua.party", str(party_id), secret=secret, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest[:PROOF_BYTES]).decode()


def parties(case_id: int) -> list[Party]:
    """Everybody the case concerns, with their cards; the reporter first."""
    return sorted(
        Party.objects.select_related("person").filter(case_id=case_id),
        key=lambda party: (party.role != Party.Role.REPORTER, party.id),
    )
