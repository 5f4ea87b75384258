"""The national list of procedures, one JSON object a line, as the portal publishes it: much of it runs together.

What can be read becomes parts of a procedure. What cannot is kept as it was written, and told.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import zip_longest
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from motcua.kernel.procedures.kind import Body, BodyError
from motcua.lib.vietnamese import clean, fold, slug
from motcua.lib.worktime import Duration

NOTHING: Final = frozenset({"", "khong co thong tin", "khong", "khong co", "khong quy dinh"})
LEVELS: Final = {"cap xa": "commune", "cap tinh": "province", "cap bo": "ministry", "co quan khac": "other"}
WAYS: Final = {"truc tuyen": "online", "truc tiep": "counter", "dich vu buu chinh": "post"}
WHO: Final = {
    "cong dan viet nam": "citizen",
    "to chuc (khong bao gom doanh nghiep": "organisation",
    "to chuc dang": "organisation",
    "to chuc nuoc ngoai": "organisation",
    "doanh nghiep": "business",
    "doanh nghiep viet nam": "business",
    "doanh nghiep co von dau tu nuoc ngoai": "business",
    "hop tac xa": "business",
    "nguoi nuoc ngoai": "foreigner",
    "nguoi nuoc ngoai cu tru tai viet nam": "foreigner",
    "nguoi viet nam dinh cu o nuoc ngoai": "overseas",
    "can bo": "official",
    "cong chuc": "official",
    "vien chuc": "official",
    "dang vien": "official",
}
ROW_PARTS: Final = {  # what is read out of a row's running text
    "level": _("Cấp giải quyết"),
    "ways": _("Cách nộp"),
    "times": _("Thời gian"),
    "fees": _("Phí, lệ phí"),
    "papers": _("Giấy tờ"),
    "results": _("Kết quả"),
    "basis": _("Căn cứ pháp lý"),
}

_PAPERS_HEAD: Final = "Tên giấy tờMẫu đơn, tờ khaiSố lượng"
_WAYS_HEAD: Final = "Hình thức nộpThời gianPhí, lệ phíMô tả"
_BASIS_HEAD: Final = "Tên văn bản pháp lýMã văn bản"
_COUNT: Final = re.compile(r"(\d{1,2}) bản chính(?:,\s*(\d{1,2}) bản sao)?|(\d{1,2}) bản sao")
_FILE: Final = re.compile(r"(?<=[a-zà-ỹ0-9.;:)])([A-ZĐ](?:[^.;:]|\.(?=[ \d])){0,90}\.(?:docx?|xlsx?|pdf|rar|zip))$")
_RESULT: Final = re.compile(r"(.*?)Mã:\s*(KQ(?:\.[A-Z]\d{1,3})?(?:\.\d{6})?)", re.DOTALL)
_AGENCIES: Final = (
    "BLĐTBXH BNNPTNT BNN&PTNT BVHTTDL TANDTC VKSNDTC BNNMT BTNMT BKHĐT BKHCN BGTVT BTTTT BGDĐT NHNN HĐND UBND VPCP"
    " TTCP BTC BCA BTP BXD BCT BNV BYT BQP BNG BNN BTM BTS BCN BYT UBDT TTg CP BCY TLĐ"
)
_LAW: Final = re.compile(
    r"\d{1,4}(?:/\d{4})?/(?:QH\d{2}|UBTVQH\d{1,2}|"
    rf"(?:[A-ZĐ]{{1,6}}-)+(?:{'|'.join(_AGENCIES.split())})"
    r"|[A-ZĐ][A-ZĐ0-9]*(?:-[A-ZĐ]+)*(?=[A-ZĐ][a-zà-ỹ]|[^\w]|$))"
)
_WAY: Final = re.compile(
    r"(Trực tiếp|Trực tuyến|Dịch vụ bưu chính)"
    r"(Không có thông tin|\d+(?:[.,]\d+)?(?: (?:Ngày làm việc|Ngày|Giờ|Tháng))?)"
    r"(Không có thông tin|Miễn phí|[\d,.]+ ?(?:Việt Nam Đồng|VNĐ|USD)?)"
)
_PLAIN_FEE: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)\s*(Việt Nam Đồng|VNĐ|đồng)?", re.IGNORECASE)
LEAST_FEE: Final = 1_000  # “135 VNĐ” was meant to be thousands: nobody may guess


@dataclass
class Row:
    """One row: the procedure, or None when it has no code or name; and for each part whether it could be read."""

    code: str
    body: Body | None = None
    field_name: str = ""
    read: dict[str, bool] = field(default_factory=dict)  # parts that were there
    problems: list[tuple[str, str]] = field(default_factory=list)  # (part, what stands there)
    _unread: dict[str, str] = field(default_factory=dict)

    def keep(self, part: str, text: str) -> None:
        """It stays as it was written."""
        self.read[part] = False
        self.problems.append((part, text[:200]))
        self._unread[part] = text


def read_row(given: Mapping[str, Any], *, on: date) -> Row:
    """``on`` is the day from which it is shown; the list does not tell when a procedure began."""
    texts = {key: _text(value) for key, value in given.items() if isinstance(value, str)}
    row = Row(texts.get("ma_thu_tuc", ""))
    row.field_name = texts.get("linh_vuc") or "Khác"
    raw = given.get("_parsed")
    parsed: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    levels = _levels(row, texts.get("cap_thuc_hien", ""))
    ways, fees = _ways(row, texts.get("cach_thuc_thuc_hien", ""), parsed.get("cach_thuc"))
    table = {
        "code": row.code,
        "name": _name(texts.get("ten_thu_tuc", "")),
        "decision": texts.get("so_quyet_dinh", "")[:80],
        "field": slug(row.field_name)[:80].strip("-"),
        "level": levels[0],
        "other_levels": levels[1:],
        "online": "info",
        "who": _who(texts.get("doi_tuong_thuc_hien", "")),
        "steps": texts.get("trinh_tu_thuc_hien", ""),
        "conditions": texts.get("yeu_cau_dieu_kien", ""),
        "basis": _basis(row, texts.get("can_cu_phap_ly", "")),
        "valid_from": on,
        "results": _results(row, texts.get("ket_qua_xu_ly", ""), parsed.get("ket_qua")),
        "ways": ways,
        "fees": fees,
        "cases": _cases(row, texts.get("thanh_phan_ho_so", "")),
        "agency": _line(texts.get("co_quan_thuc_hien", "") or texts.get("co_quan_co_tham_quyen", "")),
        "partners": _line(texts.get("co_quan_phoi_hop", "")),
        "reception": texts.get("dia_chi_tiep_nhan", ""),
        "url": url if (url := texts.get("detail_url", "")).startswith("https://") else "",
        "unread": row._unread,
    }
    try:
        row.body = Body.parse(table, is_imported=True)
    except BodyError as error:
        row.problems += [(mistake.path, mistake.text) for mistake in error.mistakes]
    return row


def _text(value: str) -> str:
    value = clean(value).strip()
    return "" if fold(value).strip(" .-") in NOTHING else value


def _line(value: str) -> str:
    return " ".join(value.split())[:2000]


def _name(value: str) -> str:
    """“Thủ tục đăng ký khai sinh” → “Đăng ký khai sinh”."""
    value = " ".join(value.split())
    if match := re.match(r"thủ tục:? +(?=\w)", value, re.IGNORECASE):
        value = value[match.end() :]
    return value[:1].upper() + value[1:600]


def _levels(row: Row, text: str) -> list[str]:
    found = {LEVELS[word] for part in text.split(",") if (word := fold(part)) in LEVELS}
    row.read["level"] = bool(found)
    if not found:
        row.keep("level", text or "–")
    return [level for level in LEVELS.values() if level in found] or ["other"]


def _who(text: str) -> list[str]:
    return list(dict.fromkeys(WHO[word] for part in text.split(",") if (word := fold(part)) in WHO))


# ── Ways, times, fees ───────────────────────────────────────────────────────────────────────────────────────────────


@dataclass
class _Way:
    times: list[str] = field(default_factory=list)
    fees: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def _ways(row: Row, text: str, parsed: object) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    if not text:
        return [], []
    found: dict[str, _Way] = {}
    for name, time, fee, note in _way_rows(text, parsed):
        if (way := WAYS.get(fold(name))) is None:
            continue
        each = found.setdefault(way, _Way())
        each.times.append(_text(time))
        each.fees.append(_text(fee))
        each.notes.append(_text(note))
    if not found:
        row.keep("ways", text)
        return [], []
    row.read["ways"] = True
    fees, unread = _fees(row, found)
    return [_way(row, name, way, unread.get(name, "")) for name, way in found.items()], fees


def _way_rows(text: str, parsed: object) -> Iterable[tuple[str, str, str, str]]:
    if isinstance(parsed, list) and all(isinstance(item, dict) for item in parsed) and parsed:
        for item in parsed:
            yield tuple(str(item.get(key) or "") for key in ("hinh_thuc", "thoi_gian", "phi", "mo_ta"))  # type: ignore[misc]
        return
    text = text.removeprefix(_WAYS_HEAD)
    matches = list(_WAY.finditer(text))
    for match, following in zip_longest(matches, matches[1:]):
        yield match[1], match[2], match[3], text[match.end() : following.start() if following else len(text)]


def _way(row: Row, name: str, way: _Way, fee_text: str) -> dict[str, Any]:
    notes = list(dict.fromkeys(filter(None, way.notes)))
    times = set(filter(None, way.times))
    kept: dict[str, Any] = {"way": name, "note": "\n".join(notes), "fee_text": fee_text}
    duration = _duration(next(iter(times))) if len(times) == 1 else None
    if duration is not None:
        kept["time"] = str(duration)
        row.read.setdefault("times", True)
    elif times:
        lines = [f"{time}: {note}" if note else time for time, note in zip(way.times, way.notes, strict=True) if time]
        kept["time_text"] = "\n".join(dict.fromkeys(lines))[:2000]
        row.read["times"] = False
        row.problems.append(("times", kept["time_text"][:200]))
    return kept


def _duration(text: str) -> Duration | None:
    """Hours and bare numbers are not told apart from working hours: they stay text."""
    try:
        return Duration.parse(text)
    except ValueError:
        return None


def _fees(row: Row, ways: Mapping[str, _Way]) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """One fee when each way has one sum; else what was published stays with its way."""
    amounts: dict[str, int] = {}
    for name, way in ways.items():
        fees = set(filter(None, way.fees))
        amount = _amount(next(iter(fees))) if len(fees) == 1 else None
        if amount is not None:
            amounts[name] = amount
    if len(amounts) == len(ways):
        row.read["fees"] = True
        usual = max(amounts.values())
        by_way = {name: amount for name, amount in amounts.items() if amount != usual}
        fee = {"code": "PHI", "name": "Phí, lệ phí", "kind": "phi", "rule": {"type": "fixed", "amount": usual}}
        return [{**fee, "by_way": by_way} if by_way else fee], {}
    texts = {
        name: "\n".join(
            dict.fromkeys(
                f"{fee}: {note}" if note else fee for fee, note in zip(way.fees, way.notes, strict=True) if fee
            )
        )
        for name, way in ways.items()
    }
    told = {name: text for name, text in texts.items() if text}
    if told:
        row.read["fees"] = False
        row.problems.append(("fees", next(iter(told.values()))[:200]))
    return [], told


def _amount(text: str) -> int | None:
    """Whole đồng. A number without a currency, or too small to be one, may be anything."""
    if fold(text) == "mien phi":
        return 0
    match = _PLAIN_FEE.fullmatch(text.strip())
    if match is None:
        return None
    amount = int(match[1].replace(",", ""))
    return amount if amount == 0 or (amount >= LEAST_FEE and match[2]) else None


# ── Papers, results, legal basis ────────────────────────────────────────────────────────────────────────────────────


def _cases(row: Row, text: str) -> list[dict[str, Any]]:
    """Heading of a case, the heads of the columns, papers that end with how many; again for each case."""
    if not text:
        return []
    parts = text.split(_PAPERS_HEAD)
    cases: list[dict[str, Any]] = []
    heading, rest = parts[0], parts[1:]
    for number, part in enumerate(rest):
        papers, after = _papers(part)
        if not papers:
            row.keep("papers", text)
            return []
        name = _line(heading.strip(" -")) or ("" if len(rest) == 1 else f"Trường hợp {number + 1}")
        key = f"th-{number + 1}" if len(rest) > 1 else ""
        cases.append({"key": key, "name": name, "papers": papers})
        heading = after
    if not cases or heading.strip(" -"):
        row.keep("papers", text)
        return cases
    row.read["papers"] = True
    return cases


def _papers(text: str) -> tuple[list[dict[str, Any]], str]:
    papers: list[dict[str, Any]] = []
    at = 0
    for match in _COUNT.finditer(text):
        if not (name := text[at : match.start()].strip().lstrip("-+*• ")):
            continue
        paper: dict[str, Any] = {
            "code": f"GT.{len(papers) + 1}",
            "name": name,
            "originals": int(match[1] or 0),
            "copies": int(match[2] or match[3] or 0),
        }
        if template := _FILE.search(name):
            paper["name"] = name[: template.start()].strip() or name
            paper["note"] = f"Mẫu: {template[1]}"
        papers.append(paper)
        at = match.end()
    return papers, text[at:]


def _results(row: Row, text: str, parsed: object) -> list[dict[str, Any]]:
    if not text:
        return []
    found = [(name.strip(), code) for name, code in _RESULT.findall(text)]
    if not found and isinstance(parsed, list):
        found = [(str(item.get("ten") or ""), str(item.get("ma") or "")) for item in parsed if isinstance(item, dict)]
    results: dict[str, dict[str, Any]] = {}
    for name, code in found:
        if not name:
            continue
        own = f"KQ.{row.code}.{len(results) + 1}"
        unique = code if code.count(".") == 2 and code not in results else own
        results[unique] = {"code": unique, "name": _line(name)[:600]}
    row.read["results"] = bool(results)
    if not results:
        row.keep("results", text)
    return list(results.values())


def _basis(row: Row, text: str) -> list[dict[str, Any]]:
    """Names and numbers run together: “Luật Quản lý thuế38/2019/QH14Nghị định …”."""
    if not text:
        return []
    rest = text.removeprefix(_BASIS_HEAD)
    found: list[dict[str, Any]] = []
    at = 0
    matches = list(_LAW.finditer(rest))
    for match, following in zip_longest(matches, matches[1:]):
        after = rest[match.end() : match.end() + 1]
        if following is not None and following.start() == match.end() and match.start() > at:
            continue  # the number in a name, and then the number itself
        if after == "" or after.isupper() or after.isdigit() or after in '“"(':
            name = re.sub(
                r"(?:,? *(?:Luật|Nghị định|Thông tư|Quyết định|Nghị quyết))? *[Ss]ố:? *$", "", rest[at : match.start()]
            )
            found.append({"number": match[0], "name": _line(name)[:600] or match[0]})
            at = match.end()
    left = rest[at:].strip(" .,;")
    if not found or left:
        row.keep("basis", text)
    else:
        row.read["basis"] = True
    return found
