"""Linked procedures: each office on the way issues its own result, signed by its own leader and seal."""

from collections.abc import Callable
from typing import Any

import pytest

from motcua.kernel.cases.models import Case
from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.kernel.procedures.queries.catalogue import in_force
from motcua.kernel.signing.tests.conftest import Keys
from motcua.kernel.signing.tests.conftest import keys as keys  # noqa: PLC0414  a fixture
from motcua.lib.errors import Refused
from motcua.lib.tests.papers import paper
from motcua.modules.dossiers.actions.results import issue_dossier
from motcua.modules.dossiers.actions.working import NewResult, propose_dossier, revise_dossier
from motcua.modules.dossiers.models import Result
from motcua.modules.dossiers.queries.desk import dossier_page
from motcua.testing.city import City, add_officer
from motcua.testing.one_stop import CIVIL, OneStop

pytestmark = pytest.mark.django_db
MORE = """
[[legs]]
key = "the"
name = "Làm thẻ"
unit = "office:kinh-te"
role = "specialist"
time = "8 giờ làm việc"
does = "process"
[[legs]]
key = "ky-the"
name = "Ký thẻ"
unit = "commune"
role = "leader"
time = "4 giờ làm việc"
does = "sign"
[[legs]]
key = "tra"
"""
LINKED = CIVIL.replace('does = "approve"', 'does = "sign"').replace('\n[[legs]]\nkey = "tra"\n', MORE)


@pytest.fixture
def linked(one_stop: OneStop, processing: Callable[..., Case]) -> Case:
    save_draft(LINKED, actor=SYSTEM, code="1.000001")
    publish_draft("1.000001", actor=SYSTEM)
    found = in_force("1.000001")
    assert found is not None
    return processing(version_id=found.id, delivery="online")


def propose(case: Case, actor: Actor, code: str, number: str) -> None:
    file = keep_made(paper(), actor=SYSTEM, name=f"{number}.pdf", is_loose=True)
    propose_dossier(case.id, actor=actor, results=[NewResult(code, code, number, file.pk)])


def numbers(case: Case) -> list[tuple[str, bool]]:
    return [(one.number, one.signed_file_id is not None) for one in Result.objects.filter(case=case).order_by("id")]


def test_each_office_issues_its_own(city: City, one_stop: OneStop, keys: Keys, linked: Case) -> None:
    propose(linked, one_stop.oanh, "KQ.khai-sinh", "1")
    issue_dossier(linked.id, actor=city.minh)
    assert numbers(linked) == [("1", True)]
    first = Result.objects.get(case=linked).signed_file_id
    propose(linked, one_stop.oanh, "KQ.the", "2")
    assert numbers(linked) == [("1", True), ("2", False)]
    revise_dossier(linked.id, actor=city.minh, reason="Sai tên")  # only what belongs to that step is worked on again
    assert numbers(linked) == [("1", True), ("2", False)]
    propose(linked, one_stop.oanh, "KQ.the", "3")
    issue_dossier(linked.id, actor=city.minh)
    assert numbers(linked) == [("1", True), ("3", True)]
    assert Result.objects.get(case=linked, number="1").signed_file_id == first  # signed once
    linked.refresh_from_db()
    assert linked.state == "returned"
    assert not Event.objects.filter(name="signing.failed").exists()


def test_the_leader_signs_and_seals_at_once(city: City, one_stop: OneStop, keys: Keys, linked: Case) -> None:
    propose(linked, one_stop.oanh, "KQ.khai-sinh", "1")
    issue_dossier(linked.id, actor=city.minh)
    signed = content_of(Result.objects.get(case=linked).signed_file_id or 0)
    assert signed.count(b"/ByteRange") == 2


def test_nobody_else_takes_a_leaders_step(city: City, one_stop: OneStop, keys: Keys, linked: Case) -> None:
    clerk: Any = add_officer("thu", "Vũ Thị Thu", city.ward_one, "clerk")
    propose(linked, one_stop.oanh, "KQ.khai-sinh", "1")
    for who, offered in ((clerk, False), (city.minh, True)):  # no button leads to a refusal
        assert ("issue" in [move.name for move in dossier_page(linked.id, actor=who).shown.moves]) is offered
    before = Event.objects.count()
    with pytest.raises(Refused) as refused:
        issue_dossier(linked.id, actor=clerk)
    assert refused.value.code == "not_allowed"
    assert numbers(linked) == [("1", False)]
    assert Event.objects.count() == before
