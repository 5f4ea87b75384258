"""Before the first page: tables up to date; in an empty database the first city, and a demonstration to look at."""

import gc
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from motcua.lib.errors import Refused
from motcua.project.processes import child_of_this_process

PACK = "lam-dong"
DEMO_REPORTS = 200
DEMO_DOSSIERS = 30
DEMO_RATINGS = 200
_LOCK = 0x4D6F7443  # several instances may start on one outside database


def main(stories: Sequence[str]) -> None:
    """``stories``: only these parts of the demonstration, for a city that is there; nobody else calls it so."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
    import django

    django.setup()
    gc.freeze()  # what was loaded stays: to look through it again and again for rubbish is a tenth of the work
    if stories:
        for name in stories:
            STORIES[name]()
        return
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

    from motcua.project.env import env_path, env_str

    if env_str("MOTCUA_PACK", PACK) == "none":
        return
    pack = env_path("MOTCUA_PACK", Path(settings.BASE_DIR, "packs", PACK))
    print(f"Loading {pack.name} …", flush=True)
    call_command("pack", "apply", str(pack))
    if settings.DEMO:
        _tell_side_by_side()


def _tell_side_by_side() -> None:
    """Two stories that share nothing but the city: each gets a core."""
    command = [sys.executable, "-m", "motcua.project.prepare", "receptions"]
    with subprocess.Popen(command, preexec_fn=child_of_this_process(signal.SIGTERM)) as beside:
        try:
            STORIES["reports"]()
        except BaseException:
            beside.terminate()
            raise
    if beside.returncode:
        sys.exit(2)  # it has said why


def _without_waiting_for_the_disk() -> None:
    """The last moments of a story may be lost with the machine; whoever starts anew gets another."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _reports() -> None:
    from django.core.management import call_command

    from motcua.project.env import env_int

    _without_waiting_for_the_disk()
    reports = env_int("MOTCUA_DEMO_REPORTS", DEMO_REPORTS, least=1)
    print(f"Making {reports} demonstration reports, and dossiers (MOTCUA_DEMO=0 makes none) …", flush=True)
    call_command("demo", reports=reports)


def _receptions() -> None:
    from django.core.management import call_command

    _without_waiting_for_the_disk()
    call_command("signature", "demo", verbosity=0)  # the dossiers are signed
    call_command("demo_dossiers", dossiers=DEMO_DOSSIERS, verbosity=0)
    call_command("demo_tickets", verbosity=0)
    call_command("demo_ratings", ratings=DEMO_RATINGS, verbosity=0)
    call_command("demo_surveys", verbosity=0)


STORIES: dict[str, Callable[[], None]] = {"reports": _reports, "receptions": _receptions}


if __name__ == "__main__":
    from django.core.management import CommandError

    try:
        main(sys.argv[1:])
    except (Refused, CommandError) as error:
        print(f"motcua: {error.message if isinstance(error, Refused) else error}", file=sys.stderr)
        sys.exit(2)
