"""Writing a dossier: begin, keep, send."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.files.actions import hold_files
from motcua.kernel.files.queries import loose_files
from motcua.kernel.forms.actions.drafts import discard_draft, file_tokens, start_draft
from motcua.kernel.forms.queries.prefill import account_sources, prefill
from motcua.kernel.forms.queries.versions import newest
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.filing import Applicant, Filed, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.kind import Delivery, PaperSource, Way
from motcua.modules.dossiers.models import Sheet
from motcua.modules.dossiers.queries.reading import opened, sealed
from motcua.modules.dossiers.queries.sheets import SUBJECT, Written

if TYPE_CHECKING:
    from motcua.kernel.forms.queries.drafts import Draft
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.queries.catalogue import Version

KEPT_FOR = timedelta(days=31)  # a day longer than the answers


@transaction.atomic
def begin_sheet(found: Version, *, actor: Actor) -> Draft:
    """A new dossier with what is known of the person filled in."""
    form = newest(found.body.form)
    if form is None or not found.body.is_filed_here:
        raise Refused("not_found", _("Thủ tục này chưa nộp trực tuyến được."))
    known = prefill(form.form, account_sources(actor))
    draft = start_draft(form.id, f"{SUBJECT}{found.code}", actor=actor, known=known)
    Sheet.objects.create(draft_id=draft.id, version_id=found.id, saved_at=moment.now())
    return draft


@transaction.atomic
def keep_on_sheet(draft_id: int, values: Mapping[str, Any]) -> None:
    """Lay these values over what is kept. The caller opened the draft. Files are held as long as it."""
    sheet = Sheet.objects.select_for_update().get(pk=draft_id)
    kept = {**opened(sheet.values_sealed), **values}
    sheet.values_sealed, sheet.saved_at = sealed(kept), moment.now()
    sheet.save()
    tokens = [token for tokens in kept.get("papers", {}).values() for token in tokens]
    hold_files(tokens, until=moment.now() + KEPT_FOR)


@transaction.atomic
def send_sheet(written: Written, *, actor: Actor, language: str) -> Filed:
    """File it. Refused("invalid") names what is not there yet; the draft stays until it is sent."""
    if written.checked.errors:
        raise Refused("incomplete", _("Tờ khai còn chỗ cần sửa."))
    if written.missing:
        names = "; ".join(slot.paper.name for slot in written.missing)
        raise Refused("incomplete", _("Còn thiếu giấy tờ: %(names)s.") % {"names": names})
    values = written.values
    attached = loose_files(file_tokens(written.draft.version.form, written.checked.values))
    filed = file_dossier(
        NewDossier(
            version_id=written.version.id,
            way=Way.ONLINE,
            applicant=Applicant(
                name=values.get("name", ""),
                phone=values.get("phone", ""),
                email=values.get("email", ""),
                national_id=values.get("national_id", ""),
                person_id=actor.person_id if actor.kind == "person" else None,
            ),
            answers=written.checked.values,
            form_version_id=written.draft.version.id,
            case_key=written.case.key,
            papers=[paper for slot in written.slots for paper in _papers(slot)],
            attached=[file.pk for file in attached],
            area_code=values.get("area", ""),
            delivery=values.get("delivery", Delivery.ONLINE),
            delivery_to=values.get("delivery_to", ""),
            language=language,
            key=f"sheet-{written.draft.id}",
        ),
        actor=actor,
    )
    if not filed.is_repeat:
        discard_draft(written.draft.id, actor=actor)
        Sheet.objects.filter(pk=written.draft.id).delete()
    return filed


def _papers(slot: Any) -> list[NewPaper]:
    paper = slot.paper
    if paper.by_form:
        return []
    if paper.registry:
        return [NewPaper(paper.code, PaperSource.REGISTRY)]
    if slot.entry is not None:
        return [NewPaper(paper.code, PaperSource.STORE, store_entry_id=slot.entry.id, copies=1)]
    return [NewPaper(paper.code, PaperSource.UPLOAD, file_id=file.pk, copies=1) for file in slot.files]


def forget_sheets() -> int:
    """Those whose answers are gone."""
    return Sheet.objects.filter(saved_at__lt=moment.now() - KEPT_FOR).delete()[0]
