"""The wording of moments and numbers in both languages, and what the tags draw."""

from datetime import UTC, date, datetime

import pytest
from django import forms
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from motcua.kernel.cases.queries.clocks import ClockView
from motcua.kernel.web.kind import Pill
from motcua.kernel.web.templatetags import motcua as tags
from motcua.lib import moment

NOW = datetime(2026, 11, 20, 9, 50, tzinfo=UTC)  # 16:50, Friday
DUE = datetime(2026, 11, 23, 7, 10, tzinfo=UTC)


def draw(source: str, **context: object) -> str:
    return Template("{% load motcua %}" + source).render(Context(context))


@pytest.mark.parametrize(
    ("language", "filter_name", "value", "words"),
    [
        ("vi", "when", DUE, "14:10, thứ Hai 23/11"),
        ("en", "when", DUE, "14:10, Monday 23 Nov"),
        ("vi", "when", datetime(2025, 3, 1, 2, tzinfo=UTC), "09:00, thứ Bảy 1/3/2025"),
        ("en", "when", datetime(2025, 3, 1, 2, tzinfo=UTC), "09:00, Saturday 1 Mar 2025"),
        ("vi", "when", None, "—"),
        ("vi", "when_short", DUE, "14:10, 23/11"),
        ("vi", "day", date(2026, 11, 22), "Chủ nhật 22/11"),
        ("vi", "due_words", DUE, "Hẹn xong 14:10, thứ Hai 23/11"),
        ("vi", "ago", datetime(2026, 11, 19, 20, tzinfo=UTC), "hôm nay"),  # 03:00 today in Việt Nam
        ("vi", "ago", datetime(2026, 11, 19, 16, tzinfo=UTC), "hôm qua"),
        ("vi", "ago", datetime(2026, 11, 17, 3, tzinfo=UTC), "3 ngày trước"),
        ("vi", "number", 1362, "1.362"),
        ("en", "number", 1362, "1,362"),
        ("vi", "percent", 0.9416, "94,2%"),
        ("en", "percent", 0.9416, "94.2%"),
        ("vi", "percent", None, "—"),
        ("vi", "money", 150000, "150.000 đ"),
        ("en", "money", 150000, "VND 150,000"),
        ("vi", "who", "Hệ thống", "Hệ thống"),
        ("en", "who", "Hệ thống", "System"),
        ("en", "who", "Lý Thị Thí Chi", "Lý Thị Thí Chi"),
        ("vi", "amounts_whole", "Còn 8.000 đ đến 2 đơn vị", "Còn 8.000\u00a0đ đến 2 đơn vị"),
        ("en", "amounts_whole", "VND 8,000 paid", "VND\u00a08,000 paid"),
        ("vi", "phone", "0900000123", "0900 000 123"),
        ("vi", "phone", "+84900000123", "0900 000 123"),
        ("vi", "phone", "068190000101", "068190000101"),
        ("vi", "phone", "0263 382 22 22", "0263 382 22 22"),
        ("vi", "phone", "an0900000123@thu.example", "an0900000123@thu.example"),
        ("vi", "phone_masked", "0900000123", "0900 ••• 123"),
        ("vi", "phone_masked", "", ""),
    ],
)
def test_words(language: str, filter_name: str, value: object, words: str) -> None:
    with moment.at(NOW), translation.override(language):
        assert getattr(tags, filter_name)(value) == words


@pytest.mark.parametrize(
    ("text", "public"),
    [
        ("Gọi em 0909 123 456 nhé", "Gọi em [đã ẩn] nhé"),
        ("số +84-909-123-456.", "số [đã ẩn]."),
        ("mail an.nguyen@example.vn ạ", "mail [đã ẩn] ạ"),
        ("CCCD 068000000123", "CCCD [đã ẩn]"),
        ("hố sâu 15 cm, trước số 152, ngày 20/11/2026", "hố sâu 15 cm, trước số 152, ngày 20/11/2026"),
        ("phạt 2.000.000 đ", "phạt 2.000.000 đ"),
    ],
)
def test_redacted(text: str, public: str) -> None:
    assert tags.redacted(text) == public


def test_clock_badge_has_shape_and_words() -> None:
    badge = draw("{% clock view %}", view=ClockView("late", "Trễ <b>1 ngày", DUE))
    assert 'data-s="late"' in badge
    assert "<svg" in badge
    assert "Trễ &lt;b&gt;1 ngày" in badge


def test_no_clock_draws_nothing() -> None:
    assert draw("{% clock view %}", view=None) == ""


def test_pill_from_words_and_from_declaration() -> None:
    assert 'data-k="info"' in draw('{% pill "Đang xử lý" tone="info" icon="tool" %}')
    plain = draw("{% pill one %}", one=Pill("Mới gửi"))
    assert "data-k" not in plain
    assert "Mới gửi" in plain


def test_unknown_icon_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        draw('{% icon "no-such-icon" %}')


def test_meter_stays_on_its_scale() -> None:
    assert 'value="100"' in draw("{% meter 180 'late' %}")
    assert 'value="0"' in draw("{% meter none %}", none=None)


def test_moment_is_machine_readable() -> None:
    with moment.at(NOW):
        html = draw("{% moment_of at %}", at=DUE)
    assert html == '<time datetime="2026-11-23T14:10+07:00">14:10, thứ Hai 23/11</time>'


def test_kept_is_drawn_once_for_each_language_and_value() -> None:
    page = Template("{% load i18n motcua %}{% kept key %}{% translate 'Tìm kiếm' %} {{ drawn }}{% endkept %}")

    def once(key: str, drawn: int, language: str = "vi") -> str:
        with translation.override(language):
            return page.render(Context({"key": key, "drawn": drawn}))

    assert once("a", 1) == once("a", 2) == "Tìm kiếm 1"
    assert once("b", 3) == "Tìm kiếm 3"
    assert once("a", 4, "en") == "Search 4"


def test_kept_forgets_before_it_grows_without_end() -> None:
    page = Template("{% load motcua %}{% kept key %}{{ drawn }}{% endkept %}")
    for number in range(tags._Kept.MOST + 1):
        page.render(Context({"key": number, "drawn": "old"}))
    assert page.render(Context({"key": 0, "drawn": "new"})) == "new"


@pytest.mark.parametrize("inside", ["{% csrf_token %}", "{% if key %}{% block a %}{% endblock %}{% endif %}"])
def test_what_differs_cannot_be_kept(inside: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        draw("{% kept key %}" + inside + "{% endkept %}")


def test_icon_escapes_its_label() -> None:
    assert 'aria-label="&lt;b&gt;"' in draw('{% icon "flag" "" label %}', label="<b>")


def test_the_summary_of_errors_counts_what_it_lists() -> None:
    class Asked(forms.Form):
        name = forms.CharField()

    form = Asked({})
    assert "Có 1 chỗ cần sửa" in draw('{% include "components/error_summary.html" %}', form=form)
    for words in ("Còn thiếu giấy tờ.", "Ghi đủ số."):  # of the form as a whole
        form.add_error(None, words)
    assert "Có 3 chỗ cần sửa" in draw('{% include "components/error_summary.html" %}', form=form)
