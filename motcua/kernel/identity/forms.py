"""The shape of what people and officials type about themselves."""

from collections.abc import Sequence
from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePasswordForm
from allauth.account.forms import LoginForm as AllauthLoginForm
from allauth.account.forms import ReauthenticateForm as AllauthReauthenticateForm
from allauth.account.forms import ResetPasswordForm as AllauthResetPasswordForm
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetPasswordKeyForm
from allauth.account.forms import SetPasswordForm as AllauthSetPasswordForm
from allauth.mfa.base.forms import AuthenticateForm as AllauthAuthenticateForm
from allauth.mfa.base.forms import ReauthenticateForm as AllauthReauthenticateFactorForm
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm as AllauthAddWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditWebAuthnForm
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from motcua.kernel.identity.kind import PERMISSIONS, ROLE_NAMES, Reach, Role
from motcua.lib.identifiers import read_id_card

PHONE_OR_EMAIL = {"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}
CODE = {"inputmode": "numeric", "autocomplete": "one-time-code", "maxlength": "9"}


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%d")


# ── People ──────────────────────────────────────────────────────────────────────────────────────────────────────────


class ContactForm(forms.Form):
    address = forms.CharField(
        label=_("Số điện thoại hoặc thư điện tử"), max_length=254, widget=forms.TextInput(PHONE_OR_EMAIL)
    )


class CodeForm(forms.Form):
    code = forms.CharField(label=_("Mã gồm 6 chữ số"), max_length=9, widget=forms.TextInput(CODE))


class PersonForm(forms.Form):
    name = forms.CharField(
        label=_("Họ và tên"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "name"})
    )
    language = forms.ChoiceField(label=_("Ngôn ngữ khi nhận tin"), choices=settings.LANGUAGES, widget=forms.RadioSelect)


SEXES = [("nam", _("Nam")), ("nu", _("Nữ"))]
NATIONAL_ID = {"inputmode": "numeric", "autocomplete": "off", "maxlength": "15"}


