"""Rules as they are written in a procedure, read strictly: a wrong value and a key that nobody reads are both named."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

WHOLE_BP: Final = 10_000
MOST: Final = 10**15  # đồng
WAYS: Final = {
    "online": ("Nộp trực tuyến", "Filed online"),
    "counter": ("Nộp tại quầy", "Filed at the counter"),
    "post": ("Nộp qua bưu chính", "Filed by post"),
}

Answers: TypeAlias = Mapping[str, Any]


class FeeError(ValueError):
    """``path`` is the key of the rule, or the answer, that is wrong; ``message`` says in Vietnamese what to write."""

    def __init__(self, path: str, message: str) -> None:
        super().__init__(f"{path}: {message}" if path else message)
        self.path, self.message = path, message


@dataclass(frozen=True, slots=True)
class Fixed:
    amount: int


@dataclass(frozen=True, slots=True)
class Steps:
    """Units by price: ``steps`` are (units, price of one); 0 units: all that are left."""

    count: str
    steps: tuple[tuple[int, int], ...]
    most: int | None
    times: str


@dataclass(frozen=True, slots=True)
class Percent:
    base: tuple[str, ...]
    rate_bp: int
    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class FromTable:
    """``match`` maps a column to an answer; a path that ends with ``?`` may be unanswered. ``given`` are words."""

    table: str
    base: tuple[str, ...]
    match: Mapping[str, str]
    given: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Exemption:
    """``share_bp`` of the fee is not asked for when ``paper`` or ``registry`` shows it."""

    code: str
    name: str
    name_en: str
    share_bp: int
    paper: str
    registry: str


@dataclass(frozen=True, slots=True)
class OfWay:
    """``amount`` instead of everything, or ``factor_bp`` of what the rule gives."""

    amount: int | None
    factor_bp: int


@dataclass(frozen=True, slots=True)
class Rule:
    price: Fixed | Steps | Percent | FromTable
    by_way: Mapping[str, OfWay] = field(default_factory=dict)
    exemptions: tuple[Exemption, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The answers that must be there before the fee is known."""
        match self.price:
            case Steps(count, _steps, _most, times):
                return (count, times) if times else (count,)
            case Percent(base):
                return base
            case FromTable(_table, base, match):
                return (*base, *(path for path in match.values() if not path.endswith("?")))
        return ()

    @property
    def asked(self) -> tuple[str, ...]:
        """The answers that it looks at, also those that are not always given."""
        if isinstance(self.price, FromTable):
            return (*self.price.base, *(path.rstrip("?") for path in self.price.match.values()))
        return self.paths

    def exemption(self, code: str) -> Exemption:
        for exemption in self.exemptions:
            if exemption.code == code:
                return exemption
        raise FeeError("exemption", f"khoản thu này không có diện miễn, giảm “{code}”")


