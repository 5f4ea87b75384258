"""What stands on the printed forms (facts §1.4), always in Vietnamese. Which form has which number is data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import PartyRole
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.events.queries import histories
from motcua.kernel.forms.queries.addresses import address_words
from motcua.kernel.forms.queries.versions import form_version
from motcua.kernel.identity.queries import PersonCard, address_of, contact_addresses, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.kernel.payments.queries.obligations import obligations
from motcua.kernel.places import queries as places
from motcua.lib.errors import Refused
from motcua.lib.jsonlogic import look_up
from motcua.lib.worktime import moment_words
from motcua.modules.dossiers.kind import KIND, Slip
from motcua.modules.dossiers.models import Dossier, Leg, SlipForm
from motcua.modules.dossiers.queries.reading import Whole, legs, opened, papers, supplements, whole
from motcua.modules.dossiers.queries.standing import Standing, standing_of, standings
from motcua.modules.dossiers.queries.tracking import secret_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

# Addresses of the slips, by the numbers of TT 03/2025/TT-VPCP; what is printed is the number in force at their day.
ADDRESSES = {
    "01": Slip.RECEIPT,
    "02": Slip.SUPPLEMENT,
    "03": Slip.REFUSAL,
    "04": Slip.APOLOGY,
    "05": Slip.STOP,
    "06": Slip.CONTROL,
}
MOST_IN_REGISTER = 2_000
REGISTER = {  # the columns of Mẫu 07 and how wide they are; ours beside them: the states, told apart
    "STT": 2,
    "Mã hồ sơ": 7,
    "Tên thủ tục hành chính": 8,
    "Số bộ": 2,
    "Tên cá nhân, tổ chức, số điện thoại": 7,
    "Cơ quan chủ trì giải quyết": 6,
    "Ngày nhận": 5,
    "Ngày hẹn trả": 5,
    "Ngày trả": 5,
    "Phương thức nhận kết quả": 5,
    "Trạng thái": 6,
    "Nghĩa vụ tài chính": 5,
    "Trả kết quả": 5,
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """``unit_id``: whose paper it is; ``made_at``: what it was made for happened then. ``lines``: (label, value) or one
    sentence; ``table``: the head, then the rows; ``after``: sentences below it; ``signers``: (title, name)."""

    unit_id: int
    made_at: datetime
    lines: list[tuple[str, ...]]
    table: list[list[str]] = field(default_factory=list)
    columns: Sequence[int] = ()
    after: list[str] = field(default_factory=list)
    signers: list[tuple[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Heading:
    """How the slip is called. ``number`` and ``basis`` are "" where no legal act has a form for it."""

    title: str
    number: str = ""
    basis: str = ""


def heading(slip: Slip, on: date) -> Heading:
    """By the newest set of forms that was in force on that day; before the first of all, by the first. A slip for which
    that set has no form is called by its plain name."""
    sets = sorted(set(SlipForm.objects.values_list("valid_from", flat=True)))
    chosen = next((day for day in reversed(sets) if day <= on), sets[0] if sets else None)
    form = SlipForm.objects.filter(slip=slip, valid_from=chosen).first() if chosen else None
    return Heading(form.title, form.number, form.basis) if form is not None else Heading(str(slip.label))


def sheet(address: str, case: Case) -> tuple[Heading, Sheet]:
    """Refused("not_found") for an unknown form, "wrong_state" where the dossier gives no cause for it."""
    makers: dict[Slip, Callable[[Whole, PersonCard], Sheet]] = {
        Slip.RECEIPT: _receipt,
        Slip.SUPPLEMENT: _supplement,
        Slip.REFUSAL: _refusal,
        Slip.APOLOGY: _apology,
        Slip.STOP: _stop,
        Slip.CONTROL: _control,
    }
    slip = ADDRESSES.get(address)
    if slip is None:
        raise Refused("not_found", _("Không có mẫu này."))
    made = makers[slip](whole(case), _applicant(case))
    return heading(slip, timezone.localtime(made.made_at).date()), made


def _applicant(case: Case) -> PersonCard:
    """The plain card: the paper is handed to the person. The caller has authorised it and notes the access."""
    held = contact_addresses([case.person_id] if case.person_id else [])
    return held[case.person_id][0] if case.person_id in held else PersonCard("", "", "")


def secret_on_paper(case: Case) -> str:
    """Of whoever stood there and takes the paper home: who files for another has their own, which ends with the
    authorisation."""
    found = {PartyRole(party.role): party for party in reversed(parties(case.id, still=True))}
    holder = found.get(PartyRole.FILER) or found.get(PartyRole.APPLICANT)
    return secret_of(holder) if holder else ""


def _at(at: datetime | None) -> str:
    return moment_words(timezone.localtime(at)) if at is not None else "…"


def _who(found: Whole, card: PersonCard) -> list[tuple[str, ...]]:
    return [
        ("Mã hồ sơ", found.case.code),
        ("Người nộp", card.name or "…"),
        ("Thủ tục", _procedure(found)),
    ]


def _procedure(found: Whole) -> str:
    return f"{found.version.body.name} ({found.version.code})"


def _address(found: Whole) -> str:
    """Of the applicant: as the counter took it down, as the form asked for it, else as their account has it."""
    dossier, answers = found.dossier, found.answers
    if told := opened(dossier.address_sealed).get("address", ""):
        return str(told)
    if dossier.form_version_id is not None:
        source = "organisation.address" if dossier.organisation_id is not None else "person.address"
        form = form_version(dossier.form_version_id).form
        given = (look_up(answers, path) for path, one in form.by_path.items() if one.prefill == source)
        if words := next((address_words(value) for value in given if isinstance(value, dict)), ""):
            return words
    is_own = found.case.person_id is not None and dossier.organisation_id is None
    return address_words(address_of(found.case.person_id or 0)) if is_own else ""


def _wrong(words: str) -> Refused:
    return Refused("wrong_state", words)


def _receipt(found: Whole, card: PersonCard) -> Sheet:
    dossier = found.dossier
    if dossier.accepted_at is None:
        raise _wrong(_("Hồ sơ chưa được tiếp nhận nên chưa có giấy hẹn."))
    way = found.version.body.way(dossier.way)
    kept = papers(found.case.id)
    rows = [["STT", "Tên giấy tờ", "Bản chính", "Bản sao", "Hình thức"]]
    rows += [
        [str(number), paper.name, str(paper.originals or ""), str(paper.copies or ""), paper.get_source_display()]
        for number, paper in enumerate(kept, 1)
    ]
    return Sheet(
        dossier.reception_unit_id,
        dossier.accepted_at,
        [
            ("Mã hồ sơ", found.case.code),
            ("Người nộp", card.name or "…"),
            ("Địa chỉ", _address(found) or "…"),
            ("Điện thoại", card.phone or "…"),
            ("Thư điện tử", card.email or "…"),
            ("Thủ tục", _procedure(found)),
            ("Nơi tiếp nhận", org.tree().unit(dossier.reception_unit_id).name),
            ("Số lượng hồ sơ", f"{dossier.copies} bộ"),
            ("Thời gian giải quyết theo quy định", way.time if way else "…"),
            ("Thời gian nhận hồ sơ", _at(dossier.accepted_at)),
            ("Thời gian trả kết quả", _at(dossier.promised_at)),
            ("Đăng ký nhận kết quả", str(dossier.get_delivery_display())),
            ("Mã tra cứu", secret_on_paper(found.case)),
            ("Vào Sổ theo dõi hồ sơ, quyển số ………… số thứ tự …………",),
            ("Thành phần hồ sơ nộp gồm:",),
        ],
        rows,
        (1, 7, 2, 2, 4),
        after=[f"Hồ sơ gồm {len({paper.code for paper in kept})} loại giấy tờ."],
        signers=[("Người nộp hồ sơ", card.name), ("Người tiếp nhận hồ sơ", _first_officer(found))],
    )


def _first_officer(found: Whole) -> str:
    first = next(iter(legs(found.case.id)), None)
    return first.officer.name if first and first.officer else (found.case.officer.name if found.case.officer else "")


def _supplement(found: Whole, card: PersonCard) -> Sheet:
    asked = supplements(found.case.id)
    if not asked:
        raise _wrong(_("Hồ sơ này chưa có yêu cầu bổ sung."))
    last = asked[-1]
    rows = [["STT", "Nội dung cần bổ sung", "Hướng dẫn"]]
    rows += [[str(number), item["what"], item.get("how", "")] for number, item in enumerate(last.items, 1)]
    told = histories([found.case.id], ("dossier.supplement_requested",)).get(found.case.id, [])
    unit = org.tree().unit(told[-1].data["unit_id"] if told else found.case.unit_id)
    return Sheet(
        unit.id,
        last.asked_at,
        [
            *_who(found, card),
            ("Lần yêu cầu", str(last.number)),
            ("Lý do", last.reason),
            *([("Căn cứ", last.basis)] if last.basis else []),
        ],
        rows,
        (1, 6, 5),
        after=[
            f"Thời hạn bổ sung: {_at(last.answer_by)}."
            if last.answer_by
            else "Thời gian giải quyết còn lại được giữ nguyên.",
            f"Cần hướng dẫn thêm, liên hệ {unit.name}, điện thoại {unit.phone or '…'}.",
        ],
        signers=[("Người hướng dẫn", last.asked_by)],
    )


def _refusal(found: Whole, card: PersonCard) -> Sheet:
    if found.case.state != "refused":
        raise _wrong(_("Hồ sơ này không bị từ chối."))
    told = histories([found.case.id], ("dossier.refused",)).get(found.case.id, [])
    basis = str(told[-1].data.get("basis", "")) if told else ""
    return Sheet(
        found.dossier.reception_unit_id,
        found.case.closed_at or found.case.opened_at,
        [
            *_who(found, card),
            ("Ngày nộp", _at(found.case.opened_at)),
            ("Lý do không tiếp nhận", found.dossier.reason),
            *([("Căn cứ", basis)] if basis else []),
        ],
        after=["Xin thông báo để ông/bà được biết và thực hiện."],
        signers=[("Người tiếp nhận hồ sơ", _last_actor(found, "dossier.refused"))],
    )


def _apology(found: Whole, card: PersonCard) -> Sheet:
    told = histories([found.case.id], ("dossier.extended",)).get(found.case.id, [])
    if not told:
        raise _wrong(_("Hồ sơ này chưa xin lỗi, hẹn lại lần nào."))
    data = told[-1].data
    return Sheet(
        found.dossier.competent_unit_id,
        told[-1].at,
        [
            *_who(found, card),
            ("Ngày tiếp nhận", _at(found.dossier.accepted_at)),
            ("Thời hạn ban đầu", _at(found.dossier.promised_at)),
            ("Lý do chậm", str(data.get("reason", ""))),
            ("Thời gian trả kết quả mới", _at(_moment(data.get("due")))),
            ("Lần gia hạn", "1 (mỗi hồ sơ chỉ gia hạn một lần)"),
        ],
        after=[
            "Chúng tôi xin lỗi ông/bà vì hồ sơ chưa được giải quyết đúng thời hạn đã hẹn, và mong ông/bà thông cảm.",
        ],
        signers=[("Đại diện cơ quan", _last_actor(found, "dossier.extended"))],
    )


def _stop(found: Whole, card: PersonCard) -> Sheet:
    if found.case.state not in ("stopped", "withdrawn"):
        raise _wrong(_("Hồ sơ này không dừng giải quyết."))
    what = "Người nộp rút hồ sơ" if found.case.state == "withdrawn" else "Cơ quan dừng giải quyết"
    return Sheet(
        found.dossier.competent_unit_id,
        found.case.closed_at or found.case.opened_at,
        [
            *_who(found, card),
            ("Ngày tiếp nhận", _at(found.dossier.accepted_at)),
            ("Hình thức", what),
            ("Giai đoạn", found.stop.leg.name if found.stop else "Trước khi tiếp nhận"),
            ("Lý do, căn cứ", found.dossier.reason),
            ("Thời điểm dừng", _at(found.case.closed_at)),
            ("Xử lý tài chính", str(_stands(found).money.words)),
        ],
        after=["Giấy tờ bản chính đã nộp (nếu có) được trả lại; khoản tiền đã nộp được xử lý theo quy định."],
        signers=[("Đại diện cơ quan", _last_actor(found, f"dossier.{found.case.state}"))],
    )


def _control(found: Whole, card: PersonCard) -> Sheet:
    """Each hand-over: who gave it, who took it, when; then whether the leg kept its time."""
    went = legs(found.case.id)
    if not went:
        raise _wrong(_("Hồ sơ chưa được tiếp nhận nên chưa có phiếu kiểm soát."))
    tree = org.tree()
    rows = [["Cơ quan, bộ phận", "Thời gian giao, nhận hồ sơ", "Kết quả giải quyết", "Ghi chú"]]
    giver = f"Người nộp: {card.name or '…'}"
    for leg in went:
        unit = tree.unit(leg.unit_id)
        taker = leg.officer.name if leg.officer else leg.ended_by or "…"
        rows.append(
            [
                f"{leg.name}\n{unit.name}",
                f"1. Giao: {giver}\n2. Nhận: {taker}\n{_clock_words(leg.started_at)}\nHạn: {_at(leg.due_at)}",
                f"{_outcome(leg)}\n{_at(leg.ended_at)}" if leg.ended_at else "Đang làm",
                leg.note,
            ]
        )
        giver = leg.ended_by or taker
    stands = _stands(found)
    lines = [
        *_who(found, card),
        ("Hẹn trả", _at(found.dossier.promised_at)),
        ("Trạng thái", f"{stands.code_name} (mã {stands.code})" + (", quá hạn" if stands.is_late else "")),
        ("Nghĩa vụ tài chính", str(stands.money.words)),
        ("Trả kết quả", str(stands.delivery.words)),
    ]
    made_at = found.dossier.accepted_at or found.case.opened_at
    return Sheet(found.dossier.reception_unit_id, made_at, lines, rows, (5, 6, 3, 4))


def _stands(found: Whole) -> Standing:
    return standing_of(found.case, found.dossier, obligations([found.case.id]).get(found.case.id, []))


def _clock_words(at: datetime) -> str:
    local = timezone.localtime(at)
    return f"{local:%H} giờ {local:%M} phút, {_date_words(local)}"


def _outcome(leg: Leg) -> str:
    if leg.ended_at is None or leg.ended_at > leg.due_at:
        return "Quá hạn"
    return "Trước hạn" if leg.due_at - leg.ended_at > timedelta(hours=1) else "Đúng hạn"


def _date_words(local: datetime) -> str:
    month = f"{local.month:02d}" if local.month < 3 else str(local.month)  # NĐ 30/2020
    return f"ngày {local.day:02d} tháng {month} năm {local.year}"


def _last_actor(found: Whole, event: str) -> str:
    told = histories([found.case.id], (event,)).get(found.case.id, [])
    return told[-1].actor_name if told else ""


def _moment(text: object) -> datetime | None:
    return datetime.fromisoformat(text) if isinstance(text, str) else None


def register(first: date, last: date, *, actor: Actor) -> list[list[str]]:
    """Mẫu 07: every dossier from ``first`` to ``last`` that the actor's counters took in or that is settled there.

    The names stand in it: whoever had only a part in a dossier does not find it here.
    """
    units = unit_ids_within(actor.by_post, "dossier.take_in")
    home = Q() if units is None else Q(dossier__reception_unit_id__in=units) | Q(dossier__competent_unit_id__in=units)
    zone = timezone.get_default_timezone()
    begin = datetime.combine(first, datetime.min.time(), zone)
    end = datetime.combine(last + timedelta(days=1), datetime.min.time(), zone)
    cases = list(
        cases_of(KIND)
        .filter(home, dossier__accepted_at__gte=begin, dossier__accepted_at__lt=end)
        .select_related("dossier", "person")
        .order_by("dossier__accepted_at", "id")[: MOST_IN_REGISTER + 1]
    )
    if len(cases) > MOST_IN_REGISTER:
        raise Refused("too_many", _("Có hơn %(most)d hồ sơ. Chọn khoảng ngày ngắn hơn.") % {"most": MOST_IN_REGISTER})
    tree = org.tree()
    cards = contact_addresses([case.person_id for case in cases if case.person_id])
    stands = standings(cases)
    rows = [list(REGISTER)]
    for number, case in enumerate(cases, 1):
        dossier: Dossier = case.dossier
        held = cards.get(case.person_id or 0)
        here = stands[case.id]
        rows.append(
            [
                str(number),
                case.code,
                case.subject,
                str(dossier.copies),
                "\n".join(filter(None, (held[0].name, held[0].phone))) if held else "",
                tree.unit(dossier.competent_unit_id).short_name,
                _day(dossier.accepted_at),
                _day(dossier.promised_at),
                _day(dossier.returned_at),
                str(dossier.get_delivery_display()),
                f"{here.code}. {here.code_name}" + ("\nQuá hạn" if here.is_late else ""),
                str(here.money.words),
                str(here.delivery.words),
            ]
        )
    return rows


def _day(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}" if at is not None else ""


def letterhead(unit_id: int, made_at: datetime) -> dict[str, str]:
    """Whose paper it is, where and when."""
    tree = org.tree()
    unit = tree.unit(unit_id)
    parents = tree.ancestors(unit.id)
    return {
        "unit": unit.name,
        "parent": parents[0].name if parents else "",
        "place": places.area(unit.area_id).name if unit.area_id else unit.short_name,
        "date": _date_words(timezone.localtime(made_at)),
    }
