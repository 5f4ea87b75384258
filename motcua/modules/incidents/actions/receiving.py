"""Receiving and sending on: accept, take, assign, dispatch, return, classify, reject, merge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from motcua.kernel.cases.actions.clocks import Clocks
from motcua.kernel.cases.actions.moving import begin, finish, said, touch
from motcua.kernel.cases.actions.people import bring_parties, drop_unpublished_files
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import cases_of, get_case
from motcua.kernel.cases.queries.rules import category_by_code
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import officer_actor
from motcua.kernel.org import queries as org
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.redaction import redact
from motcua.lib.vietnamese import nfc
from motcua.modules.incidents.actions.publishing import moderate, publish, said_in_public
from motcua.modules.incidents.actions.submitting import triage_unit_id
from motcua.modules.incidents.models import Incident, Phrase
from motcua.modules.incidents.queries.sight import names_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

KIND = "incident"
OPEN_STATES = ("submitted", "dispatched", "info_requested", "accepted", "in_progress", "resolved")


@transaction.atomic
def accept_incident(
    case_id: int,
    *,
    actor: Actor,
    public_text: str | None = None,
    public_file_ids: Sequence[int] | None = None,
    version: int | None = None,
) -> Case:
    """Receive the report, and let the public see it: what ``public_text`` says, and of the photos those named."""
    case = begin(case_id, "accept", kind=KIND, actor=actor, version=version)
    clocks = Clocks.of(case)
    receive(case, clocks, public_text=public_text, public_file_ids=public_file_ids)
    finish(case, "accept", actor=actor, clocks=clocks, data=unit_words(case))
    return case


def receive(
    case: Case, clocks: Clocks, *, public_text: str | None = None, public_file_ids: Sequence[int] | None = None
) -> None:
    """What receiving means, whichever move does it: the first promise is kept, and strangers may read."""
    clocks.stop("accept")
    if publish(case):
        moderate(case, public_text=public_text, public_file_ids=public_file_ids)


def unit_words(case: Case) -> dict[str, Any]:
    return {"unit": org.tree().unit(case.unit_id).name, "unit_id": case.unit_id}


@transaction.atomic
def take_incident(
    case_id: int,
    *,
    actor: Actor,
    public_text: str | None = None,
    public_file_ids: Sequence[int] | None = None,
    version: int | None = None,
) -> Case:
    """The officer takes it on; that receives it as well."""
    if not actor.is_officer:  # a machine with every grant is still nobody's colleague
        raise Refused("not_allowed", _("Chỉ cán bộ nhận xử lý được việc."))
    case = begin(case_id, "take", kind=KIND, actor=actor, version=version)
    case.officer_id = actor.id
    clocks = Clocks.of(case)
    receive(case, clocks, public_text=public_text, public_file_ids=public_file_ids)
    clocks.give_to_officer()
    finish(case, "take", actor=actor, clocks=clocks, data=unit_words(case))
    return case


@transaction.atomic
def assign_incident(
    case_id: int,
    *,
    actor: Actor,
    officer_id: int,
    note: str = "",
    public_text: str | None = None,
    public_file_ids: Sequence[int] | None = None,
    version: int | None = None,
) -> Case:
    """Give it to an officer of the unit that holds it, or of one below it."""
    case = begin(case_id, "assign", kind=KIND, actor=actor, version=version)
    officer = officer_actor(officer_id)
    holder = org.tree().path(case.unit_id)
    places_of_work = [
        held for held in officer.held if held.unit_path.startswith(holder) or holder.startswith(held.reach)
    ]
    if not places_of_work:
        words = _("Người này không thuộc đơn vị đang giữ việc. Chọn người trong danh sách.")
        raise Refused("invalid", words, fields={"officer": words})
    case.officer_id = officer_id
    inside = next((held for held in places_of_work if held.unit_path.startswith(holder)), None)
    if inside is not None and inside.unit_id != case.unit_id:
        case.unit_id = inside.unit_id  # down to the officer's own office
    clocks = Clocks.of(case)
    receive(case, clocks, public_text=public_text, public_file_ids=public_file_ids)
    clocks.hand_over()
    to = "in_progress" if case.state in ("dispatched", "accepted") else None
    finish(
        case,
        "assign",
        actor=actor,
        clocks=clocks,
        to=to,
        data={"officer": officer.name, "officer_id": officer_id, "note": nfc(note).strip(), **unit_words(case)},
    )
    return case


@transaction.atomic
def dispatch_incident(case_id: int, *, actor: Actor, unit_id: int, note: str = "", version: int | None = None) -> Case:
    """Send it to the unit that is competent. Its first promise begins anew there; the result's goes on."""
    case = begin(case_id, "dispatch", kind=KIND, actor=actor, version=version)
    unit = next((row for row in org.tree().in_force if row.id == unit_id), None)
    if unit is None:
        words = _("Chọn một đơn vị đang hoạt động.")
        raise Refused("invalid", words, fields={"unit": words})
    if unit.id == case.unit_id:
        words = _("Việc này đang ở chính đơn vị đó.")
        raise Refused("invalid", words, fields={"unit": words})
    hand_to(case, unit.id)
    clocks = restart_first(case)
    finish(case, "dispatch", actor=actor, clocks=clocks, data={**unit_words(case), "note": nfc(note).strip()})
    return case


def hand_to(case: Case, unit_id: int) -> None:
    case.unit_id, case.officer_id = unit_id, None


def restart_first(case: Case) -> Clocks:
    """The old unit's promise to receive ends, late or not; the new unit's begins; the others change owner."""
    clocks = Clocks.of(case)
    clocks.stop("accept", start_next=False)
    clocks.hand_over()
    clocks.start_after("opened")
    return clocks


