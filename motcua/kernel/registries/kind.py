"""The registers of the State as we may ask them: what each knows, by which keys, what for. Declarations only."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.events.kind import EventKind, register_events
from motcua.kernel.identity.kind import Permission, Reach, Role, register_permissions
from motcua.lib.identifiers import read_national_id, read_plate, read_tax_code

Text = str | Promise


class FieldType(StrEnum):
    TEXT = "text"
    DATE = "date"  # ISO
    MONEY = "money"  # whole đồng
    NUMBER = "number"
    SEX = "sex"  # nam | nu
    NATIONAL_ID = "national_id"
    NATIONAL_IDS = "national_ids"  # a list
    TAX_CODE = "tax_code"
    PLATE = "plate"
    ADDRESS = "address"  # {"area": commune code, "line": text}; two columns of a file


@dataclass(frozen=True, slots=True)
class Field:
    """``key``: records are found by this field, under that name. ``is_owner``: its national ids are the people whom the
    record is about; only they (and officials) may see it."""

    name: str
    title: Text
    type: FieldType = FieldType.TEXT
    key: str = ""
    is_owner: bool = False
    is_required: bool = False

    def read(self, text: str) -> Any:
        """The value of what a file, a form or another system says. Raises ValueError in words for people."""
        text = " ".join(text.split())
        reader = _READERS.get(self.type)
        if reader is not None:
            return reader(text)
        if len(text) > 300:
            raise ValueError(_("dài {n} ký tự, nhiều nhất là 300").format(n=len(text)))
        return text


def _whole(text: str) -> int:
    digits = text.replace(".", "").replace(" ", "")
    if not re.fullmatch(r"[0-9]{1,15}", digits):
        raise ValueError(_("“{value}” không phải số nguyên").format(value=text[:40]))
    return int(digits)


def _sex(text: str) -> str:
    sex = {"nam": "nam", "nu": "nu", "nữ": "nu"}.get(text.casefold())
    if sex is None:
        raise ValueError(_("viết nam hoặc nu"))
    return sex


def _tax_code(text: str) -> str:
    if not (code := read_tax_code(text)):
        raise ValueError(_("“{value}” không phải mã số thuế; viết 10 số, hoặc 10-3").format(value=text[:40]))
    return code


def _plate(text: str) -> str:
    if not 5 <= len(plate := read_plate(text)) <= 12:
        raise ValueError(_("“{value}” không phải biển số").format(value=text[:40]))
    return plate


def _national_id(text: str) -> str:
    found = read_national_id(text)
    if found is None:
        raise ValueError(_("số định danh phải đủ 12 chữ số"))  # the number itself is not repeated: errors are kept
    return found.number


def _date(text: str) -> str:
    for pattern, order in ((r"(\d{4})-(\d{2})-(\d{2})", (0, 1, 2)), (r"(\d{1,2})/(\d{1,2})/(\d{4})", (2, 1, 0))):
        if found := re.fullmatch(pattern, text):
            year, month, day = (int(found.groups()[place]) for place in order)
            try:
                return date(year, month, day).isoformat()
            except ValueError:
                break
    raise ValueError(_("không có ngày “{value}”; viết như 2026-11-24 hoặc 24/11/2026").format(value=text[:40]))


_READERS: dict[FieldType, Callable[[str], Any]] = {
    FieldType.DATE: _date,
    FieldType.MONEY: _whole,
    FieldType.NUMBER: _whole,
    FieldType.SEX: _sex,
    FieldType.NATIONAL_ID: _national_id,
    FieldType.NATIONAL_IDS: lambda text: [_national_id(part.strip()) for part in text.split("|")],
    FieldType.TAX_CODE: _tax_code,
    FieldType.PLATE: _plate,
}


@dataclass(frozen=True, slots=True)
class RegistryKind:
    """``fields[0]`` is the key that names a record; no two records share it."""

    name: str
    title: Text
    icon: str
    fields: tuple[Field, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Of a file: an address takes two."""
        return tuple(
            column
            for field in self.fields
            for column in (
                (f"{field.name}_area", f"{field.name}_line") if field.type == FieldType.ADDRESS else (field.name,)
            )
        )

    @property
    def keys(self) -> dict[str, Field]:
        """Name of a key → a field that has it, the most telling first."""
        found: dict[str, Field] = {}
        for field in self.fields:
            if field.key:
                found.setdefault(field.key, field)
        return found

    def owners(self, values: Mapping[str, Any]) -> set[str]:
        """National ids of the people whom a record is about."""
        found: set[str] = set()
        for field in self.fields:
            value = values.get(field.name)
            if field.is_owner and value:
                found.update(value if isinstance(value, list) else [value])
        return found


