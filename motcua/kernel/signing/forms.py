"""The shape of what is typed on the pages of keys and signatures."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.forms import FilterForm
from motcua.kernel.signing.ports import REMOTE_SIGNERS

_NO_FILE = {"required": _("Chọn tệp.")}


class FindKeyForm(FilterForm):
    q = forms.CharField(label=_("Tên đơn vị, cán bộ hoặc tên gọi của khoá"), max_length=80)


class RefuseForm(forms.Form):
    reason = forms.CharField(
        label=_("Vì sao không ký"),
        help_text=_("Người trình sẽ đọc để sửa."),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Ghi vì sao không ký, để người trình biết cần sửa gì.")},
    )


class _KeyForm(forms.Form):
    """Whose it is, and how it is seen."""

    owner = forms.ChoiceField(label=_("Khoá của"))
    label = forms.CharField(label=_("Tên gọi"), max_length=120, error_messages={"required": _("Nhập tên gọi.")})
    picture = forms.FileField(
        label=_("Ảnh chữ ký hoặc ảnh dấu"),
        help_text=_("PNG nền trong suốt: chữ ký màu xanh, dấu màu đỏ. Không có ảnh thì hiện tên và giờ ký."),
        required=False,
    )
    width = forms.FloatField(
        label=_("Chiều ngang của ảnh khi hiện (mm)"), min_value=5, max_value=120, initial=36, required=False
    )
    height = forms.FloatField(
        label=_("Chiều cao của ảnh khi hiện (mm)"), min_value=5, max_value=120, initial=36, required=False
    )
    field_order = ("owner", "label")

    def __init__(self, *args: Any, owners: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ChoiceField)  # noqa: S101
        owner.choices = owners


class SoftwareKeyForm(_KeyForm):
    file = forms.FileField(label=_("Tệp khoá (.p12, .pfx)"), error_messages=_NO_FILE)
    password = forms.CharField(
        label=_("Mật khẩu của tệp"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        strip=False,
        required=False,
    )


class TokenKeyForm(_KeyForm):
    token = forms.CharField(label=_("Nhãn của thiết bị"), max_length=32)
    key = forms.CharField(label=_("Nhãn của khoá trên thiết bị"), max_length=120)
    pin = forms.CharField(label=_("Mã PIN"), widget=forms.PasswordInput(attrs={"autocomplete": "off"}), strip=False)


class RemoteKeyForm(_KeyForm):
    service = forms.ChoiceField(label=_("Dịch vụ"))
    user = forms.CharField(
        label=_("Mã người dùng tại dịch vụ"), max_length=60, help_text=_("Thường là số định danh hoặc mã số thuế.")
    )
    credential = forms.CharField(
        label=_("Mã chứng thư"), max_length=120, required=False, help_text=_("Để trống khi chỉ có một.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        service = self.fields["service"]
        assert isinstance(service, forms.ChoiceField)  # noqa: S101
        service.choices = [(signer.name, signer.label) for signer in REMOTE_SIGNERS.values() if signer.is_configured()]


class RootForm(forms.Form):
    file = forms.FileField(
        label=_("Tệp chứng thư gốc (PEM, CRT, CER)"),
        help_text=_("Ai có chữ ký dẫn về chứng thư này đều được tin. So dấu vân tay với nơi cấp trước khi thêm."),
        error_messages=_NO_FILE,
    )
