"""Cases that describe themselves as a test says, and a partner that does what it is told to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from django.utils.functional import Promise

from motcua.kernel.cases.models import Case
from motcua.kernel.events.actions import record
from motcua.kernel.exchange.kind import (
    Attachment,
    Described,
    Dossier,
    FeeTold,
    PaperTold,
    ParcelKind,
    ResultTold,
    Step,
    Subject,
    SupplementTold,
)
from motcua.kernel.exchange.ports import Answer, Health, Letter, Option
from motcua.kernel.identity.kind import SYSTEM
from motcua.lib.errors import ConnectorError
from motcua.testing.city import MONDAY, City

KIND = "dossier"
NAME, NATIONAL_ID = "Nguyễn Thị An", "068195000001"


def dossier(code: str, state: int = 2, **more: object) -> Dossier:
    values = {
        "code": code,
        "subject": "Đăng ký khai sinh",
        "procedure": "1.000001",
        "procedure_name": "Đăng ký khai sinh",
        "field": "G15-HT",
        "field_name": "Hộ tịch",
        "state": state,
        "way": "online",
        "delivery": "post",
        "applicant": Subject("citizen", NAME, NATIONAL_ID, phone="0905123456", commune="24778", is_proved=True),
        "filed_at": MONDAY,
        "unit": "24778-hanh-chinh-cong",
        "unit_name": "Trung tâm Phục vụ hành chính công Một",
        "reception": "24778-hanh-chinh-cong",
        "reception_name": "Trung tâm Phục vụ hành chính công Một",
        "accepted_at": MONDAY,
        "due_at": MONDAY + timedelta(days=3),
        "time": "3 ngày làm việc",
        "papers": [PaperTold("GT.cs", "Giấy chứng sinh", copies=1)],
        "fees": [FeeTold("LP.ks", "Lệ phí", 8000, "le_phi", "accept", is_paid=True, is_paid_online=True)],
        "supplements": [SupplementTold(1, "Ngô Thị Nga", "Ảnh mờ", MONDAY, papers=["Giấy chứng sinh"])],
    }
    return Dossier(**{**values, **more})  # type: ignore[arg-type]


def attachment(file_id: int, name: str = "giay.pdf") -> Attachment:
    return Attachment(file_id, name, "application/pdf", 9, "ab" * 32)


@dataclass
class World:
    """Cases by id, as they describe themselves now. ``move`` changes one, as an action of a module would."""

    city: City
    described: dict[int, Described] = field(default_factory=dict)
    broken: set[int] = field(default_factory=set)

    def describe(self, case_id: int) -> Described | None:
        if case_id in self.broken:
            raise KeyError("a version that is not there")
        return self.described.get(case_id)

    def open(self, number: int, at: datetime = MONDAY, **more: object) -> Case:
        code = f"000.00.12.H36-261116-{number:04d}"
        case = Case.objects.create(
            kind=KIND, code=code, subject="Đăng ký khai sinh", folded="", state="submitted",
            unit=self.city.ward_one, opened_at=at, updated_at=at,
        )  # fmt: skip
        self.described[case.pk] = Described(dossier(code, 1, **more), [])
        self.move(case, 1, at)
        return case

    def move(self, case: Case, state: int, at: datetime = MONDAY, **more: object) -> None:
        event = record("dossier.noted", case_id=case.pk, actor=SYSTEM, data={"note": "x"}, at=at)
        before = self.described[case.pk]
        step = Step(
            event.pk, at, state, f"Bước {len(before.steps) + 1}", "24778", "Phường Một", "Ngô Thị Nga", "Cán bộ"
        )
        self.described[case.pk] = Described(
            replace(before.dossier, state=state, **more),  # type: ignore[arg-type]
            [*before.steps, step],
        )

    def finish(self, case: Case, at: datetime = MONDAY, file: Attachment | None = None) -> None:
        result = ResultTold("KQ.1", "Giấy khai sinh", "12/KS", file)
        self.move(case, 9, at, results=[result], finished_at=at)


@dataclass
class FakePartner:
    """Takes everything, unless ``fates`` (by a dossier's code) or ``script`` (for the next requests) say otherwise.

    Fates: refuse, busy, kill (the whole request fails). Script: away (nothing is taken), lost (taken, no answer).
    """

    name: str = "fake"
    label: str | Promise = "Bên thử"
    takes: frozenset[ParcelKind] = frozenset({ParcelKind.DOSSIER, ParcelKind.PROGRESS})
    updates: bool = True
    batch: int = 10
    is_on: bool = True
    has_codes: bool = False
    words: str = "Mã thủ tục chưa có (1)"  # of what it refuses
    fates: dict[str, str] = field(default_factory=dict)
    script: list[str] = field(default_factory=list)
    told: list[Letter] = field(default_factory=list)
    requests: int = 0
    codes: int = 0

    def is_configured(self) -> bool:
        return self.is_on

    def options(self) -> Sequence[Option]:
        return (
            Option("FAKE_URL", "Địa chỉ", "https://x.example", True),
            Option("FAKE_KEY", "Khóa", "bí mật", True, True),
        )

    def check(self) -> Health:
        return Health(True, "Trả lời.")

    def catalogue(self, name: str) -> Sequence[tuple[str, str]]:
        return [("1.000001", "Đăng ký khai sinh")]

    def code_for(self, dossier: Dossier) -> str:
        if not self.has_codes:
            return dossier.code
        self.codes += 1
        return f"G15.99-20261116-{self.codes:07d}"

    def tell(self, letters: Sequence[Letter]) -> Sequence[Answer]:
        self.requests += 1
        fate = self.script.pop(0) if self.script else ""
        if fate == "away" or any(self.fates.get(letter.code) == "kill" for letter in letters):
            raise ConnectorError("TimeoutError")
        answers = []
        for letter in letters:
            match self.fates.get(letter.code):
                case "refuse":
                    answers.append(Answer(letter.id, False, error=self.words, is_permanent=True))
                case "busy":
                    answers.append(Answer(letter.id, False, error="Đang bận (500)"))
                case _:
                    if letter.id not in {one.id for one in self.told}:
                        self.told.append(letter)
                    answers.append(Answer(letter.id, True, f"F{letter.id}" if letter.kind == ParcelKind.FILE else ""))
        if fate == "lost":
            raise ConnectorError("TimeoutError")
        return answers

    def heard(self, case: Case) -> list[str]:
        """What it took of a case, in order."""
        found = []
        for letter in self.told:
            if letter.code in (case.code, case.code.upper()) or self.has_codes:
                body = letter.body
                state = getattr(body, "state", "")
                found.append(f"{letter.kind}:{state or getattr(body, 'file_id', '')}")
        return found
