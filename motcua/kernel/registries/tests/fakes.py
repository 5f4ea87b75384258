"""A source that answers, fails and counts as a test says."""

from collections.abc import Mapping

from django.utils.functional import Promise

from motcua.kernel.registries.ports import Asking, Record
from motcua.lib.errors import ConnectorError


class FakeSource:
    name = "fake"
    label: str | Promise = "Nguồn thử"
    rank = 1

    def __init__(self, registry: str, values: dict[str, object] | None = None) -> None:
        self.registry, self.values = registry, values
        self.error = ""
        self.asked: list[tuple[dict[str, str], Asking]] = []

    def serves(self, registry: str) -> bool:
        return registry == self.registry

    def look_up(self, registry: str, key: Mapping[str, str], asking: Asking) -> Record | None:
        self.asked.append((dict(key), asking))
        if self.error:
            raise ConnectorError(self.error)
        return Record(registry, self.values, None, self.name) if self.values else None

    def check(self, registry: str) -> str:
        return self.error
