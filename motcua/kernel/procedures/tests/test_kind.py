"""What a procedure's file may say, and how each mistake is named."""

import pytest

from motcua.kernel.procedures.kind import Body, BodyError
from motcua.kernel.procedures.queries.written import as_toml, read_body
from motcua.kernel.procedures.tests.samples import CONDITIONAL, TEXT, body


def test_it_works() -> None:
    found = body()
    assert found.name == "Đăng ký khai sinh"
    assert [way.way for way in found.ways] == ["online", "counter"]
    assert found.cases[0].papers[2].registry == "population"
    assert found.is_filed_here
    assert str(found.ways[0].duration) == "1 ngày làm việc"


def test_what_is_kept_reads_back() -> None:
    assert Body.parse(body().plain()) == body()


def test_what_is_written_reads_back() -> None:
    odd = body(steps='Gạch \\ và "nháy"\nDòng hai', conditions='Ba nháy """ trong chữ\nhết')
    read, mistakes = read_body(as_toml(odd))
    assert mistakes == []
    assert read == odd


def test_a_condition_is_written_as_it_was_read() -> None:
    found, mistakes = read_body(CONDITIONAL)
    assert mistakes == []
    assert found is not None
    assert found.cases[0].papers[1].when == {"var": "rich"}
    assert read_body(as_toml(found)) == (found, [])
    assert found.part("papers") != body().part("papers")  # what was verified is to be verified again


BROKEN = [
    ('code = "1.001193"', 'code = "1.1193"', 1, "code: “1.1193” không đúng dạng"),
    ('name = "Đăng ký khai sinh"', 'name = ""', 2, "name: thiếu"),
    ('name_en = "Birth registration"', "", 1, "name_en: thiếu"),
    ('level = "commune"', 'level = "xa"', 5, "level: không có “xa”"),
    ('online = "full"', 'online = "partial"', 1, "online_reason: thiếu"),
    ('who = ["citizen"]', 'who = ["cong-dan"]', 7, "who: không có “cong-dan”"),
    ('"a1", "a2"', '"a1", "a1"', 20, "keywords: “a1” có hai lần"),
    (', "a7"]', "]", 20, "keywords: có 7 mục, cần ít nhất 8"),
    ("valid_from = 2025-07-01", 'valid_from = "1/7/2025"', 23, "valid_from: không phải ngày"),
    ("visits = { before", "visits = { truoc", 26, "visits.truoc: không biết “truoc”"),
    ('way = "online"', 'way = "web"', 29, "ways[0].way: không có “web”"),
    ('time = "2 ngày làm việc"', 'time = "2 ngày công"', 34, "ways[1].time: Đơn vị"),
    ('time = "2 ngày làm việc"', "", 32, "ways[1].time: thiếu"),
    ('way = "counter"', 'way = "online"', 32, "ways[1]: “online” có hai lần"),
    ('{ "==" = [{ var', '{ "laf" = [{ var', 40, "cases[0].when: không phải điều kiện"),
    ("by_form = true", 'by_form = "yes"', 47, "cases[0].papers[0].by_form: viết true hoặc false"),
    ('registry = "population"', 'registry = "dan-cu"', 60, "cases[0].papers[2].registry: không có “dan-cu”"),
    ("originals = 1\nregistry", "originals = 100\nregistry", 59, "originals: phải là số nguyên từ 0 đến 99"),
    ("by_form = true", 'when = { laf = 1 }\nwhen_text = "x"', 47, "cases[0].papers[0].when: không phải điều kiện"),
    ("by_form = true", "when = { var = 'married' }", 42, "cases[0].papers[0].when_text: thiếu"),
    ("by_form = true", "when_text = 'Khi cưới'", 47, "cases[0].papers[0].when_text: chỉ dùng cùng điều kiện when"),
    ('name_en = "Only the mother"', 'nam_en = "Only"', 72, "không biết “nam_en”; ở đây có: key, name"),
    ("amount = 8000", "amout = 8000", 84, "fees[0].rule.amount"),
    ('{ type = "fixed"', '{ type = "free"', 84, "fees[0].rule.type: không có “free”"),
    ("by_way = { online = 0 }", "by_way = { web = 0 }", 85, "fees[0].by_way.web"),
    ('does = "receive"', 'does = "sign"', 94, "legs[0].does: bước đầu phải là receive"),
    ('role = "leader"', 'role = "boss"', 101, "legs[1].role: không có “boss”"),
    ('form = "khai-sinh"', "", 1, "form: thiếu; thủ tục nộp được phải có"),
    ("[[ways]]\nway", "[[ways]\nway", 28, "không đọc được TOML; xem lại"),
]  # fmt: skip


@pytest.mark.parametrize(("what", "instead", "line", "words"), BROKEN)
def test_every_mistake_has_its_line_and_its_words(what: str, instead: str, line: int, words: str) -> None:
    assert what in TEXT
    found, mistakes = read_body(TEXT.replace(what, instead, 1))
    assert found is None
    assert [(at, said) for at, said in mistakes if at == line and words in said], mistakes


def test_all_mistakes_are_told_at_once() -> None:
    with pytest.raises(BodyError) as told:
        Body.parse({"code": "x", "la": 1})
    paths = [mistake.path for mistake in told.value.mistakes]
    assert {"code", "name", "field", "level", "online", "valid_from", "ways", "cases", "la"} <= set(paths)


def test_an_imported_one_may_lack_what_the_citys_own_must_have() -> None:
    found = Body.parse(
        {
            "code": "1.000178",
            "name": "Khiếu nại",
            "field": "khieu-nai",
            "level": "ministry",
            "online": "info",
            "valid_from": "2026-01-01",
        },
        is_imported=True,
    )
    assert not found.is_filed_here


def test_years_of_a_result_are_months() -> None:
    results = [{"code": "KQ.a", "name": "Bằng lái", "valid": "10 năm"}]
    assert body(results=results).results[0].valid == "120 tháng"