def _person(name: str, title: Text, *, is_required: bool = False) -> Field:
    return Field(name, title, FieldType.NATIONAL_ID, "national_id", is_owner=True, is_required=is_required)


_ADDRESS = Field("address", gettext_lazy("Địa chỉ"), FieldType.ADDRESS)

REGISTRIES: dict[str, RegistryKind] = {
    kind.name: kind
    for kind in (
        RegistryKind(
            "population",
            gettext_lazy("Dân cư"),
            "users",
            (
                _person("national_id", gettext_lazy("Số định danh"), is_required=True),
                Field("name", gettext_lazy("Họ, chữ đệm và tên"), is_required=True),
                Field("born_on", gettext_lazy("Ngày sinh"), FieldType.DATE),
                Field("sex", gettext_lazy("Giới tính"), FieldType.SEX),
                Field("nationality", gettext_lazy("Quốc tịch")),
                Field("ethnicity", gettext_lazy("Dân tộc")),
                Field("hometown", gettext_lazy("Quê quán")),
                Field("marital", gettext_lazy("Tình trạng hôn nhân")),
                Field("address", gettext_lazy("Nơi thường trú"), FieldType.ADDRESS),
                Field("father_name", gettext_lazy("Họ tên cha")),
                Field("mother_name", gettext_lazy("Họ tên mẹ")),
                Field("died_on", gettext_lazy("Ngày mất"), FieldType.DATE),
            ),
        ),
        RegistryKind(
            "households",
            gettext_lazy("Hộ gia đình"),
            "home",
            (
                Field("number", gettext_lazy("Số hộ"), key="number", is_required=True),
                _person("head_national_id", gettext_lazy("Số định danh chủ hộ"), is_required=True),
                Field("head_name", gettext_lazy("Chủ hộ"), is_required=True),
                Field(
                    "member_ids",
                    gettext_lazy("Số định danh thành viên"),
                    FieldType.NATIONAL_IDS,
                    "national_id",
                    is_owner=True,
                ),
                Field("member_names", gettext_lazy("Thành viên")),
                _ADDRESS,
                Field("poverty", gettext_lazy("Diện hộ nghèo, cận nghèo")),
            ),
        ),
        RegistryKind(
            "land",
            gettext_lazy("Đất đai"),
            "map-2",
            (
                Field("certificate", gettext_lazy("Số giấy chứng nhận"), key="certificate", is_required=True),
                Field("parcel", gettext_lazy("Thửa đất (phường/tờ/thửa)"), key="parcel", is_required=True),
                Field(
                    "owner_ids",
                    gettext_lazy("Số định danh người sử dụng"),
                    FieldType.NATIONAL_IDS,
                    "national_id",
                    is_owner=True,
                ),
                Field("owner_names", gettext_lazy("Người sử dụng đất"), is_required=True),
                _ADDRESS,
                Field("size", gettext_lazy("Diện tích (m²)"), FieldType.NUMBER),
                Field("use", gettext_lazy("Mục đích sử dụng")),
                Field("until", gettext_lazy("Thời hạn sử dụng")),
                Field("issued_on", gettext_lazy("Ngày cấp"), FieldType.DATE),
                Field("restrictions", gettext_lazy("Hạn chế, thế chấp")),
            ),
        ),
        RegistryKind(
            "vehicles",
            gettext_lazy("Phương tiện"),
            "car",
            (
                Field("plate", gettext_lazy("Biển số"), FieldType.PLATE, "plate", is_required=True),
                _person("owner_national_id", gettext_lazy("Số định danh chủ xe")),
                Field("owner_name", gettext_lazy("Chủ xe"), is_required=True),
                Field("kind", gettext_lazy("Loại xe")),
                Field("brand", gettext_lazy("Nhãn hiệu")),
                Field("model", gettext_lazy("Số loại")),
                Field("frame", gettext_lazy("Số khung")),
                Field("engine", gettext_lazy("Số máy")),
                Field("colour", gettext_lazy("Màu sơn")),
                Field("fuel", gettext_lazy("Nhiên liệu")),
                Field("registered_on", gettext_lazy("Ngày đăng ký lần đầu"), FieldType.DATE),
                Field("price", gettext_lazy("Giá tính lệ phí trước bạ"), FieldType.MONEY),
            ),
        ),
        RegistryKind(
            "businesses",
            gettext_lazy("Doanh nghiệp"),
            "building",
            (
                Field("tax_code", gettext_lazy("Mã số thuế"), FieldType.TAX_CODE, "tax_code", is_required=True),
                Field("name", gettext_lazy("Tên doanh nghiệp"), is_required=True),
                Field("kind", gettext_lazy("Loại hình")),
                _ADDRESS,
                _person("representative_national_id", gettext_lazy("Số định danh người đại diện")),
                Field("representative_name", gettext_lazy("Người đại diện theo pháp luật")),
                Field("representative_title", gettext_lazy("Chức danh")),
                Field("capital", gettext_lazy("Vốn điều lệ"), FieldType.MONEY),
                Field("registered_on", gettext_lazy("Ngày đăng ký"), FieldType.DATE),
                Field("status", gettext_lazy("Tình trạng hoạt động")),
            ),
        ),
        RegistryKind(
            "social_insurance",
            gettext_lazy("Bảo hiểm xã hội"),
            "shield",
            (
                Field("number", gettext_lazy("Mã số bảo hiểm xã hội"), key="number", is_required=True),
                _person("national_id", gettext_lazy("Số định danh"), is_required=True),
                Field("name", gettext_lazy("Họ và tên"), is_required=True),
                Field("state", gettext_lazy("Tình trạng")),
                Field("office", gettext_lazy("Cơ quan bảo hiểm xã hội quản lý")),
                Field("pension", gettext_lazy("Lương hưu, trợ cấp hằng tháng"), FieldType.MONEY),
                Field("paid_at", gettext_lazy("Nơi nhận")),
                Field("health_card", gettext_lazy("Số thẻ bảo hiểm y tế")),
                Field("health_until", gettext_lazy("Thẻ có giá trị đến"), FieldType.DATE),
                Field("hospital", gettext_lazy("Nơi khám chữa bệnh ban đầu")),
            ),
        ),
    )
}


