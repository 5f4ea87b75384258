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
from motcua.kernel.forms.queries.drafts import drafts_kept
from motcua.kernel.forms.queries.prefill import prefill, signed_by
from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.identity.queries import own_card
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.claiming import confirm_exemption
from motcua.modules.dossiers.actions.counter import forget_counter_drafts
from motcua.modules.dossiers.actions.filing import Applicant, Filed, NewClaim, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.prefilling import known_sources
from motcua.modules.dossiers.kind import Delivery, PaperSource, Way
from motcua.modules.dossiers.models import Sheet
from motcua.modules.dossiers.queries.behalf import ONESELF, Behalf, proved_id
from motcua.modules.dossiers.queries.reading import opened, sealed
from motcua.modules.dossiers.queries.sheets import SUBJECT, ClaimSlot, Written, whom_about

if TYPE_CHECKING:
    from motcua.kernel.forms.kind import Prefilled
    from motcua.kernel.forms.queries.drafts import Draft
    from motcua.kernel.identity.kind import Actor
    from motcua.kernel.procedures.queries.catalogue import Version


def _kept() -> timedelta:
    """A day longer than the answers."""
    return drafts_kept() + timedelta(days=1)


def begin_sheet(found: Version, *, actor: Actor, behalf: Behalf = ONESELF) -> Draft:
    """A new dossier with what is known of whoever it is for filled in."""
    form = newest(found.body.form)
    if form is None or not found.body.is_filed_here:
        raise Refused("not_found", _("Thủ tục này chưa nộp trực tuyến được."))
    known = prefill(form.form, known_sources(form.form, behalf, found.code, actor=actor))
    if behalf.authorisation is not None:
        known |= signed_by(form.form, own_card(actor).name)
    return _begin(found, form.id, known, behalf, actor=actor)


@transaction.atomic
def _begin(found: Version, form_id: int, known: Mapping[str, Prefilled], behalf: Behalf, *, actor: Actor) -> Draft:
    draft = start_draft(form_id, f"{SUBJECT}{found.code}", actor=actor, known=known)
    values = {"for": behalf.key} if behalf.is_other else {}
    Sheet.objects.create(draft_id=draft.id, version_id=found.id, values_sealed=sealed(values), saved_at=moment.now())
    return draft


def claim_on_sheet(written: Written, chosen: Mapping[str, Mapping[str, Any]], *, actor: Actor) -> dict[str, str]:
    """Keep which exemptions are claimed: fee code → {code, files: [token]}. A registry is asked where it can tell.

    Returns what is wrong, by fee code; what was chosen is kept all the same.
    """
    kept: dict[str, dict[str, Any]] = {}
    errors: dict[str, str] = {}
    about = whom_about(written.behalf, actor)
    for slot in written.claims:
        told = chosen.get(slot.fee.code, {})
        exemption = next((one for one in slot.fee.exempt if one.code == told.get("code")), None)
        if exemption is None:
            continue
        same = slot.chosen == exemption
        files = list(told.get("files", ()))
        look_up_id = slot.look_up_id if same else None
        if exemption.registry and look_up_id is None and not files:
            number = proved_id(written.behalf, written.version.code, actor=actor)
            asked = confirm_exemption(
                exemption, number, actor=actor, person_id=about, procedure_code=written.version.code
            )
            look_up_id = asked.look_up_id if asked.is_borne_out else None
            if not asked.is_borne_out:
                errors[slot.fee.code] = asked.words
        elif not files and look_up_id is None:
            errors[slot.fee.code] = _("Thêm ảnh hoặc tệp của giấy chứng minh.")
        kept[slot.fee.code] = {"code": exemption.code, "files": files, "look_up": look_up_id, "of": about}
    keep_on_sheet(written.draft.id, {"claims": kept})
    return errors


@transaction.atomic
def keep_on_sheet(draft_id: int, values: Mapping[str, Any]) -> None:
    """Lay these values over what is kept. The caller opened the draft. Files are held as long as it; those that were
    taken out of it no longer."""
    sheet = Sheet.objects.select_for_update().get(pk=draft_id)
    before = opened(sheet.values_sealed)
    kept = {**before, **values}
    sheet.values_sealed, sheet.saved_at = sealed(kept), moment.now()
    sheet.save()
    held = _tokens(kept)
    hold_files(sorted(held), until=moment.now() + _kept())
    hold_files(sorted(_tokens(before) - held), until=moment.now())


def _tokens(values: Mapping[str, Any]) -> set[str]:
    claimed = [claim.get("files", ()) for claim in values.get("claims", {}).values()]
    return {token for tokens in (*values.get("papers", {}).values(), *claimed) for token in tokens}


@transaction.atomic
def send_sheet(
    written: Written, *, actor: Actor, language: str, key: str = "", service_key_id: int | None = None
) -> Filed:
    """File it, once for each ``key`` (by default the draft's own). Refused("invalid") names what is not there yet; the
    draft stays until it is sent."""
    if written.checked.errors:
        raise Refused("incomplete", _("Tờ khai còn chỗ cần sửa."))
    if written.missing:
        names = "; ".join(slot.paper.name for slot in written.missing)
        raise Refused("incomplete", _("Còn thiếu giấy tờ: %(names)s.") % {"names": names})
    values = written.values
    giver, company = written.behalf.authorisation, written.behalf.representation
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
                person_id=giver.giver_id if giver else actor.person_id if actor.kind == "person" else None,
            ),
            filer=Applicant(person_id=actor.person_id) if giver else None,
            authorisation_id=giver.id if giver else None,
            filer_wants=values.get("wants", "all"),
            organisation_id=company.organisation_id if company else None,
            claims=[_claim(slot) for slot in written.claims if slot.is_shown],
            answers=written.checked.values,
            form_version_id=written.draft.version.id,
            case_key=written.case.key,
            papers=_all_papers(written),
            attached=[file.pk for file in attached],
            area_code=values.get("area", ""),
            delivery=values.get("delivery", Delivery.ONLINE),
            delivery_to=values.get("delivery_to", ""),
            language=language,
            key=key or f"sheet-{written.draft.id}",
            channel="api" if service_key_id is not None else "web",
            service_key_id=service_key_id,
        ),
        actor=actor,
    )
    if not filed.is_repeat:
        drop_sheet(written.draft.id, actor=actor)
    return filed


@transaction.atomic
def drop_sheet(draft_id: int, *, actor: Actor) -> None:
    """Sent, or thought better of. What no dossier took goes with the next sweep."""
    discard_draft(draft_id, actor=actor)
    sheet = Sheet.objects.get(pk=draft_id)
    hold_files(sorted(_tokens(opened(sheet.values_sealed))), until=moment.now())
    sheet.delete()


def _all_papers(written: Written) -> list[NewPaper]:
    papers = [paper for slot in written.slots for paper in _papers(slot)]
    for slot in written.claims:
        if slot.is_shown and slot.chosen is not None:
            name = _("Chứng minh: %(name)s") % {"name": slot.chosen.name}
            papers += [
                NewPaper(slot.paper_code, PaperSource.UPLOAD, name=name, file_id=file.pk, copies=1)
                for file in slot.files
            ]
    return papers


def _claim(slot: ClaimSlot) -> NewClaim:
    assert slot.chosen is not None  # noqa: S101  it is shown
    return NewClaim(slot.fee.code, slot.chosen.code, slot.paper_code if slot.files else "", slot.look_up_id)


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
    forget_counter_drafts()
    return Sheet.objects.filter(saved_at__lt=moment.now() - _kept()).delete()[0]
