"""Who reported is nowhere to be found: not in pages, feeds, data, pictures, headers, search or logs.

Somebody with very peculiar data reports, adds, rates and reopens, and officials do their part. Then everything that a
stranger can ask for is asked for, and read to the last byte.
"""

import io
import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from PIL import Image

from motcua.kernel.cases.models import Case, Party
from motcua.kernel.files.models import File
from motcua.kernel.identity.views import PUBLIC
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import take_incident
from motcua.modules.incidents.actions.working import approve_incident, reply_incident, resolve_incident, visit_incident
from motcua.testing.city import LAMP_AT, MONDAY, City

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NAME, PHONE, EMAIL = "Quách Zuy Zơn", "0987 613 572", "zuyzon.q@bimat-zq.example"
NATIONAL_ID, ARTIST, SERIAL, FILE_NAME = "068093071946", "ZqArtist7", "ZqSerial9", "quach-zuy-zon-nha-toi.jpg"

# What must not appear, however it is spelt; searched without regard to case.
SECRETS = {
    "name": NAME,
    "name without tones": "quach zuy zon",
    "phone": PHONE,
    "phone in one": "0987613572",
    "phone abroad": "84987613572",
    "phone with dots": "0987.613.572",
    "end of the phone": "613572",
    "e-mail": EMAIL,
    "part of the e-mail": "bimat-zq",
    "national id": NATIONAL_ID,
    "camera's owner": ARTIST,
    "camera's serial number": SERIAL,
    "file name": "zuy-zon",
}
TEXT = f"Đèn tắt ba đêm. Tôi là {NAME}, gọi {PHONE} hay 0987.613.572, thư {EMAIL}, căn cước {NATIONAL_ID}."


@dataclass
class World:
    case: Case
    token: str
    files: list[File]


def picture() -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x013B] = ARTIST
    exif.get_ifd(0x8769)[0xA431] = SERIAL
    exif.get_ifd(0x8825).update({1: "N", 2: (11.0, 56.0, 42.0), 3: "E", 4: (108.0, 26.0, 6.0)})
    out = io.BytesIO()
    Image.new("RGB", (320, 240), "#774").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile(FILE_NAME, out.getvalue(), "image/jpeg")


@pytest.fixture
def world(city: City, caplog: pytest.LogCaptureFixture) -> World:
    caplog.set_level(logging.DEBUG)
    reporter = Client()
    form = {
        "text": TEXT, "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1],
        "address": f"Số 12 đường Thử, nhà {NAME}, gọi {PHONE}", "name": NAME, "phone": PHONE, "email": EMAIL,
        "hides_name": "on", "photos": [picture()], "key": "k" * 24,
    }  # fmt: skip
    with moment.at(MONDAY):
        reporter.post("/phan-anh/gui/", form)
        case = Case.objects.get()
    with moment.at(MONDAY + HOUR):
        take_incident(case.id, actor=city.hoa)
        visit_incident(case.id, actor=city.hoa, note="Bóng cháy")
        reply_incident(case.id, actor=city.hoa, text="Chiều nay thay")
        more = {"text": TEXT, "photos": [picture()]}
        assert reporter.post(f"/phan-anh/{case.code}/them/", more).status_code == 302
        other = Client().post(f"/phan-anh/{case.code}/cung-gap/", {"name": NAME, "phone": PHONE, "email": EMAIL})
        assert other.status_code == 302
    with moment.at(MONDAY + 2 * HOUR):
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        approve_incident(case.id, actor=city.minh)
        reporter.post(f"/phan-anh/{case.code}/danh-gia/", {"score": "4", "words": TEXT})
        assert reporter.post(f"/phan-anh/{case.code}/mo-lai/", {"reason": TEXT}).status_code == 302
    with moment.at(MONDAY + 3 * HOUR):
        take_incident(case.id, actor=city.hoa)
        resolve_incident(case.id, actor=city.hoa, result="Đã thay lại")
        approve_incident(case.id, actor=city.minh)
    return World(Case.objects.get(), reporter.cookies["mc_link"].value, list(File.objects.all()))


def public_patterns(patterns: list[URLPattern | URLResolver], prefix: str = "/") -> Iterator[str]:
    for pattern in patterns:
        address = f"{prefix}{pattern.pattern}"
        if isinstance(pattern, URLResolver):
            yield from public_patterns(pattern.url_patterns, address)
        elif _is_public(pattern.callback):
            yield address


def _is_public(view: object) -> bool:
    if operations := getattr(getattr(view, "__self__", None), "operations", None):
        return any(getattr(operation.view_func, "permission", None) == PUBLIC for operation in operations)
    return bool(getattr(view, "permission", None) == PUBLIC)


