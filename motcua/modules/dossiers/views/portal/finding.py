"""Dossiers as the house's own pages find them: by their code. Nobody finds one by words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from motcua.kernel.web.kind import Found, Pill
from motcua.lib.codes import DOSSIER_CODE
from motcua.modules.dossiers.queries.tracking import own_dossiers

if TYPE_CHECKING:
    from django.http import HttpRequest


def by_code(codes: Sequence[str], request: HttpRequest) -> list[Found]:
    """One's own; of any other code, whether there is such a dossier or not, the page that asks for its secret."""
    asked = [code.upper() for code in codes if DOSSIER_CODE.fullmatch(code.upper())]
    own = {row.code: row for row in own_dossiers(request.actor)} if asked else {}  # type: ignore[attr-defined]
    found = []
    for code in asked:
        if row := own.get(code):
            state = row.state
            found.append(
                Found(
                    code, row.subject, row.url, pill=Pill(state.public_label, state.tone, state.icon), clock=row.clock
                )
            )
        else:
            url = f"{reverse('dossiers')}?{urlencode({'ma': code})}"
            found.append(Found(code, _("Hồ sơ %(code)s") % {"code": code}, url, _("Mở bằng mã tra cứu trên giấy hẹn.")))
    return found


def by_words(words: str, request: HttpRequest) -> list[Found]:
    return []
