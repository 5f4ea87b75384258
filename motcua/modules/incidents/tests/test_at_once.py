"""Two people acting on the same report at the same moment: one of them does it, the other is told."""

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.events.queries import verify
from motcua.modules.incidents.actions.receiving import merge_incident, reject_incident, take_incident
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.modules.incidents.actions.working import resolve_incident
from motcua.testing.at_once import at_once
from motcua.testing.city import LAMP_AT, City

pytestmark = pytest.mark.django_db(transaction=True)


def reported(city: City, text: str = "Đèn tắt") -> Case:
    new = NewIncident(text=text, category="street-lighting", lat=LAMP_AT[0], lon=LAMP_AT[1])
    return submit_incident(new, actor=city.an).case


def names(case: Case) -> list[str]:
    return list(Event.objects.filter(case_id=case.id).order_by("id").values_list("name", flat=True))


def test_two_take_it(city: City) -> None:
    """Both saw the same page. Who comes later may still take it over, having seen whose it is."""
    case = reported(city)
    came = at_once(
        lambda: take_incident(case.id, actor=city.hoa, version=case.version).officer_id,
        lambda: take_incident(case.id, actor=city.minh, version=case.version).officer_id,
    )
    assert came.count("stale") == 1
    case.refresh_from_db()
    assert case.officer_id in came
    assert names(case).count("incident.taken") == 1
    assert not list(verify(case.id))


def test_one_finishes_what_another_rejects(city: City) -> None:
    case = reported(city)
    came = at_once(
        lambda: resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng").state,
        lambda: reject_incident(case.id, actor=city.minh, reason="Không thuộc thẩm quyền").state,
    )
    assert came.count("wrong_state") == 1
    case.refresh_from_db()
    assert case.state in came
    assert len({"incident.resolved", "incident.rejected"} & set(names(case))) == 1
    assert not list(verify(case.id))


def test_each_is_merged_into_the_other(city: City) -> None:
    one, other = reported(city), reported(city, "Cột đèn này không sáng")
    came = at_once(
        lambda: merge_incident(one.id, actor=city.minh, into_code=other.code).state,
        lambda: merge_incident(other.id, actor=city.minh, into_code=one.code).state,
    )
    assert came.count("merged") == 1
    assert sorted(Case.objects.values_list("state", flat=True)) == ["dispatched", "merged"]
    assert not [row for case in (one, other) for row in verify(case.id)]