class Basis(StrEnum):
    STATUTORY = "statutory"  # a task by law: no consent is asked, every look is logged and told (facts §9.3)
    CONSENT = "consent"  # only when the person agreed to this very purpose, and as long as they do


@dataclass(frozen=True, slots=True)
class Purpose:
    name: str
    title: Text  # for the person: "… to work on the dossier that you filed"
    basis: Basis
    law: Text = ""


PURPOSES: dict[str, Purpose] = {}


def register_purposes(purposes: Iterable[Purpose]) -> None:
    for purpose in purposes:
        if PURPOSES.get(purpose.name, purpose) != purpose:
            raise ValueError(f"purpose {purpose.name} is declared twice, differently")
        PURPOSES[purpose.name] = purpose


register_purposes(
    [
        Purpose(
            "procedure",
            gettext_lazy("Giải quyết hồ sơ bạn nộp"),
            Basis.STATUTORY,
            gettext_lazy("Nghị định 118/2025/NĐ-CP: không đòi giấy tờ đã có trong cơ sở dữ liệu"),
        ),
        Purpose(
            "representation",
            gettext_lazy("Xác nhận bạn đại diện cho tổ chức"),
            Basis.STATUTORY,
            gettext_lazy("Luật Doanh nghiệp: người đại diện theo pháp luật ghi trong đăng ký doanh nghiệp"),
        ),
        Purpose(
            "counter", gettext_lazy("Tiếp nhận tại quầy"), Basis.STATUTORY, gettext_lazy("Nghị định 118/2025/NĐ-CP")
        ),
        Purpose(
            "upkeep",
            gettext_lazy("Quản lý cơ sở dữ liệu"),
            Basis.STATUTORY,
            gettext_lazy("Luật Chuyển đổi số 148/2025/QH15"),
        ),
        Purpose(
            "request",
            gettext_lazy("Trả lời yêu cầu của bạn về dữ liệu cá nhân"),
            Basis.STATUTORY,
            gettext_lazy("Luật 91/2025/QH15"),
        ),
        Purpose("prefill", gettext_lazy("Điền sẵn tờ khai cho bạn"), Basis.CONSENT),
    ]
)


