"""Numbers of people, organisations and cars. What looks odd is warned about, never refused: real papers are odd."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

# Where a birth was registered (facts §9.1): the provinces before the mergers; their codes stay valid.
BIRTH_PROVINCES: Final = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang", "010": "Lào Cai",
    "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái", "017": "Hòa Bình", "019": "Thái Nguyên",
    "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang", "025": "Phú Thọ", "026": "Vĩnh Phúc",
    "027": "Bắc Ninh", "030": "Hải Dương", "031": "Hải Phòng", "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam",
    "036": "Nam Định", "037": "Ninh Bình", "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình",
    "045": "Quảng Trị", "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi",
    "052": "Bình Định", "054": "Phú Yên", "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận",
    "062": "Kon Tum", "064": "Gia Lai", "066": "Đắk Lắk", "067": "Đắk Nông", "068": "Lâm Đồng", "070": "Bình Phước",
    "072": "Tây Ninh", "074": "Bình Dương", "075": "Đồng Nai", "077": "Bà Rịa-Vũng Tàu", "079": "TP. Hồ Chí Minh",
    "080": "Long An", "082": "Tiền Giang", "083": "Bến Tre", "084": "Trà Vinh", "086": "Vĩnh Long", "087": "Đồng Tháp",
    "089": "An Giang", "091": "Kiên Giang", "092": "Cần Thơ", "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu",
    "096": "Cà Mau",
}  # fmt: skip
_TAX_CODE = re.compile(r"\d{10}(-\d{3})?")


@dataclass(frozen=True, slots=True)
class NationalId:
    """A number of 12 digits (PPP G YY RRRRRR). ``province`` is empty where the code is unknown or a country's."""

    number: str
    province: str
    is_female: bool
    born_in: int

    def doubts(self, *, born_on: date | None = None, is_female: bool | None = None) -> tuple[str, ...]:
        """What does not fit together: province | born_on | sex. For warnings only."""
        found = () if self.province else ("province",)
        if born_on is not None and born_on.year != self.born_in:
            found = (*found, "born_on")
        if is_female is not None and is_female != self.is_female:
            found = (*found, "sex")
        return found


def read_national_id(text: str) -> NationalId | None:
    """However it was typed, in groups or not; None unless it has 12 digits. There is no check digit."""
    number = re.sub(r"[\s.\-]", "", text)
    if not re.fullmatch(r"[0-9]{12}", number):
        return None
    century, is_female = divmod(int(number[3]), 2)
    return NationalId(
        number, BIRTH_PROVINCES.get(number[:3], ""), bool(is_female), 1900 + 100 * century + int(number[4:6])
    )


@dataclass(frozen=True, slots=True)
class IdCard:
    """What the QR code of an identity card says."""

    national_id: str
    name: str
    born_on: date | None
    sex: str  # nam | nu | ""
    address: str


def read_id_card(text: str) -> IdCard | None:
    """``number|old number|name|ddMMyyyy|sex|address|ddMMyyyy``, as a scanner types it (facts §9.1); else None."""
    parts = [unicodedata.normalize("NFC", part).strip() for part in text.strip().split("|")]
    found = read_national_id(parts[0])
    if found is None or len(parts) < 6 or not parts[2]:
        return None
    try:
        born_on = date(int(parts[3][4:]), int(parts[3][2:4]), int(parts[3][:2]))
    except ValueError:
        born_on = None
    return IdCard(found.number, parts[2], born_on, {"nam": "nam", "nữ": "nu"}.get(parts[4].casefold(), ""), parts[5])


def read_tax_code(text: str) -> str:
    """``0101234567`` or ``0101234567-001``, of an organisation; empty when it is none."""
    code = re.sub(r"[\s.]", "", text).replace("–", "-")
    if re.fullmatch(r"[0-9]{13}", code):
        code = f"{code[:10]}-{code[10:]}"
    return code if _TAX_CODE.fullmatch(code) and code.isascii() else ""


def read_plate(text: str) -> str:
    """One spelling of a number plate for look-ups: ``49A12345`` for ``49a-123.45``."""
    return re.sub(r"[^0-9A-ZĐ]", "", text.upper())