class _Body:
    """A table of the rule that is read key by key: a wrong value and a key that nobody reads are both named."""

    def __init__(self, body: object, path: str) -> None:
        if not isinstance(body, Mapping):
            raise FeeError(path, "phải là một bảng các khoá")
        self.body, self.path = dict(body), path

    def at(self, key: str) -> str:
        return f"{self.path}.{key}" if self.path else key

    def whole(self, key: str, default: int | None = None, *, least: int = 0, most: int = MOST) -> int:
        value = self.body.pop(key, default)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise FeeError(self.at(key), f"phải là số nguyên từ {least} đến {most}")
        return value

    def maybe(self, key: str, *, least: int = 0) -> int | None:
        return self.whole(key, least=least) if key in self.body else None

    def text(self, key: str, default: str | None = None) -> str:
        value = self.body.pop(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            raise FeeError(self.at(key), "phải là chữ, không để trống")
        return value.strip()

    def texts(self, key: str) -> dict[str, str]:
        value = self.body.pop(key, {})
        if not isinstance(value, Mapping) or not all(isinstance(part, str) and part for part in value.values()):
            raise FeeError(self.at(key), "phải là bảng khoá = chữ")
        return dict(value)

    def paths(self, key: str) -> tuple[str, ...]:
        value = self.body.pop(key, ())
        found = (value,) if isinstance(value, str) else tuple(value) if isinstance(value, list | tuple) else ()
        if not found or not all(isinstance(path, str) and path for path in found):
            raise FeeError(self.at(key), "phải là tên một câu trả lời, hoặc danh sách các tên")
        return found

    def done(self) -> None:
        if self.body:
            raise FeeError(self.at(next(iter(self.body))), "không biết khoá này")


def parse_rule(
    rule: Mapping[str, Any], *, by_way: Mapping[str, Any] | None = None, exempt: Sequence[Mapping[str, Any]] = ()
) -> Rule:
    """The rule as written in a procedure. Raises FeeError that names the key and what to write.

    ``by_way``: ``{online = 0}`` is the whole amount for that way; ``{online = {factor_bp = 5000}}`` half of it.
    ``exempt``: each with ``code``, ``name``, ``paper`` or ``registry`` as evidence, ``share_bp`` (default: all of it).
    """
    body = _Body(rule, "rule")
    kind = body.text("type")
    price: Fixed | Steps | Percent | FromTable
    match kind:
        case "fixed":
            price = Fixed(body.whole("amount"))
        case "per_unit":
            price = _per_unit(body)
        case "tiers":
            price = Steps(body.text("count"), _steps(body), body.maybe("max"), body.text("times", ""))
        case "percent":
            rate = body.whole("rate_bp", most=WHOLE_BP)
            price = Percent(body.paths("base"), rate, body.whole("min", 0), body.maybe("max"))
            _check_limits(price.least, price.most, body)
        case "table":
            base = body.paths("base") if "base" in body.body else ()
            price = FromTable(body.text("table"), base, body.texts("match"), body.texts("given"))
            if twice := price.match.keys() & price.given.keys():
                raise FeeError("rule.given", f"“{min(twice)}” đã có trong match")
        case _:
            raise FeeError("rule.type", f"không có “{kind}”; viết một trong: fixed, per_unit, tiers, percent, table")
    body.done()
    return Rule(price, _by_way(by_way or {}, price), _exemptions(exempt))


def _per_unit(body: _Body) -> Steps:
    unit, free = body.whole("unit_amount"), body.whole("free", 0)
    steps = ((free, 0), (0, unit)) if free else ((0, unit),)
    return Steps(body.text("count"), steps, body.maybe("max"), body.text("times", ""))


def _steps(body: _Body) -> tuple[tuple[int, int], ...]:
    value = body.body.pop("steps", None)
    if not isinstance(value, list | tuple) or not value:
        raise FeeError(body.at("steps"), "phải là danh sách [số lượng, đơn giá], như [[2, 2000], [0, 1000]]")
    steps = []
    for number, step in enumerate(value):
        path = f"{body.at('steps')}[{number}]"
        if not isinstance(step, list | tuple) or len(step) != 2:
            raise FeeError(path, "phải là [số lượng, đơn giá]")
        pair = _Body({"units": step[0], "price": step[1]}, path)
        steps.append((pair.whole("units"), pair.whole("price")))
        if (steps[-1][0] == 0) != (number == len(value) - 1):
            raise FeeError(path, "bậc cuối, và chỉ bậc cuối, có số lượng 0 (tất cả phần còn lại)")
    return tuple(steps)


def _check_limits(least: int, most: int | None, body: _Body) -> None:
    if most is not None and most < least:
        raise FeeError(body.at("max"), "nhỏ hơn min")


def _by_way(given: Mapping[str, Any], price: Fixed | Steps | Percent | FromTable) -> dict[str, OfWay]:
    found = {}
    for way, value in given.items():
        if way not in WAYS:
            raise FeeError(f"by_way.{way}", f"không có cách nộp này; viết một trong: {', '.join(WAYS)}")
        body = _Body(value if isinstance(value, Mapping) else {"amount": value}, f"by_way.{way}")
        amount = body.maybe("amount")
        factor = body.maybe("factor_bp")
        body.done()
        if (amount is None) == (factor is None) or (factor or 0) > WHOLE_BP:
            raise FeeError(f"by_way.{way}", "ghi một trong hai: amount (đồng) hoặc factor_bp (0 đến 10000)")
        if amount and not isinstance(price, Fixed):  # the price of one unit, or of all? Nobody could tell.
            raise FeeError(f"by_way.{way}", "chỉ khoản thu cố định mới ghi số tiền khác 0; ghi factor_bp")
        found[way] = OfWay(amount, WHOLE_BP if factor is None else factor)
    return found


def _exemptions(given: Sequence[Mapping[str, Any]]) -> tuple[Exemption, ...]:
    found: dict[str, Exemption] = {}
    for number, value in enumerate(given):
        body = _Body(value, f"exempt[{number}]")
        exemption = Exemption(
            body.text("code"),
            body.text("name"),
            body.text("name_en", ""),
            body.whole("share_bp", WHOLE_BP, least=1, most=WHOLE_BP),
            body.text("paper", ""),
            body.text("registry", ""),
        )
        body.done()
        if not exemption.paper and not exemption.registry:
            raise FeeError(body.path, "phải có paper hoặc registry: giấy tờ hay cơ sở dữ liệu chứng minh")
        if exemption.code in found:
            raise FeeError(body.at("code"), f"“{exemption.code}” đã có ở trên")
        found[exemption.code] = exemption
    return tuple(found.values())
