"""The city's own texts: what may be saved, by whom, and how it is tried out."""

from collections.abc import Iterator

import pytest

from motcua.kernel.events.models import Event
from motcua.kernel.messages.actions import reset_template, save_template
from motcua.kernel.messages.models import Template
from motcua.kernel.messages.queries import TemplateKey, Wording, list_templates, preview, template_row
from motcua.kernel.messages.tests.fakes import HOA, QUAN, lamp_plan
from motcua.lib.errors import Refused

pytestmark = pytest.mark.django_db

EMAIL = TemplateKey("lamp.mended", "reporter", "email", "vi")
SMS = TemplateKey("lamp.mended", "reporter", "sms", "vi")


@pytest.fixture(autouse=True)
def _plan() -> Iterator[None]:
    with lamp_plan(lambda _event: ()):
        yield


def test_it_works() -> None:
    assert save_template(EMAIL, Wording(" Đèn {code} ", "Xong.\r\n{link}\n"), actor=QUAN, version=0) == 1
    assert save_template(EMAIL, Wording("Đèn", "Xong"), actor=QUAN, version=1) == 2
    row = template_row(EMAIL)
    assert (row.wording, row.version, row.is_own) == (Wording("Đèn", "Xong"), 2, True)
    assert list(Event.objects.order_by("id").values_list("name", "data")) == [
        ("template.changed", {"template": "lamp.mended reporter email vi", "version": 1}),
        ("template.changed", {"template": "lamp.mended reporter email vi", "version": 2}),
    ]


@pytest.mark.parametrize(
    ("key", "wording", "field", "part"),
    [
        (EMAIL, Wording("{codes}", "x"), "subject", "{codes}"),
        (EMAIL, Wording("x", "{link.__class__}"), "body", "{link.__class__}"),
        (EMAIL, Wording("x", "{code"), "body", "{code"),
        (EMAIL, Wording("", "x"), "subject", "tiêu đề"),
        (EMAIL, Wording("một\nhai", "x"), "subject", "một dòng"),
        (EMAIL, Wording("x", " \n "), "body", "Nhập"),
        (SMS, Wording("x", "y"), "subject", "trống"),
        (SMS, Wording("", "y" * 460), "body", "459"),
    ],
)
def test_text_that_cannot_be_sent_is_not_saved(key: TemplateKey, wording: Wording, field: str, part: str) -> None:
    with pytest.raises(Refused) as caught:
        save_template(key, wording, actor=QUAN, version=0)
    assert caught.value.code == "invalid"
    assert part in caught.value.fields[field]
    assert not Template.objects.exists()
    assert not Event.objects.exists()


def test_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(Refused) as caught:
        save_template(EMAIL, Wording("x", "{ten}"), actor=QUAN, version=0)
    assert caught.value.fields == {"body": "Không có {ten}. Dùng được: {code}, {link}."}


def test_two_people_do_not_overwrite_each_other() -> None:
    save_template(EMAIL, Wording("Một", "x"), actor=QUAN, version=0)
    with pytest.raises(Refused, match="stale"):
        save_template(EMAIL, Wording("Hai", "x"), actor=QUAN, version=0)
    assert template_row(EMAIL).wording.subject == "Một"
    assert Event.objects.count() == 1


def test_only_administrators_change_texts() -> None:
    with pytest.raises(Refused, match="not_allowed"):
        save_template(EMAIL, Wording("x", "y"), actor=HOA, version=0)
    with pytest.raises(Refused, match="not_allowed"):
        reset_template(EMAIL, actor=HOA)
    assert not Template.objects.exists()
    assert not Event.objects.exists()


@pytest.mark.parametrize("key", [
    TemplateKey("nothing", "reporter", "email", "vi"), TemplateKey("lamp.mended", "king", "email", "vi"),
    TemplateKey("lamp.mended", "reporter", "pigeon", "vi"), TemplateKey("lamp.mended", "reporter", "email", "fr"),
])  # fmt: skip
def test_text_of_nothing_is_not_found(key: TemplateKey) -> None:
    with pytest.raises(Refused, match="not_found"):
        save_template(key, Wording("x", "y"), actor=QUAN, version=0)


def test_back_to_the_default() -> None:
    save_template(EMAIL, Wording("Khác", "x"), actor=QUAN, version=0)
    reset_template(EMAIL, actor=QUAN)
    row = template_row(EMAIL)
    assert (row.wording.subject, row.is_own, row.version) == ("Đã sửa đèn {code}", False, 0)
    with pytest.raises(Refused, match="not_found"):
        reset_template(EMAIL, actor=QUAN)
    assert list(Event.objects.order_by("id").values_list("name", flat=True)) == ["template.changed", "template.reset"]


def test_preview_shows_samples_and_what_a_short_message_costs() -> None:
    shown = preview(SMS, Wording("", "Đèn {code} đã sửa"))
    assert shown.wording.body == "Den DEN-7 da sua"
    assert shown.size is not None
    assert (shown.size.encoding, shown.size.parts) == ("gsm7", 1)


def test_list_has_own_texts_and_defaults() -> None:
    save_template(TemplateKey("lamp.mended", "follower", "email", "vi"), Wording("x", "y"), actor=QUAN, version=0)
    rows = next(rows for plan, rows in list_templates() if plan.event == "lamp.mended")
    assert [(row.key.audience, row.key.channel, row.key.language, row.is_own) for row in rows] == [
        ("reporter", "email", "vi", False),
        ("reporter", "email", "en", False),
        ("reporter", "sms", "vi", False),
        ("follower", "email", "vi", True),
        ("officer", "web", "vi", False),
    ]