@transaction.atomic
def return_incident(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """Not ours: back to where it is decided who is competent (chuyển trong 5 ngày làm việc, NĐ 20/2008)."""
    case = begin(case_id, "return", kind=KIND, actor=actor, version=version)
    why = said_in_public(case, reason, "reason", _("Ghi lý do trả lại, để nơi điều phối chuyển đúng chỗ."))
    data = {**unit_words(case), "reason": why}
    triage = triage_unit_id()
    if triage == case.unit_id:
        words = _("Việc đang ở nơi điều phối. Chuyển thẳng cho đơn vị có thẩm quyền.")
        raise Refused("invalid", words)
    hand_to(case, triage)
    finish(case, "return", actor=actor, clocks=restart_first(case), data=data)
    return case


@transaction.atomic
def classify_incident(
    case_id: int, *, actor: Actor, category: str, urgency: str = "", version: int | None = None
) -> Case:
    """Correct what it is about; its promises are reckoned again, and the classifier learns."""
    case = begin(case_id, "classify", kind=KIND, actor=actor, version=version)
    chosen = category_by_code(KIND, category)
    if chosen is None:
        words = _("Chọn một loại việc trong danh sách.")
        raise Refused("invalid", words, fields={"category": words})
    if urgency not in ("", "khan_cap", "khan", "binh_thuong", "phuc_tap"):
        words = _("Chọn mức độ trong danh sách.")
        raise Refused("invalid", words, fields={"urgency": words})
    is_new = case.category_id != chosen.id
    case.category_id, case.urgency = chosen.id, urgency or chosen.urgency
    if is_new and not chosen.is_public:
        case.published_at = None
    clocks = Clocks.of(case)
    clocks.reckon_again()
    finish(case, "classify", actor=actor, clocks=clocks,
           data={"category": chosen.name, "category_id": chosen.id, "urgency": case.urgency})  # fmt: skip
    if is_new:
        _learn(case, chosen.code)
    return case


def _learn(case: Case, category: str) -> None:
    written = Incident.objects.values_list("text", flat=True).get(pk=case.id)
    text = redact(written, names_of(case.id))[:500].strip()
    if text:
        Phrase.objects.update_or_create(
            category=category,
            text=text,
            defaults={"source": "officer", "case_id": case.id, "created_at": moment.now()},
        )
        # What was learnt from an earlier, now corrected, opinion on the same case is forgotten.
        Phrase.objects.filter(case_id=case.id).exclude(category=category).delete()


@transaction.atomic
def reject_incident(case_id: int, *, actor: Actor, reason: str, version: int | None = None) -> Case:
    """Not for us at all; the reason is told to the person."""
    case = begin(case_id, "reject", kind=KIND, actor=actor, version=version)
    why = said_in_public(case, reason, "reason", _("Ghi lý do để người gửi hiểu vì sao và nên làm gì tiếp."))
    # What an officer wrote as a result, and no leader approved, is none.
    Incident.objects.filter(pk=case.id).update(reject_reason=why, result="")
    drop_unpublished_files(case.id, [FileRole.AFTER, FileRole.DOCUMENT])
    end(case, "reject", actor=actor, data={"reason": why})
    return case


def end(case: Case, move: str, *, actor: Actor, data: dict[str, Any], **options: Any) -> None:
    """Close the case: every promise stops now, and what the figures need is told."""
    clocks = Clocks.of(case)
    clocks.stop_all()
    case.closed_at = clocks.at
    is_on_time = case.due_at is None or case.closed_at <= case.due_at
    finish(
        case,
        move,
        actor=actor,
        clocks=clocks,
        data={
            **unit_words(case),
            "category_id": case.category_id,
            "area_id": case.area_id,
            "channel": case.channel,
            "opened_at": case.opened_at,
            "on_time": is_on_time,
            **data,
        },
        **options,
    )


@transaction.atomic
def merge_incident(case_id: int, *, actor: Actor, into_code: str, version: int | None = None) -> Case:
    """The same problem reported again: its people follow the other report from now on."""
    code = said(into_code, "into", _("Ghi mã phản ánh mà việc này trùng với.")).upper()
    target_id = cases_of(KIND).filter(code=code).values_list("id", flat=True).first()
    if target_id is None or target_id == case_id:
        words = _("Không thấy phản ánh %(code)s khác với việc này. Kiểm tra lại mã.") % {"code": code}
        raise Refused("invalid", words, fields={"into": words})
    # Both rows are locked in the order of their numbers, so that two opposite merges cannot wait for each other.
    first, second = sorted((case_id, target_id))
    get_case(first, actor=actor, to=None, lock=True)
    get_case(second, actor=actor, to=None, lock=True)
    case = begin(case_id, "merge", kind=KIND, actor=actor, version=version)
    target = get_case(target_id, actor=actor, to="incident.merge")
    if target.state not in OPEN_STATES:
        words = _("Phản ánh %(code)s đã xong hoặc đã gộp. Chọn việc đang xử lý.") % {"code": code}
        raise Refused("invalid", words, fields={"into": words})
    bring_parties(case.id, target.id)
    mine = Incident.objects.get(pk=case.id)
    Incident.objects.filter(pk=target.id).update(joined=F("joined") + 1 + mine.joined)
    case.merged_into_id = target.id
    end(case, "merge", actor=actor, data={"into": target.code, "into_id": target.id})
    touch(target)
    record("incident.absorbed", case_id=target.id, actor=actor, data={"code": case.code, "case_id": case.id})
    return case
