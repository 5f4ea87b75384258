"""What stands on the printed forms (TT 03/2025/TT-VPCP, Phụ lục I; facts §1.4), always in Vietnamese."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import PartyRole
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.events.queries import histories
from motcua.kernel.identity.queries import PersonCard, contact_addresses, unit_ids_within
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.worktime import moment_words
from motcua.modules.dossiers.kind import KIND
from motcua.modules.dossiers.models import Dossier
from motcua.modules.dossiers.queries.reading import Whole, legs, papers, supplements, whole
from motcua.modules.dossiers.queries.tracking import secret_of

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import Actor

FORMS = {
    "01": "Giấy tiếp nhận hồ sơ và hẹn trả kết quả",
    "02": "Phiếu yêu cầu bổ sung, hoàn thiện hồ sơ",
    "03": "Phiếu từ chối tiếp nhận giải quyết hồ sơ",
    "04": "Văn bản xin lỗi và đề nghị gia hạn thời gian giải quyết",
    "05": "Thông báo dừng giải quyết hồ sơ",
    "06": "Phiếu kiểm soát quá trình giải quyết hồ sơ",
}
MOST_IN_REGISTER = 2_000


@dataclass(frozen=True, slots=True)
class Sheet:
    """``lines``: (label, value) or one sentence; ``table``: the head, then the rows; ``signers``: (title, name)."""

    title: str
    lines: list[tuple[str, ...]]
    table: list[list[str]] = field(default_factory=list)
    columns: Sequence[int] = ()
    after: list[str] = field(default_factory=list)
    signers: list[tuple[str, str]] = field(default_factory=list)


def sheet(form: str, case: Case) -> Sheet:
    """Refused("not_found") for an unknown form, "wrong_state" where the dossier gives no cause for it."""
    makers: dict[str, Callable[[Whole, PersonCard], Sheet]] = {
        "01": _receipt,
        "02": _supplement,
        "03": _refusal,
        "04": _apology,
        "05": _stop,
        "06": _control,
    }
    maker = makers.get(form)
    if maker is None:
        raise Refused("not_found", _("Không có mẫu này."))
    found = whole(case)
    return maker(found, _applicant(case))


def _applicant(case: Case) -> PersonCard:
    """The plain card: the paper is handed to the person. The caller has authorised it and notes the access."""
    held = contact_addresses([case.person_id] if case.person_id else [])
    return held[case.person_id][0] if case.person_id in held else PersonCard("", "", "")


def secret_on_paper(case: Case) -> str:
    first = next((party for party in parties(case.id) if party.role in (PartyRole.FILER, PartyRole.APPLICANT)), None)
    return secret_of(first) if first else ""


def _at(at: datetime | None) -> str:
    return moment_words(timezone.localtime(at)) if at is not None else "…"


def _who(found: Whole, card: PersonCard) -> list[tuple[str, ...]]:
    return [
        ("Mã hồ sơ", found.case.code),
        ("Người nộp", card.name or "…"),
        ("Thủ tục", f"{found.version.body.name} ({found.version.code})"),
    ]


def _wrong(words: str) -> Refused:
    return Refused("wrong_state", words)


def _receipt(found: Whole, card: PersonCard) -> Sheet:
    dossier = found.dossier
    if dossier.accepted_at is None:
        raise _wrong(_("Hồ sơ chưa được tiếp nhận nên chưa có giấy hẹn."))
    way = found.version.body.way(dossier.way)
    rows = [["STT", "Tên giấy tờ", "Bản chính", "Bản sao", "Hình thức"]]
    rows += [
        [str(number), paper.name, str(paper.originals or ""), str(paper.copies or ""), paper.get_source_display()]
        for number, paper in enumerate(papers(found.case.id), 1)
    ]
    return Sheet(
        FORMS["01"],
        [
            *_who(found, card),
            ("Điện thoại", card.phone or "…"),
            ("Thư điện tử", card.email or "…"),
            ("Nơi tiếp nhận", org.tree().unit(dossier.reception_unit_id).name),
            ("Số lượng hồ sơ", f"{dossier.copies} bộ"),
            ("Thời gian giải quyết theo quy định", way.time if way else "…"),
            ("Thời gian nhận hồ sơ", _at(dossier.accepted_at)),
            ("Thời gian trả kết quả", _at(dossier.promised_at)),
            ("Đăng ký nhận kết quả", str(dossier.get_delivery_display())),
            ("Mã tra cứu", secret_on_paper(found.case)),
            ("Thành phần hồ sơ nộp gồm:",),
        ],
        rows,
        (1, 7, 2, 2, 4),
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
    unit = org.tree().unit(found.case.unit_id)
    return Sheet(
        FORMS["02"],
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
    return Sheet(
        FORMS["03"],
        [*_who(found, card), ("Ngày nộp", _at(found.case.opened_at)), ("Lý do không tiếp nhận", found.dossier.reason)],
        after=["Xin thông báo để ông/bà được biết và thực hiện."],
        signers=[("Người tiếp nhận hồ sơ", _last_actor(found, "dossier.refused"))],
    )


def _apology(found: Whole, card: PersonCard) -> Sheet:
    told = histories([found.case.id], ("dossier.extended",)).get(found.case.id, [])
    if not told:
        raise _wrong(_("Hồ sơ này chưa xin lỗi, hẹn lại lần nào."))
    data = told[-1].data
    return Sheet(
        FORMS["04"],
        [
            *_who(found, card),
            ("Ngày tiếp nhận", _at(found.dossier.accepted_at)),
            ("Thời hạn ban đầu", _at(found.dossier.promised_at)),
            ("Lý do chậm", str(data.get("reason", ""))),
            ("Thời gian trả kết quả mới", _at(_moment(data.get("due")))),
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
        FORMS["05"],
        [
            *_who(found, card),
            ("Ngày tiếp nhận", _at(found.dossier.accepted_at)),
            ("Hình thức", what),
            ("Lý do, căn cứ", found.dossier.reason),
            ("Thời điểm dừng", _at(found.case.closed_at)),
        ],
        after=["Giấy tờ bản chính đã nộp (nếu có) được trả lại; khoản tiền đã nộp được xử lý theo quy định."],
        signers=[("Đại diện cơ quan", _last_actor(found, f"dossier.{found.case.state}"))],
    )


def _control(found: Whole, card: PersonCard) -> Sheet:
    went = legs(found.case.id)
    if not went:
        raise _wrong(_("Hồ sơ chưa được tiếp nhận nên chưa có phiếu kiểm soát."))
    tree = org.tree()
    rows = [["Bước", "Đơn vị", "Nhận lúc", "Hạn", "Giao lúc, người giao", "Kết quả", "Ghi chú"]]
    for leg in went:
        done = "Đang làm" if leg.ended_at is None else ("Quá hạn" if leg.ended_at > leg.due_at else _earlier(leg))
        rows.append(
            [
                leg.name,
                tree.unit(leg.unit_id).short_name,
                _at(leg.started_at),
                _at(leg.due_at),
                f"{_at(leg.ended_at)}, {leg.ended_by}" if leg.ended_at else "",
                done,
                leg.note,
            ]
        )
    return Sheet(
        FORMS["06"], [*_who(found, card), ("Hẹn trả", _at(found.dossier.promised_at))], rows, (3, 4, 4, 4, 5, 3, 4)
    )


def _earlier(leg: Any) -> str:
    return "Trước hạn" if leg.due_at - leg.ended_at > timedelta(hours=1) else "Đúng hạn"


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
    rows = [
        [
            "STT",
            "Mã hồ sơ",
            "Thủ tục",
            "Số bộ",
            "Người nộp",
            "Cơ quan giải quyết",
            "Nhận",
            "Hẹn trả",
            "Trả",
            "Cách nhận",
        ]
    ]
    for number, case in enumerate(cases, 1):
        dossier: Dossier = case.dossier
        card = cards.get(case.person_id or 0)
        rows.append(
            [
                str(number),
                case.code,
                case.subject,
                str(dossier.copies),
                card[0].name if card else "",
                tree.unit(dossier.competent_unit_id).short_name,
                _day(dossier.accepted_at),
                _day(dossier.promised_at),
                _day(dossier.returned_at),
                str(dossier.get_delivery_display()),
            ]
        )
    return rows


def _day(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%d/%m/%Y}" if at is not None else ""


def letterhead(case: Case) -> dict[str, str]:
    """Whose paper it is, where and when."""
    tree = org.tree()
    unit = tree.unit(case.unit_id)
    parents = tree.ancestors(unit.id)
    today = timezone.localtime(moment.now())
    month = f"{today.month:02d}" if today.month < 3 else str(today.month)  # NĐ 30/2020
    place = places.area(unit.area_id).name if unit.area_id else unit.short_name
    return {
        "unit": unit.name,
        "parent": parents[0].name if parents else "",
        "place": place,
        "date": f"ngày {today.day:02d} tháng {month} năm {today.year}",
    }
