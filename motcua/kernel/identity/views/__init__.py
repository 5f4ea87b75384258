"""Doors: who may open which page, who is asking; and the pages of accounts, officers and keys."""

from motcua.kernel.identity.views.doors import (
    LINK_COOKIE,
    LINK_HEADER,
    PUBLIC,
    ActorMiddleware,
    Request,
    add_link,
    public,
    requires,
)

__all__ = ["LINK_COOKIE", "LINK_HEADER", "PUBLIC", "ActorMiddleware", "Request", "add_link", "public", "requires"]
