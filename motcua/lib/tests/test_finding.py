"""Finding things by what people type."""

import pytest

from motcua.lib.finding import Index, Thing

THINGS = [
    Thing(1, [("Đăng ký khai sinh", 1.0), ("làm khai sinh cho bé", 1.0)], "Hộ tịch Giấy khai sinh", 0.2),
    Thing(2, [("Đăng ký khai tử", 1.0), ("người nhà mất", 1.0)], "Hộ tịch", 0.2),
    Thing(3, [("Đăng ký lại khai sinh", 1.0)], "Hộ tịch"),
    Thing(
        4, [("Đăng ký biến động quyền sử dụng đất do chuyển nhượng", 1.0), ("sang tên nhà đất", 1.0)], "Đất đai", 0.2
    ),
    Thing(5, [("Cấp lại giấy phép lái xe", 1.0)], "Giao thông"),
    Thing(6, [("Đăng ký thành lập công ty TNHH hai thành viên trở lên", 1.0)], "Doanh nghiệp"),
    Thing(7, [("Đăng ký thành lập công ty TNHH một thành viên", 1.0)], "Doanh nghiệp"),
]
SYNONYMS = {"bằng lái": "giấy phép lái xe", "sổ đỏ": "quyền sử dụng đất", "lại": "cấp lại", "2": "hai"}
INDEX = Index(THINGS, SYNONYMS)


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("Đăng ký khai sinh", 1),
        ("dang ky khai sinh", 1),
        ("ĐĂNG KÝ KHAI SINH", 1),
        ("khai shinh", 1),
        ("khai sihn", 1),
        ("làm khai sinh cho bé thì cần giấy tờ gì ạ", 1),
        ("ddawng kys khai tuwr", 2),
        ("dang ky lai khai sinh", 3),
        ("sang tên sổ đỏ", 4),
        ("làm lại bằng lái", 5),
        ("lam lai bang lai", 5),
        ("lap cty tnhh 2 thanh vien", 6),
        ("công ty một thành viên", 7),
    ],
)
def test_it_works(query: str, best: int) -> None:
    assert INDEX.find(query)[0].key == best


@pytest.mark.parametrize("query", ["", "   ", "???", "qwrtp zxcvb", "🙂"])
def test_nothing_to_do_with_anything(query: str) -> None:
    assert INDEX.find(query) == []


def test_of_the_same_words_the_commonly_used_comes_first() -> None:
    twins = [Thing(1, [("Cấp giấy phép", 1.0)]), Thing(2, [("Cấp giấy phép", 1.0)], prior=0.1)]
    assert [found.key for found in Index(twins, {}).find("cấp giấy phép")] == [2, 1]


def test_only_among_some() -> None:
    assert {found.key for found in INDEX.find("khai sinh", among={2, 3})} <= {2, 3}
    assert INDEX.find("khai sinh", among=()) == []


def test_an_index_of_nothing() -> None:
    assert Index([], {"a": "b"}).find("khai sinh") == []


def test_a_query_that_only_asks_is_still_read() -> None:
    assert Index([Thing(1, [("Thủ tục hành chính", 1.0)])], {}).find("thủ tục")[0].key == 1


def test_words_side_by_side_count_more_than_apart() -> None:
    """“hộ chiếu” is not “hộ kinh doanh … chiếu phim”."""
    index = Index(
        [
            Thing(1, [("Hộ rạp chiếu", 1.0)], prior=0.1),
            Thing(2, [("Cấp hộ chiếu phổ thông có gắn chíp điện tử", 1.0)]),
        ],
        {},
    )
    assert index.find("hộ chiếu")[0].key == 2


def test_a_prior_decides_between_likes_only() -> None:
    index = Index(
        [
            Thing(1, [("Cấp lại thẻ căn cước", 1.0)]),
            Thing(2, [("Cấp lại giấy phép lái xe", 1.0)], prior=0.3),
            Thing(3, [("Cấp lại thẻ căn cước", 1.0)], prior=0.3),
        ],
        {},
    )
    assert [found.key for found in index.find("cấp lại thẻ căn cước")][:2] == [3, 1]
