"""From answers to an amount, and the explanation that adds up to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from motcua.lib.fees.rules import MOST, WAYS, WHOLE_BP, Answers, FeeError, Fixed, FromTable, Percent, Rule, Steps
from motcua.lib.fees.tables import Table, table_of
from motcua.lib.money import money


@dataclass(frozen=True, slots=True)
class Line:
    """One step of the reckoning. The amounts of all lines together are the fee."""

    words: str
    words_en: str
    amount: int


@dataclass(frozen=True, slots=True)
class Reckoned:
    amount: int
    lines: tuple[Line, ...]

    @property
    def why(self) -> tuple[str, ...]:
        return self.why_in("vi")

    def why_in(self, language: str) -> tuple[str, ...]:
        """The explanation, line by line: “2 trang × 2.000 đ: 4.000 đ”."""
        return tuple(
            f"{line.words if language == 'vi' else line.words_en}: {money(line.amount, language)}"
            for line in self.lines
        )


@dataclass(frozen=True, slots=True)
class Claimed:
    """Somebody is exempt by the exemption ``code``, and ``evidence`` names what shows it: a file, a look-up."""

    code: str
    evidence: str


def share(amount: int, rate_bp: int) -> int:
    """``rate_bp`` of ``amount`` (not negative), to the nearest đồng, a half upwards."""
    return (amount * rate_bp + WHOLE_BP // 2) // WHOLE_BP


def amount(
    rule: Rule,
    answers: Answers,
    *,
    way: str,
    on: date,
    tables: Mapping[str, Table] | None = None,
    exemption: Claimed | None = None,
) -> Reckoned:
    """What is to be paid for these answers. ``on`` is the day whose prices count.

    Raises FeeError: an answer is missing or no number, the table has no row, no such exemption, no evidence for it.
    """
    if way not in WAYS:
        raise FeeError("way", f"không có cách nộp “{way}”")
    words = WAYS[way]
    of_way = rule.by_way.get(way)
    if of_way is not None and of_way.amount is not None:
        lines = [Line(words[0], words[1], of_way.amount)]
    else:
        lines = _price(rule.price, answers, on, tables or {})
        if of_way is not None:
            total = sum(line.amount for line in lines)
            less = share(total, of_way.factor_bp) - total
            part = _percent(of_way.factor_bp)
            lines.append(Line(f"{words[0]}: còn {part[0]}", f"{words[1]}: {part[1]} remains", less))
    if exemption is not None:
        lines.append(_exempted(rule, exemption, sum(line.amount for line in lines)))
    return Reckoned(sum(line.amount for line in lines), tuple(lines))


def _exempted(rule: Rule, claimed: Claimed, total: int) -> Line:
    exemption = rule.exemption(claimed.code)
    if not claimed.evidence.strip():
        raise FeeError("exemption", f"diện “{exemption.name}” phải có giấy tờ hoặc dữ liệu chứng minh")
    english = exemption.name_en or exemption.name
    less = total - share(total, WHOLE_BP - exemption.share_bp)
    if exemption.share_bp == WHOLE_BP:
        return Line(f"Miễn: {exemption.name}", f"Exempt: {english}", -less)
    part = _percent(exemption.share_bp)
    return Line(f"Giảm {part[0]}: {exemption.name}", f"Reduced by {part[1]}: {english}", -less)


def _price(
    price: Fixed | Steps | Percent | FromTable, answers: Answers, on: date, tables: Mapping[str, Table]
) -> list[Line]:
    match price:
        case Fixed(amount):
            return [Line("Mức thu cố định", "Fixed fee", amount)]
        case Steps():
            return _by_steps(price, answers)
        case Percent(base, rate_bp, least, most):
            return [_share_line(_base(base, answers), rate_bp), *_limits(_base(base, answers), rate_bp, least, most)]
    table = table_of(price, tables)
    words = {column: _word(path, answers) for column, path in price.match.items()} | dict(price.given)
    row = table.find(words, on)
    basis = f" ({row.basis})" if row.basis else ""
    name, name_en = f"{row.name}{basis}", f"{row.name_en or row.name}{basis}"
    if row.rate_bp is None:
        return [Line(name, name_en, row.amount or 0)]
    base_amount = _base(price.base, answers)
    line = _share_line(base_amount, row.rate_bp)
    return [
        Line(f"{name}: {line.words}", f"{name_en}: {line.words_en}", line.amount),
        *_limits(base_amount, row.rate_bp, row.least, row.most),
    ]


def _by_steps(price: Steps, answers: Answers) -> list[Line]:
    left = _count(price.count, answers)
    sets = _count(price.times, answers) if price.times else 1
    lines, one_set, before = [], 0, 0
    for units, unit_price in price.steps:
        taken = min(left, units) if units else left
        if taken:
            first = f" (từ {before + 1})" if before else ""
            first_en = f" (from {before + 1})" if before else ""
            lines.append(
                Line(f"{taken} × {money(unit_price)}{first}", f"{taken} × {money(unit_price, 'en')}{first_en}",
                     taken * unit_price)
            )  # fmt: skip
        one_set, left, before = one_set + taken * unit_price, left - taken, before + taken
    lines = lines or [Line("Số lượng 0", "Count 0", 0)]
    if price.most is not None and one_set > price.most:
        lines.append(_at_most(price.most, one_set))
        one_set = price.most
    if sets != 1:
        more = sets - 1
        lines.append(
            Line(f"{more} bản nữa × {money(one_set)}", f"{more} more × {money(one_set, 'en')}", one_set * more)
        )
    return lines


def _limits(base: int, rate_bp: int, least: int, most: int | None) -> list[Line]:
    found = share(base, rate_bp)
    if found < least:
        words = f"Mức thu tối thiểu {money(least)}", f"At least {money(least, 'en')}"
        return [Line(*words, least - found)]
    return [_at_most(most, found)] if most is not None and found > most else []


def _at_most(most: int, found: int) -> Line:
    return Line(f"Mức thu tối đa {money(most)}", f"At most {money(most, 'en')}", most - found)


def _share_line(base: int, rate_bp: int) -> Line:
    part = _percent(rate_bp)
    return Line(f"{part[0]} của {money(base)}", f"{part[1]} of {money(base, 'en')}", share(base, rate_bp))


def _percent(rate_bp: int) -> tuple[str, str]:
    """``50`` → “0,5%”, “0.5%”."""
    text = f"{rate_bp // 100}.{rate_bp % 100:02d}".rstrip("0").rstrip(".")
    return f"{text.replace('.', ',')}%", f"{text}%"


def _answer(path: str, answers: Answers) -> Any:
    found: Any = answers
    for step in path.split("."):
        found = found.get(step) if isinstance(found, Mapping) else None
    return found


def _number(path: str, answers: Answers) -> int:
    value = _answer(path, answers)
    if isinstance(value, list | tuple):
        return len(value)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST:
        raise FeeError(path, "chưa có số để tính phí, lệ phí")
    return value


def _count(path: str, answers: Answers) -> int:
    count = _number(path, answers)
    if count > 1_000_000:
        raise FeeError(path, "số lượng quá lớn")
    return count


def _base(paths: Sequence[str], answers: Answers) -> int:
    if not paths:
        raise FeeError("rule.base", "bảng tính theo phần trăm mà quy tắc không nói giá tính ở đâu")
    return max(_number(path, answers) for path in paths)


def _word(path: str, answers: Answers) -> str:
    value = _answer(path.removesuffix("?"), answers)
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str | int) and value != "":
        return str(value)
    if path.endswith("?"):
        return ""
    raise FeeError(path, "chưa có câu trả lời để tính phí, lệ phí")
