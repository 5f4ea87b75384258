"""The demonstration: a year of history through the real actions under a moved clock, and a city that goes on living."""

import os
import random
import signal
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as house
from django.core.management import CommandError, call_command
from pytest_django import Settings

from motcua.kernel.cases.actions.sweeping import remind_and_escalate
from motcua.kernel.cases.models import Case, CaseFile, Clock
from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.kernel.figures.actions import rebuild_figures
from motcua.kernel.figures.models import DayFigure
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.models import Account, Person
from motcua.kernel.identity.queries import opened, people_with_accounts
from motcua.kernel.packs.actions import apply_pack
from motcua.kernel.packs.queries import read_pack
from motcua.kernel.signing.queries.roots import trusted
from motcua.lib import moment
from motcua.lib.pdfsign.verifying import verify as verify_pdf
from motcua.modules.incidents.kind import INCIDENT
from motcua.modules.incidents.management.commands.demo import LOGINS, PASSWORD
from motcua.modules.incidents.management.demo.stories import FAMILIES, Teller, forget_cast
from motcua.modules.incidents.queries.public import reopen_days
from motcua.modules.incidents.tasks import close_finished
from motcua.testing.city import MONDAY
from motcua.testing.patience import read_all

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
REPORTS = 30


@pytest.fixture
def da_lat(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.DATA_DIR = tmp_path
    settings.DEMO = True  # with its invented people
    # Learning the city's phrases takes seconds, and is shown elsewhere: here the 1022 centre says what a report is.
    (tmp_path / "classifier.npz").touch()
    monkeypatch.setattr("motcua.modules.incidents.actions.submitting.suggest", lambda text, limit=3: [])
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    }
    forget_cast()
    list(apply_pack(read_pack(house.BASE_DIR / "packs" / "lam-dong"), actor=SYSTEM))
    yield
    forget_cast()


