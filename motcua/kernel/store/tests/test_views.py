"""The pages of the store over HTTP: owner, other people, officials with and without a right, links."""

import io
import zipfile
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from motcua.kernel.cases.models import Case
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.models import Access, Account
from motcua.kernel.store.actions import share_entries, use_entry
from motcua.kernel.store.models import StoreEntry, StoreOpening, StoreShare
from motcua.kernel.store.queries.reading import own_shares
from motcua.kernel.store.tests.conftest import PDF
from motcua.lib import moment
from motcua.testing.city import City

pytestmark = pytest.mark.django_db
ANONYMOUS = "anonymous"


def signed_in(actor: Actor) -> Client:
    client = Client()
    client.force_login(Account.objects.get(pk=actor.id or 0))
    return client


def body_of(response: object) -> bytes:
    return b"".join(response.streaming_content)  # type: ignore[attr-defined]


def test_the_owner_reads_and_takes_it_along(an: Actor, certificate: StoreEntry, pass_paper: StoreEntry) -> None:
    client = signed_in(an)
    page = client.get(reverse("store")).content.decode()
    assert "Giấy khai sinh" in page
    assert "hộ cận nghèo" in page
    detail = client.get(reverse("store_entry", args=[certificate.pk])).content.decode()
    assert "12/2026" in detail
    assert "Chữ ký số hợp lệ" in detail
    file = client.get(reverse("store_file", args=[certificate.pk]))
    assert body_of(file) == PDF
    assert "no-store" in file.headers["Cache-Control"]
    assert file.headers["Content-Disposition"] == f'inline; filename="KQ.khai-sinh-{certificate.pk}.pdf"'
    archive = zipfile.ZipFile(io.BytesIO(body_of(client.get(reverse("store_export")))))
    assert archive.namelist() == ["002-KQ.khai-sinh.pdf", "muc-luc.html"]
    assert archive.read("002-KQ.khai-sinh.pdf") == PDF
    assert "12/2026" in archive.read("muc-luc.html").decode()


TABLE = {
    # name: (method, needs entry, {role: status}); what is not named is 404
    "store": ("get", "", {ANONYMOUS: 302, "owner": 200, "other": 200, "officer": 404, "clerk": 404}),
    "store_export": ("get", "", {ANONYMOUS: 302, "owner": 200, "other": 200, "officer": 404, "clerk": 404}),
    "store_share": ("get", "", {ANONYMOUS: 302, "owner": 200, "other": 200, "officer": 404, "clerk": 404}),
    "store_entry": ("get", "entry", {ANONYMOUS: 302, "owner": 200}),
    "store_file": ("get", "entry", {ANONYMOUS: 302, "owner": 200}),
    "store_share_end": ("post", "share", {ANONYMOUS: 401, "owner": 302}),
    "store_desk_entry": ("get", "entry", {ANONYMOUS: 302, "owner": 403, "other": 403, "clerk": 200}),
    "store_desk_file": ("get", "entry", {ANONYMOUS: 302, "owner": 403, "other": 403, "clerk": 200}),
    "store_shared": ("get", "token", dict.fromkeys((ANONYMOUS, "owner", "other", "officer", "clerk"), 200)),
    "store_shared_file": ("get", "token+entry", dict.fromkeys((ANONYMOUS, "owner", "other", "officer", "clerk"), 302)),
}


@pytest.mark.parametrize("role", [ANONYMOUS, "owner", "other", "officer", "clerk"])
@pytest.mark.parametrize("name", TABLE)
def test_every_address_for_every_role(
    city: City, an: Actor, binh: Actor, clerk: Actor, certificate: StoreEntry, name: str, role: str
) -> None:
    """``clerk`` works on a case of their ward that uses the paper; ``officer`` works in another ward."""
    _use_in_a_case(city, certificate)
    number, token = share_entries([certificate.pk], actor=an, until=moment.now() + timedelta(days=1), purpose="Thử")
    actors = {"owner": an, "other": binh, "officer": city.tam, "clerk": clerk}
    client = Client() if role == ANONYMOUS else signed_in(actors[role])
    method, needs, allowed = TABLE[name]
    arguments: dict[str, list[int | str]] = {
        "": [], "entry": [certificate.pk], "share": [number], "token": [token], "token+entry": [token, certificate.pk],
    }  # fmt: skip
    response = getattr(client, method)(reverse(name, args=arguments[needs]))
    assert response.status_code == allowed.get(role, 404)
    if role in ("other", "officer", ANONYMOUS) and response.status_code == 200:
        text = response.content.decode() if not response.streaming else repr(body_of(response))
        assert "12/2026" not in text
        assert "khai sinh" not in text.lower()
    assert (StoreShare.objects.get().ended_at is not None) == (name == "store_share_end" and role == "owner")


