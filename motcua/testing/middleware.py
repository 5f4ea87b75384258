"""Django's test client loads every middleware anew for each client, and WhiteNoise then reads all static files again,
which takes longer than most requests. Under test the chain is loaded once, and again when a test changes a setting.
"""

from typing import Any

from django.core.signals import setting_changed
from django.test.client import ClientHandler

_LOADED: dict[str, Any] = {}  # what loading gives a handler


def load_middleware_once() -> None:
    load = ClientHandler.load_middleware

    def load_once(handler: Any, is_async: bool = False) -> None:
        if not _LOADED:
            before = set(vars(handler))
            load(handler, is_async)
            _LOADED.update({name: value for name, value in vars(handler).items() if name not in before})
        vars(handler).update(_LOADED)

    def forget(**_changed: Any) -> None:
        _LOADED.clear()

    setattr(ClientHandler, "load_middleware", load_once)  # noqa: B010  no type checker lets a method be replaced
    setting_changed.connect(forget, weak=False)