def test_a_year_of_history(da_lat: None, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    now = MONDAY + timedelta(days=2, hours=3)  # the same story each time
    with moment.at(now):
        call_command("demo", "--reports", str(REPORTS))
    assert f"OK: {REPORTS} phản ánh" in capsys.readouterr().out
    cases = list(Case.objects.order_by("id"))
    assert len(cases) == REPORTS
    assert all(now - timedelta(days=366) < case.opened_at < now for case in cases)
    assert cases[-1].opened_at - cases[0].opened_at > timedelta(days=60)
    assert {case.state for case in cases} == {state.name for state in INCIDENT.states}
    assert Case.objects.get(state="merged").merged_into is not None
    # Through the actions: each case has its chain of events, at the moments of the story, and promises kept and broken.
    events = Event.objects.filter(case_id__isnull=False)
    assert events.count() > 3 * REPORTS
    assert set(events.values_list("case_id", flat=True)) == {case.id for case in cases}
    assert not events.filter(at__gt=now).exists()
    assert list(verify()) == []
    ended = [clock for clock in Clock.objects.all() if clock.stopped_at is not None]
    assert {clock.stopped_at is not None and clock.stopped_at > clock.due_at for clock in ended} == {True, False}
    assert_clocks_were_told_of_in_time(now)
    ended_at = {case.pk: case.closed_at for case in cases}
    by_itself = Event.objects.filter(name="incident.closed", actor=SYSTEM.key)
    assert {event.at - (ended_at[event.case_id or 0] or now) for event in by_itself} == {timedelta(days=reopen_days())}
    with moment.at(now):
        assert close_finished() == 0
    assert CaseFile.objects.filter(file__type__startswith="image/").exists()
    names = [opened(person).name for person in Person.objects.all()]
    assert all(name.split()[0] in FAMILIES for name in names if name)
    logins = (tmp_path / "demo-logins.txt").read_text("utf-8")
    for login, _who in LOGINS:
        assert login in logins
        assert Account.objects.get(login=login).check_password(PASSWORD)
    assert_figures_are_rebuilt_the_same()


def test_a_story_goes_forward_in_time(da_lat: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever passes by while officials are at work comes before their next move; what nobody takes up gets late."""

    class Eventful(random.Random):
        def random(self) -> float:
            return 0.05  # all that may happen happens

        def randint(self, a: int, b: int) -> int:
            return b if a in (1, 20) else a  # what comes between two moves takes long, the next move comes soon

    now = MONDAY + timedelta(days=2, hours=3)
    teller = Teller(Eventful(), with_pictures=False)
    teller.tell(case := teller.report(now - timedelta(days=20), about="street-lighting"), now)
    names = set(Event.objects.filter(case_id=case.pk).values_list("name", flat=True))
    assert names > {"incident.joined", "incident.still_there", "incident.extended", "incident.resolved"}
    monkeypatch.setattr(Teller, "_work", lambda *_: None)
    teller.tell(left := teller.report(now - timedelta(days=19), about="street-lighting"), now)
    waiting = Clock.objects.filter(case_id=left.pk, reminded_at__isnull=False, escalated_at__isnull=False)
    assert set(waiting.values_list("name", flat=True)) == {"accept", "result"}
    assert_clocks_were_told_of_in_time(now)


def assert_figures_are_rebuilt_the_same() -> None:
    def numbers() -> list[tuple[object, ...]]:
        columns = [field.attname for field in DayFigure._meta.concrete_fields if not field.primary_key]
        return sorted(DayFigure.objects.values_list(*columns), key=str)

    read_all()
    first = numbers()
    assert first
    rebuild_figures()
    read_all()
    assert numbers() == first


def assert_clocks_were_told_of_in_time(now: datetime) -> None:
    """As if the worker had lived through the story: the reminder before the promise was due, the escalation of every
    promise that was still open then, before it was kept, each before the move that came after it."""
    events = Event.objects.filter(case_id__isnull=False).order_by("case_id", "at", "id")
    assert list(events) == list(events.order_by("case_id", "id"))
    told = {(event.case_id, event.name, event.at) for event in events}
    assert {name for _case, name, _at in told} > {"clock.reminded", "clock.escalated"}
    for clock in Clock.objects.all():
        over = clock.stopped_at or clock.paused_at or now
        assert (clock.escalated_at is not None) == (clock.due_at < over), clock
        if clock.escalated_at is not None:
            assert clock.due_at <= clock.escalated_at < over
            assert (clock.case_id, "clock.escalated", clock.escalated_at) in told
        reminds = clock.remind_at is not None and clock.remind_at < min(clock.due_at, over)
        assert (clock.reminded_at is not None) == reminds, clock
        if clock.reminded_at is not None and clock.remind_at is not None:
            assert clock.remind_at <= clock.reminded_at < clock.due_at
            assert (clock.case_id, "clock.reminded", clock.reminded_at) in told
    with moment.at(now):
        assert remind_and_escalate() == 0  # nothing is left that would be told all at once


def test_dossiers_stand_at_every_step_and_their_results_are_signed(da_lat: None) -> None:
    now = MONDAY + timedelta(days=2, hours=3)
    with moment.at(now):
        call_command("signature", "demo")
        call_command("demo_dossiers", "--dossiers", "2")
    cases = Case.objects.filter(kind="dossier")
    waiting = set(cases.filter(closed_at=None).values_list("state", flat=True))
    assert waiting >= {"submitted", "accepted", "processing", "supplement_requested", "approving", "result_ready"}
    assert all(case.code.startswith("H36-") for case in cases)
    for login, office in (("xuanhuong.kt1", "24781-kinh-te"), ("xuanhuong.vp1", "24781-van-phong")):
        held = cases.filter(state="processing", officer_id=Account.objects.get(login=login).pk, unit__code=office)
        assert held.exists(), login  # whoever signs in with a printed login has something to do
    assert not Event.objects.filter(case_id__in=cases.values("pk"), at__gt=now).exists()
    assert list(verify()) == []
    assert_clocks_were_told_of_in_time(now)
    citizens = [actor.person_id or 0 for actor in people_with_accounts()]
    assert cases.filter(parties__person_id__in=citizens).exists()
    signed = CaseFile.objects.filter(case__in=cases, role="result").latest("id").file
    roots = trusted()
    told = verify_pdf(content_of(signed.pk), roots=roots.real, test_roots=roots.test, at=now)
    assert told.verdict == "test"


def test_it_goes_on_living_until_it_is_stopped(
    da_lat: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """New reports come, officers act on those that wait, people speak up again; a signal ends it."""
    acted, advance = 0, Teller.advance
    now = moment.now()
    teller = Teller(random.Random(3), with_pictures=False)
    for _ in range(6):  # done already
        case = teller.report(now - timedelta(days=3), about="street-lighting")
        for minutes, step in enumerate((teller._take, teller._resolve, teller._approve)):
            assert teller._step(case, now - timedelta(days=2, minutes=-minutes), now, step)
    happened = {"★": "incident.rated", "↺": "incident.reopened", "&": "incident.joined"}
    marks: set[str] = set()
    while marks != happened.keys():  # the dice are the same in each run
        if spoken := teller.speak_up():
            marks.add(spoken[0])
            assert Event.objects.filter(case_id=spoken[1].pk, name=happened[spoken[0]]).exists()

    def advance_and_stop(self: Teller, case: Case) -> bool:
        nonlocal acted
        acted += 1
        if acted >= 8 and said:
            os.kill(os.getpid(), signal.SIGTERM)
        return advance(self, case)

    def speak_up_and_tell(self: Teller) -> tuple[str, Case] | None:
        if spoken := speak_up(self):
            said.append(spoken)
        return spoken

    said: list[tuple[str, Case]] = []
    speak_up = Teller.speak_up
    monkeypatch.setattr(Teller, "speak_up", speak_up_and_tell)
    monkeypatch.setattr(Teller, "advance", advance_and_stop)
    handlers = {name: signal.getsignal(name) for name in (signal.SIGINT, signal.SIGTERM)}
    try:
        call_command("demo", "--live", "--pause", "0", "--no-pictures")
    finally:
        for name, handler in handlers.items():
            signal.signal(name, handler)
    told = capsys.readouterr().out
    assert Case.objects.count() - 6 == told.count("+ PA-") >= 1
    for mark, case in said:
        assert f"{mark} {case.code}" in told
        assert Event.objects.filter(case_id=case.pk, name=happened[mark]).exists()
    assert "→ PA-" in told
    begun = ("incident.submitted", "incident.routed")
    assert Event.objects.filter(case_id__isnull=False).exclude(name__in=begun).exists()
    assert list(verify()) == []


def test_it_needs_a_city(db: None) -> None:
    with pytest.raises(CommandError, match="pack apply"):
        call_command("demo", "--reports", "1")
    assert not Case.objects.exists()
