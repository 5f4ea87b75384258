"""What people type in a hurry, as words: for the classifier and for search, never for text that is kept or shown."""

import re
from functools import lru_cache
from typing import Final

from motcua.lib.vietnamese.text import SYLLABLE, TOKEN, fold, nfc, put_tone

_CHAT_WORDS: Final = {
    # No spelling here may be a word when its tones are left out: “hem” is an alley, “lun” a sunken road, “hong” broken.
    "không": "k ko kh hk hok khg hông khum hôg khôg khog",
    "không biết": "kb hkb kbt",
    "được": "đc dc đk đuợc đươc dcc đcc",
    "rồi": "r rùi roài ròi",
    "gì": "j gỳ jì",
    "vậy": "z zậy zay dzậy dzay v",
    "với": "vs zới dzới",
    "mọi người": "mn mng mụi",
    "người": "ng ngừi ngừ ngườj",
    "người ta": "ngta nta",
    "biết": "bik bjt biêt bjk",
    "bình thường": "bt bth bthg bthuong",
    "quá": "wá wa qá qa wóa",
    "nhưng": "nhg nhưg nhma nhm",
    "trong": "trog trg",
    "cũng": "cg cug cx cũg",
    "chưa": "chx chwa chưak",
    "nhiều": "nhìu nhju nhiu",
    "luôn": "luông luonn",
    "làm": "lm lèm",
    "làm sao": "lsao lms",
    "sao": "s seo",
    "thì": "thj thỳ",
    "mình": "mk mik mìh mjnh",
    "bây giờ": "bh bjo bjờ bgio bgiờ",
    "giờ": "h jờ",
    "nữa": "nx nửaa",
    "đường": "đg dg đuờng đườg duog",
    "phường": "phg fường p",
    "quận": "q",
    "phố": "fố",
    "thành phố": "tp tphố",
    "đang": "đag dag",
    "bị": "bj bỵ",
    "phải": "fải fãi",
    "phát": "fát",
    "hết": "hêt hếtt",
    "kêu": "kiu",
    "muốn": "mún mun muonn",
    "vui": "dzui zui",
    "trước": "trc trướk truớc",
    "nước": "nc nướk nuớc",
    "nói": "ns",
    "tôi": "tui t",
    "em": "e",
    "việc": "vc",
    "thôi": "thoai",
    "lắm": "lém",
    "tiền": "xiền tìn",
    "hôm nay": "hnay",
    "hôm qua": "hqua",
    "cảm ơn": "tks thanks thank thk camon tkss",
    "vui lòng": "pls plz please",
    "hình ảnh": "pic img",
    "kiểm tra": "ktra",
    "thông tin": "ttin",
    "giải quyết": "gq",
    "xử lý": "xly xlý",
    "trả lời": "rep reply tloi",
    "quản lý": "qlý qly",
    "liên hệ": "lh",
    "địa chỉ": "đchỉ dchi đchi",
    "điện thoại": "đt dt đthoại",
    "số điện thoại": "sđt sdt",
    "như thế nào": "ntn",
    "ví dụ": "vd",
    "số lượng": "slg",
    "yêu cầu": "yc",
    "bao giờ": "baoh",
    "ô tô": "oto ôtô otô ôto",
    "xe máy": "xmáy xmay",
    "nhà vệ sinh": "wc nvs",
    "vệ sinh": "vsinh",
    "môi trường": "mtrường mtruong",
    "vệ sinh môi trường": "vsmt",
    "an toàn thực phẩm": "attp vsattp atvstp",
    "an ninh trật tự": "antt",
    "trật tự đô thị": "ttđt ttdt",
    "trật tự xây dựng": "ttxd",
    "giao thông": "gt gthong gthông",
    "an toàn giao thông": "atgt",
    "cảnh sát giao thông": "csgt",
    "công an": "cagt c.an",
    "phòng cháy chữa cháy": "pccc",
    "ủy ban nhân dân": "ubnd ub",
    "hội đồng nhân dân": "hđnd hdnd",
    "ban quản lý": "bql",
    "thủ tục hành chính": "tthc",
    "phản ánh kiến nghị": "pakn",
    "căn cước": "cccd cmnd",
    "bảo hiểm y tế": "bhyt",
    "bảo hiểm xã hội": "bhxh",
    "xây dựng": "xd",
    "giấy phép xây dựng": "gpxd",
    "vật liệu xây dựng": "vlxd",
    "quảng cáo": "qc",
    "khu vực": "kv",
    "khu phố": "kp",
    "khu dân cư": "kdc",
    "tổ dân phố": "tdp",
    "chung cư": "ccư ccu",
    "nhà văn hóa": "nvh",
    "công ty": "cty cti",
    "dịch vụ": "dv",
    "kinh doanh": "kd",
    "gia đình": "gđ",
    "giáo viên": "gv",
    "bệnh viện": "bv",
    "cán bộ": "cb",
    "nhân viên": "nv",
}
_CHAT: Final = {spelling: word for word, spellings in _CHAT_WORDS.items() for spelling in spellings.split()}
_DRAWN_OUT: Final = re.compile(r"([^\W\d_])\1{2,}")


