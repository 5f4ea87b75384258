"""A procedure to break in one place at a time, and others made from it."""

from collections.abc import Mapping
from typing import Any

from motcua.kernel.forms.models import FormVersion
from motcua.kernel.forms.queries.versions import as_text
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.procedures.actions import grow_catalogue, publish_all
from motcua.kernel.procedures.kind import Body
from motcua.kernel.procedures.models import Field, LifeEvent, Procedure, Synonym
from motcua.kernel.procedures.queries.written import read_body
from motcua.lib import moment

TEXT = '''code = "1.001193"
name = "Đăng ký khai sinh"
name_en = "Birth registration"
field = "ho-tich"
level = "commune"
online = "full"
who = ["citizen"]
summary = "Khi nhà bạn có em bé mới sinh."
summary_en = "For a newborn child."
steps = """
Khai trên trang này hoặc tại quầy.
Phường ký Giấy khai sinh.
"""
steps_en = """
Fill in the form here or at a counter.
The ward signs the certificate.
"""
conditions = "Khai trong 60 ngày."
conditions_en = "Within 60 days."
keywords = ["làm khai sinh cho bé", "a1", "a2", "a3", "a4", "a5", "a6", "a7"]
life_events = ["sinh-con"]
basis = [{ number = "60/2014/QH13", name = "Luật Hộ tịch" }]
valid_from = 2025-07-01
form = "khai-sinh"
results = [{ code = "KQ.khai-sinh", name = "Giấy khai sinh", name_en = "Birth certificate" }]
visits = { before = 2, after = 0 }

[[ways]]
way = "online"
time = "1 ngày làm việc"

[[ways]]
way = "counter"
time = "2 ngày làm việc"

[[cases]]
key = "thuong"
name = "Cha mẹ có đăng ký kết hôn"
name_en = "The parents are married"
when = { "==" = [{ var = "married" }, true] }

[[cases.papers]]
code = "GT.to-khai"
name = "Tờ khai"
name_en = "Form"
originals = 1
by_form = true

[[cases.papers]]
code = "GT.chung-sinh"
name = "Giấy chứng sinh"
name_en = "Hospital certificate"
originals = 1

[[cases.papers]]
code = "GT.can-cuoc"
name = "Căn cước"
name_en = "Identity card"
originals = 1
registry = "population"

[[cases.papers]]
code = "GT.ket-hon"
name = "Giấy chứng nhận kết hôn"
name_en = "Marriage certificate"
copies = 1
from_result = "KQ.ket-hon"

[[cases]]
key = "chi-me"
name = "Chỉ khai theo mẹ"
name_en = "Only the mother"

[[cases.papers]]
code = "GT.chung-sinh"
name = "Giấy chứng sinh"
name_en = "Hospital certificate"
originals = 1

[[fees]]
code = "LP.khai-sinh"
name = "Lệ phí khai sinh"
name_en = "Registration charge"
rule = { type = "fixed", amount = 8000 }
by_way = { online = 0 }

[[legs]]
key = "tiep-nhan"
name = "Tiếp nhận"
name_en = "Taking in"
unit = "office:kinh-te"
role = "clerk"
time = "1 giờ làm việc"
does = "receive"

[[legs]]
key = "ky"
name = "Ký"
name_en = "Signature"
unit = "commune"
role = "leader"
time = "2 giờ làm việc"
does = "sign"
'''

CONDITIONAL = TEXT.replace(
    'name_en = "Hospital certificate"\noriginals = 1\n',
    'name_en = "Hospital certificate"\noriginals = 1\nwhen = { var = "rich" }\nwhen_text = "Chỉ khi giàu."\n'
    'when_text_en = "Only if rich."\n',
    1,
)
FORM = {
    "title": "Tờ khai",
    "properties": {
        "married": {"type": "boolean", "title": "Đã kết hôn?"},
        "rich": {"type": "boolean", "title": "Giàu?"},
    },
}


def body(**changed: Any) -> Body:
    """The sample with other values."""
    found, mistakes = read_body(TEXT)
    assert found is not None, mistakes
    return Body.parse({**found.plain(), **changed})


def words(form: Mapping[str, Any] = FORM) -> None:
    """The field, the life event and the form that the sample names, and what people say for it."""
    FormVersion.objects.create(
        key="khai-sinh", number=1, state=FormVersion.State.PUBLISHED, title="Tờ khai", body=as_text(form), revision=1,
        saved_at=moment.now(), saved_by="", published_at=moment.now(),
    )  # fmt: skip
    Field.objects.create(code="ho-tich", name="Hộ tịch", name_en="Civil status", position=1)
    Field.objects.create(code="dat-dai", name="Đất đai", name_en="Land", position=2)
    LifeEvent.objects.create(code="sinh-con", name="Sinh con", name_en="Having a child")
    LifeEvent.objects.create(code="mua-nha-dat", name="Mua bán nhà đất", name_en="Buying land")
    Synonym.objects.create(said="sổ đỏ", means="giấy chứng nhận quyền sử dụng đất")


def publish(*bodies: Body, source: Procedure.Source = Procedure.Source.PACK) -> None:
    publish_all(bodies or [body()], source, actor=SYSTEM)
    grow_catalogue()


def catalogue() -> None:
    words()
    publish()