def addresses(world: World) -> Iterator[str]:
    """Every public pattern with everything that could fill it, and what a curious person would type."""
    fillings = {
        "code": [world.case.code, "street-lighting"],
        "token": [file.token for file in world.files],
        "variant": ["xem", "nho", "goc"],
        "unit_code": ["24778", "24778-kinh-te"],
        "case_id": [str(world.case.id)],
        "id": [str(world.case.id)],
    }
    for pattern in public_patterns(get_resolver().url_patterns):
        plain = re.sub(r"\\(.)", r"\1", pattern.replace("^", "").replace("$", ""))
        found = [plain]
        for name in re.findall(r"<(?:\w+:)?(\w+)>", plain):
            found = [
                re.sub(rf"(?:\(\?P)?<(?:\w+:)?{name}>(?:[^/]*\))?", value, one, count=1)
                for one in found
                for value in fillings.get(name, [world.case.code])
            ]
        yield from found
    searches = [PHONE, PHONE.replace(" ", ""), NAME, "quach zuy zon", EMAIL, NATIONAL_ID, "bimat", "0987"]
    for words in searches:
        yield f"/phan-anh/?tim={words}"
        yield f"/phan-anh/ban-do.json?tim={words}"
        yield f"/phan-anh/rss.xml?tim={words}"
        yield f"/tim/?q={words}"
    for suffix in ("json", "xml"):
        yield f"/open311/v2/requests.{suffix}"
        yield f"/open311/v2/requests.{suffix}?extensions=true"
        yield f"/open311/v2/requests/{world.case.code}.{suffix}?extensions=true"
        yield f"/open311/v2/servicerequestupdates.{suffix}"
    yield from ("/api/v1/incidents", "/api/v1/incidents/", f"/api/v1/incidents/{world.case.code}", "/board/so-lieu.csv")


def links(body: str) -> set[str]:
    found = re.findall(r'(?:href|src|content|data-[\w-]+)="(/[^"#]*)', body) + re.findall(
        r"https?://testserver(/[^\s\"<]*)", body
    )
    return {one.replace("&amp;", "&") for one in found if not one.startswith(("/static/", "//"))}


def leaks(text: str) -> list[str]:
    lowered = text.casefold()
    return [name for name, secret in SECRETS.items() if secret.casefold() in lowered]


def told(client: Client, path: str) -> tuple[int, str]:
    """Status, and everything that came back: headers, cookies, bytes; of a picture also what stands inside it."""
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content  # type: ignore[attr-defined]
    words = f"{answer.headers}\n{client.cookies.output()}\n" + body.decode("utf-8", "replace") + body.decode("latin-1")
    if answer.headers.get("Content-Type", "").startswith("image/") and "svg" not in answer.headers["Content-Type"]:
        shown = Image.open(io.BytesIO(body))
        assert not shown.getexif(), path
        words += repr(shown.info)
    return answer.status_code, words


@pytest.mark.parametrize("language", ["vi", "en"])
def test_identity_never_leaks(world: World, city: City, caplog: pytest.LogCaptureFixture, language: str) -> None:
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    seen: set[str] = set()
    waiting, found, answered = [*addresses(world)], [], 0
    with moment.at(MONDAY + 4 * HOUR):
        while waiting:
            path = waiting.pop()
            if path in seen or len(seen) > 400:
                continue
            seen.add(path)
            status, words = told(client, path)
            answered += status == 200
            found += [f"{path}: {name}" for name in leaks(words)] if not is_echo(path) else []
            if (
                status == 200
                and path.startswith(("/phan-anh/", "/board/", "/tep/", "/theo-doi/"))
                and not is_echo(path)
            ):
                waiting += links(words) - seen
    assert not found, "\n".join(found)
    assert answered > 25
    assert f"/phan-anh/{world.case.code}/" in seen
    assert any("/xem" in path for path in seen)
    logged = "\n".join(record.getMessage() + str(record.args) for record in caplog.records)
    assert not leaks(logged)


def is_echo(path: str) -> bool:
    """The page repeats what was typed into its own search field; that nothing is found is checked apart."""
    return "?tim=" in path or "?q=" in path


@pytest.mark.parametrize(
    "words", [PHONE, "0987613572", "84987613572", NAME, "quach zuy zon", EMAIL, NATIONAL_ID, "bimat-zq"]
)
def test_search_finds_nobody(world: World, words: str) -> None:
    client = Client()
    with moment.at(MONDAY + 4 * HOUR):
        for path in ("/phan-anh/?tim=", "/phan-anh/ban-do.json?tim=", "/phan-anh/rss.xml?tim=", "/tim/?q="):
            assert world.case.code not in client.get(f"{path}{words}").text, path
        assert world.case.code in client.get("/phan-anh/?tim=den tat ba dem").text


def test_originals_are_for_nobody(world: World) -> None:
    for file in world.files:
        assert Client().get(f"/tep/{file.token}/goc").status_code == 404
        assert "zuy" not in file.name


def test_names_show_when_their_owner_wishes(city: City) -> None:
    client = Client()
    with moment.at(MONDAY):
        sent = {"text": "Đèn tắt ba đêm rồi nhé", "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1]}
        client.post("/phan-anh/gui/", {**sent, "name": NAME, "phone": PHONE})
        case = Case.objects.get()
        take_incident(case.id, actor=city.hoa)
        page = Client().get(f"/phan-anh/{case.code}/").text
    assert f"Người gửi: {NAME}." in page
    assert "613 572" not in page


def test_what_is_private_is_told_to_its_people_alone(world: World) -> None:
    """The same link on another device shows it again; it is not lost, only not public."""
    from motcua.kernel.cases.queries.people import party_token

    holder = Client()
    party = Party.objects.filter(role="reporter").get()
    holder.get(f"/p/{party_token(party)}/")
    with moment.at(MONDAY + 4 * HOUR):
        page = holder.get(f"/phan-anh/{world.case.code}/").text
    assert PHONE in page