def _use_in_a_case(city: City, entry: StoreEntry) -> None:
    now = moment.now()
    case = Case.objects.create(
        kind="incident", code="PA-1", subject="x", folded="x", state="submitted", unit=city.office_one, opened_at=now,
        updated_at=now,
    )  # fmt: skip
    use_entry(entry.pk, actor=city.hoa, case_id=case.id, case_code=case.code)


def test_an_official_who_opens_it_is_seen_by_the_owner(
    city: City, an: Actor, clerk: Actor, certificate: StoreEntry
) -> None:
    _use_in_a_case(city, certificate)
    response = signed_in(clerk).get(reverse("store_desk_file", args=[certificate.pk]))
    assert body_of(response) == PDF
    note = Access.objects.get(action="store.open")
    assert (note.actor, note.person_id) == (clerk.key, an.person_id)
    page = signed_in(an).get(reverse("my_data")).content.decode()
    assert "Phạm Thị Hoa đã mở giấy tờ trong kho của bạn" in page


def test_a_ward_takes_back_what_it_issued(city: City, an: Actor, clerk: Actor, certificate: StoreEntry) -> None:
    _use_in_a_case(city, certificate)
    address = reverse("store_desk_entry", args=[certificate.pk])
    client = signed_in(clerk)
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, {"reason": "Cấp nhầm tên"}).status_code == 302
    page = signed_in(an).get(reverse("store_entry", args=[certificate.pk])).content.decode()
    assert "Cấp nhầm tên" in page
    assert "Đã thu hồi" in page


def test_sharing_from_the_page_to_the_opening(an: Actor, binh: Actor, certificate: StoreEntry) -> None:
    owner = signed_in(an)
    typed = {"entries": [certificate.pk], "purpose": "Trường mầm non Thử", "days": 7}
    assert owner.post(reverse("store_share"), {**typed, "days": 400}).status_code == 422
    assert owner.post(reverse("store_share"), {**typed, "entries": []}).status_code == 422
    made = owner.post(reverse("store_share"), typed)
    link = made.context["url"]
    assert f'data-share="{link}"' in made.content.decode(), "copying out of a box is hard on a phone"
    path = "/" + link.split("/", 3)[3]
    guest = Client()
    page = guest.get(path)
    assert "N. T. M. A." in page.content.decode()
    assert "Nguyễn Thị Mẫu An" not in page.content.decode()
    assert page.headers["Referrer-Policy"] == "same-origin", "the link goes to no other site"
    file = f"{path}{certificate.pk}/"
    assert guest.get(file).headers["Location"] == path
    assert guest.post(path, {"who": ""}).status_code == 422
    assert not StoreOpening.objects.exists()
    assert guest.post(path, {"who": "Cô Thử, Trường Mẫu"}).status_code == 302
    assert "12/2026" in guest.get(path).content.decode()
    assert body_of(guest.get(file)) == PDF
    assert Client().get(file).status_code == 302, "another browser has not said who it is"
    seen = owner.get(reverse("store_share")).content.decode()
    assert "Cô Thử, Trường Mẫu" in seen
    with override("en"):
        assert [share.names for share in own_shares(an)] == [("Birth certificate",)]
    owner.post(reverse("store_share_end", args=[StoreShare.objects.get().pk]))
    assert guest.get(path).status_code == 404
    assert guest.get(file).status_code == 404
    with moment.at(moment.now() + timedelta(days=8)):
        assert guest.get(path).status_code == 404


def test_a_wrong_token_is_nothing(certificate: StoreEntry) -> None:
    assert Client().get(reverse("store_shared", args=["x" * 43])).status_code == 404
    assert Client().post(reverse("store_shared", args=["x" * 43]), {"who": "Cô Thử"}).status_code == 404


def test_the_download_of_ones_data_names_the_papers(an: Actor, certificate: StoreEntry) -> None:
    data = signed_in(an).get(reverse("account_download")).json()
    assert [row["code"] for row in data["store"]] == ["KQ.khai-sinh"]
    assert data["identity"]["level"] == "counter"
