"""Before the first page: tables up to date; in an empty database the first city, and a demonstration to look at."""

import os
import sys
from pathlib import Path

from motcua.lib.errors import Refused

PACK = "lam-dong"
DEMO_REPORTS = 200
DEMO_DOSSIERS = 30
DEMO_RATINGS = 200
_LOCK = 0x4D6F7443  # several instances may start on one outside database


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from motcua.kernel.events.actions import rebase

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            print("Preparing the tables …", flush=True)
            call_command("migrate", interactive=False, verbosity=0)
        if rebase():
            print("Restored from another PostgreSQL: events go on where they ended.", flush=True)
        if _is_empty():
            _load()
        if settings.DEMO:
            call_command("signature", "demo", verbosity=0)
        cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


def _is_empty() -> bool:
    from motcua.kernel.org.queries import tree

    return not tree().in_force


def _load() -> None:
    from django.conf import settings
    from django.core.management import call_command

    from motcua.project.env import env_int, env_path, env_str

    if env_str("MOTCUA_PACK", PACK) == "none":
        return
    pack = env_path("MOTCUA_PACK", Path(settings.BASE_DIR, "packs", PACK))
    print(f"Loading {pack.name} …", flush=True)
    call_command("pack", "apply", str(pack))
    if settings.DEMO:
        reports = env_int("MOTCUA_DEMO_REPORTS", DEMO_REPORTS, least=1)
        print(f"Making {reports} demonstration reports (MOTCUA_DEMO=0 makes none) …", flush=True)
        call_command("demo", reports=reports)
        call_command("signature", "demo", verbosity=0)  # the dossiers are signed
        call_command("demo_dossiers", dossiers=DEMO_DOSSIERS, verbosity=0)
        call_command("demo_tickets", verbosity=0)
        call_command("demo_ratings", ratings=DEMO_RATINGS, verbosity=0)
        call_command("demo_surveys", verbosity=0)


if __name__ == "__main__":
    from django.core.management import CommandError

    try:
        main()
    except (Refused, CommandError) as error:
        print(f"motcua: {error.message if isinstance(error, Refused) else error}", file=sys.stderr)
        sys.exit(2)
