"""Printed forms: what they say, for whom, and that they are PDFs."""

from datetime import date
from typing import Any

import pytest

from motcua.kernel.identity.models import Access
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.modules.dossiers.actions.apologising import extend_dossier
from motcua.modules.dossiers.actions.reception import refuse_dossier, request_supplement_dossier
from motcua.modules.dossiers.queries.printing import register, secret_on_paper, sheet
from motcua.modules.dossiers.tests.test_actions import on
from motcua.modules.dossiers.tests.test_desk import signed_in
from motcua.testing.city import City
from motcua.testing.one_stop import OneStop

pytestmark = pytest.mark.django_db


def words(form: str, case: Any) -> str:
    found = sheet(form, case)
    return str((found.title, found.lines, found.table, found.after, found.signers))


def test_the_receipt_says_when_and_how_to_follow(one_stop: OneStop, accepted: Any, filed: Any) -> None:
    with pytest.raises(Refused) as refused:
        sheet("01", filed().case)
    assert refused.value.code == "wrong_state"
    case = accepted(on(16, 9))
    said = words("01", case)
    for part in (case.code, "Nguyễn Thị An", "09:00, thứ Hai 16/11", "09:00, thứ Năm 19/11", "Giấy chứng sinh",
                 "3 ngày làm việc", secret_on_paper(case)):  # fmt: skip
        assert part in said


def test_a_form_comes_out_as_a_pdf_and_is_noted(one_stop: OneStop, accepted: Any, city: City) -> None:
    case = accepted()
    answer = signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-01.pdf")
    assert answer.content.startswith(b"%PDF")
    assert len(answer.content) > 10_000
    assert Access.objects.filter(action="dossier.print", case_id=case.id).count() == 1
    assert signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-03.pdf").status_code == 409
    assert signed_in(one_stop.nga).get(f"/desk/ho-so/{case.id}/mau-99.pdf").status_code == 404
    assert signed_in(city.tam).get(f"/desk/ho-so/{case.id}/mau-01.pdf").status_code == 404


def test_supplement_refusal_apology_and_control_slip(
    city: City, one_stop: OneStop, processing: Any, filed: Any
) -> None:
    case = processing(on(16, 8))
    with moment.at(on(16, 9)):
        extend_dossier(case.id, actor=city.minh, reason="Chờ xác minh", until=on(25, 8))
        items = [{"paper": "", "what": "Thiếu chữ ký", "how": "Ký lại trang 2"}]
        case = request_supplement_dossier(case.id, actor=one_stop.oanh, items=items, reason="Chưa đủ")
    assert "Thiếu chữ ký" in words("02", case)
    assert "08:00, thứ Tư 25/11" in words("04", case)
    slip = words("06", case)
    assert "Trước hạn" in slip  # the reception handed over long before the evening
    assert "Đang làm" in slip
    refused = refuse_dossier(filed().case.id, actor=one_stop.nga, reason="Sai thẩm quyền")
    assert "Sai thẩm quyền" in words("03", refused)


def test_the_register_holds_what_its_reader_may_see(city: City, one_stop: OneStop, accepted: Any) -> None:
    case = accepted(on(16, 9))
    days = (date(2026, 11, 16), date(2026, 11, 16))
    assert [row[1] for row in register(*days, actor=one_stop.nga)[1:]] == [case.code]
    assert register(*days, actor=one_stop.dung)[1:] == []
    assert register(date(2026, 11, 17), date(2026, 11, 30), actor=one_stop.nga)[1:] == []
    answer = signed_in(one_stop.nga).get("/desk/so-theo-doi/?tu=2026-11-16&den=2026-11-16&in=1")
    assert answer.content.startswith(b"%PDF")
    assert signed_in(one_stop.oanh).get("/desk/so-theo-doi/").status_code == 403
