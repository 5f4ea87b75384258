"""Believable reports and what became of them, made through the real actions under a moved clock. Invented people."""

from __future__ import annotations

import io
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from motcua.kernel.cases.actions.sweeping import sweep_past
from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.cases.queries.reading import cases_of, files_of
from motcua.kernel.files.actions import store_file
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Actor, Link, Role
from motcua.kernel.identity.queries import list_officers, officer_actor
from motcua.kernel.org import queries as org
from motcua.kernel.places import queries as places
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.management.demo.pictures import draw
from motcua.modules.incidents.models import Phrase
from motcua.modules.incidents.queries.public import public_cases, reopen_days

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Phan", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLES = ("Văn Thử", "Thị Mẫu", "Ví", "Thí", "Giả", "Thị Thử", "Minh Mẫu")
GIVEN = (
    "An",
    "Bình",
    "Chi",
    "Dũng",
    "Giang",
    "Hạnh",
    "Hòa",
    "Khánh",
    "Lan",
    "Mai",
    "Nam",
    "Oanh",
    "Phúc",
    "Quân",
    "Sơn",
    "Tú",
)
STREETS = (
    "Phan Đình Phùng", "Hai Bà Trưng", "Bùi Thị Xuân", "Hải Thượng", "Yersin", "Trần Phú", "Nguyễn Văn Trỗi",
    "Xô Viết Nghệ Tĩnh", "Phù Đổng Thiên Vương", "Mai Anh Đào", "Trần Quý Cáp", "Hùng Vương", "Pasteur", "Lý Tự Trọng",
)  # fmt: skip
COMMON = (
    ("street-lighting", 16), ("waste", 14), ("road-damage", 13), ("drainage", 10), ("trees", 9), ("sidewalk-order", 8),
    ("construction-order", 6), ("noise", 5), ("water-supply", 4), ("power", 4), ("traffic", 4), ("stray-animals", 3),
    ("pollution", 3), ("telecom", 2), ("food-safety", 2), ("security", 2), ("procedures", 2), ("official-conduct", 2),
)  # fmt: skip
RESULTS = {
    "street-lighting": "Đã thay bóng và kiểm tra lại dây, đèn sáng từ tối nay.",
    "waste": "Đã thu gom hết rác, rửa mặt đường và nhắc các hộ gần đó bỏ rác đúng giờ.",
    "road-damage": "Đã vá mặt đường bằng bê tông nhựa nguội, lu phẳng, xe đi lại bình thường.",
    "drainage": "Đã nạo vét hố ga, thông cống, nước rút hết trong buổi sáng.",
    "trees": "Đã cắt cành gãy, thu dọn và chằng chống cây.",
}
OTHER_RESULT = "Đã kiểm tra, xử lý tại chỗ và nhắc nhở các bên liên quan. Đơn vị theo dõi thêm một tuần."
SHOWN = 11  # reports that ``Teller.show`` makes: one for each state, and one to be merged into another
REASONS = ("chờ vật tư về kho", "mưa lớn nhiều ngày, chưa thi công được", "cần đơn vị điện lực cắt điện để làm an toàn")


