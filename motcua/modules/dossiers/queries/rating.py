"""What a rating keeps of a dossier, and which dossiers a survey may ask about."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext_lazy as _

from motcua.kernel.procedures.queries.catalogue import version
from motcua.kernel.procedures.queries.page import said
from motcua.kernel.ratings.kind import Rateable, Service
from motcua.lib.codes import row_number
from motcua.modules.dossiers.kind import KIND, Does
from motcua.modules.dossiers.models import Dossier, Leg

ANSWERED = ("returned", "refused", "stopped")  # there is an answer, liked or not; who withdrew asked for none


def service(key: str) -> Service | None:
    """``key`` is the number of the case. The officer is the one who worked on it last, before it was signed."""
    number = row_number(key) or 0
    found = Dossier.objects.select_related("case").filter(pk=number, case__state__in=ANSWERED).first()
    if found is None or found.case.closed_at is None:
        return None
    worked = Leg.objects.filter(case_id=number, does__in=(Does.PROCESS, Does.RECEIVE), officer__isnull=False)
    last = worked.order_by("does", "-id").values_list("officer_id", flat=True).first()
    procedure = version(found.version_id)
    return Service(
        title=said(procedure.body, "name"),
        unit_id=found.competent_unit_id,
        ended_at=found.case.closed_at,
        officer_id=last,
        point_id=found.reception_unit_id,
        procedure=procedure.code,
        case_id=number,
    )


def sample(first: date, last: date, units: Sequence[int], procedures: Sequence[str], most: int) -> list[int]:
    """Cases whose result was given in these days, at random."""
    found = Dossier.objects.filter(
        case__state="returned",
        returned_at__date__range=(first, last),
        competent_unit_id__in=units,
    )
    if procedures:
        found = found.filter(version__procedure__code__in=procedures)
    return list(found.order_by("?").values_list("case_id", flat=True)[:most])


RATEABLE = Rateable(KIND, _("Hồ sơ"), _("Hồ sơ của bạn được giải quyết thế nào?"), service, sample)
