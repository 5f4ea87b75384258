"""The closed sets of words of a procedure, each with what people read."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LEVELS: Final[dict[str, Promise]] = {
    "commune": _("Cấp xã"),
    "province": _("Cấp tỉnh"),
    "ministry": _("Cấp bộ"),
    "other": _("Cơ quan khác"),
}
ONLINE: Final[dict[str, Promise]] = {
    "full": _("Trực tuyến toàn trình"),
    "partial": _("Trực tuyến một phần"),
    "info": _("Chỉ cung cấp thông tin"),
}
WAYS: Final[dict[str, Promise]] = {
    "online": _("Trực tuyến"),
    "counter": _("Tại quầy"),
    "post": _("Qua bưu chính"),
}
WHO: Final[dict[str, Promise]] = {
    "citizen": _("Công dân"),
    "organisation": _("Cơ quan, tổ chức"),
    "business": _("Doanh nghiệp, hợp tác xã"),
    "household_business": _("Hộ kinh doanh"),
    "foreigner": _("Người nước ngoài"),
    "overseas": _("Người Việt Nam ở nước ngoài"),
    "official": _("Cán bộ, công chức, viên chức"),
}
REGISTRIES: Final[dict[str, Promise]] = {
    "population": _("Cơ sở dữ liệu quốc gia về dân cư"),
    "households": _("Cơ sở dữ liệu hộ gia đình"),
    "land": _("Cơ sở dữ liệu đất đai"),
    "vehicles": _("Cơ sở dữ liệu phương tiện"),
    "businesses": _("Cơ sở dữ liệu đăng ký kinh doanh"),
    "social_insurance": _("Cơ sở dữ liệu bảo hiểm xã hội"),
}
FEE_KINDS: Final[dict[str, Promise]] = {"phi": _("Phí"), "le_phi": _("Lệ phí")}
FEE_TIMES: Final[dict[str, Promise]] = {  # HinhThucThu 1 | 2 | 4 of the national dossier
    "accept": _("Nộp khi hồ sơ được tiếp nhận"),
    "supplement": _("Nộp khi được yêu cầu"),
    "result": _("Nộp khi nhận kết quả"),
}
PARTS: Final[dict[str, Promise]] = {  # what may be unsure, and is checked against what was published
    "code": _("Mã và tên"),
    "time": _("Thời gian"),
    "fee": _("Phí, lệ phí"),
    "basis": _("Căn cứ pháp lý"),
    "papers": _("Giấy tờ"),
}
LEG_DUTIES: Final[dict[str, Promise]] = {
    "receive": _("Tiếp nhận"),
    "process": _("Giải quyết"),
    "consult": _("Lấy ý kiến"),
    "approve": _("Duyệt"),
    "sign": _("Ký"),
    "return_result": _("Trả kết quả"),
}
