"""What a clerk does before a dossier is taken in: pages scanned for a paper, and a draft that survives everything."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import IO, TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.files.actions import hold_files, join_pages, store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity.queries import require, sealer
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.models import CounterDraft

if TYPE_CHECKING:
    from motcua.kernel.files.models import File
    from motcua.kernel.identity.kind import Actor

KEPT_FOR = timedelta(days=7)
MOST_PAGES = 20
LONGEST = 40_000  # letters of JSON


def scan_pages(uploads: Sequence[tuple[str, IO[bytes]]], *, actor: Actor, joins: bool) -> list[File]:
    """Pages of one paper, distrusted like anybody's uploads. ``joins``: several pictures become one document."""
    if len(uploads) > MOST_PAGES:
        raise Refused("invalid", _("Tối đa %(most)d trang một lần.") % {"most": MOST_PAGES})
    stored = [store_file(stream, actor=actor, declared_name=name, purpose=Purpose.DOCUMENT) for name, stream in uploads]
    if joins and len(stored) > 1 and all(file.is_picture for file in stored):
        stored = [join_pages([file.pk for file in stored], actor=actor)]
    hold_files([file.token for file in stored], until=moment.now() + KEPT_FOR)
    return stored


@transaction.atomic
def save_counter_draft(
    unit_id: int, key: str, values: Mapping[str, Sequence[str]], *, actor: Actor, subject: str, tokens: Sequence[str]
) -> CounterDraft:
    """Keep what stands on the page under the key of the dossier that it becomes. Refused("not_found") for the key of
    another counter."""
    require(actor, "dossier.take_in", unit_path=org.tree().path(unit_id))
    text = json.dumps({name: list(given) for name, given in values.items()}, ensure_ascii=False)
    if not key or len(key) > 60 or len(text) > LONGEST:
        raise Refused("invalid", _("Nội dung dài quá, không lưu nháp được."))
    now = moment.now()
    draft, is_new = CounterDraft.objects.select_for_update().get_or_create(
        key=key, defaults={"unit_id": unit_id, "values_sealed": b"", "saved_at": now}
    )
    if not is_new and draft.unit_id != unit_id:
        raise Refused("not_found", _("Không còn bản nháp này."))
    draft.values_sealed, draft.subject = sealer().seal(text), subject[:200]
    draft.saved_by, draft.saved_at = actor.name[:160], now
    draft.save()
    hold_files(tokens, until=now + KEPT_FOR)
    return draft


@transaction.atomic
def drop_counter_draft(unit_id: int, key: str, *, actor: Actor) -> None:
    """Taken in, or thought better of."""
    require(actor, "dossier.take_in", unit_path=org.tree().path(unit_id))
    CounterDraft.objects.filter(unit_id=unit_id, key=key).delete()


def forget_counter_drafts() -> int:
    """Those that nobody went on with."""
    return CounterDraft.objects.filter(saved_at__lt=moment.now() - KEPT_FOR).delete()[0]
