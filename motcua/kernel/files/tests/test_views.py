"""Over HTTP: sending ahead, who gets which bytes, and how long they may be kept."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django import Settings

from motcua.kernel.files import kind
from motcua.kernel.files.actions import keep_files, publish_file, store_file
from motcua.kernel.files.kind import Purpose, Variant
from motcua.kernel.files.models import File
from motcua.kernel.files.tests.pictures import PDF, SVG, exif, picture
from motcua.kernel.identity.kind import ANONYMOUS, SYSTEM, Actor
from motcua.kernel.identity.models import Access, Account
from motcua.testing.city import City

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _own_store(tmp_path: Path, settings: Settings) -> None:
    settings.STORAGES = settings.STORAGES | {
        "default": settings.STORAGES["default"] | {"OPTIONS": {"location": tmp_path / "files"}}
    }


@pytest.fixture
def seen_by() -> Iterator[dict[Variant, set[str]]]:
    """Which kinds of actor may see which variant; strangers see clean copies."""
    rules = {Variant.VIEW: {"anonymous"}, Variant.THUMBNAIL: {"anonymous"}, Variant.ORIGINAL: set[str]()}

    def guard(_file_id: int, actor: Actor, variant: Variant) -> bool:
        return actor.kind in rules[variant]

    kept = list(kind.GUARDS)
    kind.GUARDS[:] = [guard]
    yield rules
    kind.GUARDS[:] = kept


def taken(body: bytes, purpose: Purpose = Purpose.PHOTO) -> File:
    file = store_file(io.BytesIO(body), actor=ANONYMOUS, purpose=purpose)
    return keep_files([file.pk], actor=SYSTEM, code="PA-1")[0]


def send(client: Client, body: bytes, name: str = "IMG_0001.jpg", **more: str) -> Any:
    upload = SimpleUploadedFile(name, body, content_type="image/jpeg")
    return client.post("/tep/gui/", {"tep": upload, **more}, headers={"Accept": "application/json"})


def test_it_works(client: Client) -> None:
    answer = send(client, picture(size=(900, 600), exif=exif(lat=11.9404, lon=108.4583, taken="2026:11:17 07:30:00")))
    assert answer.status_code == 201
    told = answer.json()
    assert (told["lat"], told["lon"]) == (pytest.approx(11.9404), pytest.approx(108.4583))
    assert told["taken_at"] == "2026-11-17T07:30:00+07:00"
    shown = client.get(told["thumbnail"])
    assert shown["Content-Type"] == "image/webp"
    with Image.open(io.BytesIO(b"".join(shown.streaming_content))) as copy:  # type: ignore[attr-defined]
        assert copy.size == (480, 320)


def test_forged_form_of_another_site_is_refused() -> None:
    answer = send(Client(enforce_csrf_checks=True), picture())
    assert answer.status_code == 403
    assert not File.objects.exists()


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (SVG, 415, "unsupported_type"),
        (picture()[:500], 422, "damaged"),
        (b"", 422, "empty"),
        (PDF, 415, "unsupported_type"),
    ],
    ids=["svg", "cut off", "empty", "paper of a stranger"],
)
def test_refusals_say_why(client: Client, body: bytes, status: int, code: str) -> None:
    answer = send(client, body, loai="tai-lieu")
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not File.objects.exists()


def test_request_that_is_too_large_is_refused_unread(client: Client, settings: Settings) -> None:
    settings.REQUEST_MAX_BYTES = 500
    answer = send(client, picture())
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    assert not File.objects.exists()


def test_no_file_at_all_is_refused(client: Client) -> None:
    answer = client.post("/tep/gui/", {"tep": "nothing"}, headers={"Accept": "application/json"})
    assert answer.status_code == 422


def test_sender_discards_what_was_sent_ahead(client: Client) -> None:
    token = send(client, picture()).json()["token"]
    assert client.post(f"/tep/gui/{token}/bo/").status_code == 204
    assert client.get(f"/tep/{token}/xem").status_code == 404
    assert not File.objects.exists()


def test_original_sent_ahead_is_given_to_nobody(client: Client) -> None:
    token = send(client, picture()).json()["token"]
    assert client.get(f"/tep/{token}/goc").status_code == 404
    assert not Access.objects.exists()


def test_public_copy_is_kept_for_ever_under_its_own_address(client: Client, seen_by: dict[Variant, set[str]]) -> None:
    file = taken(picture())
    answer = client.get(file.view_url)
    assert answer["Cache-Control"] == "public, max-age=31536000, s-maxage=3600, immutable"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"] == 'inline; filename="PA-1-1.webp"'
    assert client.get(f"/tep/{file.token}/xem")["Cache-Control"] == "public, max-age=300"
    again = client.get(file.view_url, headers={"If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_copy_that_few_may_see_is_kept_by_nobody_between(hoa: Client, seen_by: dict[Variant, set[str]]) -> None:
    seen_by[Variant.VIEW] = {"officer"}
    file = taken(picture())
    assert hoa.get(file.view_url)["Cache-Control"] == "private, max-age=31536000, immutable"
    assert hoa.get(f"/tep/{file.token}/xem")["Cache-Control"] == "private, no-cache"


def test_copy_of_a_hidden_case_is_not_found(client: Client, seen_by: dict[Variant, set[str]]) -> None:
    file = taken(picture())
    seen_by[Variant.VIEW] = set()
    assert client.get(file.view_url).status_code == 404
    etag = f'"{bytes(file.public_sha256 or b"").hex()}"'
    assert client.get(file.view_url, headers={"If-None-Match": etag}).status_code == 404


def test_stranger_never_gets_the_original(client: Client, seen_by: dict[Variant, set[str]]) -> None:
    file = taken(picture(exif=exif(lat=11.9404, lon=108.4583)))
    assert client.get(file.original_url).status_code == 404
    assert not Access.objects.exists()


def test_reading_an_original_is_noted(client: Client, seen_by: dict[Variant, set[str]]) -> None:
    seen_by[Variant.ORIGINAL] = {"anonymous"}  # as a guard would let an official in
    body = picture(exif=exif(lat=11.9404, lon=108.4583))
    answer = client.get(taken(body).original_url)
    assert b"".join(answer.streaming_content) == body  # type: ignore[attr-defined]
    assert answer["Cache-Control"] == "private, no-store"
    assert list(Access.objects.values_list("action", "reason")) == [("file.original", "PA-1-1.jpg")]


@pytest.mark.parametrize("address", ["/tep/no/xem", "/tep/no/khac", "/tep/../etc/passwd", "/tep/%2e%2e%2f/goc"])
def test_unknown_addresses_are_not_found(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(
    ("asked", "status", "body", "told"),
    [
        ("bytes=0-3", 206, PDF[:4], f"bytes 0-3/{len(PDF)}"),
        ("bytes=5-", 206, PDF[5:], f"bytes 5-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=-6", 206, PDF[-6:], f"bytes {len(PDF) - 6}-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=0-99999", 206, PDF, f"bytes 0-{len(PDF) - 1}/{len(PDF)}"),
        ("bytes=99999-", 416, b"", f"bytes */{len(PDF)}"),
        ("bytes=3-1", 416, b"", f"bytes */{len(PDF)}"),
    ],
)
def test_part_of_a_paper(
    client: Client, seen_by: dict[Variant, set[str]], asked: str, status: int, body: bytes, told: str
) -> None:
    file = publish_file(taken(PDF, Purpose.DOCUMENT).pk, actor=SYSTEM)
    answer = client.get(file.view_url, headers={"Range": asked})
    assert (answer.status_code, answer.content, answer["Content-Range"]) == (status, body, told)


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=0-1,3-4", "lines=1-2", "bytes=a-b"])
def test_range_that_makes_no_sense_gives_the_whole(
    client: Client, seen_by: dict[Variant, set[str]], asked: str
) -> None:
    file = publish_file(taken(PDF, Purpose.DOCUMENT).pk, actor=SYSTEM)
    answer = client.get(file.view_url, headers={"Range": asked})
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == PDF  # type: ignore[attr-defined]


def test_paper_that_was_not_published_is_not_found(client: Client, seen_by: dict[Variant, set[str]]) -> None:
    assert client.get(f"/tep/{taken(PDF, Purpose.DOCUMENT).token}/xem").status_code == 404


# ── Hiding faces ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def hoa(city: City) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=city.hoa.id or 0))
    return client


def test_official_hides_a_face(hoa: Client, seen_by: dict[Variant, set[str]]) -> None:
    seen_by[Variant.ORIGINAL] = {"officer"}
    file = taken(picture(size=(900, 600)))
    address = f"/desk/tep/{file.token}/lam-mo/?next=/desk/"
    assert hoa.get(address).status_code == 200
    assert hoa.post(address, {"vung": ["40 20 30,5 40", "", "60 60 10 10"]}).status_code == 302
    after = File.objects.get(pk=file.pk)
    assert after.blurred == [
        {"x": 0.4, "y": 0.2, "width": 0.305, "height": 0.4},
        {"x": 0.6, "y": 0.6, "width": 0.1, "height": 0.1},
    ]
    assert after.content_of(Variant.VIEW) != file.content_of(Variant.VIEW)
    page = hoa.get(address).content.decode()
    assert 'value="40 20 30.5 40"' in page
    assert 'href="/desk/"' in page
    assert not Access.objects.exists()


@pytest.mark.parametrize(
    "region", ["10 20 30", "a b c d", "10 20 0 5", "110 0 5 5", "nan 0 5 5", "-1 0 5 5", "1e9 0 5 5"]
)
def test_region_that_makes_no_sense_is_shown_again(hoa: Client, seen_by: dict[Variant, set[str]], region: str) -> None:
    seen_by[Variant.ORIGINAL] = {"officer"}
    file = taken(picture())
    answer = hoa.post(f"/desk/tep/{file.token}/lam-mo/", {"vung": [region]})
    assert answer.status_code == 422
    assert f'value="{region}"' in answer.content.decode()
    assert File.objects.get(pk=file.pk).blurred == []


def test_only_officials_of_the_case_hide_faces(client: Client, hoa: Client, seen_by: dict[Variant, set[str]]) -> None:
    file, loose = taken(picture()), store_file(io.BytesIO(picture()), actor=ANONYMOUS)
    address = f"/desk/tep/{file.token}/lam-mo/"
    assert hoa.post(address, {"vung": ["1 1 5 5"]}).status_code == 404  # of another ward
    seen_by[Variant.ORIGINAL] = {"officer", "anonymous", "person"}
    assert client.post(address, {"vung": ["1 1 5 5"]}).status_code in (302, 401)
    assert hoa.get(f"/desk/tep/{loose.token}/lam-mo/").status_code == 404
    assert File.objects.get(pk=file.pk).blurred == []


def test_way_back_leads_nowhere_outside(hoa: Client, seen_by: dict[Variant, set[str]]) -> None:
    seen_by[Variant.ORIGINAL] = {"officer"}
    page = hoa.get(f"/desk/tep/{taken(picture()).token}/lam-mo/?next=//evil.example/").content.decode()
    assert "evil.example" not in page.replace("next=//evil.example", "").replace("next%3D//evil.example", "")
