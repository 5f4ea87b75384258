import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from motcua.lib.vietnamese import clean, expand_chat, fold, from_telex, highlight, name_key, nfc, slug, sort_key, words
from motcua.lib.vietnamese.typed import _CHAT_WORDS

ANY_TEXT = st.text(st.characters(codec="utf-8"))
LATIN_TEXT = st.text(st.characters(max_codepoint=0x1EFF))


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ("hoà", "hòa"),
        ("hòa", "hòa"),
        ("hòan", "hoàn"),
        ("thuý", "thúy"),
        ("khoẻ", "khỏe"),
        ("THUỶ", "THỦY"),
        ("Hoà", "Hòa"),
        ("qúy", "quý"),
        ("quà", "quà"),
        ("gìa", "già"),
        ("giếng", "giếng"),
        ("gìn", "gìn"),
        ("muà", "mùa"),
        ("tíêng", "tiếng"),
        ("ngoaì", "ngoài"),
        ("khuỷu", "khuỷu"),
        ("hùynh", "huỳnh"),
        ("rựơu", "rượu"),
        ("uý", "úy"),
        ("café", "café"),
        ("résumé", "résumé"),
        ("naïve", "naïve"),
    ],
)
def test_the_tone_goes_where_dictionaries_put_it(typed: str, word: str) -> None:
    assert nfc(typed) == word
    assert nfc(unicodedata.normalize("NFD", typed)) == word


@pytest.mark.parametrize("typed", ["ế", "e\u0302\u0301", "e\u0301\u0302", "é\u0302", "ê\u0301", "ê\u0341"])
def test_tones_typed_in_any_order_are_one_letter(typed: str) -> None:
    assert nfc(f"ti{typed}ng") == clean(f"ti{typed}ng") == "tiếng"


def test_names_keep_their_spelling() -> None:
    assert clean("Nguye\u0302\u0303n Thị Thuý") == "Nguyễn Thị Thuý"


def test_what_cannot_be_seen_is_taken_out() -> None:
    assert clean("a\x00b\x07c\r\nd\te\u200b\u202ef\ufeff\u2028g\u00a0h\U000e0041") == "abc\nd\tef\ng h"
    assert clean("\ud800x") == "x"
    assert clean("👩\u200d🚒") == "👩\u200d🚒"
    assert clean("Ðà Lạt, ðường") == "Đà Lạt, đường"


@given(text=ANY_TEXT)
def test_cleaning_twice_changes_nothing(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert nfc(nfc(text)) == nfc(text)
    assert "\x00" not in clean(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đèn đường  Phan Đình Phùng\n", "den duong phan dinh phung"),
        ("Ðà Lạt", "da lat"),
        ("Xuân Hương – Đà Lạt", "xuan huong - da lat"),
        ("Nguye\u0302\u0303n", "nguyen"),
        ("“Ổ gà”…", '"o ga"...'),
        ("Дом 서울 Ở", "дом 서울 o"),
        ("a\u00a0b", "a b"),
        ("", ""),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(text=LATIN_TEXT)
def test_fold_is_the_same_by_its_quick_and_its_slow_way(text: str) -> None:
    assert fold(text) == fold(text + " 서울").removesuffix("서울").strip()


@given(text=ANY_TEXT)
def test_fold_is_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert "  " not in fold(text)


def test_every_vietnamese_letter_folds_to_ascii() -> None:
    letters = "aăâbcdđeêghiklmnoôơpqrstuưvxy"
    for tone in ("", *"\u0300\u0301\u0303\u0309\u0323"):
        text = unicodedata.normalize("NFC", "".join(letter + tone for letter in letters))
        assert fold(text) == fold(text.upper()) == "aaabcddeeghiklmnooopqrstuuvxy"


def test_words_and_slug() -> None:
    assert words("Ổ gà, ngã tư Kim Cúc (số 12B)!") == ["ổ", "gà", "ngã", "tư", "kim", "cúc", "số", "12b"]
    assert slug("  Phường Xuân Hương – Đà Lạt ") == "phuong-xuan-huong-da-lat"


def test_the_order_of_the_alphabet() -> None:
    ordered = ["an", "ăn", "ân", "ba", "ba bà", "bà", "bà ba", "bả", "bã", "bá", "bạ", "da", "đa", "la", "lá", "lan"]
    assert sorted(set(ordered), key=sort_key) == ordered
    assert sorted(["Phường 10", "Phường 2", "phường 1"], key=sort_key) == ["phường 1", "Phường 2", "Phường 10"]


def test_persons_are_listed_by_given_name() -> None:
    ordered = ["Đỗ An", "Nguyễn Văn An", "Phạm Ăn", "Lê Ân", "Trần Thị Bình", "Đặng Thị Đào"]
    assert sorted(set(ordered), key=name_key) == ordered
    assert name_key("") == name_key("  ")


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("Đèn đường Phan Đình Phùng", "den phung", "<mark>Đèn</mark> đường Phan Đình <mark>Phùng</mark>"),
        ("Cột điện", "đi", "Cột <mark>đi</mark>ện"),
        ("<b>đèn</b>", "đèn", "&lt;b&gt;<mark>đèn</mark>&lt;/b&gt;"),
        ("Hiện", "ien", "Hiện"),
        ("a & b", "", "a &amp; b"),
        ("a & b", "<b>", "a &amp; <mark>b</mark>"),
        ("… đèn…", "den", "… <mark>đèn</mark>…"),
    ],
)
def test_highlight(text: str, query: str, marked: str) -> None:
    assert highlight(text, query) == marked