def expand_chat(text: str) -> str:
    """Chat spellings as words, letters that are drawn out once (“đẹppp”); ``fold`` comes after it, not before."""
    return TOKEN.sub(_expanded, nfc(text))


def _expanded(token: re.Match[str]) -> str:
    drawn = _DRAWN_OUT.sub(r"\1", token[0])
    if not drawn.isascii():
        while len(drawn) > 2 and fold(drawn[-1]) == fold(drawn[-2]):  # “wáa”
            drawn = drawn[:-1]
    return _CHAT.get(drawn.lower(), drawn)


_ONSET: Final = re.compile("|b|ch?|d|đ|gh?|gi|h|kh?|l|m|n|ngh?|nh|ph?|qu|r|s|th?|tr|v|x")
_CODAS: Final = {  # after these vowels, tones and shapes left out
    "a": "c ch m n ng nh p t",
    "e": "c ch m n ng nh p t",
    "i": "c ch m n ng nh p t",
    "o": "c i m n ng p t",
    "u": "c m n ng p t",
    "y": "ch n nh p t",
    "ie": "c m n ng p t",
    "ye": "m n ng t",
    "oa": "c ch m n ng nh p t",
    "oe": "n ng t",
    "oo": "c ng",
    "ua": "n ng t",
    "ue": "ch nh",
    "uo": "c m n ng p t",
    "uy": "ch n nh p t",
    "uye": "n t",
}
_OPEN: Final = (
    "a e i o u y ai ao au ay eo eu ia iu oa oe oi ua ue ui uo uu uy oai oao oay oeo uay uya uyu ieu yeu uoi uou"
)
_RHYMES: Final = frozenset(_OPEN.split()) | {
    vowels + coda for vowels, codas in _CODAS.items() for coda in codas.split()
}
_FOREIGN: Final = re.compile(
    "ads|bar|bus|car|dj|fax|gas|golf|grab|loto|max|menu|oto|sms|sos|taxi|test|tivi|web|wifi|xerox"
)
_TONE_KEYS: Final = dict(zip("frxsj23415", "\u0300\u0309\u0303\u0301\u0323" * 2, strict=True))
_SHAPE_KEYS: Final = {
    "w": {"a": "ă", "o": "ơ", "u": "ư"},
    "6": {"a": "â", "e": "ê", "o": "ô"},
    "7": {"o": "ơ", "u": "ư"},
    "8": {"a": "ă"},
    "9": {"d": "đ"},
    "a": {"a": "â"},
    "e": {"e": "ê"},
    "o": {"o": "ô"},
    "d": {"d": "đ"},
}


def from_telex(text: str) -> str:
    """Keys of a Telex or VNI keyboard that was switched off, as far as they can be told: “ddeefn hoongr” → “đền hổng”.

    Text with any Vietnamese letter stays, and so does text in which few words look like keys: it may be English.
    """
    if not text.isascii():
        return text
    tokens = TOKEN.findall(text.lower())
    typed = sum(_syllable_of_keys(token) != token for token in tokens)
    if not typed or typed * 3 < len(tokens):
        return text
    return TOKEN.sub(lambda token: _syllable_of_keys(token[0].lower()), text)


def _syllable_of_keys(token: str) -> str:
    return _from_keys(token) if len(token) <= 12 else token


@lru_cache(maxsize=20_000)
def _from_keys(token: str) -> str:
    """The syllable that the keys of ``token`` make, or ``token`` when it is one already or they make none."""
    if _is_syllable(token) or _FOREIGN.fullmatch(token) or token.isdecimal():
        return token
    letters, tone = "", ""
    for key in token:
        if key in _TONE_KEYS and any(letter in "aeiouyăâêôơư" for letter in letters):
            tone = _TONE_KEYS[key]
        else:
            letters = _shaped(letters, key)
    syllable = SYLLABLE.fullmatch(letters)
    if syllable is None or not _is_syllable(letters):
        return token
    return put_tone(letters, tone, syllable) if tone else letters


def _shaped(letters: str, key: str) -> str:
    if key in "w7" and "uo" in letters:
        return letters.replace("uo", "ươ")
    shapes = _SHAPE_KEYS.get(key, {})
    for place in range(len(letters) - 1, -1, -1):
        if letters[place] in shapes:
            return letters[:place] + shapes[letters[place]] + letters[place + 1 :]
    return letters + ("ư" if key == "w" else key)


def _is_syllable(letters: str) -> bool:
    syllable = SYLLABLE.fullmatch(letters)
    return bool(syllable and _ONSET.fullmatch(syllable[1]) and fold(syllable[2] + syllable[3]) in _RHYMES)
