"""For those who watch over the machine: is the process alive, and can it serve?"""

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from motcua.kernel.events.queries import reader_states
from motcua.kernel.identity.views import public


@public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations_are_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


@public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    checks = {"database": _database_answers()}
    if checks["database"]:
        checks["migrations"] = _migrations_are_applied()
    ready = all(checks.values())
    # A reader that fails holds up no page, so it makes nobody turn visitors away; but somebody should look.
    warnings = (
        [f"reader {state.name}: {state.failures} failures" for state in reader_states() if state.failures]
        if ready
        else []
    )
    return JsonResponse({"ready": ready, "checks": checks, "warnings": warnings}, status=200 if ready else 503)
