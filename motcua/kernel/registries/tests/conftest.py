"""People, officials and records that the tests of registries share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.cache import cache
from django.db import transaction

from motcua.kernel.identity import actions as identity
from motcua.kernel.identity.actions import Proof
from motcua.kernel.identity.kind import SYSTEM, Actor, Level, Role
from motcua.kernel.identity.queries import officer_actor, person_actor
from motcua.kernel.registries.actions import looking, put_records
from motcua.kernel.registries.kind import REGISTRIES
from motcua.kernel.registries.ports import SOURCES
from motcua.testing.city import City

AN_ID, BINH_ID, CUC_ID = "068190000101", "068085000102", "068301000103"


@pytest.fixture(autouse=True)
def _sources(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    cache.clear()
    monkeypatch.setattr(looking, "CIRCUITS", {})
    before = dict(SOURCES)
    yield
    SOURCES.clear()
    SOURCES.update(before)


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
def cuc(db: None) -> Actor:
    """Has proved nothing, and says that she is An."""
    actor = somebody("Lê Thị Mẫu Cúc", "0905 999 000")
    identity.declare_identity(Proof(AN_ID, "Nguyễn Thị Mẫu An"), actor=actor)
    return actor


@pytest.fixture
def clerk(city: City) -> Actor:
    identity.grant_post(city.hoa.id or 0, city.office_one.pk, Role.CLERK, actor=city.quan)
    return officer_actor(city.hoa.id or 0)


@pytest.fixture
def records(db: None) -> None:
    with transaction.atomic():
        _put_records()


def _put_records() -> None:
    people: list[dict[str, Any]] = [
        {"national_id": AN_ID, "name": "Nguyễn Thị Mẫu An", "born_on": "1990-05-02", "sex": "nu",
         "address": {"area": "24778", "line": "Số 1 đường Thử"}},
        {"national_id": BINH_ID, "name": "Trần Văn Mẫu Bình"},
    ]  # fmt: skip
    put_records(REGISTRIES["population"], people)
    put_records(
        REGISTRIES["vehicles"],
        [
            {"plate": "49A12345", "owner_national_id": AN_ID, "owner_name": "Nguyễn Thị Mẫu An", "brand": "Thử"},
            {"plate": "49B99999", "owner_national_id": BINH_ID, "owner_name": "Trần Văn Mẫu Bình"},
        ],
    )
    put_records(
        REGISTRIES["businesses"],
        [{"tax_code": "5800000001", "name": "Công ty TNHH Thử", "representative_national_id": BINH_ID}],
    )
    put_records(
        REGISTRIES["households"],
        [{"number": "H-1", "head_national_id": BINH_ID, "head_name": "Trần Văn Mẫu Bình", "member_ids": [AN_ID]}],
    )