class AddressFields(forms.Form):
    area = forms.ChoiceField(label=_("Phường, xã"), required=False)
    line = forms.CharField(
        label=_("Số nhà, đường, tổ hoặc thôn"),
        max_length=200,
        required=False,
        widget=forms.TextInput({"autocomplete": "street-address"}),
    )

    def __init__(self, *arguments: Any, communes: list[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["area"].choices = [("", _("Chọn phường, xã")), *communes]  # type: ignore[attr-defined]


class DeclareForm(AddressFields):
    """What people say of themselves, so that forms are filled in with it."""

    name = forms.CharField(label=_("Họ và tên"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    national_id = forms.CharField(
        label=_("Số định danh (12 chữ số trên thẻ căn cước)"),
        max_length=15,
        required=False,
        widget=forms.TextInput(NATIONAL_ID),
    )
    born_on = forms.DateField(label=_("Ngày sinh"), required=False, widget=DateInput)
    sex = forms.ChoiceField(label=_("Giới tính"), choices=SEXES, required=False, widget=forms.RadioSelect)
    field_order = ("name", "national_id", "born_on", "sex", "area", "line")


class AddressForm(AddressFields):
    """All that can be changed once the rest was proved."""


class GiveForm(forms.Form):
    """``found`` are the procedures to choose from: those that a search found and those already chosen."""

    to = forms.CharField(
        label=_("Ủy quyền cho ai"),
        help_text=_("Số định danh, số điện thoại hoặc thư điện tử của người đó."),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    q = forms.CharField(label=_("Tìm thủ tục"), max_length=120, required=False)
    procedures = forms.MultipleChoiceField(
        label=_("Thủ tục được làm thay"), required=False, widget=forms.CheckboxSelectMultiple
    )
    code = forms.CharField(
        label=_("Hoặc nhập mã thủ tục, cách nhau bằng dấu phẩy"), help_text=_("Ví dụ 1.001193"), required=False
    )
    valid_from = forms.DateField(label=_("Từ ngày"), widget=DateInput)
    valid_to = forms.DateField(label=_("Đến hết ngày"), help_text=_("Nhiều nhất một năm."), widget=DateInput)
    note = forms.CharField(
        label=_("Ghi chú cho người được ủy quyền"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *arguments: Any, found: list[tuple[str, str]], has_search: bool, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["procedures"].choices = found  # type: ignore[attr-defined]
        if not has_search:
            del self.fields["q"]
        if not found:
            del self.fields["procedures"]

    def clean_code(self) -> list[str]:
        return [code for code in self.cleaned_data["code"].replace(",", " ").split() if code]


class RepresentationForm(forms.Form):
    tax_code = forms.CharField(
        label=_("Mã số thuế của tổ chức"),
        help_text=_("10 chữ số, hoặc 10 và 3 chữ số của chi nhánh."),
        max_length=16,
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Tên tổ chức"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "organization"})
    )
    title = forms.CharField(
        label=_("Chức danh của bạn"),
        max_length=120,
        widget=forms.TextInput({"autocomplete": "organization-title"}),
    )
    evidence = forms.CharField(
        label=_("Giấy tờ chứng minh"),
        help_text=_("Tên giấy tờ, số và ngày, như Giấy chứng nhận đăng ký doanh nghiệp hoặc giấy giới thiệu."),
        max_length=300,
        widget=forms.Textarea({"rows": 2}),
    )
    valid_to = forms.DateField(
        label=_("Đến hết ngày"), help_text=_("Để trống nếu không có hạn."), required=False, widget=DateInput
    )


# ── Officials sign in ───────────────────────────────────────────────────────────────────────────────────────────────


def _plain(field: forms.Field, label: Any, **attributes: str) -> None:
    """Our words, and no placeholder: a placeholder vanishes with the first letter."""
    field.label = label
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class LoginForm(AllauthLoginForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["login"], _("Tên đăng nhập"), autocapitalize="none", spellcheck="false")
        _plain(self.fields["password"], _("Mật khẩu"))
        self.fields["password"].help_text = ""
        self.fields.pop("remember", None)


class ReauthenticateForm(AllauthReauthenticateForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["password"], _("Mật khẩu"))
        self.fields["password"].help_text = ""


class _NewPassword:
    """Our words when the two do not match."""

    def add_error(self, field: str | None, error: Any) -> None:
        if field == "password2" and not isinstance(error, forms.ValidationError):
            error = _("Hai lần nhập chưa giống nhau.")
        super().add_error(field, error)  # type: ignore[misc]


class ChangePasswordForm(_NewPassword, AllauthChangePasswordForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["oldpassword"], _("Mật khẩu đang dùng"))
        self.fields["oldpassword"].help_text = ""
        _new_password_words(self)


class SetPasswordForm(_NewPassword, AllauthSetPasswordForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _new_password_words(self)


class ResetPasswordKeyForm(_NewPassword, AllauthResetPasswordKeyForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _new_password_words(self)


def _new_password_words(form: forms.Form) -> None:
    _plain(form.fields["password1"], _("Mật khẩu mới"))
    form.fields["password1"].help_text = _("Ít nhất 12 ký tự. Vài từ dài, dễ nhớ thì tốt hơn ký tự lạ.")
    _plain(form.fields["password2"], _("Nhập lại mật khẩu mới"))


class ResetPasswordForm(AllauthResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["email"], _("Thư điện tử công vụ"))


def _code_words(form: forms.Form, label: Any, **attributes: str) -> None:
    _plain(form.fields["code"], label, autocomplete="one-time-code", **attributes)


class AuthenticateForm(AllauthAuthenticateForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _code_words(self, _("Mã trong ứng dụng xác thực, hoặc một mã dự phòng"))


class ReauthenticateFactorForm(AllauthReauthenticateFactorForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _code_words(self, _("Mã trong ứng dụng xác thực, hoặc một mã dự phòng"))


class ActivateTOTPForm(AllauthActivateTOTPForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _code_words(self, _("Mã gồm 6 chữ số mà ứng dụng đang hiện"), inputmode="numeric", maxlength="9")


class AddWebAuthnForm(AllauthAddWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["name"], _("Tên gợi nhớ"))
        self.fields["name"].help_text = _("Ví dụ: máy ở cơ quan, điện thoại của tôi.")
        self.fields["passwordless"].label = _("Dùng để đăng nhập mà không cần mật khẩu")
        self.fields["passwordless"].help_text = _("Thiết bị sẽ hỏi vân tay, khuôn mặt hoặc mã PIN của bạn.")


class EditWebAuthnForm(AllauthEditWebAuthnForm):  # type: ignore[misc]
    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _plain(self.fields["name"], _("Tên gợi nhớ"))


# ── Administration ──────────────────────────────────────────────────────────────────────────────────────────────────


class OfficerForm(forms.Form):
    name = forms.CharField(label=_("Họ và tên"), max_length=160)
    email = forms.EmailField(label=_("Thư điện tử công vụ"), help_text=_("Cán bộ nhận thư đặt mật khẩu ở địa chỉ này."))
    phone = forms.CharField(label=_("Điện thoại công vụ"), max_length=20, required=False)
    language = forms.ChoiceField(label=_("Ngôn ngữ"), choices=settings.LANGUAGES, initial="vi")


class PostForm(forms.Form):
    """``units`` are pairs of id and name, within reach of whoever gives the post."""

    unit_id = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int)
    role = forms.TypedChoiceField(label=_("Vai trò"), coerce=Role)
    title = forms.CharField(label=_("Chức danh"), max_length=120, required=False)
    valid_from = forms.DateField(label=_("Từ ngày"), required=False, widget=DateInput)
    valid_to = forms.DateField(
        label=_("Đến hết ngày"), required=False, widget=DateInput, help_text=_("Để trống nếu chưa biết.")
    )

    def __init__(self, *arguments: Any, units: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        unit_id, role = self.fields["unit_id"], self.fields["role"]
        unit_id.choices = units  # type: ignore[attr-defined]
        role.choices = [(role.value, name) for role, name in ROLE_NAMES.items()]  # type: ignore[attr-defined]


class NewOfficerForm(OfficerForm, PostForm):
    login = forms.CharField(
        label=_("Tên đăng nhập"),
        max_length=150,
        help_text=_("Không đổi được về sau. Ví dụ: xuanhuong.an"),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false", "autocomplete": "off"}),
    )
    field_order = ("name", "login", "email", "phone", "language", "unit_id", "role", "title", "valid_from", "valid_to")


class FilterForm(forms.Form):
    """Conditions of a list: none is obligatory, and no field says so."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        for field in self.fields.values():
            field.required = False
            field.template_name = "identity/filter_field.html"  # type: ignore[attr-defined]


class OfficerFilterForm(FilterForm):
    q = forms.CharField(label=_("Tên hoặc tên đăng nhập"), max_length=80)
    unit = forms.TypedChoiceField(label=_("Đơn vị"), coerce=int, empty_value=None)
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        choices=[("", _("Đang dùng")), ("off", _("Đã khoá")), ("all", _("Tất cả"))],
    )

    def __init__(self, *arguments: Any, units: list[tuple[int, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["unit"].choices = [("", _("Mọi đơn vị")), *units]  # type: ignore[attr-defined]


def grantable() -> list[tuple[str, str]]:
    """What a machine may be let do: things about cases, the inbox, and what only machines do. Administration stays with
    people."""
    offered = [
        (name, f"{permission.label} ({name})" if permission.label else name)
        for name, permission in PERMISSIONS.items()
        if not name.endswith(".manage")
        and (
            permission.public
            or (permission.reach in (Reach.UNIT, Reach.OFFICER) and permission.roles - {Role.ADMINISTRATOR})
            or name == "desk.enter"
            or permission.is_of_machines
        )
    ]
    return sorted(offered, key=lambda offer: offer[0])


class ServiceKeyForm(forms.Form):
    name = forms.CharField(label=_("Tên hệ thống kết nối"), max_length=120)
    grants = forms.MultipleChoiceField(label=_("Được phép"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["grants"].choices = grantable()  # type: ignore[attr-defined]


class DeviceForm(forms.Form):
    target = forms.ChoiceField(label=_("Dùng để làm gì, ở đâu"))
    name = forms.CharField(
        label=_("Tên máy"), max_length=80, help_text=_("Để nhận ra khi thu hồi, như “Ti vi cửa chính”.")
    )

    def __init__(self, *arguments: Any, targets: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.fields["target"].choices = list(targets)  # type: ignore[attr-defined]


class AccessFilterForm(FilterForm):
    who = forms.CharField(label=_("Người xem (tên)"), max_length=80)
    contact = forms.CharField(
        label=_("Số điện thoại hoặc thư điện tử của người được xem"),
        max_length=254,
    )
    since = forms.DateField(label=_("Từ ngày"), widget=DateInput)


class ProveForm(AddressFields):
    """At the counter: the card's QR code by a scanner, or typed; then the account's number for the code."""

    card = forms.CharField(
        label=_("Quét mã QR trên thẻ căn cước"),
        help_text=_("Đặt con trỏ ở đây rồi quét; các ô dưới được điền tự động."),
        max_length=500,
        required=False,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )
    national_id = forms.CharField(
        label=_("Số định danh"), max_length=15, required=False, widget=forms.TextInput(NATIONAL_ID)
    )
    name = forms.CharField(
        label=_("Họ và tên"), max_length=120, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )
    born_on = forms.DateField(label=_("Ngày sinh"), required=False, widget=DateInput)
    sex = forms.ChoiceField(label=_("Giới tính"), choices=SEXES, required=False, widget=forms.RadioSelect)
    address = forms.CharField(
        label=_("Số điện thoại hoặc thư điện tử của tài khoản"),
        help_text=_("Người dân đọc cho bạn mã vừa gửi tới đó."),
        max_length=254,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    field_order = ("card", "national_id", "name", "born_on", "sex", "area", "line", "address")

    def clean(self) -> dict[str, Any]:
        """The scanned card fills what was not typed."""
        values = super().clean() or {}
        card = read_id_card(values.get("card") or "")
        if values.get("card") and card is None:
            self.add_error("card", _("Không đọc được mã này. Quét lại hoặc nhập tay."))
        if card is not None:
            values["national_id"] = values.get("national_id") or card.national_id
            values["name"] = values.get("name") or card.name
            values["born_on"] = values.get("born_on") or card.born_on
            values["sex"] = values.get("sex") or card.sex
            values["line"] = values.get("line") or card.address[:200]
        for field in ("national_id", "name"):
            if not values.get(field) and not self.has_error("card"):
                self.add_error(field, _("Quét thẻ, hoặc nhập ô này."))
        return values


class DecisionForm(forms.Form):
    reason = forms.CharField(
        label=_("Căn cứ hoặc lý do"),
        help_text=_("Người gửi đọc được lý do khi không công nhận."),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )
