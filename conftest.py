"""Fixtures that every test may ask for."""

import os
from collections.abc import Iterator

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from hypothesis import HealthCheck, settings
from pytest_django import DjangoDbBlocker

from motcua.project.database import DATABASE
from motcua.testing.city import City, build_city
from motcua.testing.keeping import forget_everything, once
from motcua.testing.middleware import load_middleware_once
from motcua.testing.one_stop import OneStop, build_one_stop
from motcua.testing.unordered import turn_unordered_rows

turn_unordered_rows()
load_middleware_once()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """The house's own server comes with a migrated database; on another one each run migrates anew."""
    if not os.environ.get("TEST_DATABASE_URL"):
        django_settings.DATABASES["default"]["TEST"]["TEMPLATE"] = DATABASE


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    """Tests that commit are cleaned up after by TRUNCATE, which the table of events refuses everywhere else."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE events_event DISABLE TRIGGER events_never_emptied")
    TransactionTestCase._fixture_teardown = _empty_what_was_written  # type: ignore[attr-defined]


def _empty_what_was_written(_test: TransactionTestCase) -> None:
    """Django would empty every table and make the rights of every model anew, which takes longer than most tests.

    A table that nobody wrote to since it was emptied has no pages.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT string_agg(oid::regclass::text, ', ') FROM pg_class
               WHERE relnamespace = 'public'::regnamespace AND relkind = 'r' AND pg_relation_size(oid) > 0
                 AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')"""
        )
        (tables,) = cursor.fetchone()
        if tables:
            cursor.execute(f"TRUNCATE {tables} CASCADE")


# Property tests count examples, not milliseconds, so a busy machine does not fail them; they leave no database.
settings.register_profile("patient", deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


@pytest.fixture
def city(db: None) -> City:
    return once("city", build_city)


@pytest.fixture
def one_stop(city: City) -> OneStop:
    return once("one_stop", lambda: build_one_stop(city))


@pytest.fixture(autouse=True)
def _forget_what_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test starts without it, and within one it does not age: a slow machine asks no more than a quick one."""
    monkeypatch.setattr("motcua.lib.versioned.monotonic", lambda: 0.0)
    yield
    forget_everything()
    translation.deactivate()  # a page asked for in English leaves its thread so
