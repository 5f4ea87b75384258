"""Pages: the queue, one confirmation for many, keys, whom we believe, and the public check."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from motcua.kernel.events.models import Event
from motcua.kernel.files.actions import keep_made
from motcua.kernel.files.models import File
from motcua.kernel.files.queries import content_of
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.kernel.identity.models import Account
from motcua.kernel.signing.actions import ask_for_signature, remove_root, sign
from motcua.kernel.signing.models import SigningKey, SigningTask, TrustRoot
from motcua.kernel.signing.tests.conftest import Keys
from motcua.kernel.signing.views.keys import PAGE
from motcua.kernel.web.views.middleware import buckets
from motcua.lib import moment
from motcua.lib.tests.papers import paper, with_drawing
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
QUEUE, KEYS, CHECK = "/desk/ky-so/", "/desk/quan-tri/chu-ky/", "/kiem-tra-chu-ky/"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def fresh(actor: Actor) -> Client:
    """With a password that was given just now, as keys ask for."""
    account = Account.objects.get(pk=actor.id or 0)
    account.set_password("mat-khau-cua-quan")
    account.save()
    client = signed_in(actor)
    client.post(reverse("account_reauthenticate"), {"password": "mat-khau-cua-quan"})
    return client


def asked(city: City, key: SigningKey, title: str, body: bytes | None = None) -> SigningTask:
    file = keep_made(body or paper(), actor=SYSTEM, name=f"{title}.pdf")
    return ask_for_signature(file.pk, key.pk, actor=city.hoa, title=title, about="dossier:12")


@pytest.mark.parametrize(("address", "may", "may_not"), [
    (QUEUE, "minh", ""), (f"{QUEUE}ky/", "minh", "hoa"), (KEYS, "quan", "minh"), (f"{KEYS}them/tep/", "quan", "hoa"),
])  # fmt: skip
def test_pages_are_for_those_whose_they_are(city: City, keys: Keys, address: str, may: str, may_not: str) -> None:
    assert signed_in(getattr(city, may)).get(address).status_code in (200, 302)
    if may_not:
        assert signed_in(getattr(city, may_not)).get(address).status_code == 403
    answer = Client().get(address)
    assert answer.status_code == 302
    assert "/accounts/" in answer["Location"] or "/dang-nhap/" in answer["Location"]


# ── The queue ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_one_confirmation_for_many(city: City, keys: Keys) -> None:
    tasks = [asked(city, keys.minh, f"Giấy phép {number}") for number in range(3)]
    tasks.append(asked(city, keys.minh, "Giấy hỏng", b"%PDF-1.7 x %%EOF"))
    other = asked(city, keys.minh, "Chưa chọn")
    minh = signed_in(city.minh)
    page = minh.get(QUEUE).content.decode()
    assert all(task.title in page for task in [*tasks, other])
    chosen = {"viec": [task.pk for task in tasks]}
    assert "Ký 4 văn bản?" in minh.get(f"{QUEUE}ky/", chosen).content.decode()
    assert not Event.objects.filter(name="signing.done").exists()  # asking is not signing
    page = minh.post(f"{QUEUE}ky/", chosen).content.decode()
    assert "3 trong 4 văn bản" in page
    assert "bị hỏng" in page
    assert Event.objects.filter(name="signing.done").count() == 3
    other.refresh_from_db()
    assert other.state == "asked"


@pytest.mark.parametrize("chosen", [{}, {"viec": ["x", "9" * 30, "-1"]}, {"viec": ["999999"]}])
def test_a_choice_of_nothing_goes_back(city: City, keys: Keys, chosen: dict[str, list[str]]) -> None:
    answer = signed_in(city.minh).get(f"{QUEUE}ky/", chosen)
    assert (answer.status_code, answer["Location"]) == (302, QUEUE)


def test_what_is_another_s_stays_closed(city: City, keys: Keys) -> None:
    task = asked(city, keys.minh, "Giấy phép mật")
    for actor in (city.tam, city.lan, city.quan):
        client = signed_in(actor)
        assert "Giấy phép mật" not in client.get(QUEUE).content.decode()
        for address in ("tra-lai", "ky-lai", "rut-lai"):
            answer = client.post(f"{QUEUE}{task.pk}/{address}/", {"reason": "x"})
            assert answer.status_code in (403, 404), (actor.name, address)
        client.post(f"{QUEUE}ky/", {"viec": task.pk})
    task.refresh_from_db()
    assert task.state == "asked"


def test_giving_back_needs_a_reason(city: City, keys: Keys) -> None:
    task = asked(city, keys.minh, "Giấy phép")
    minh = signed_in(city.minh)
    address = f"{QUEUE}{task.pk}/tra-lai/"
    assert minh.get(address).status_code == 200
    assert minh.post(address, {"reason": " "}).status_code == 422
    assert minh.post(address, {"reason": "Sai tên đường"}).status_code == 302
    assert "Sai tên đường" in signed_in(city.hoa).get(QUEUE).content.decode()


def test_the_asker_takes_it_back(city: City, keys: Keys) -> None:
    task = asked(city, keys.minh, "Giấy phép")
    hoa = signed_in(city.hoa)
    assert "Rút lại" in hoa.get(QUEUE).content.decode()
    assert hoa.post(f"{QUEUE}{task.pk}/rut-lai/").status_code == 302
    task.refresh_from_db()
    assert task.state == "cancelled"


def test_the_document_is_read_before_it_is_signed(city: City, keys: Keys) -> None:
    task = asked(city, keys.minh, "Giấy phép")
    assert task.file is not None
    answer = signed_in(city.minh).get(task.file.view_url)
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("inline")
    assert signed_in(city.tam).get(task.file.view_url).status_code == 404


# ── Keys ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_key_is_added_and_removed(city: City, keys: Keys) -> None:
    quan = fresh(city.quan)
    file = keys.issue("Tâm").pkcs12("mat-khau-dai")
    form = {
        "owner": f"unit:{city.ward_two.id}", "label": "Dấu mới", "password": "mat-khau-dai", "width": "36",
        "height": "36", "file": SimpleUploadedFile("dau.p12", file),
    }  # fmt: skip
    answer = quan.post(f"{KEYS}them/tep/", form)
    assert answer.status_code == 302, answer.content.decode()
    page = quan.get(KEYS).content.decode()
    assert "Dấu mới" in page
    assert "mat-khau-dai" not in page
    key = SigningKey.objects.get(label="Dấu mới")
    assert quan.get(f"{KEYS}{key.pk}/go/").status_code == 200
    assert quan.post(f"{KEYS}{key.pk}/go/").status_code == 302
    assert "Dấu mới" not in quan.get(KEYS).content.decode()


def test_many_keys_are_paged_and_found(city: City, keys: Keys) -> None:
    """A province has hundreds: none is lost between two pages, each is found by whose it is."""
    like = SigningKey.objects.get(pk=keys.seal_two.pk)
    for number in range(PAGE):
        like.pk, like.serial, like.label = None, f"{number:040}", f"Dấu phụ {number:03}"
        like.save(force_insert=True)
    quan = signed_in(city.quan)
    first = quan.get(KEYS).content.decode()
    second = quan.get(f"{KEYS}?trang=2").content.decode()
    removals = [re.findall(rf"{KEYS}(\d+)/go/", page) for page in (first, second)]
    assert [len(found) for found in removals] == [PAGE, 3]
    assert {int(pk) for found in removals for pk in found} == set(SigningKey.objects.values_list("pk", flat=True))
    assert "trang=2" in first
    assert "trang=1" in second
    assert re.findall(rf"{KEYS}(\d+)/go/", quan.get(f"{KEYS}?trang=999").content.decode()) == removals[1]
    found = quan.get(KEYS, {"q": "le van minh"}).content.decode()
    assert re.findall(rf"{KEYS}(\d+)/go/", found) == [str(keys.minh.pk)]
    assert "Không có khoá nào khớp" in quan.get(KEYS, {"q": "không ai"}).content.decode()


def test_a_wrong_password_is_said_at_its_field(city: City, keys: Keys) -> None:
    form = {
        "owner": f"unit:{city.ward_two.id}", "label": "x", "password": "sai",
        "file": SimpleUploadedFile("dau.p12", keys.issue("x").pkcs12("dung")),
    }  # fmt: skip
    answer = fresh(city.quan).post(f"{KEYS}them/tep/", form)
    assert answer.status_code == 422
    assert "sai mật khẩu" in answer.content.decode()
    assert SigningKey.objects.count() == 3


def test_keys_need_a_fresh_password(city: City, keys: Keys) -> None:
    client = Client()
    client.force_login(Account.objects.get(pk=city.quan.id or 0))
    answer = client.get(f"{KEYS}them/tep/")
    assert answer.status_code == 302
    assert answer["Location"].startswith(reverse("account_reauthenticate"))


def test_the_end_of_a_key_is_warned_of(city: City, keys: Keys) -> None:
    with moment.at(keys.minh.valid_to - timedelta(days=10)):
        page = signed_in(city.quan).get(KEYS).content.decode()
    assert "sắp hết hạn" in page
    assert "Còn 10 ngày" in page


def test_roots_are_added_by_whoever_administers_everything(city: City, keys: Keys) -> None:
    quan = fresh(city.quan)
    remove_root(TrustRoot.objects.get().pk, actor=SYSTEM)
    assert quan.post(f"{KEYS}goc/them/", {"file": SimpleUploadedFile("x.pem", b"x")}).status_code == 422
    assert quan.post(f"{KEYS}goc/them/", {"file": SimpleUploadedFile("ca.pem", keys.authority.pem)}).status_code == 302
    root = TrustRoot.objects.get()
    assert root.fingerprint in quan.get(KEYS).content.decode()
    assert quan.post(f"{KEYS}goc/{root.pk}/go/").status_code == 302
    assert not TrustRoot.objects.exists()


# ── Anybody asks ────────────────────────────────────────────────────────────────────────────────────────────────────


def ask(pdf: bytes, name: str = "quyet-dinh.pdf") -> tuple[int, str]:
    answer = Client().post(CHECK, {"tep": SimpleUploadedFile(name, pdf)})
    return answer.status_code, answer.content.decode()


@pytest.fixture
def good(city: City, keys: Keys, decision: File) -> bytes:
    return content_of(sign(decision.pk, keys.minh.pk, actor=city.minh, reason="Phê duyệt").result_id or 0)


def test_anybody_may_ask(good: bytes) -> None:
    files = File.objects.count()
    status, page = ask(good)
    assert status == 200
    assert "Chữ ký hợp lệ" in page
    assert "Lê Văn Minh" in page
    assert File.objects.count() == files  # nothing is kept


@pytest.mark.parametrize(("meddle", "words"), [
    (lambda pdf: pdf.replace(b"/Count 1", b"/Count 2"), "Văn bản đã bị thay đổi sau khi ký"),
    (with_drawing, "văn bản đã bị thêm hoặc sửa nội dung"),
    (lambda pdf: paper(), "Tệp này không có chữ ký số"),
    (lambda pdf: b"hello", "không phải là PDF"),
    (lambda pdf: b"%PDF-1.7\n" + b"<<" * 9999, "bị hỏng"),
])  # fmt: skip
def test_what_is_wrong_is_said_plainly(good: bytes, meddle: Callable[[bytes], bytes], words: str) -> None:
    _status, page = ask(meddle(good))
    assert words in page
    assert "Chữ ký hợp lệ" not in page


def test_a_test_signature_is_called_one(good: bytes, settings: Settings) -> None:
    TrustRoot.objects.update(is_test=True)
    settings.DEMO = True
    assert "Chữ ký thử nghiệm" in ask(good)[1]
    settings.DEMO = False
    assert "Chưa xác nhận được người ký" in ask(good)[1]


def test_what_is_too_large_or_missing(settings: Settings) -> None:
    settings.DOCUMENT_MAX_BYTES = 1000
    assert ask(b"%PDF-" + b"x" * 2000)[0] == 422
    assert Client().post(CHECK, {}).status_code == 422
    assert Client().get(CHECK).status_code == 200


def test_a_file_s_name_is_not_believed() -> None:
    assert "<script>" not in ask(paper(), "<script>.pdf")[1]


def test_floods_are_held_off(settings: Settings) -> None:
    settings.RATE_LIMITS = True
    buckets.clear()
    statuses = [Client().post(CHECK, {}).status_code for _ in range(61)]
    buckets.clear()
    assert statuses[-1] == 429
    assert set(statuses[:-1]) == {422}


# ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("meddle", "code"), [(lambda pdf: pdf, 0), (with_drawing, 1), (lambda pdf: paper(), 3)])
def test_the_command_s_exit_code(
    good: bytes, tmp_path: Path, capsys: pytest.CaptureFixture[str], meddle: Callable[[bytes], bytes],
    code: int,
) -> None:  # fmt: skip
    file = tmp_path / "a.pdf"
    file.write_bytes(meddle(good))
    with pytest.raises(SystemExit) as left:
        call_command("signature", "verify", str(file))
    assert left.value.code == code


def test_keys_by_command(city: City, keys: Keys, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file, password = tmp_path / "k.p12", tmp_path / "p"
    file.write_bytes(keys.issue("Phường Hai mới").pkcs12("mat"))
    password.write_text("mat\n")
    call_command("signature", "key", "add", str(file), "--unit", "24781", "--password-file", str(password))
    assert "Phường Hai mới" in capsys.readouterr().out
    call_command("signature", "key", "list")
    assert capsys.readouterr().out.count("\n") == 4
    call_command("signature", "key", "remove", str(SigningKey.objects.latest("pk").pk))
    call_command("signature", "key", "list")
    assert "Phường Hai mới" not in capsys.readouterr().out