@dataclass
class Teller:
    """Makes reports and moves them on. ``dice`` makes the same history from the same seed."""

    dice: random.Random
    with_pictures: bool = True
    phrases: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for category, text in Phrase.objects.filter(source="pack").values_list("category", "text"):
            if len(text) >= 18:
                self.phrases.setdefault(category, []).append(text)
        self._communes = [
            area for area in places.areas().in_force("commune") if org.tree().commune_unit(area.id) is not None
        ]
        staffed = {row.unit_id for row in list_officers(None)}
        tree = org.tree()
        # Most of it happens where the staff is complete.
        self._lively = [
            area
            for area in self._communes
            if (unit := tree.commune_unit(area.id)) and any(child.id in staffed for child in tree.children(unit.id))
        ] or self._communes

    # ── One report ──────────────────────────────────────────────────────────────────────────────────────────────────

    def report(self, at: datetime, *, about: str = "", like: Case | None = None) -> Case:
        """Somebody reports something at ``at``; in the category ``about``, or the same as another report."""
        codes = [code for code, _weight in COMMON if code in self.phrases]
        category = about or self.dice.choices(codes, [weight for code, weight in COMMON if code in self.phrases])[0]
        lat, lon = self._point()
        if like is not None and like.lat is not None and like.lon is not None:
            lat, lon = like.lat + 0.0001, like.lon
        named = self.dice.random() < 0.7
        street = self.dice.choice(STREETS)
        with moment.at(at):
            files = []
            if self.with_pictures and self.dice.random() < 0.55:
                files = [store_file(io.BytesIO(draw(category, self.dice)), actor=SYSTEM, declared_name="anh.jpg").pk]
            new = NewIncident(
                text=self.dice.choice(self.phrases[category]),
                # Two in three leave the choice to the classifier, as people do.
                category=category if about or self.dice.random() < 0.34 else "",
                lat=lat,
                lon=lon,
                address=f"{'gần ' if self.dice.random() < 0.3 else ''}{self.dice.randint(1, 240)} {street}",
                name=f"{self.dice.choice(FAMILIES)} {self.dice.choice(MIDDLES)} {self.dice.choice(GIVEN)}"
                if named
                else "",
                phone=f"0900{self.dice.randint(0, 999_999):06}" if named else "",
                is_danger=self.dice.random() < 0.02,
                channel=self.dice.choices(("web", "phone"), (8, 2))[0],
                file_ids=files,
            )
            return submit_incident(new, actor=SYSTEM if files else ANONYMOUS).case

    def _point(self) -> tuple[float, float]:
        area = self.dice.choice(self._lively if self.dice.random() < 0.88 else self._communes)
        for _ in range(20):
            lat, lon = area.lat + self.dice.gauss(0, 0.006), area.lon + self.dice.gauss(0, 0.006)
            found = places.commune_at(lat, lon)
            if found is not None and found.id == area.id:
                return lat, lon
        return area.lat, area.lon

    # ── What becomes of it ──────────────────────────────────────────────────────────────────────────────────────────

    def tell(self, case: Case, until: datetime) -> None:
        """Move ``case`` on, step by step, as far as its luck goes and ``until`` allows."""
        luck = self.dice.random()
        if luck < 0.03:
            self._step(case, self._later(case.opened_at, 1, 5), until, self._reject)
        elif (at := self._work(case, case.opened_at, until)) is not None and luck > 0.975:
            again = self._later(at, 100, 900)
            if self._step(case, again, until, self._reopen):
                self._work(case, again, until)
        case.refresh_from_db(fields=["state", "closed_at"])
        over = case.closed_at + timedelta(days=reopen_days()) if case.closed_at else until
        if over < until and case.state != "rejected":  # nobody had it reopened: the worker closes it for good
            with moment.at(over):
                working.close_incident(case.id, actor=SYSTEM)
        sweep_past(case.id, until)

    def show(self, now: datetime) -> None:
        """The newest reports: one for each state, so that every page has something to show. SHOWN of them."""
        told, merged = {}, now - timedelta(minutes=10)  # the last that happens
        for state, steps in self._ways().items():
            at = now - timedelta(minutes=self.dice.randint(180, 1_800))
            case = self.report(at, about="official-conduct" if state == "answered" else "street-lighting")
            for step in steps:
                later = self._later(at, 5, 50)
                at = later if later < merged else at + (merged - at) / 4  # outside working hours somebody is on duty
                self._step(case, at, now, step)
            told[state] = case
        kept = told["in_progress"]
        twin = self.report(now - timedelta(minutes=self.dice.randint(20, 170)), about="street-lighting", like=kept)
        sweep_past(kept.id, merged)
        self._step(twin, merged, now, lambda case: self._merge(case, kept.code))
        for case in (*told.values(), twin):
            sweep_past(case.id, now)

    def _ways(self) -> dict[str, tuple[Callable[[Case], None], ...]]:
        done = (self._take, self._visit, self._resolve)
        return {
            "submitted": (self._return,),
            "dispatched": (),
            "accepted": (self._accept,),
            "in_progress": (self._take, self._join, self._visit, self._still_there),
            "info_requested": (self._take, self._ask),
            "resolved": done,
            "published": (*done, self._approve),
            "answered": (*done, self._approve),
            "closed": (*done, self._approve, self._rate, self._close),
            "rejected": (self._reject,),
        }

    def _work(self, case: Case, at: datetime, until: datetime) -> datetime | None:
        """From receiving to the rating, starting at ``at``; when it was done, or None when it was not."""
        slow = self.dice.random() < 0.08  # one in twelve breaks its promise
        for number, step in enumerate((self._receive, self._visit, self._reply, self._resolve, self._approve)):
            low, high = ((1, 90), (10, 110), (5, 120), (60, 700), (10, 120))[number]
            stretch = 6 if slow and number == 3 else 1
            at = self._later(at, low, high * stretch)
            if not self._step(case, at, until, step):
                return None
            if number == 2 and self.dice.random() < 0.06:
                at = self._ask_and_answer(case, at, until)
            if number < 3 and self.dice.random() < 0.1:
                later = self._later(at, 1, 20)
                at = later if self._step(case, later, until, self._join if number < 2 else self._still_there) else at
            if number == 2 and slow and self.dice.random() < 0.5:
                later = self._later(at, 20, 100)
                at = later if self._step(case, later, until, self._extend) else at
        if self.dice.random() < 0.4:
            at = self._later(at, 60, 900)
            self._step(case, at, until, self._rate)
        return at

    def advance(self, case: Case) -> bool:
        """One step now, for the living demonstration. False when nobody can do anything with it."""
        now = moment.now()
        step: Callable[[Case], object] | None = {
            "submitted": self._send_on,
            "dispatched": self._receive,
            "accepted": self._visit,
            "in_progress": self._resolve if case.incident.visited_at else self._visit,
            "resolved": self._approve,
        }.get(case.state)
        return step is not None and self._step(case, now, now, step)

    def speak_up(self) -> tuple[str, Case] | None:
        """What people do now and then: they rate what was done, have it reopened, met it too. A mark for it, and the
        case; None when there is nothing of that kind just now."""
        done = cases_of("incident").filter(state__in=["published", "answered"])
        mark, step, among = self.dice.choices(
            (
                ("★", self._rate, done.filter(ratings__isnull=True)),
                ("↺", self._reopen, done.filter(closed_at__gte=moment.now() - timedelta(days=reopen_days()))),
                ("&", self._join, public_cases().filter(closed_at__isnull=True)),
            ),
            (5, 1, 4),
        )[0]
        newest = list(among.order_by("-updated_at").values_list("id", flat=True)[:30])
        if not newest:
            return None
        case, now = cases_of("incident").get(pk=self.dice.choice(newest)), moment.now()
        return (mark, case) if self._step(case, now, now, step) else None

    def _step(self, case: Case, at: datetime, until: datetime, step: Callable[[Case], object]) -> bool:
        """Do it at ``at``; False when that lies ahead, or when the rules do not allow it."""
        if at > until:
            return False
        sweep_past(case.id, at)
        with moment.at(at):
            case.refresh_from_db()
            try:
                step(case)
            except Refused:
                return False
        return True

    def _later(self, at: datetime, least: int, most: int) -> datetime:
        """Some working minutes later: officials act in working hours."""
        calendar, _version = org.unit_calendar(org.tree().in_force[0].id)
        return calendar.add(calendar.next_open(at), self.dice.randint(least, max(least, most)))

    def _by(self, case: Case, roles: Sequence[Role]) -> Actor:
        """An officer at the case's unit, or above it, who holds one of ``roles``."""
        tree = org.tree()
        for unit_id in (case.unit_id, *(unit.id for unit in tree.ancestors(case.unit_id))):
            found = [number for number, held in _staff().get(unit_id, ()) if held & set(roles)]
            if found:
                return _actor(self.dice.choice(found))
        raise Refused("nobody", f"nobody with {roles} at {case.unit_id}")

    def _receive(self, case: Case) -> None:
        if case.state == "submitted":
            self._send_on(case)
            case.refresh_from_db()
        if case.state != "dispatched":
            return
        worker = self._by(case, [Role.SPECIALIST, Role.LEADER])
        if self.dice.random() < 0.5:
            receiving.take_incident(case.id, actor=worker, public_file_ids=_photos(case))
        else:
            leader = self._by(case, [Role.LEADER])
            receiving.assign_incident(case.id, actor=leader, officer_id=worker.id or 0, public_file_ids=_photos(case))

    def _take(self, case: Case) -> None:
        receiving.take_incident(case.id, actor=self._by(case, [Role.SPECIALIST, Role.LEADER]))

    def _accept(self, case: Case) -> None:
        clerk = self._by(case, [Role.CLERK, Role.SPECIALIST, Role.LEADER])
        receiving.accept_incident(case.id, actor=clerk, public_file_ids=_photos(case))

    def _return(self, case: Case) -> None:
        receiving.return_incident(
            case.id,
            actor=self._by(case, [Role.CLERK, Role.SPECIALIST, Role.LEADER]),
            reason="Cột đèn này thuộc tuyến đường tỉnh, không do phường quản lý.",
        )

    def _merge(self, case: Case, into_code: str) -> None:
        receiving.merge_incident(case.id, actor=self._by(case, [Role.OPERATOR, Role.LEADER]), into_code=into_code)

    def _close(self, case: Case) -> None:
        working.close_incident(case.id, actor=self._by(case, [Role.LEADER, Role.CLERK]))

    def _join(self, case: Case) -> None:
        people.join_incident(case.id, actor=ANONYMOUS)

    def _still_there(self, case: Case) -> None:
        people.report_still_there_incident(case.id, actor=ANONYMOUS)

    def _send_on(self, case: Case) -> None:
        """The 1022 centre looks, corrects the category and sends it on."""
        operator = self._by(case, [Role.OPERATOR, Role.LEADER])
        guesses = [code for code, _weight in COMMON if code in self.phrases]
        if case.category_id is None:
            receiving.classify_incident(case.id, actor=operator, category=case.incident.suggested or guesses[0])
            case.refresh_from_db()
        unit = org.tree().commune_unit(case.area_id) if case.area_id else None
        if unit is not None:
            offices = [child for child in org.tree().children(unit.id) if child.code.endswith("kinh-te")]
            receiving.dispatch_incident(case.id, actor=operator, unit_id=(offices or [unit])[0].id)

    def _officer(self, case: Case) -> Actor:
        return _actor(case.officer_id) if case.officer_id else self._by(case, [Role.SPECIALIST, Role.LEADER])

    def _visit(self, case: Case) -> None:
        note = self.dice.choice(
            (
                "Đã đến nơi, đúng như phản ánh.",
                "Đã kiểm tra, cần thêm vật tư, hẹn làm trong ngày.",
                "Có mặt cùng tổ dân phố, đã rào tạm.",
            )
        )
        working.visit_incident(case.id, actor=self._officer(case), note=note)

    def _reply(self, case: Case) -> None:
        working.reply_incident(
            case.id,
            actor=self._officer(case),
            text="Chúng tôi đã kiểm tra và đang bố trí người làm, sẽ báo bạn khi xong.",
        )

    def _ask_and_answer(self, case: Case, at: datetime, until: datetime) -> datetime:
        asked = self._later(at, 5, 30)
        if self._step(case, asked, until, self._ask):
            answered = asked + timedelta(hours=self.dice.randint(2, 30))
            if self._step(case, answered, until, self._answer):
                return answered
        return asked

    def _ask(self, case: Case) -> None:
        working.request_info_incident(
            case.id,
            actor=self._officer(case),
            question="Bạn cho biết thêm: chỗ đó cách đầu hẻm bao xa, có số cột không?",
        )

    def _answer(self, case: Case) -> None:
        people.add_info_incident(
            case.id, actor=self._reporter(case), text="Cách đầu hẻm khoảng 50 m, cạnh quán tạp hóa."
        )

    def _extend(self, case: Case) -> None:
        calendar, _version = org.unit_calendar(case.unit_id)
        due = calendar.add(max(case.due_at or moment.now(), moment.now()), self.dice.randint(480, 1900))
        working.extend_incident(case.id, actor=self._officer(case), reason=self.dice.choice(REASONS), due_at=due)

    def _resolve(self, case: Case) -> None:
        code = case.category.code if case.category else ""
        files = []
        if self.with_pictures and self.dice.random() < 0.5:
            picture = io.BytesIO(draw(code, self.dice, mended=True))
            files = [store_file(picture, actor=self._officer(case), declared_name="sau.jpg").pk]
        working.resolve_incident(
            case.id,
            actor=self._officer(case),
            result=RESULTS.get(code, OTHER_RESULT),
            file_ids=files,
            caption="Hiện trường sau khi xử lý xong." if files else "",
        )

    def _approve(self, case: Case) -> None:
        working.approve_incident(case.id, actor=self._by(case, [Role.LEADER]))

    def _reject(self, case: Case) -> None:
        receiving.reject_incident(
            case.id,
            actor=self._by(case, [Role.OPERATOR, Role.LEADER, Role.CLERK]),
            reason="Việc này thuộc thỏa thuận dân sự giữa hai bên, bạn liên hệ tổ hòa giải của phường.",
        )

    def _reporter(self, case: Case) -> Actor:
        party = parties(case.id)[0]
        return Actor(kind="person", party_id=party.id, case_id=case.id, links=(Link(party.id, case.id),))

    def _rate(self, case: Case) -> None:
        score = self.dice.choices((1, 2, 3, 4, 5), (2, 3, 10, 35, 50))[0]
        words = {1: "Làm cho có.", 2: "Chậm quá.", 3: "", 4: "Cảm ơn.", 5: "Nhanh, cảm ơn các anh chị."}[score]
        people.rate_incident(case.id, actor=self._reporter(case), score=score, words=words)

    def _reopen(self, case: Case) -> None:
        people.reopen_incident(case.id, actor=self._reporter(case), reason="Được hai hôm lại như cũ.")


@cache
def _actor(officer_id: int) -> Actor:
    return officer_actor(officer_id)


@cache
def _staff() -> dict[int, tuple[tuple[int, frozenset[Role]], ...]]:
    """Officers and their roles by unit; the staff does not change while a demonstration is made."""
    found: dict[int, list[tuple[int, frozenset[Role]]]] = {}
    for row in list_officers(None):
        found.setdefault(row.unit_id, []).append((row.id, frozenset(row.roles)))
    return {unit_id: tuple(rows) for unit_id, rows in found.items()}


def forget_cast() -> None:
    """Another city was loaded."""
    _actor.cache_clear()
    _staff.cache_clear()


def _photos(case: Case) -> list[int]:
    """All that came with it: they are drawn, so anybody may see them."""
    return list(files_of([case.id]).filter(role=FileRole.BEFORE).values_list("file_id", flat=True))