@given(text=ANY_TEXT, query=ANY_TEXT)
def test_highlight_loses_nothing_and_lets_no_markup_through(text: str, query: str) -> None:
    marked = highlight(text, query, "\x01", "\x02")
    assert "<" not in marked
    assert marked.replace("\x01", "").replace("\x02", "") == highlight(text, "").replace("\x01", "").replace("\x02", "")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("đg hư wáaaa r k ai sửa j hết mn ơi", "đường hư quá rồi không ai sửa gì hết mọi người ơi"),
        ("KO đc", "không được"),
        ("đẹpppp", "đẹp"),
        ("p5 có 1000000 con", "p5 có 1000000 con"),
        ("hẻm lún, cống bít, đèn hỏng", "hẻm lún, cống bít, đèn hỏng"),
        ("hem lun cong bit den hong", "hem lun cong bit den hong"),
    ],
)
def test_chat_spellings(typed: str, meant: str) -> None:
    assert expand_chat(typed) == meant


def test_the_chat_table_says_each_spelling_once() -> None:
    spellings = [spelling for listed in _CHAT_WORDS.values() for spelling in listed.split()]
    assert len(spellings) == len(set(spellings)) > 150
    assert all(nfc(spelling) == spelling for spelling in spellings)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ddeefn dduwowngf bij hoongr", "đền đường bị hổng"),
        ("ddenf dduowngf bij hongr gaanf nhaf", "đèn đường bị hỏng gần nhà"),
        ("d9en2 d9uong72 bi5 hong3", "đèn đường bị hỏng"),
        ("ong nuocws bij vowx", "ong nước bị vỡ"),
        ("the street light is broken", "the street light is broken"),
        ("den duong bi hong gan ben xe bus", "den duong bi hong gan ben xe bus"),
        ("Đèn bij hongr", "Đèn bij hongr"),
        ("goi 0912345678", "goi 0912345678"),
    ],
)
def test_keys_of_a_keyboard_that_was_off(typed: str, meant: str) -> None:
    assert from_telex(typed) == meant


def test_telex_that_lacks_keys_still_folds_to_the_words() -> None:
    assert fold(from_telex("dden duongf")) == fold("đèn đường")


@given(text=ANY_TEXT)
def test_typed_text_of_any_kind_is_survived(text: str) -> None:
    assert fold(from_telex(text)) is not None
    assert fold(expand_chat(text)) is not None
