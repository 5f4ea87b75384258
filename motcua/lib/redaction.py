"""Names and contacts struck out of text that goes public."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from motcua.lib.vietnamese import fold, fold_letters, nfc

STRUCK_OUT: Final = "•••"

_BETWEEN: Final = r"[\s.\-\u2010-\u2015()_]{0,3}"
_NEW_NUMBER: Final = r"(?<!\d)(?<!\d[.\-])"
_LOCAL_PART: Final = r"(?<![\w.+\-])[\w.+\-]+"  # begins where a word begins: long words cost no more than short ones
_EMAIL: Final = (
    rf"{_LOCAL_PART}@[\w\-]+(?:\.[\w\-]+)+"
    rf"|{_LOCAL_PART}\s?(?:@|\(at\)|\[at\]|\(?a còng\)?)\s?(?:gmail|yahoo|hotmail|outlook|icloud|proton)"
    r"(?:\s?(?:\.|chấm|\(dot\))\s?(?:com|vn|net|me))*"
)
_PERSONAL_PAGE: Final = r"(?<!\w)(?:facebook|fb|m|zalo|t|tiktok|instagram)\.(?:com|me)/\S+"
_TELEPHONE: Final = (
    rf"{_NEW_NUMBER}(?!\d{{1,2}}[.\-]\d{{1,2}}[.\-](?:19|20)\d\d(?![.\-]?\d))"  # not a date, 03-05-2026
    rf"(?:(?:(?:\+|00){_BETWEEN})?84{_BETWEEN}0?|\(?[0oO]){_BETWEEN}"
    rf"(?:[35789](?:{_BETWEEN}\d){{8}}|2(?:{_BETWEEN}\d){{9}}|2(?:{_BETWEEN}\d){{8}})(?!\d)"
    rf"|\+\d(?:{_BETWEEN}\d){{7,14}}"
)
_NATIONAL_ID_IN_GROUPS: Final = (  # money is grouped too, but with dots, and does not begin with 0
    rf"{_NEW_NUMBER}(?:0\d\d|\d{{3}}(?=[ \-]))(?P<sep>[ .\-])\d{{3}}(?P=sep)\d{{3}}(?:(?P=sep)\d{{3}})?"
    r"(?!\d|\s?(?:đ|₫|vn[dđ])\b)"
)
_LONG_NUMBER: Final = r"\d{9,}"  # ids, accounts, old telephone numbers
_CONTACTS: Final = re.compile(
    "|".join((_EMAIL, _PERSONAL_PAGE, _TELEPHONE, _NATIONAL_ID_IN_GROUPS, _LONG_NUMBER)), re.IGNORECASE
)


def redact(text: str, names: Iterable[str] = ()) -> str:
    """``text`` with telephone numbers, e-mail addresses, personal pages and national ids struck out; and ``names``, the
    full names that its people gave us: whole, or as they are called by a part of it; with or without tones.

    For everything of a citizen that is published. It would rather strike out a number too many; what people spell in
    words it cannot know, so an officer still looks.
    """
    for name in names:
        text = _without_name(text, name)
    return _CONTACTS.sub(STRUCK_OUT, text)


def name_in(text: str, name: str) -> str:
    """The whole ``name``, of two syllables or more, as it first stands there: in whatever tones; else an empty text."""
    words = _syllables(name)
    found = _find(words, fold_letters(text)) if len(words) > 1 else ()
    return next((text[one.start() : one.end()] for one in found), "")


def contacts_in(text: str) -> list[str]:
    """What ``redact`` strikes out of it without being told a name, as it stands there."""
    return [found[0] for found in _CONTACTS.finditer(text)]


_NAME_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MOST_SYLLABLES: Final = 8  # of a longer name the last ones are taken for the whole


def _has_tones(text: str) -> bool:
    return any(letter.isalpha() and not letter.isascii() for letter in text)


def _spoken(text: str) -> str:
    """For comparing words with their tones: hỏi and ngã are one, as most people write them."""
    words = " ".join(_NAME_WORD.findall(nfc(text))).lower().replace("’", "'")
    return unicodedata.normalize("NFC", unicodedata.normalize("NFD", words).replace("\u0303", "\u0309"))


_ADDRESSES: Final = (
    *("anh", "chị", "ông", "bà", "cô", "chú", "bác", "em", "dì", "thầy", "mợ", "cậu"),
    *("thím", "dượng", "cụ", "cháu", "bạn", "mr", "mrs", "ms"),
)
"""Words that stand before a name when somebody is called or spoken of."""
_FAMILIES: Final = frozenset(
    ("nguyễn", "trần", "lê", "phạm", "hoàng", "huỳnh", "phan", "vũ", "võ", "đặng", "bùi", "đỗ", "hồ", "ngô", "dương",
     "lý", "đinh", "thị", "văn")
)  # fmt: skip
"""What the part of another's name stands behind: Thị Xuân in Bùi Thị Xuân, a street. With what is between them."""
_PLACES: Final = frozenset(
    map(_spoken, (
        *("đường", "phố", "hẻm", "ngõ", "ngách", "kiệt", "hồ", "suối", "cầu", "chợ", "trường"),
        *("phường", "xã", "thôn", "khu", "ấp", "bến", "công viên"),
    ))
)  # fmt: skip
"""What a place is named behind, often after a person. Tổ dân phố and khu phố end with phố."""
_PLAIN_PLACES: Final = frozenset(map(fold, _PLACES)) - {"cho", "cau", "ben"}  # or cho, cậu, bên: these say nothing
_BEHIND: Final = 24  # letters: no syllable is longer than seven
_WORDS_BEFORE: Final = re.compile(r"(?:([^\W\d_]+)\s+)?([^\W\d_]+)\s+$")
_HAI: Final = re.compile(r"(?<!\w)H(?:ai|AI)\s+$")
_WORD_IN_SENTENCE: Final = re.compile(r"(?<=\w)[,;]?[ \t-]+([^\W\d_]{2,})")


