"""``motcua demo_dossiers --dossiers N``: believable dossiers of the last weeks, made through the real actions under a
moved clock. Invented people; the answers are the examples that the forms ship."""

from __future__ import annotations

import random
from argparse import ArgumentParser
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import cycle
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db.models import F

from motcua.kernel.cases.actions.sweeping import sweep_past
from motcua.kernel.files.actions import keep_made
from motcua.kernel.forms.queries.answers import check
from motcua.kernel.forms.queries.versions import FormVersion, newest
from motcua.kernel.identity.kind import ANONYMOUS, Actor, Role
from motcua.kernel.identity.queries import list_officers, officer_actor, people_with_accounts
from motcua.kernel.org import queries as org
from motcua.kernel.packs.queries import city_setting
from motcua.kernel.payments.actions.arrivals import record_cash
from motcua.kernel.payments.kind import OWED
from motcua.kernel.payments.queries.obligations import obligations
from motcua.kernel.places.queries import commune_at
from motcua.kernel.procedures.queries.catalogue import Version, choose_case, in_force
from motcua.kernel.procedures.queries.search import search
from motcua.kernel.ratings.actions.giving import give_rating
from motcua.kernel.ratings.management.demo import opinion
from motcua.kernel.ratings.queries.links import rate_token
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.printing import pdf
from motcua.modules.dossiers.actions import filing, reception, results, working
from motcua.modules.dossiers.kind import KIND, STATE_OF_LEG, Does
from motcua.modules.dossiers.models import Dossier, Leg
from motcua.modules.dossiers.queries.reading import whole
from motcua.modules.dossiers.queries.routes import RECEPTION, Stop, competence, route

FAMILIES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLES = ("Văn Mẫu", "Thị Thử", "Ví", "Thí", "Giả", "Minh Mẫu")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hạnh", "Hòa", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Sơn", "Tú")
SAID = {
    "good": ("Làm nhanh, hướng dẫn dễ hiểu.", "Nộp trên điện thoại, không phải đi lại.", "Cán bộ rất nhiệt tình."),
    "bad": ("Hẹn rồi mà vẫn phải chờ.", "Phải bổ sung giấy tờ hai lần mới xong.", "Gọi hỏi nhưng không ai nghe máy."),
}
RATED = 0.7
WEEKS = 8
SUPPLEMENTED, REFUSED, SLOW = 0.1, 0.04, 0.12
OF_AN_ACCOUNT = 0.4  # filed by somebody who signs in
TRIES = 12  # some end on the way, or wait for something
Roles = frozenset[Role]
SPECIMEN = Path(__file__).resolve().parents[1] / "specimen.typ"
_CLERKS = frozenset({Role.CLERK})
DOERS: dict[str, Roles] = {
    "submitted": _CLERKS,
    "transferred": _CLERKS,
    "accepted": _CLERKS,
    "supplement_requested": _CLERKS,
    "result_ready": _CLERKS,
    "processing": frozenset({Role.SPECIALIST}),
    "approving": frozenset({Role.LEADER}),
    "issuing": frozenset({Role.CLERK, Role.SECRETARY, Role.LEADER}),
}
PLAIN: dict[str, Callable[..., object]] = {
    "accepted": reception.hand_over_dossier,
    "approving": results.approve_dossier,
    "issuing": results.issue_dossier,
}


@dataclass(frozen=True, slots=True)
class Stand:
    state: str
    office: org.UnitRow | None = None  # in somebody's hands there

    def holds(self, case: Any) -> bool:
        is_held = self.office is None or (case.unit_id == self.office.id and case.officer_id is not None)
        return bool(case.state == self.state and is_held)

    def is_on(self, stops: Sequence[Stop]) -> bool:
        """Whether one comes by here who goes this way."""
        legs = [stop for stop in stops if STATE_OF_LEG[Does(stop.leg.does)] == self.state]
        return self.state not in STATE_OF_LEG.values() or any(self.office in (None, stop.unit) for stop in legs)


