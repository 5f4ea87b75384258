"""Several people at the same moment, on real connections: for tests that commit."""

import threading
from collections.abc import Callable

from django.db import connection

from motcua.lib.errors import Refused


def at_once(*doings: Callable[[], object]) -> list[object]:
    """Everything at the same moment, each on a connection of its own. What was refused comes back as its code."""
    ready = threading.Barrier(len(doings))
    came: list[object] = [None] * len(doings)

    def run(place: int, do: Callable[[], object]) -> None:
        try:
            ready.wait(10)
            came[place] = do()
        except Refused as refused:
            came[place] = refused.code
        except Exception as error:  # noqa: BLE001  the test says which
            came[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(place, do)) for place, do in enumerate(doings)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "somebody waits for ever"
    assert not [found for found in came if isinstance(found, Exception)], came
    return came
