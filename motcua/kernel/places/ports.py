"""What places may ask of the outside: where an address is."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Found:
    """A point for an address, in the words of whoever found it."""

    label: str
    lat: float
    lon: float


class Geocoder(Protocol):
    def is_configured(self) -> bool: ...

    def find(self, words: str) -> Sequence[Found]:
        """The best ones first. ConnectorError when it does not answer."""


_geocoders: list[Geocoder] = []


def register_geocoder(geocoder: Geocoder) -> None:
    _geocoders[:] = [geocoder]


def geocoder() -> Geocoder | None:
    """None while the city uses none: then its own streets and communes are all that is searched."""
    return next((one for one in _geocoders if one.is_configured()), None)
