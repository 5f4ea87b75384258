"""What every page says about the house it stands in: place, doors, reader. ``{{ house.… }}`` in templates."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import cast

from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url
from django.urls import NoReverseMatch, get_urlconf, reverse

from motcua import __version__
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import may, may_somewhere
from motcua.kernel.identity.views import Request
from motcua.kernel.identity.views.sessions import seconds_left
from motcua.kernel.org import queries as org
from motcua.kernel.packs import queries as packs
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.places import queries as places
from motcua.kernel.web.kind import LINKS, TILES, DeskLink, PortalTile, Text
from motcua.kernel.web.views.middleware import live_origin

MAP_ZOOM = 12  # where the city says none


@dataclass(frozen=True, slots=True)
class Door:
    """A link as a page draws it."""

    title: Text
    icon: str
    url: str
    name: str = ""
    key: str = ""
    count: int | None = None
    is_hot: bool = False
    is_here: bool = False  # leads to where we are, or above it


def _address(name: str) -> str:
    """The address of a page, or "" while no module serves it."""
    return _address_in(name, get_urlconf())


@lru_cache(maxsize=256)  # every desk page asks for thirty of them
def _address_in(name: str, urlconf: str | None) -> str:
    try:
        return reverse(name, urlconf=urlconf)
    except NoReverseMatch:
        return ""


@lru_cache(maxsize=256)  # every desk page asks what forty permissions open
def _links_of(officer: Actor) -> tuple[DeskLink, ...]:
    links = (link for link in LINKS.values() if _address(link.url_name))
    return tuple(link for link in links if may_somewhere(officer, link.permission))


def is_here(path: str, url: str) -> bool:
    """Does the page at ``url`` lie at ``path``, or above it?"""
    return path == url or (url != "/" and url.count("/") > 2 and path.startswith(url))


class House:
    """Worked out only as far as the page asks."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = cast("Request", request)

    # The place

    @cached_property
    def root(self) -> org.UnitRow | None:
        roots = org.tree().children(None)
        return roots[0] if roots else None

    @cached_property
    def authority(self) -> str:
        return self.root.said if self.root else ""

    @cached_property
    def place(self) -> str:
        if self.root and self.root.area_id:
            return places.area(self.root.area_id).full_name
        return self.authority

    @cached_property
    def map_start(self) -> tuple[float, float, float] | None:
        """Latitude, longitude and zoom where a map opens: the city's, else the middle of what it governs."""
        lat, lon = city_setting("map", "lat"), city_setting("map", "lon")
        if lat is not None and lon is not None:
            return lat, lon, city_setting("map", "zoom", MAP_ZOOM)
        if self.root and self.root.area_id:
            area = places.area(self.root.area_id)
            return area.lat, area.lon, MAP_ZOOM
        return None

    hotline = cached_property(lambda self: packs.hotline())
    hotline_number = cached_property(lambda self: city_setting("contact", "hotline", ""))
    hotline_phone = cached_property(lambda self: city_setting("contact", "hotline_phone", ""))
    hotline_hours = cached_property(lambda self: city_setting("contact", "hotline_hours", ""))
    emergency_numbers = cached_property(lambda self: packs.emergency_numbers())
    emergency_words = cached_property(lambda self: packs.emergency_words())
    legal_basis = cached_property(lambda self: city_setting("legal", "basis", ()))
    version = __version__

    # The portal

    @cached_property
    def tiles(self) -> list[PortalTile]:
        return [tile for tile in TILES.values() if _address(tile.url_name)]

    @cached_property
    def menu(self) -> tuple[tuple[str, bool], ...]:
        """All that the portal's menus depend on besides the language: where they lead, and which leads to here."""
        names = ["home", *(tile.url_name for tile in self.tiles)]
        return tuple((name, is_here(self._request.path, _address(name))) for name in names)

    @cached_property
    def login_url(self) -> str:
        """Empty for somebody who is signed in."""
        return "" if self._request.actor.id is not None else resolve_url(settings.LOGIN_URL)

    @cached_property
    def desk_url(self) -> str:
        return next((_address(link.url_name) for link in self._links if not link.in_top), "")

    @cached_property
    def area_code(self) -> str:
        """Of the area that the city governs."""
        return places.area(self.root.area_id).code if self.root and self.root.area_id else ""

    @cached_property
    def areas_url(self) -> str:
        return f"{reverse('areas')}?v={places.areas().version}"

    clocks_url = cached_property(lambda self: _address("clocks"))
    manifest_url = cached_property(lambda self: _address("manifest"))
    logout_url = cached_property(lambda self: _address("logout") or _address("account_logout"))
    tiles_url = cached_property(lambda self: settings.MAP_TILES_URL)
    tiles_attribution = cached_property(lambda self: settings.MAP_TILES_ATTRIBUTION)
    live_url = cached_property(lambda self: settings.LIVE_URL or live_origin(self._request))

    @cached_property
    def session_left(self) -> int | None:
        """Seconds until the session of whoever is signed in ends."""
        return seconds_left(self._request) if self._request.actor.id is not None else None

    @cached_property
    def session_login_url(self) -> str:
        """The door through which whoever is signed in came."""
        return resolve_url("account_login" if self._request.actor.is_officer else settings.LOGIN_URL)

    # The desk

    @cached_property
    def _links(self) -> tuple[DeskLink, ...]:
        return _links_of(self._request.actor) if self._request.actor.is_officer else ()

    @cached_property
    def desk_menu(self) -> tuple[tuple[str, bool, int | None, bool], ...]:
        """All that the desk's menus depend on besides the language: the doors, which leads to here, what they count."""
        return tuple((door.name, door.is_here, door.count, door.is_hot) for door in self._doors.values())

    def _door(self, link: DeskLink) -> Door:
        count = link.count(self._request) if link.count else None
        url = _address(link.url_name)
        return Door(
            link.title, link.icon, url, link.name, link.key, count, link.is_hot, is_here(self._request.path, url)
        )

    @cached_property
    def _doors(self) -> dict[str, Door]:
        return {link.name: self._door(link) for link in self._links}

    @cached_property
    def desk_links(self) -> list[tuple[Text, list[Door]]]:
        groups: dict[str, tuple[Text, list[Door]]] = {}
        for link in self._links:
            if link.in_top:
                continue
            groups.setdefault(str(link.group), (link.group, []))[1].append(self._doors[link.name])
        return list(groups.values())

    @cached_property
    def desk_actions(self) -> list[Door]:
        """What can be begun from everywhere on the desk."""
        return [self._doors[link.name] for link in self._links if link.in_top]

    @cached_property
    def desk_bar(self) -> list[Door]:
        return [self._doors[link.name] for link in self._links if link.in_bar][:4]

    @cached_property
    def unconfirmed_years(self) -> list[tuple[str, int]]:
        """(Calendar, year) whose days nobody has confirmed, for those who can; from memory."""
        return org.unconfirmed_years() if may(self._request.actor, "calendar.manage") else []

    @cached_property
    def find_url(self) -> str:
        return _address("inbox")

    @cached_property
    def desk_place(self) -> str:
        """The officer's own unit."""
        held = self._request.actor.held
        if not held:
            return self.place
        unit = org.tree().unit(held[0].unit_id)
        return unit.short_name or unit.name

    @cached_property
    def initials(self) -> str:
        words = self._request.actor.name.split()
        return "".join(word[0] for word in (words[:1] + words[-1:] if len(words) > 1 else words)).upper()

    @cached_property
    def account_links(self) -> list[Door]:
        from django.utils.translation import gettext as _

        security = _address("security") or _address("mfa_index")
        return [Door(_("Bảo mật tài khoản"), "shield-lock", security)] if security else []


def house(request: HttpRequest) -> dict[str, House]:
    """The context processor."""
    return {"house": House(request)}