def _without_name(text: str, name: str) -> str:
    """The whole name goes in whatever tones it stands there. Parts of it may be other words: of those go two syllables
    or more that end with the given name, and the given name alone behind a form of address, if their tones fit; and,
    in a text that writes other names with capitals, if they have one. What stands behind another family's name or a
    word of place stays: it is another's, most often a street's."""
    words = _syllables(name)
    folded = fold_letters(text)
    if not words or fold(words[-1]) not in folded:  # nearly always
        return text
    is_plain = not _has_tones(name)  # typed without them, it fits any
    has_tones, has_capitals = _has_tones(text), _has_capitals(text, words)
    taken: list[tuple[int, int]] = []
    for count in range(len(words), 1, -1):
        part = words[-count:]
        spoken = _spoken(" ".join(part))
        for found in _find(part, folded):
            start, end = found.span()
            said, before = text[start:end], text[max(0, start - _BEHIND) : start]
            fits = (
                (is_plain or not _has_tones(said) or _spoken(said) == spoken)
                and (not has_capitals or _is_capitalised(said, before))
                and not _is_of_another(before, words)
                and not _is_of_a_place(before, words, has_tones=has_tones)
            )
            if fits or count == len(words):
                taken.append((start, end))
        folded = _struck_out(folded, taken, keeps_places=True)  # no part of it is found again
    taken += _given_names(text, folded, words, is_plain=is_plain)
    return _struck_out(text, taken)


def _struck_out(text: str, spans: Iterable[tuple[int, int]], *, keeps_places: bool = False) -> str:
    pieces: list[str] = []
    place = 0
    for start, end in sorted(spans):
        pieces += [text[place:start], "•" * (end - start) if keeps_places else STRUCK_OUT]
        place = end
    return "".join((*pieces, text[place:]))


def _is_of_another(before: str, words: Iterable[str]) -> bool:
    stands = _WORDS_BEFORE.search(before)
    if stands is None or not stands[2][0].isupper():
        return False
    family = stands[2].lower()
    return family in _FAMILIES and family not in (word.lower() for word in words)


def _is_of_a_place(before: str, words: Iterable[str], *, has_tones: bool) -> bool:
    stands = _WORDS_BEFORE.search(before)
    if stands is None or fold(stands[2]) in map(fold, words):  # Hồ Xuân Hương, of somebody called Hồ Thị Xuân Hương
        return False
    one, two = _spoken(stands[2]), _spoken(" ".join(filter(None, stands.groups())))
    if two == "yêu cầu":
        return False
    return bool({one, two} & _PLACES) or (not has_tones and bool({fold(one), fold(two)} & _PLAIN_PLACES))


def _has_capitals(text: str, words: Iterable[str]) -> bool:
    """Whether other names than ``words`` have capitals: within a sentence, where a telephone by itself writes none."""
    own = set(map(fold, words))
    found = (found[1] for found in _WORD_IN_SENTENCE.finditer(text))
    return any(word.istitle() and fold(word) not in own for word in found)


def _is_capitalised(said: str, before: str) -> bool:
    """With a capital that is not there because a sentence begins."""
    sentence = before.rstrip(' \t"“(-')
    begins = not sentence or sentence[-1] in ".!?…\n"
    return any(letter.isupper() for letter in (said[1:] if begins else said))


def _given_names(text: str, folded: str, words: Sequence[str], *, is_plain: bool) -> Iterator[tuple[int, int]]:
    """Where the given name stands alone behind a form of address."""
    given, called = words[-1], "|".join(map(fold, _ADDRESSES))
    has_tones, has_capitals = _has_tones(text), _has_capitals(text, words)
    for found in re.finditer(rf"(?<!\w)({called})(?:(?<=[rs])\.)?\s+({re.escape(fold(given))})(?!\w)", folded):
        address, said = (text[found.start(group) : found.end(group)] for group in (1, 2))
        is_spelled = _spoken(address) in _ADDRESSES and (is_plain or _spoken(said) == _spoken(given))
        # Without tones it may still be meant: "goi chi hoa", "gọi chi Hoa". Beside tones it is not: "nói ba hoa".
        is_bare = not _has_tones(address + said) and (not has_tones or said[0].isupper())
        is_phrase = given.lower() in _ADDRESSES and said.islower()  # somebody is called Em, but not in "anh em"
        is_small = has_capitals and said.islower()  # "nhờ cô hoa khôi của Phường"
        before = text[max(0, found.start() - _BEHIND) : found.start()]
        is_queen = address[0].isupper() and _HAI.search(before)  # Hai Bà Trưng
        if (
            (is_spelled or is_bare)
            and not (is_phrase or is_small or is_queen)
            and not _is_of_a_place(before, words, has_tones=has_tones)
        ):
            yield found.span(2)


def _syllables(name: str) -> list[str]:
    return _NAME_WORD.findall(nfc(name))[-_MOST_SYLLABLES:]


def _find(words: Iterable[str], folded: str) -> Iterator[re.Match[str]]:
    pattern = r"[\s-]+".join(re.escape(fold(word)) for word in words)
    return re.finditer(rf"(?<!\w){pattern}(?!\w)", folded)
