"""Clean Vietnamese text, the form without tones to search by, and finding what was searched."""

import html
import re
import unicodedata
from functools import lru_cache
from typing import Final

# Cleaning

_CONTROLS: Final[dict[int, str | None]] = {
    **{code: None for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"},
    # Invisible characters hide text, or turn its direction: soft hyphen, zero width, bidi controls, tags, surrogates.
    # U+200D stays, it joins emoji.
    **dict.fromkeys((0xAD, 0x061C, 0x180E, 0x200B, 0x200C, 0x200E, 0x200F, 0x2060, 0xFEFF, 0xFFFE, 0xFFFF)),
    **dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x2070), *range(0xD800, 0xE000), *range(0xE0000, 0xE0080))),
    **dict.fromkeys((0x2028, 0x2029, 0x85), "\n"),
    **dict.fromkeys((0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000), " "),
    # Letters that old fonts and keyboards gave for đ.
    **dict.fromkeys((0xD0, 0x189), "Đ"),
    **dict.fromkeys((0xF0, 0x256), "đ"),
}
TONES: Final = "\u0300\u0309\u0303\u0301\u0323"  # huyền, hỏi, ngã, sắc, nặng: their order in the dictionary
_UNUSUAL: Final = re.compile("[^ -~\n\t\u00c0-\u00cf\u00d1-\u00ef\u00f1-\u0188\u018a-\u0250\u1e00-\u1eff]")
_TONE_BEFORE_SHAPE: Final = re.compile("([\u0300\u0301\u0303\u0309])([\u0302\u0306])")
_STRAY_MARK: Final = re.compile("[\u0300-\u036f]")
_WORD: Final = re.compile(r"(?<![^\W\d_])[^\W\d_]{2,8}(?![^\W\d_])")  # no syllable is longer


def clean(text: str) -> str:
    """Composed letters, plain line ends, nothing invisible; the spelling stays. For names, which stay as written."""
    text = unicodedata.normalize("NFC", text)
    if _UNUSUAL.search(text):
        text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_CONTROLS)
    if _STRAY_MARK.search(text):  # typed tone first, hat after: é + ̂ is ế as well
        text = unicodedata.normalize("NFC", _TONE_BEFORE_SHAPE.sub(r"\2\1", unicodedata.normalize("NFD", text)))
    return text


def nfc(text: str) -> str:
    """``clean``, and the tone on the vowel where dictionaries put it: hoà, hòa → hòa; hòan → hoàn."""
    text = clean(text)
    return text if text.isascii() else _WORD.sub(lambda word: _with_tone_in_place(word[0]), text)


_VOWELS: Final = "aăâeêioôơuưy"
SYLLABLE: Final = re.compile(
    f"(gi(?=[{_VOWELS}])|qu(?=[{_VOWELS}])|[bcdđghklmnpqrstvx]*)([{_VOWELS}]{{1,3}})(c|ch|m|n|ng|nh|p|t|)"
)
"""Onset, vowels and coda of a lower-case syllable without its tone."""


@lru_cache(maxsize=20_000)
def _with_tone_in_place(word: str) -> str:
    if word.isascii():
        return word
    bare, tones = split_tone(word)
    syllable = SYLLABLE.fullmatch(bare.lower())
    return put_tone(bare, tones, syllable) if syllable and len(tones) == 1 else word


def split_tone(word: str) -> tuple[str, str]:
    """The letters of a word, and its tones (none, one, or more when it is not one syllable)."""
    parts = unicodedata.normalize("NFD", word)
    tones = "".join(part for part in parts if part in TONES)
    return unicodedata.normalize("NFC", "".join(part for part in parts if part not in TONES)), tones


def put_tone(bare: str, tone: str, syllable: re.Match[str]) -> str:
    """``bare``, which is ``syllable``, with ``tone`` (a combining mark) on the vowel where dictionaries put it."""
    onset, vowels, coda = syllable.groups()
    shaped = [place for place, vowel in enumerate(vowels) if vowel in "ăâêôơư"]
    if shaped:
        place = shaped[-1]
    elif len(vowels) == 3:
        place = 1
    else:
        place = len(vowels) - 1 if coda else 0
    place += len(onset) + 1
    return unicodedata.normalize("NFC", bare[:place] + tone + bare[place:])


# Forms to search and sort by


def _folded_letter(letter: str) -> str:
    base = "".join(part for part in unicodedata.normalize("NFD", letter) if not unicodedata.combining(part))
    return base.lower().replace("đ", "d").replace("ð", "d")


_LATIN: Final = {code: _folded_letter(chr(code)) for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))}
_FOLDED: Final[dict[int, str | None]] = {
    **_LATIN,
    **dict.fromkeys(range(0x300, 0x370)),  # tones that belong to no letter
    **dict.fromkeys(range(0x2010, 0x2016), "-"),
    **dict.fromkeys(map(ord, "‘’"), "'"),
    **dict.fromkeys(map(ord, "“”"), '"'),
    0x2026: "...",
}
_PLAIN_LETTERS: Final = "".join(
    chr(code) for code, letter in _LATIN.items() if letter.isascii() and chr(code) not in "Ðð"
)
_NOT_PLAIN: Final = re.compile(f"[^ -~\u0300-\u036f{_PLAIN_LETTERS}]")


def fold(text: str) -> str:
    """Without tones, đ → d, lower case, single spaces: the form that is stored to search by."""
    if _NOT_PLAIN.search(text):
        text = unicodedata.normalize("NFC", text).lower().translate(_FOLDED)
        return " ".join(text.split())
    # Nearly all text here is Vietnamese or English, for which dropping the marks is four times as quick as a table.
    if not text.isascii():
        text = unicodedata.normalize("NFD", text).replace("đ", "d").replace("Đ", "d").encode("ascii", "ignore").decode()
    text = text.lower().strip()
    return " ".join(text.split()) if "  " in text else text


TOKEN: Final = re.compile(r"[^\W_]+")


def words(text: str) -> list[str]:
    """Lower-case words and numbers, with their tones."""
    return TOKEN.findall(nfc(text).lower())


def slug(text: str) -> str:
    """``Phường Đông Kinh – Bắc`` → ``phuong-dong-kinh-bac``."""
    return re.sub("[^a-z0-9]+", "-", fold(text)).strip("-")


def highlight(text: str, query: str, before: str = "<mark>", after: str = "</mark>") -> str:
    """``text`` as safe HTML, with words that begin like a word of ``query`` marked, tones or not."""
    text = unicodedata.normalize("NFC", text)
    wanted = sorted({fold(token) for token in TOKEN.findall(query)[:20]} - {""}, key=len, reverse=True)
    if not wanted:
        return html.escape(text)
    folded = fold_letters(text)
    marked: list[str] = []
    done = 0
    for found in re.finditer(r"(?<![^\W_])(?:" + "|".join(map(re.escape, wanted)) + ")", folded):
        start, end = found.span()
        marked += (html.escape(text[done:start]), before, html.escape(text[start:end]), after)
        done = end
    return "".join((*marked, html.escape(text[done:])))


def fold_letters(text: str) -> str:
    """Each letter folded by itself, and still one: places in the folded text are places in the text."""
    return "".join(map(_one_letter, text))


@lru_cache(maxsize=2_000)
def _one_letter(letter: str) -> str:
    folded = fold(letter)
    return folded if len(folded) == 1 else letter
