"""The invented city's one-stop shop, for tests of dossiers: a reception in each ward and one of the province, a
department, their people, and procedures written for tests.

``nga`` receives for Ward One, ``dung`` for Ward Two, ``phuc`` for the province; ``oanh`` (civil status) works in
Ward One's office, ``kien`` in the department of construction, which ``sinh`` leads.
"""

from dataclasses import dataclass

from motcua.kernel.forms.actions.versions import publish_body
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import OrgVersion, Unit
from motcua.kernel.places.models import Area
from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
from motcua.kernel.procedures.models import Field
from motcua.kernel.procedures.queries.catalogue import Version, in_force
from motcua.testing.city import City, add_officer, add_unit

CIVIL = """
code = "1.000001"
name = "Đăng ký khai sinh (thử)"
name_en = "Birth registration (test)"
field = "ho-tich"
level = "commune"
online = "full"
who = ["citizen"]
summary = "Cho trẻ mới sinh."
summary_en = "For a newborn."
steps = "Nộp, chờ, nhận."
steps_en = "File, wait, receive."
keywords = ["khai sinh", "làm khai sinh", "giấy khai sinh", "con mới đẻ", "em bé", "sinh con", "khai sinh cho bé", "ks"]
basis = [{ number = "60/2014/QH13", name = "Luật Hộ tịch" }]
valid_from = 2025-07-01
form = "khai-sinh-thu"
results = [{ code = "KQ.khai-sinh", name = "Giấy khai sinh", name_en = "Birth certificate" }]
supplement_wait = "10 ngày làm việc"

[[ways]]
way = "online"
time = "3 ngày làm việc"
[[ways]]
way = "counter"
time = "3 ngày làm việc"

[[cases]]
papers = [
    { code = "GT.chung-sinh", name = "Giấy chứng sinh", name_en = "Hospital certificate", originals = 1 },
    { code = "GT.cu-tru", name = "Giấy xác nhận cư trú", name_en = "Residence", copies = 1, registry = "population" },
]

[[legs]]
key = "tiep-nhan"
name = "Tiếp nhận"
unit = "reception"
role = "clerk"
time = "2 giờ làm việc"
does = "receive"
name_en = "Reception"
[[legs]]
key = "tham-tra"
name = "Thẩm tra"
unit = "office:kinh-te"
role = "specialist"
time = "8 giờ làm việc"
does = "process"
name_en = "Check"
[[legs]]
key = "ky"
name = "Ký giấy khai sinh"
unit = "commune"
role = "leader"
time = "4 giờ làm việc"
does = "approve"
name_en = "Signing the certificate"
[[legs]]
key = "tra"
name = "Trả kết quả"
unit = "reception"
role = "clerk"
time = "2 giờ làm việc"
does = "return_result"
name_en = "Handing over"
"""

COPY = (
    CIVIL.replace("1.000001", "1.000002")
    .replace("Đăng ký khai sinh (thử)", "Chứng thực bản sao (thử)")
    .replace('"khai sinh", "làm khai sinh", "giấy khai sinh"', '"chứng thực", "sao y", "công chứng"')
    .replace('"con mới đẻ"', '"ct"')
    .replace('"em bé", "sinh con", "khai sinh cho bé", "ks"', '"bản sao", "sao bằng", "photo công chứng", "bs"')
    .replace('time = "3 ngày làm việc"', 'time = "1 ngày làm việc"')
    .replace('supplement_wait = "10 ngày làm việc"', 'cutoff = "15:00"')
)

LAND = (
    CIVIL.replace("1.000001", "1.000003")
    .replace("Đăng ký khai sinh (thử)", "Giấy phép xây dựng (thử)")
    .replace('level = "commune"', 'level = "province"')
    .replace('unit = "office:kinh-te"', 'unit = "province:so-xay-dung"')
    .replace('unit = "commune"', 'unit = "province:so-xay-dung"')
    .replace('time = "3 ngày làm việc"', 'time = "10 ngày làm việc"')
)


FORM = {
    "key": "khai-sinh-thu",
    "title": "Tờ khai đăng ký khai sinh",
    "title_en": "Birth registration form",
    "type": "object",
    "properties": {
        "filer": {"type": "string", "title": "Người khai", "title_en": "Declared by", "x-prefill": "person.name",
                  "maxLength": 120},
        "home": {"type": "object", "format": "address", "title": "Nơi cư trú", "title_en": "Home",
                 "x-prefill": "person.address"},
        "child_name": {"type": "string", "title": "Họ tên của con", "title_en": "Child's name", "maxLength": 120},
        "copies": {"type": "integer", "title": "Số bản sao", "title_en": "Copies", "minimum": 0, "maximum": 20,
                   "default": 1},
    },
    "required": ["filer", "child_name"],
    "layout": [
        {"key": "filer", "title": "Người khai", "title_en": "Who declares", "fields": ["filer", "home"]},
        {"key": "child", "title": "Về cháu bé", "title_en": "About the child", "fields": ["child_name", "copies"]},
    ],
}  # fmt: skip


@dataclass(frozen=True)
class OneStop:
    reception_one: Unit
    reception_two: Unit
    reception_province: Unit
    department: Unit
    nga: Actor
    dung: Actor
    phuc: Actor
    oanh: Actor
    kien: Actor
    sinh: Actor
    civil: Version
    copy: Version
    land: Version


def build_one_stop(city: City) -> OneStop:
    calendar = city.province.calendar
    region = Area.objects.get(code="68")
    one, two = Area.objects.get(code="24778"), Area.objects.get(code="24781")
    reception_one = add_unit(
        "24778-hanh-chinh-cong", "Trung tâm Phục vụ hành chính công Một", "office", city.ward_one, one, calendar
    )
    reception_two = add_unit(
        "24781-hanh-chinh-cong", "Trung tâm Phục vụ hành chính công Hai", "office", city.ward_two, two, calendar
    )
    reception_province = add_unit(
        "68-hanh-chinh-cong", "Trung tâm Phục vụ hành chính công tỉnh", "centre", city.province, region, calendar
    )
    department = add_unit("68-so-xay-dung", "Sở Xây dựng", "department", city.province, region, calendar)
    OrgVersion.objects.update_or_create(pk=1, defaults={"number": OrgVersion.objects.get().number + 1})
    org.forget()
    publish_body("khai-sinh-thu", FORM, actor=SYSTEM)
    Field.objects.create(code="ho-tich", name="Hộ tịch", name_en="Civil status")
    for text in (CIVIL, COPY, LAND):
        publish_draft(save_draft(text, actor=SYSTEM).procedure.code, actor=SYSTEM)
    return OneStop(
        reception_one,
        reception_two,
        reception_province,
        department,
        nga=add_officer("nga", "Ngô Thị Nga", reception_one, "clerk"),
        dung=add_officer("dung", "Bùi Thị Dung", reception_two, "clerk"),
        phuc=add_officer("phuc", "Hoàng Văn Phúc", reception_province, "clerk"),
        oanh=add_officer("oanh", "Đinh Thị Oanh", city.office_one, "specialist"),
        kien=add_officer("kien", "Tạ Văn Kiên", department, "specialist"),
        sinh=add_officer("sinh", "Mai Thị Sinh", department, "leader"),
        civil=_in_force("1.000001"),
        copy=_in_force("1.000002"),
        land=_in_force("1.000003"),
    )


def _in_force(code: str) -> Version:
    found = in_force(code)
    assert found is not None
    return found
