"""A procedure's life: drafted, published, replaced, ended."""

from datetime import date, timedelta

import pytest
from django.db import DatabaseError, transaction

from motcua.kernel.events.models import Event
from motcua.kernel.forms.actions.versions import publish as publish_form
from motcua.kernel.forms.actions.versions import save_draft as save_form
from motcua.kernel.forms.actions.versions import withdraw_form
from motcua.kernel.forms.models import FormVersion
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.actions import discard_draft, end_procedure, publish_draft, save_draft
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import Procedure, ProcedureVersion
from motcua.kernel.procedures.queries.catalogue import choose_case, in_force, version
from motcua.kernel.procedures.queries.written import as_toml
from motcua.kernel.procedures.tests.samples import CONDITIONAL, FORM, TEXT, body, catalogue, publish, words
from motcua.lib.errors import Refused
from motcua.testing.city import City

CODE = "1.001193"


def test_it_works(city: City) -> None:
    words()
    assert in_force(CODE) is None
    draft = save_draft(TEXT, actor=city.quan)
    assert in_force(CODE) is None
    publish_draft(CODE, actor=city.quan, lock=draft.lock)
    found = in_force(CODE)
    assert found is not None
    assert (found.number, found.body.name, found.valid_from) == (1, "Đăng ký khai sinh", date(2025, 7, 1))
    assert [event.name for event in Event.objects.order_by("id")] == ["procedure.drafted", "procedure.published"]


def test_a_new_version_leaves_the_one_that_dossiers_keep(city: City) -> None:
    catalogue()
    before = in_force(CODE)
    assert before is not None
    save_draft(as_toml(body(name="Khai sinh cho trẻ")), actor=city.quan, code=CODE)
    publish_draft(CODE, actor=city.quan)
    after = in_force(CODE)
    assert after is not None
    assert (after.number, after.body.name, after.valid_from) == (2, "Khai sinh cho trẻ", local_today())
    assert version(before.id).body.name == "Đăng ký khai sinh"
    assert in_force(CODE, on=local_today() - timedelta(days=1)) == before
    assert list(ProcedureVersion.objects.order_by("number").values_list("state", flat=True)) == [
        "replaced",
        "published",
    ]


def test_a_version_may_begin_later(city: City) -> None:
    catalogue()
    later = local_today() + timedelta(days=30)
    save_draft(as_toml(body(name="Luật mới", valid_from=later)), actor=city.quan, code=CODE)
    publish_draft(CODE, actor=city.quan)
    today, then = in_force(CODE), in_force(CODE, on=later)
    assert today is not None
    assert then is not None
    assert (today.number, then.number) == (1, 2)


@pytest.mark.parametrize(
    "change",
    [{"name": "Tên khác"}, {"body": {}}, {"valid_from": date(2020, 1, 1)}, {"state": "draft"}, {"number": 9}],
)
def test_what_is_published_never_changes(city: City, change: dict[str, object]) -> None:
    catalogue()
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcedureVersion.objects.update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        ProcedureVersion.objects.all().delete()
    found = in_force(CODE)
    assert found is not None
    assert found.body == body()


def test_a_draft_of_somebody_else_is_not_overwritten(city: City) -> None:
    words()
    draft = save_draft(TEXT, actor=city.quan)
    save_draft(as_toml(body(name="Của người khác")), actor=city.quan, code=CODE, lock=draft.lock)
    with pytest.raises(Refused, match="stale"):
        save_draft(TEXT, actor=city.quan, code=CODE, lock=draft.lock)
    with pytest.raises(Refused, match="stale"):
        publish_draft(CODE, actor=city.quan, lock=draft.lock)
    assert ProcedureVersion.objects.get().name == "Của người khác"
    assert not Event.objects.filter(name="procedure.published").exists()


def test_wrong_text_is_refused_line_by_line(city: City) -> None:
    words()
    with pytest.raises(Refused, match="Dòng 5: level: không có “xa”"):
        save_draft(TEXT.replace('"commune"', '"xa"', 1), actor=city.quan)
    with pytest.raises(Refused, match="không có lĩnh vực “la”"):
        save_draft(TEXT.replace('"ho-tich"', '"la"'), actor=city.quan)
    with pytest.raises(Refused, match="Mã thủ tục không đổi được"):
        save_draft(TEXT, actor=city.quan, code="1.000001")
    assert not Procedure.objects.exists()
    assert not Event.objects.exists()


