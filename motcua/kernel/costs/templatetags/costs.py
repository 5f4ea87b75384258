"""Minutes as the legal form writes them: hours."""

from django import template
from django.utils.formats import number_format

from motcua.lib.compliance import half_up

register = template.Library()


@register.filter
def hours(minutes: int | None) -> str:
    """``1,5``: hours with two places at most; ``–`` for none."""
    if not minutes:
        return "–"
    rounded = round(minutes / 60, 2)
    text = number_format(rounded, decimal_pos=2, use_l10n=True, force_grouping=True)
    point = number_format(0.5, decimal_pos=1, use_l10n=True)[1]
    return text.rstrip("0").rstrip(point)


@register.filter
def whole_hours(minutes: int | None) -> str:
    """For sums of a year: no more exact than what they are made of."""
    return number_format(half_up(minutes or 0, 60), use_l10n=True, force_grouping=True)


@register.filter
def basis_points(share: int | None) -> float | None:
    """As a share 0–1, for ``percent``."""
    return None if share is None else share / 10_000


@register.filter
def times(amount: int, number: int) -> int:
    return amount * number