class RequestKind(StrEnum):
    """What people may ask of those who hold data about them (Luật 91/2025/QH15)."""

    VIEW = "view"
    CORRECT = "correct"
    DELETE = "delete"
    OBJECT = "object"  # phản đối, hạn chế xử lý


REQUEST_NAMES: dict[RequestKind, Text] = {
    RequestKind.VIEW: gettext_lazy("Xem dữ liệu về tôi"),
    RequestKind.CORRECT: gettext_lazy("Sửa dữ liệu sai"),
    RequestKind.DELETE: gettext_lazy("Xóa dữ liệu"),
    RequestKind.OBJECT: gettext_lazy("Phản đối hoặc hạn chế việc dùng dữ liệu"),
}
# Working days to answer, calendar days to do it, days of the one extension (NĐ 356/2025, facts §9.3).
ANSWER_DAYS = 2
REQUEST_DAYS = {RequestKind.VIEW: 10, RequestKind.CORRECT: 10, RequestKind.DELETE: 20, RequestKind.OBJECT: 15}
EXTENSION_DAYS = {RequestKind.VIEW: 10, RequestKind.CORRECT: 10, RequestKind.DELETE: 0, RequestKind.OBJECT: 15}

WORKERS = frozenset({Role.CLERK, Role.SPECIALIST, Role.LEADER})

register_permissions(
    [
        Permission("registry.look_up", WORKERS, Reach.ALL, label=gettext_lazy("Tra cứu cơ sở dữ liệu")),
        Permission("registry.manage", frozenset({Role.ADMINISTRATOR}), Reach.TOP),
        Permission("privacy.answer", frozenset({Role.PRIVACY}), Reach.TOP),
    ]
)

register_events(
    [
        EventKind(
            "registry.imported",
            gettext_lazy("Nạp danh bạ {registry_name}: thêm {added}, sửa {changed}"),
            icon="database-import",
        ),
        EventKind("registry.saved", gettext_lazy("Ghi một bản ghi vào danh bạ {registry_name}"), icon="database-edit"),
        EventKind(
            "registry.removed", gettext_lazy("Bỏ một bản ghi khỏi danh bạ {registry_name}"), icon="database-minus"
        ),
        EventKind("consent.given", gettext_lazy("Đồng ý cho dùng dữ liệu: {purpose_name}"), icon="checkbox"),
        EventKind("consent.withdrawn", gettext_lazy("Rút lại đồng ý: {purpose_name}"), icon="square-x"),
        EventKind(
            "datarequest.made", gettext_lazy("Gửi yêu cầu về dữ liệu cá nhân: {kind_name}"), icon="mail-question"
        ),
        EventKind("datarequest.received", gettext_lazy("Đã trả lời tiếp nhận yêu cầu về dữ liệu"), icon="mail-check"),
        EventKind("datarequest.extended", gettext_lazy("Gia hạn yêu cầu về dữ liệu: {reason}"), icon="calendar-plus"),
        EventKind("datarequest.closed", gettext_lazy("Trả lời yêu cầu về dữ liệu cá nhân"), icon="mail-opened"),
    ]
)
