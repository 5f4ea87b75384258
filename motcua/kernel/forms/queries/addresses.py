"""Finding a commune by what people type, also by the name that it had before it was merged."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from motcua.kernel.places import queries as places
from motcua.lib.vietnamese import fold

MOST_FOUND = 12
MOST_BEHIND = 8  # words: the full name of a town and its province are seven; each is a query, and people type on
_COMMUNE = "commune"


@dataclass(frozen=True, slots=True)
class Place:
    """A commune in force. ``former`` is the code of the one that was looked for, when that was an older one."""

    area: str
    name: str
    within: str
    former: str = ""
    former_name: str = ""

    @property
    def mark(self) -> str:
        """What a page sends back."""
        return f"{self.area}~{self.former}" if self.former else self.area

    @property
    def label(self) -> str:
        return f"{self.name}, {self.within}" if self.within else self.name

    @property
    def note(self) -> str:
        return _("trước là %(name)s") % {"name": self.former_name} if self.former_name else ""


def find_places(words: str, limit: int = MOST_FOUND) -> list[Place]:
    """Communes in force first, then what became of former ones. Behind a comma stands the district or province; few
    people type the comma, or the dash of a name, so without them each end of the words is tried as where it lies."""
    words = "".join(char for char in words if char.isprintable())
    wanted, *around = [part for part in (fold(part) for part in words.split(",")) if part] or [""]
    if len(wanted) < 2 and not wanted.isdecimal():
        return []
    rows = _communes(wanted, around)
    typed = wanted.split()
    for end in range(len(typed) - 1, max(len(typed) - 1 - MOST_BEHIND, 0), -1):
        if rows:
            break
        wanted, behind = " ".join(typed[:end]), " ".join(typed[end:])
        rows = [row for row in _communes(wanted, around) if behind in f"{fold(row.full_name)} {_names_above(row)}"]
    rows.sort(key=lambda row: (not _is_named(row, wanted), not row.is_in_force, row.full_name))
    found: dict[str, Place] = {}
    for row in rows:
        if len(found) >= limit:
            break
        if row.is_in_force:
            # A commune that went on under its own code is found by its present name alone.
            found.setdefault(row.code, Place(row.code, row.full_name, _above(row)))
            continue
        for new, _kind in places.successors_of(row.id):
            if new.is_in_force and new.full_name != row.full_name:
                place = Place(new.code, new.full_name, _above(new), row.code, f"{row.full_name}, {_above(row)}")
                found.setdefault(place.mark, place)
    return list(found.values())[:limit]


def _communes(wanted: str, around: list[str]) -> list[places.AreaRow]:
    rows = places.list_areas(words=wanted, with_former=True).rows
    return [row for row in rows if row.level == _COMMUNE and _is_within(row, around)]


def exact_place(words: str) -> Place | None:
    """The one place that these words mean; None when there is none, or several."""
    found = find_places(words)
    wanted = fold(words.partition(",")[0])
    named = [place for place in found if _name_of(place) in (wanted, wanted.partition(" ")[2])]
    if len(named) == 1:
        return named[0]
    return found[0] if len(found) == 1 else None


def _name_of(place: Place) -> str:
    return fold(place.former_name.partition(",")[0] if place.former else place.name)


def _is_named(row: places.AreaRow, wanted: str) -> bool:
    return wanted in (fold(row.full_name), fold(row.name))


def _is_within(row: places.AreaRow, around: list[str]) -> bool:
    above = _names_above(row) if around else ""
    return all(any(word in above for word in (part, part.split(" ", 1)[-1])) for part in around)


def _names_above(row: places.AreaRow) -> str:
    return " ".join(fold(area.full_name) for area in places.areas_above(row.id))


def _above(row: places.AreaRow) -> str:
    names = [area.full_name for area in places.areas_above(row.id) if area.level != "country"]
    return ", ".join(reversed(names))


def place_of(value: Mapping[str, Any]) -> Place | None:
    """The commune of an address that was answered, as it is called today."""
    code = str(value.get("area") or "")
    row = places.area_by_code(code) if code else None
    if row is None:
        return None
    former = str(value.get("former") or "")
    return Place(row.code, row.full_name, _above(row), former)


def address_words(value: Mapping[str, Any]) -> str:
    """ "12 đường Mẫu, Phường Hai, Tỉnh Mẫu"."""
    place = place_of(value)
    where = place.label if place else str(value.get("elsewhere") or value.get("place") or value.get("area") or "")
    return ", ".join(part for part in (str(value.get("line") or ""), where) if part)
