"""Dossiers at each step of their way, for the tests of this module."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from motcua.kernel.cases.models import Case
from motcua.lib import moment
from motcua.modules.dossiers.actions.filing import Applicant, Filed, NewDossier, NewPaper, file_dossier
from motcua.modules.dossiers.actions.reception import accept_dossier, hand_over_dossier
from motcua.testing.city import MONDAY, City
from motcua.testing.one_stop import OneStop

AN = Applicant(name="Nguyễn Thị An", phone="0905123456", national_id="068195000001")

File = Callable[..., Filed]
Make = Callable[..., Case]


@pytest.fixture
def filed(city: City, one_stop: OneStop) -> File:
    """An online dossier that waits for the reception of Ward One."""

    def make(at: datetime = MONDAY, **values: Any) -> Filed:
        new = NewDossier(
            version_id=values.pop("version_id", one_stop.civil.id),
            way=values.pop("way", "online"),
            applicant=values.pop("applicant", AN),
            answers={"child_name": "Nguyễn Bình Minh"},
            papers=values.pop(
                "papers",
                [NewPaper("GT.chung-sinh", "upload", copies=1), NewPaper("GT.cu-tru", "registry", look_up_id=7)],
            ),
            area_code=values.pop("area_code", "24778"),
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
