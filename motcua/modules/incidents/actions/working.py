"""Working on a report: visit, first reply, ask, extend, result, approval, notes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import begin, finish, said
from motcua.kernel.cases.actions.people import drop_unpublished_files, publish_files, take_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import files_of
from motcua.kernel.files.actions import publish_file
from motcua.kernel.identity.kind import Actor
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.publishing import moderate, publish, said_in_public
from motcua.modules.incidents.actions.receiving import KIND, end, unit_words
from motcua.modules.incidents.models import Incident

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


@transaction.atomic
def visit_incident(
    case_id: int, *, actor: Actor, note: str, file_ids: Sequence[int] = (), version: int | None = None
) -> Case:
    """Somebody has been there and saw; makes the on-the-spot record (biên bản)."""
    case = begin(case_id, "visit", kind=KIND, actor=actor, version=version)
    words = said_in_public(case, note, "note", _("Ghi điều bạn thấy tại chỗ."), most=5000)
    clocks = Clocks.of(case)
    clocks.stop("on_site")
    if case.officer_id is None and actor.is_officer:
        case.officer_id = actor.id
        clocks.give_to_officer()
    Incident.objects.filter(pk=case.id).update(visit_note=words, visited_at=clocks.at)
    event = finish(case, "visit", actor=actor, clocks=clocks, data={"note": words, "unit_id": case.unit_id})
    take_files(case, file_ids, FileRole.VISIT, actor=actor, event_id=event.id)
    return case


@transaction.atomic
def reply_incident(case_id: int, *, actor: Actor, text: str, version: int | None = None) -> Case:
    """The first answer to the person: what will be done and when. Keeps the promise to answer."""
    case = begin(case_id, "reply", kind=KIND, actor=actor, version=version)
    words = said_in_public(case, text, "text", _("Ghi câu trả lời cho người gửi."))
    clocks = Clocks.of(case)
    clocks.stop("answer")
    finish(case, "reply", actor=actor, clocks=clocks, data={"text": words})
    return case


@transaction.atomic
def request_info_incident(case_id: int, *, actor: Actor, question: str, version: int | None = None) -> Case:
    """Ask the people of the case; its clocks pause until they answer."""
    case = begin(case_id, "request_info", kind=KIND, actor=actor, version=version)
    words = said(question, "question", _("Ghi điều bạn cần hỏi, một lần cho đủ."))
    Incident.objects.filter(pk=case.id).update(state_before_pause=case.state, info_question=words)
    clocks = Clocks.of(case)
    clocks.pause()
    finish(case, "request_info", actor=actor, clocks=clocks, data={"question": words})
    return case


@transaction.atomic
def extend_incident(case_id: int, *, actor: Actor, reason: str, due_at: datetime, version: int | None = None) -> Case:
    """Apologise and promise again, once, with the reason (as Mẫu 04 does for dossiers)."""
    case = begin(case_id, "extend", kind=KIND, actor=actor, version=version)
    why = said_in_public(case, reason, "reason", _("Ghi lý do chậm, người gửi sẽ đọc."))
    incident = Incident.objects.get(pk=case.id)
    if incident.extended_at is not None:
        raise Refused("already_extended", _("Việc này đã hẹn lại một lần; không hẹn lại lần nữa."))
    clocks = Clocks.of(case)
    clock = clocks.get("result")
    if clock is None:
        raise Refused("no_clock", _("Việc này không có hạn kết quả để hẹn lại."))
    if due_at <= clock.due_at or due_at <= moment.now():
        words = _("Hẹn mới phải sau hạn hiện tại và sau lúc này.")
        raise Refused("invalid", words, fields={"due_at": words})
    clocks.extend("result", due_at)
    incident.extended_at, incident.extend_reason = clocks.at, why
    incident.save(update_fields=["extended_at", "extend_reason"])
    finish(case, "extend", actor=actor, clocks=clocks,
           data={"reason": why, "due": due_at, "was_due": clock.first_due_at})  # fmt: skip
    return case


@transaction.atomic
def resolve_incident(
    case_id: int,
    *,
    actor: Actor,
    result: str,
    file_ids: Sequence[int] = (),
    document_ids: Sequence[int] = (),
    caption: str = "",
    version: int | None = None,
) -> Case:
    """The work is done; a leader looks at the result before it is published. Photos after need a sentence (UX §6)."""
    case = begin(case_id, "resolve", kind=KIND, actor=actor, version=version)
    words = said_in_public(case, result, "result", _("Ghi kết quả: đã làm gì, ở đâu, xong lúc nào."), most=5000)
    if file_ids:
        words_for_picture = _("Ghi một câu mô tả ảnh, cho người không xem được ảnh.")
        caption = said_in_public(case, caption, "caption", words_for_picture, most=300)
    clocks = Clocks.of(case)
    clocks.stop("on_site", start_next=False)
    clocks.stop("answer")
    if case.officer_id is None and actor.is_officer:
        case.officer_id = actor.id
        clocks.give_to_officer()
    Incident.objects.filter(pk=case.id).update(result=words, resolved_at=clocks.at)
    event = finish(case, "resolve", actor=actor, clocks=clocks, data={"result": words})
    # A result that is written again replaces the pictures of the one that was sent back.
    drop_unpublished_files(case.id, [FileRole.AFTER, FileRole.DOCUMENT])
    take_files(case, file_ids, FileRole.AFTER, actor=actor, event_id=event.id, caption=caption)
    take_files(case, document_ids, FileRole.DOCUMENT, actor=actor, event_id=event.id)
    return case


@transaction.atomic
def approve_incident(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """The leader agrees: the result is published, or sent to the person alone where the category is not public or
    the report was hidden."""
    case = begin(case_id, "approve", kind=KIND, actor=actor, version=version)
    result = Incident.objects.values_list("result", flat=True).get(pk=case.id)
    is_public = publish(case)
    # Whoever reads the result opens what belongs to it; of a case that is not published that is its person alone.
    publish_files(case.id, [FileRole.AFTER, FileRole.DOCUMENT])
    for file_id in files_of([case.id]).filter(role=FileRole.DOCUMENT).values_list("file_id", flat=True):
        publish_file(file_id, actor=actor)
    if is_public:
        end(case, "approve", actor=actor, data={"result": result})
    else:
        end(case, "approve", actor=actor, data={"result": result}, to="answered", event="answered")
    return case


@transaction.atomic
def revise_incident(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """The leader does not agree yet; back to the officer. The promise of the result goes on running."""
    case = begin(case_id, "revise", kind=KIND, actor=actor, version=version)
    why = said(reason, "reason", _("Ghi điều cần làm lại."))
    finish(case, "revise", actor=actor, data={"reason": why})
    return case


@transaction.atomic
def note_incident(case_id: int, *, actor: Actor, note: str, version: int | None = None) -> Case:
    """A remark among officials."""
    case = begin(case_id, "note", kind=KIND, actor=actor, version=version)
    finish(case, "note", actor=actor, data={"note": said(note, "note", _("Ghi chú đang trống."))})
    return case


@transaction.atomic
def flag_incident(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """Put the flag up, or take it down."""
    case = begin(case_id, "flag", kind=KIND, actor=actor, version=version)
    case.flag = not case.flag
    finish(case, "flag", actor=actor, data={"flag": _("có") if case.flag else _("bỏ")})
    return case


@transaction.atomic
def hide_incident(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """Strangers no longer see it; the people of the case still do."""
    case = begin(case_id, "hide", kind=KIND, actor=actor, version=version)
    why = said(reason, "reason", _("Ghi lý do ẩn."))
    if case.published_at is None:
        raise Refused("wrong_state", _("Việc này chưa có trên trang công khai."))
    case.published_at = None
    Incident.objects.filter(pk=case.id).update(hidden_at=moment.now())
    finish(case, "hide", actor=actor, data={"reason": why})
    return case


@transaction.atomic
def show_incident(
    case_id: int,
    *,
    actor: Actor,
    public_text: str | None = None,
    public_file_ids: Sequence[int] | None = None,
    version: int | None = None,
) -> Case:
    """Strangers may see it, unless its category is one that is never published; and the photos named, while nobody has
    chosen yet."""
    case = begin(case_id, "show", kind=KIND, actor=actor, version=version)
    is_chosen = Incident.objects.filter(pk=case.id, moderated_at__isnull=False).exists()
    if case.published_at is not None and (is_chosen or public_file_ids is None):
        raise Refused("wrong_state", _("Việc này đang có trên trang công khai."))
    Incident.objects.filter(pk=case.id).update(hidden_at=None)
    if not publish(case):
        raise Refused("not_public", _("Loại việc này không công khai."))
    moderate(case, public_text=public_text, public_file_ids=public_file_ids)
    finish(case, "show", actor=actor)
    return case


@transaction.atomic
def close_incident(case_id: int, *, actor: Actor, version: int | None = None) -> Case:
    """The time for reopening is over, or nothing more is to be said."""
    case = begin(case_id, "close", kind=KIND, actor=actor, version=version)
    incident = Incident.objects.get(pk=case_id)
    ended = {"published": incident.result, "rejected": incident.reject_reason}
    result = ended.get(case.state, _("Đã trả lời riêng cho người gửi."))
    finish(case, "close", actor=actor, data={**unit_words(case), "result": result})
    return case
