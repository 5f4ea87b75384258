"""What people said of each agency, for everybody: sums alone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.kernel.identity.views import public
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.queries import results as queries


@public
@require_safe
def results(request: HttpRequest, code: str = "") -> HttpResponse:
    unit = queries.any_unit(code)
    period = queries.period_of(request.GET.get("ky", ""))
    found = queries.results(unit, period)
    ticked, _grades = queries.reasons(found)
    context = {
        "found": found,
        "above": list(reversed(org.tree().ancestors(unit.id))),
        "units": queries.with_codes(found.rows),
        "reasons": ticked,
        "periods": [(one.key, one.name) for one in queries.periods()],
        "least": queries.least(),
    }
    return render(request, "ratings/portal/results.html", context)