ASKED = Stand("supplement_requested")
# In the city's middle one dossier waits at each of these, for whoever looks around.
SHOWN = (
    Stand("submitted"),
    Stand("accepted"),
    Stand("processing"),
    ASKED,
    Stand("approving"),
    Stand("approving"),
    Stand("result_ready"),
)


class Command(BaseCommand):
    help = "Dữ liệu trình diễn: hồ sơ thủ tục của những tuần qua, qua các bước thật."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dossiers", type=int, default=60)
        parser.add_argument("--seed", type=int, default=1022)

    def handle(self, *args: Any, **options: Any) -> None:
        teller = _Teller(random.Random(options["seed"]))  # noqa: S311  invented people
        if not teller.offers or not teller.communes:
            raise CommandError("Chưa có thủ tục nào nộp được, hoặc chưa phường nào có quầy với cán bộ.")
        for _number in range(options["dossiers"]):
            teller.tell()
        shown = teller.show([*SHOWN, *(Stand("processing", office) for office in teller.offices())])
        self.stdout.write(f"{options['dossiers'] + shown} hồ sơ.")


class _Teller:
    """Makes one dossier after the other and takes each as far as its time goes."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.now = moment.now()
        self.offers = list(_offers())
        self.people = cycle(people_with_accounts() or [None])  # each gets some
        tree = org.tree()
        self.communes: list[org.UnitRow] = []
        self.officers: dict[int, list[Actor]] = {}
        for row in list_officers([unit.id for unit in tree.in_force]):
            actor = officer_actor(row.id)
            for held in actor.held:
                self.officers.setdefault(held.unit_id, []).append(actor)
        self.communes = [
            unit
            for unit in tree.in_force
            if unit.kind == "commune"
            and (desk := tree.by_code(f"{unit.code}-{RECEPTION}")) is not None
            and self._one(desk.id, frozenset({Role.CLERK})) is not None
        ]
        centre = commune_at(float(city_setting("map", "lat", 0)), float(city_setting("map", "lon", 0)))
        self.communes.sort(key=lambda unit: centre is None or unit.area_id != centre.id)  # the city's middle first

    def _one(self, unit_id: int, roles: Roles) -> Actor | None:
        """Somebody of the unit, or of the body above it, in one of these roles. In the city's middle always the first
        of an office: those are the ones whose logins are printed for everybody."""
        tree = org.tree()
        for unit in (tree.unit(unit_id), *tree.ancestors(unit_id)):
            found = [one for one in self.officers.get(unit.id, ()) if any(h.role in roles for h in one.held)]
            if found:
                in_middle = bool(self.communes) and unit.path.startswith(self.communes[0].path)
                return min(found, key=lambda one: one.id or 0) if in_middle else self.rng.choice(found)
        return None

    def offices(self) -> list[org.UnitRow]:
        """Those of the city's middle that work on what can be filed there."""
        middle = self.communes[0]
        return [
            unit for unit in org.tree().in_force if unit.parent_id == middle.id and self._by(Stand("processing", unit))
        ]

    def _by(self, stand: Stand) -> list[tuple[Version, FormVersion | None, dict[str, Any]]]:
        """What can be filed in the city's middle and comes by there."""
        area_id = self.communes[0].area_id
        return [
            offer
            for offer in self.offers
            if (body := offer[0].body).level == "commune"
            and stand.is_on(route(body, area_id=area_id, reception=competence(body, area_id).reception))
        ]

    def tell(self) -> None:
        offer, form, answers = self.rng.choice(self.offers)
        commune = self.rng.choice(self.communes)
        calendar, _version = org.unit_calendar(commune.id)
        start = self.now - timedelta(minutes=self.rng.randint(60, WEEKS * 7 * 24 * 60))
        at = calendar.next_open(start) + timedelta(minutes=self.rng.randint(0, 90))
        if at >= self.now:
            at = start
        with moment.at(at):
            case = self._file(offer, form, answers, commune)
        if case is None:
            return
        while (at := self._later(case, at)) < self.now and self._go_on(case, at):
            pass
        if case.closed_at is not None:
            with moment.at(at):
                self._rate(case)
        sweep_past(case.id, self.now)

    def _go_on(self, case: Any, at: datetime, *, asks: bool | None = None) -> bool:
        """One step at ``at``; False where the story ends or waits."""
        sweep_past(case.id, at)
        with moment.at(at):
            try:
                goes_on = self._step(case, asks=asks)
            except Refused:
                return False  # such as a signature that is still to come: it stays where it is
        case.refresh_from_db()
        return goes_on and case.closed_at is None

    def show(self, wanted: Sequence[Stand]) -> int:
        """One that stands at each of these now, of the last days. Returns how many were made: each stops at the first
        that is still wanted; some are refused on the way, or wait for something else."""
        made, left = 0, list(wanted)
        while left:
            reached = None
            for _try in range(TRIES):
                made += 1
                if reached := self._towards(left[0], left):
                    break
            left.remove(reached or left[0])
        return made

    def _towards(self, target: Stand, left: Sequence[Stand]) -> Stand | None:
        """Which of those it stands at."""
        calendar, _version = org.unit_calendar(self.communes[0].id)
        offer, form, answers = self.rng.choice(self._by(target) or self.offers)
        at = calendar.next_open(self.now - timedelta(days=self.rng.randint(3, 6)))
        with moment.at(at):
            case = self._file(offer, form, answers, self.communes[0])
        if case is None:
            return None
        while (reached := next((stand for stand in left if stand.holds(case)), None)) is None:
            at = calendar.add(calendar.next_open(at), self.rng.randint(10, 90))
            if at >= self.now or not self._go_on(case, at, asks=ASKED in left):
                break
        sweep_past(case.id, self.now)
        return reached

    def _rate(self, case: Any) -> None:
        """Most people do, by the link that tells of the result."""
        if self.rng.random() > RATED:
            return
        was_late = Leg.objects.filter(case_id=case.id, ended_at__gt=F("due_at")).exists()
        mood = (1, 3, 5) if was_late or case.state != "returned" else (5, 4, 1)
        give_rating(rate_token(KIND, case.id), opinion(self.rng, mood, SAID), actor=ANONYMOUS)

    def _file(self, offer: Version, form: FormVersion | None, answers: dict[str, Any], commune: org.UnitRow) -> Any:
        counter = org.tree().by_code(f"{commune.code}-{RECEPTION}")
        at_counter = self.rng.random() < 0.4 and offer.body.way("counter") is not None
        citizen = next(self.people) if self.rng.random() < OF_AN_ACCOUNT else None
        name = " ".join(self.rng.choice(words) for words in (FAMILIES, MIDDLES, GIVEN))
        number = f"068{self.rng.randint(0, 1)}{self.rng.randint(50, 99)}{self.rng.randint(0, 999_999):06}"
        new = filing.NewDossier(
            version_id=offer.id,
            way="counter" if at_counter else "online",
            applicant=filing.Applicant(person_id=citizen.person_id)
            if citizen
            else filing.Applicant(name, f"09{self.rng.randint(0, 99_999_999):08}", "", number),
            answers=answers,
            form_version_id=form.id if form else None,
            case_key=choose_case(offer, answers).key,
            papers=[
                filing.NewPaper(
                    paper.code,
                    "registry" if paper.registry else "counter" if at_counter else "later",
                    originals=paper.originals,
                    copies=paper.copies,
                )
                for paper in choose_case(offer, answers).asked(answers)
                if not paper.by_form
            ],
            area_code=commune.code,
            reception_unit_id=counter.id if at_counter and counter else None,
            delivery=self.rng.choice(("online", "counter", "counter", "post")),
            delivery_to="12 Đường Thử 1",
            channel="counter" if at_counter else "web",
        )
        try:
            clerk = self._one(counter.id, frozenset({Role.CLERK})) if counter else None
            if at_counter and clerk is not None:
                return filing.take_in_dossier(new, actor=clerk).case
            return filing.file_dossier(new, actor=citizen or ANONYMOUS).case
        except Refused:
            return None

    def _later(self, case: Any, at: datetime) -> datetime:
        """When the next step happens: within its term, sometimes after it."""
        calendar, _version = org.unit_calendar(case.unit_id)
        if case.next_due_at is None:
            minutes = self.rng.randint(60, 3 * 480)
        else:
            left = max(calendar.between(at, case.next_due_at), 20)
            minutes = int(
                left * (self.rng.uniform(1.1, 1.6) if self.rng.random() < SLOW else self.rng.uniform(0.1, 0.8))
            )
        return calendar.add(calendar.next_open(at), max(minutes, 5))

    def _step(self, case: Any, *, asks: bool | None = None) -> bool:
        """One move by somebody who may make it; False where the story ends or waits. ``asks``: for more papers; None
        leaves it to chance."""
        roles = DOERS.get(case.state)
        actor = self._one(case.unit_id, roles) if roles else None
        if actor is None and case.state == "processing":
            actor = self._one(case.unit_id, DOERS["accepted"])
        if actor is None:
            return False
        if case.state in PLAIN:
            PLAIN[case.state](case.id, actor=actor)
            return True
        match case.state:
            case "submitted" | "transferred":
                return self._receive(case, actor)
            case "processing":
                return self._work(case, actor, asks=self.rng.random() < SUPPLEMENTED if asks is None else asks)
            case "supplement_requested":
                return self._supply(case, actor)
        return self._give(case, actor)

    def _receive(self, case: Any, actor: Actor) -> bool:
        if self.rng.random() < REFUSED:
            reception.refuse_dossier(case.id, actor=actor, reason="Hồ sơ thuộc thẩm quyền của cơ quan khác.")
            return False
        reception.accept_dossier(case.id, actor=actor)
        return True

    def _supply(self, case: Any, actor: Actor) -> bool:
        if self.rng.random() < 0.3:
            return False
        reception.supply_dossier(case.id, actor=actor, note="Người nộp đã bổ sung.")
        return True

    def _give(self, case: Any, actor: Actor) -> bool:
        for owed in obligations([case.id]).get(case.id, []):
            if owed.state in OWED:
                record_cash(owed.id, actor=actor)
        results.return_result_dossier(case.id, actor=actor, to="Căn cước của người nộp")
        return True

    def _work(self, case: Any, actor: Actor, *, asks: bool) -> bool:
        found = whole(case)
        if case.officer_id is None:
            working.take_dossier(case.id, actor=actor)
            return True
        held = officer_actor(case.officer_id)
        if asks and not Dossier.objects.get(pk=case.id).supplements:
            items = [{"paper": "", "what": "Ảnh giấy tờ bị mờ, chưa đọc được", "how": "Chụp lại đủ bốn góc, đủ sáng"}]
            reception.request_supplement_dossier(case.id, actor=held, items=items, reason="Chưa đọc được giấy tờ")
            return True
        following = found.after(found.dossier.leg)
        if following is not None and following.leg.does in (Does.APPROVE, Does.SIGN, Does.RETURN):
            kinds = found.version.body.results
            number = f"{self.rng.randint(1, 900)}/{moment.now().year}"
            if not kinds:
                return False
            name = f"{kinds[0].name}.pdf"
            file = keep_made(
                _specimen(kinds[0].name, org.tree().unit(case.unit_id).name), actor=held, name=name, is_loose=True
            )
            made = [working.NewResult(kinds[0].code, kinds[0].name, number, file_id=file.pk)]
            working.propose_dossier(case.id, actor=held, results=made)
        else:
            working.pass_on_dossier(case.id, actor=held)
        return True


@cache
def _specimen(title: str, agency: str) -> bytes:
    """A document to sign: it says of itself that it proves nothing."""
    return pdf(SPECIMEN, {"title": title, "agency": agency}, fonts=settings.PRINT_FONTS)


def _offers() -> Iterator[tuple[Version, FormVersion | None, dict[str, Any]]]:
    """Procedures that can be filed here, each with answers that its form takes: one of the form's own examples."""
    for hit in search("", most=500):
        found = in_force(hit.code) if hit.is_filed_here else None
        form = newest(found.body.form) if found else None
        if found is None or form is None:
            continue
        for example in form.form.examples:
            if example.errors:
                continue
            checked = check(form.form, example.answers, today=example.today or org.local_today())
            if not checked.errors:
                yield found, form, dict(checked.values)
                break
