"""What is new, for feed readers: RSS 2.0 and Atom 1.0, per area and category."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from motcua.kernel.identity.views import Request, public
from motcua.kernel.org import queries as org
from motcua.kernel.web.views.middleware import limited
from motcua.modules.incidents.queries.public import FeedEntry, PublicFilter, feed_entries
from motcua.modules.incidents.views.portal.listing import filter_words, wanted_from

ENTRIES = 50


if TYPE_CHECKING:
    _Feed = Feed[FeedEntry, PublicFilter]
else:
    _Feed = Feed  # is generic in the stubs alone


class Incidents(_Feed):
    """The newest reports that match the filter of the list; only what its public page says as well."""

    def get_object(self, request: Request, *args: object, **kwargs: object) -> PublicFilter:  # type: ignore[override]
        return wanted_from(request.GET)

    def title(self, wanted: PublicFilter) -> str:
        return ": ".join(filter(None, [_("Phản ánh của người dân"), ", ".join(filter_words(wanted))]))

    def description(self, wanted: PublicFilter) -> str:
        return _("Phản ánh mới được công khai, và hẹn lúc nào xong.")

    subtitle = description

    def author_name(self, wanted: PublicFilter) -> str:
        """Who publishes the feed."""
        roots = org.tree().children(None)
        return roots[0].name if roots else "Một Cửa"

    def link(self, wanted: PublicFilter) -> str:
        return reverse("incidents")

    def items(self, wanted: PublicFilter) -> Sequence[FeedEntry]:
        return feed_entries(wanted, ENTRIES)

    def item_title(self, item: FeedEntry) -> str:
        return item.row.subject

    def item_description(self, item: FeedEntry) -> str:
        facts = [str(item.row.state.public_label), item.row.clock.words if item.row.clock else "", item.row.area]
        return "\n".join(filter(None, [item.text, ". ".join(filter(None, facts)) + "."]))

    def item_link(self, item: FeedEntry) -> str:
        return item.row.url

    def item_guid(self, item: FeedEntry) -> str:
        return f"urn:motcua:{item.row.code}"

    item_guid_is_permalink = False

    def item_pubdate(self, item: FeedEntry) -> datetime:
        return item.published_at

    def item_updateddate(self, item: FeedEntry) -> datetime:
        return item.updated_at

    def item_categories(self, item: FeedEntry) -> list[str]:
        return [item.row.category] if item.row.category else []

    def feed_url(self, wanted: PublicFilter) -> str | None:
        return None


class Rss(Incidents):
    feed_type = Rss201rev2Feed


class Atom(Incidents):
    feed_type = Atom1Feed


def _answered(request: Request, feed: Incidents) -> HttpResponse:
    feed.language = get_language() or "vi"
    return feed(request)


@public
@require_safe
@vary_on_headers("Accept-Language")
@cache_control(public=True, max_age=300)
@limited("incidents_feed", per_hour=600, methods=("GET",))
def incidents_rss(request: Request) -> HttpResponse:
    return _answered(request, Rss())


@public
@require_safe
@vary_on_headers("Accept-Language")
@cache_control(public=True, max_age=300)
@limited("incidents_feed", per_hour=600, methods=("GET",))
def incidents_atom(request: Request) -> HttpResponse:
    return _answered(request, Atom())
