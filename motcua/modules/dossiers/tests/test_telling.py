"""People hear of each change at once, in their language; officials get a notice."""

from typing import Any

import pytest

from motcua.kernel.events.actions import read_everything
from motcua.kernel.messages.models import Message, Notice
from motcua.lib import moment
from motcua.modules.dossiers.actions.reception import accept_dossier, request_supplement_dossier
from motcua.modules.dossiers.tests.test_actions import on
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def test_the_applicant_hears_of_each_step(one_stop: OneStop, filed: Any) -> None:
    case = filed(on(16, 8)).case
    with moment.at(on(16, 9)):
        accept_dossier(case.id, actor=one_stop.nga)
        read_everything()
    told = list(Message.objects.order_by("id").values_list("event", "channel"))
    assert told == [("dossier.submitted", "sms"), ("dossier.accepted", "sms")]  # there is a number, no address


def test_the_reception_hears_of_a_new_one(one_stop: OneStop, filed: Any) -> None:
    with moment.at(on(16, 9)):
        filed(on(16, 9))
        read_everything()
    assert Notice.objects.filter(account_id=one_stop.nga.id or 0).exists()
    assert not Notice.objects.filter(account_id=one_stop.dung.id or 0).exists()


def test_a_supplement_is_told(one_stop: OneStop, processing: Any) -> None:
    case = processing(on(16, 8))
    with moment.at(on(16, 9)):
        items = [{"paper": "", "what": "Thiếu chữ ký", "how": ""}]
        request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Chưa đủ")
        read_everything()
    assert Message.objects.filter(event="dossier.supplement_requested").exists()
