"""The command line ``motcua``: our commands and Django's, with one clear line instead of a trace for a refusal."""

import contextlib
import os
import sys

from motcua.lib.errors import ConnectorError, Refused

# Commands that touch no table: the embedded database need not be started for them. Our own say it themselves, with
# ``needs_database = False`` on the command's class, or with a function of the arguments there.
_WITHOUT_DATABASE = {
    "help",
    "version",
    "collectstatic",
    "findstatic",
    "diffsettings",
    "makemessages",
    "compilemessages",
    "startapp",
}


def _needs_database(name: str, arguments: list[str]) -> bool:
    from django.core.management import get_commands, load_command_class

    if name in _WITHOUT_DATABASE or "--help" in arguments or "-h" in arguments:
        return False
    app = get_commands().get(name)
    if app is None:
        return False  # Django says that there is no such command, and what comes near
    needs = getattr(load_command_class(app, name), "needs_database", True)
    return bool(needs(arguments) if callable(needs) else needs)


def _execute(arguments: list[str]) -> None:
    import django
    from django.conf import settings
    from django.core.management import ManagementUtility

    django.setup()
    with contextlib.ExitStack() as stack:
        supervised = os.environ.get("MOTCUA_SUPERVISED") == "1"
        if settings.IS_EMBEDDED and not supervised and _needs_database(arguments[0], arguments):
            from motcua.project.database import database_running

            stack.enter_context(database_running(settings.POSTGRES_DIR))
        ManagementUtility(["motcua", *arguments]).execute()


def _help() -> str:
    import django
    from django.core.management import get_commands, load_command_class

    django.setup()
    ours = {name: app for name, app in get_commands().items() if app.startswith("motcua.")}
    lines = ["motcua COMMAND …   (motcua COMMAND --help tells more)", ""]
    lines.append(f"  {'run':<16}start everything: database, pages, worker, live streams")
    for name in sorted(ours):
        lines.append(f"  {name:<16}{load_command_class(ours[name], name).help}".rstrip())
    lines += [
        f"  {'migrate':<16}bring the tables up to date",
        f"  {'shell':<16}a Python prompt with everything loaded",
        f"  {'dbshell':<16}an SQL prompt",
        "",
        "Django's other commands work too: motcua check, motcua makemigrations, …",
    ]
    return "\n".join(lines)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "motcua.project.settings")
    arguments = sys.argv[1:]
    try:
        if not arguments or arguments in (["help"], ["--help"], ["-h"]):
            print(_help())
        elif arguments[0] == "run":
            from motcua.project.supervisor import run

            sys.exit(run(arguments[1:]))
        else:
            _execute(arguments)
    except (Refused, ConnectorError) as error:
        print(f"motcua: {error.message if isinstance(error, Refused) else error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        sys.exit(130)
    except BrokenPipeError:
        # The reader of our output (head, less) has enough; what is left must not be written at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    main()
