"""How often each procedure was begun, from the day figures: closed work is never counted again."""

from datetime import date

from django.db.models import Min, Sum

from motcua.kernel.figures.models import ProcedureFigure


def filed_by_channel(first: date, last: date) -> dict[str, dict[str, int]]:
    """Procedure code → channel → how many were taken in from the first day to the last, both included."""
    rows = (
        ProcedureFigure.objects.filter(day__range=(first, last))
        .values("procedure", "channel")
        .annotate(number=Sum("opened"))
        .values_list("procedure", "channel", "number")
    )
    found: dict[str, dict[str, int]] = {}
    for code, channel, number in rows:
        found.setdefault(code, {})[channel] = number
    return found


def first_filed_on() -> date | None:
    """The first day that was counted at all."""
    day: date | None = ProcedureFigure.objects.aggregate(first=Min("day"))["first"]
    return day
