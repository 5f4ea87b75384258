"""Dossiers at each step of their way, for the tests of this module."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.lib import moment
from motcua.modules.dossiers.actions.filing import Applicant, Filed, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import CIVIL, OneStop

AN = Applicant(name="Nguyễn Thị An", phone="0905123456", national_id="068195000001")

File = Callable[..., Filed]
Make = Callable[..., Case]


@pytest.fixture
def filed(city: City, one_stop: OneStop) -> File:
    """An online dossier that waits for the reception of Ward One; its result is fetched at the counter."""

    def make(at: datetime = MONDAY, **values: Any) -> Filed:
        new = NewDossier(
            version_id=values.pop("version_id", one_stop.civil.id),
            way=values.pop("way", "online"),
            applicant=values.pop("applicant", AN),
            answers=values.pop("answers", {"child_name": "Nguyễn Bình Minh"}),
            papers=values.pop(
                "papers",
                [NewPaper("GT.chung-sinh", "upload", copies=1), NewPaper("GT.cu-tru", "registry", look_up_id=7)],
            ),
            area_code=values.pop("area_code", "24778"),
            delivery=values.pop("delivery", "counter"),
            **values,
        )
        with moment.at(at):
            return file_dossier(new, actor=city.an)

    return make


@pytest.fixture
def accepted(filed: File, one_stop: OneStop) -> Make:
    def make(at: datetime = MONDAY, **values: Any) -> Case:
        case = filed(at, **values).case
        with moment.at(at):
            return accept_dossier(case.id, actor=one_stop.nga)

    return make


@pytest.fixture
def processing(accepted: Make, one_stop: OneStop) -> Make:
    """With the office of Ward One, whose specialist is ``oanh``."""

    def make(at: datetime = MONDAY, **values: Any) -> Case:
        case = accepted(at, **values)
        with moment.at(at):
            return hand_over_dossier(case.id, actor=one_stop.nga)

    return make


FEES = """
[[fees]]
code = "LP.khai-sinh"
name = "Lệ phí đăng ký"
name_en = "Registration charge"
rule = { type = "fixed", amount = 50000 }
refund_until = "tham-tra"
[[fees.exempt]]
code = "ho-ngheo"
name = "Hộ nghèo"
name_en = "Poor household"
paper = "GT.ho-ngheo"
registry = "households"
when = { "==" = [{ var = "poverty" }, "ho_ngheo"] }
[[fees.exempt]]
code = "cao-tuoi"
name = "Người cao tuổi"
name_en = "Elderly"
registry = "population"
when = { ">=" = [{ var = "age" }, 60] }
[[fees.exempt]]
code = "khuyet-tat"
name = "Người khuyết tật"
name_en = "Disabled"
paper = "GT.kt"
share_bp = 5000
[[fees]]
code = "PHI.ban-sao"
name = "Phí bản sao"
name_en = "Copies"
kind = "phi"
rule = { type = "fixed", amount = 8000 }

"""
WHOLE = CIVIL.replace("[[legs]]", FEES + "[[legs]]", 1)


@pytest.fixture
def fees(one_stop: OneStop) -> int:
    save_draft(WHOLE, actor=SYSTEM, code="1.000001")
    publish_draft("1.000001", actor=SYSTEM)
    found = in_force("1.000001")
    assert found is not None
    return found.id
