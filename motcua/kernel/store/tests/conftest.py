"""A store with a few papers, its owner, a stranger, and officials with and without a right to it."""

import io
from datetime import timedelta

import pytest
from django.core.cache import cache

from motcua.kernel.files.actions import keep_files, store_file
from motcua.kernel.files.kind import Purpose
from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof
from motcua.kernel.identity.kind import SYSTEM, Actor, Level, Role
from motcua.kernel.identity.queries import officer_actor, person_actor
from motcua.kernel.org.queries import local_today
from motcua.kernel.store.actions import NewEntry, put_entry
from motcua.kernel.store.kind import Signature, Validity
from motcua.kernel.store.models import StoreEntry
from motcua.testing.city import City

AN_ID, BINH_ID = "068190000101", "068085000102"
PDF = b"%PDF-1.4\nsigned\n%%EOF\n"


@pytest.fixture(autouse=True)
def _fresh_limits() -> None:
    cache.clear()


def somebody(name: str, phone: str, national_id: str = "") -> Actor:
    account = identity.new_person_account(identity.create_person(name, phone))
    if national_id:
        identity.prove_person(account.person_id or 0, Proof(national_id, name), level=Level.COUNTER, actor=SYSTEM)
    return person_actor(account.pk)


@pytest.fixture
def an(db: None) -> Actor:
    return somebody("Nguyễn Thị Mẫu An", "0905 123 456", AN_ID)


@pytest.fixture
def binh(db: None) -> Actor:
    return somebody("Trần Văn Mẫu Bình", "0905 777 888", BINH_ID)


@pytest.fixture
def clerk(city: City) -> Actor:
    """Of the ward that issued An's papers."""
    identity.grant_post(city.hoa.id or 0, city.office_one.pk, Role.CLERK, actor=city.quan)
    return officer_actor(city.hoa.id or 0)


def paper(text: bytes = PDF, code: str = "HS-1") -> tuple[int, bytes]:
    file = store_file(io.BytesIO(text), actor=SYSTEM, purpose=Purpose.DOCUMENT)
    keep_files([file.pk], actor=SYSTEM, code=code)
    return file.pk, bytes(file.sha256)


def birth(city: City, owner: Actor, **changes: object) -> NewEntry:
    file_id, sha256 = paper()
    values: dict[str, object] = {
        "code": "KQ.khai-sinh", "name": "Giấy khai sinh", "name_en": "Birth certificate", "number": "12/2026",
        "person_id": owner.person_id, "issued_on": local_today(), "issuer_unit_id": city.ward_one.pk,
        "file_id": file_id, "sha256": sha256, "signature": Signature.VALID, "procedure_code": "1.001193",
        "case_code": "HS-1", "values": {"child_name": "Nguyễn Mẫu Con"},
    }  # fmt: skip
    return NewEntry(**{**values, **changes})  # type: ignore[arg-type]


@pytest.fixture
def certificate(city: City, an: Actor) -> StoreEntry:
    return put_entry(birth(city, an), actor=SYSTEM)


@pytest.fixture
def pass_paper(city: City, an: Actor) -> StoreEntry:
    """Valid for a month."""
    new = birth(
        city, an, code="GT.ho-ngheo", name="Giấy xác nhận hộ cận nghèo", number="", file_id=None, sha256=None,
        validity=Validity.UNTIL, valid_to=local_today() + timedelta(days=30), signature=Signature.NONE,
    )  # fmt: skip
    return put_entry(new, actor=SYSTEM)