def test_only_administrators_of_the_whole(city: City) -> None:
    words()
    for actor in (city.minh, city.hoa, city.an):
        with pytest.raises(Refused):
            save_draft(TEXT, actor=actor)
        with pytest.raises(Refused):
            publish_draft(CODE, actor=actor)
        with pytest.raises(Refused):
            end_procedure(CODE, actor=actor, last_day=local_today())
    assert not Event.objects.exists()


def test_discarding_the_only_draft_forgets_the_procedure(city: City) -> None:
    words()
    save_draft(TEXT, actor=city.quan)
    discard_draft(CODE, actor=city.quan)
    assert not Procedure.objects.exists()
    catalogue_before = Event.objects.count()
    with pytest.raises(Refused, match="not_found"):
        discard_draft(CODE, actor=city.quan)
    assert Event.objects.count() == catalogue_before


def test_replaced_by_another_procedure(city: City) -> None:
    catalogue()
    publish(body(code="1.000002", name="Khai sinh liên thông"))
    with pytest.raises(Refused, match="invalid"):
        end_procedure(CODE, actor=city.quan, last_day=local_today(), replaced_by="1.999999")
    assert Procedure.objects.get(code=CODE).ended_on is None
    end_procedure(CODE, actor=city.quan, last_day=local_today(), replaced_by="1.000002")
    assert in_force(CODE) is not None
    assert in_force(CODE, on=local_today() + timedelta(days=1)) is None
    assert Event.objects.filter(name="procedure.replaced").count() == 1


def test_the_papers_of_my_case(city: City) -> None:
    catalogue()
    found = in_force(CODE)
    assert found is not None
    assert choose_case(found, {"married": True}).key == "thuong"
    assert choose_case(found, {"married": False}).key == "chi-me"


def test_a_condition_looks_at_what_the_form_asks(city: City) -> None:
    words()
    wrong = TEXT.replace('[{ var = "married" }, true]', '[{ var = "maried" }, true]')
    for text, says in (
        (wrong, "cases[0].when: không có ô “maried”"),
        (
            CONDITIONAL.replace('when = { var = "rich" }', 'when = { var = "poor" }'),
            "papers[1].when: không có ô “poor”",
        ),
        (CONDITIONAL.replace('form = "khai-sinh"', 'form = "la"'), "form: chưa có biểu mẫu “la”"),
    ):
        with pytest.raises(Refused) as refused:
            save_draft(text, actor=city.quan)
        assert says in refused.value.fields["text"]
    assert not ProcedureVersion.objects.exists()
    assert not Event.objects.exists()
    save_draft(CONDITIONAL, actor=city.quan)
    withdraw_form("khai-sinh", actor=SYSTEM)  # gone before it was published
    with pytest.raises(Refused):
        publish_draft(CODE, actor=city.quan)
    assert in_force(CODE) is None


def test_a_paper_is_asked_for_by_the_answers(city: City) -> None:
    words()
    save_draft(CONDITIONAL, actor=city.quan)
    publish_draft(CODE, actor=city.quan)
    found = in_force(CODE)
    assert found is not None
    case = found.body.cases[0]
    codes = {answer: [one.code for one in case.asked({"rich": answer})] for answer in (True, False)}
    assert codes[True] == ["GT.to-khai", "GT.chung-sinh", "GT.can-cuoc", "GT.ket-hon"]
    assert codes[False] == ["GT.to-khai", "GT.can-cuoc", "GT.ket-hon"]
    assert case.asked({}) == case.asked({"rich": False})  # not answered: not asked for
    assert Body.parse(found.body.plain()) == found.body


def test_a_form_goes_on_asking_what_conditions_look_at(city: City) -> None:
    """Else a paper that is needed would silently be asked of nobody."""
    words()
    save_draft(CONDITIONAL, actor=city.quan)
    publish_draft(CODE, actor=city.quan)
    fewer = {**FORM, "properties": {"married": FORM["properties"]["married"]}}  # type: ignore[index]
    save_form("khai-sinh", fewer, actor=SYSTEM)
    with pytest.raises(Refused) as refused:
        publish_form("khai-sinh", actor=SYSTEM)
    assert refused.value.data["failed"] == ["1.001193 cases[0].papers[1].when: không có ô “rich”"]
    assert list(FormVersion.objects.order_by("number").values_list("state", flat=True)) == ["published", "draft"]
    assert not Event.objects.filter(name="form.published").exists()
    save_form("khai-sinh", {**FORM, "title": "Tờ khai mới"}, actor=SYSTEM)
    assert publish_form("khai-sinh", actor=SYSTEM).number == 2
