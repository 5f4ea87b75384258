"""When its term is over, what somebody said of themselves in a report is nowhere in the database any more."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client

from motcua.kernel.cases.models import Case, Category
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.actions import run_due_jobs
from motcua.kernel.events.kind import READERS
from motcua.kernel.events.models import Event
from motcua.kernel.identity.queries.sealed import sealer
from motcua.kernel.messages.models import Message, Template
from motcua.lib import moment
from motcua.modules.incidents.actions.receiving import classify_incident, merge_incident, take_incident
from motcua.modules.incidents.actions.working import approve_incident, request_info_incident, resolve_incident
from motcua.modules.incidents.kind import CONTACT_KEPT_DAYS
from motcua.modules.incidents.tests.test_portal_leaks import picture
from motcua.testing.city import LAMP_AT, MONDAY, City

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
NAME, PHONE, EMAIL = "Quách Zuy Zơn", "0987 613 572", "zuyzon.q@bimat-zq.example"
MARKS = ("zuy zơn", "zuy zon", "zuyzon", "zuy-zon", "613 572", "613572", "613.572", "bimat")
WORDS = f"Đèn tắt ba đêm. Tôi là {NAME}, gọi {PHONE} hay 0987.613.572, thư {EMAIL}."
QUESTIONS = [{"code": "pole", "order": 1, "datatype": "string", "required": False, "question": "Số cột?", "values": []}]


def kept() -> Iterator[str]:
    """Every value of every table that holds one of the marks, as text, bytes, or inside of what is sealed."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT table_name, column_name, data_type FROM information_schema.columns JOIN information_schema.tables
               USING (table_schema, table_name)
               WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND data_type = ANY(%s)""",
            [["text", "character varying", "character", "json", "jsonb", "bytea", "ARRAY"]],
        )
        columns = cursor.fetchall()
        for table, column, kind in columns:
            if kind == "bytea":
                cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE "{column}" IS NOT NULL')  # noqa: S608
                values = [text for (value,) in cursor.fetchall() for text in _read(bytes(value))]
            else:
                cursor.execute(f'SELECT "{column}"::text FROM "{table}"')  # noqa: S608
                values = [value for (value,) in cursor.fetchall() if value]
            for value in values:
                text = value.casefold()
                text += text.encode().decode("unicode_escape", "ignore") if "\\u" in text else ""
                for mark in MARKS:
                    if mark in text:
                        yield f"{table}.{column}: {mark}: {value[:200]}"


def _read(value: bytes) -> Iterator[str]:
    yield value.decode("utf-8", "replace")
    try:
        yield sealer().open(value)
    except ValueError:
        return


def follow() -> None:
    """What the worker does: every reader follows what happened."""
    for reader in READERS.values():
        reader.handle(list(Event.objects.order_by("id")))


def tell_everything(city: City) -> Case:
    """The same person says who they are wherever one can write something."""
    reporter, other = Client(), Client()
    form = {
        "text": WORDS, "category": "street-lighting", "lat": LAMP_AT[0], "lon": LAMP_AT[1], "q-pole": WORDS,
        "address": f"Số 12 đường Thử, nhà {NAME}, gọi {PHONE}", "name": NAME, "phone": PHONE, "email": EMAIL,
        "hides_name": "on", "photos": [picture()], "key": "k" * 24,
    }  # fmt: skip
    with moment.at(MONDAY):
        reporter.post("/phan-anh/gui/", form)
        case = Case.objects.get()
        twin = {**form, "key": "l" * 24, "photos": []}
        other.post("/phan-anh/gui/", twin)
        copy = Case.objects.exclude(pk=case.pk).get()
        Client().post(f"/phan-anh/{case.code}/cung-gap/", {"name": NAME, "phone": PHONE, "email": EMAIL, "text": WORDS})
        follow()
    with moment.at(MONDAY + HOUR):
        merge_incident(copy.id, actor=city.minh, into_code=case.code)
        classify_incident(case.id, actor=city.minh, category="waste")
        take_incident(case.id, actor=city.hoa)
        request_info_incident(case.id, actor=city.hoa, question="Cột số mấy?")
        more = {"text": WORDS, "photos": [picture()]}
        assert reporter.post(f"/phan-anh/{case.code}/them/", more).status_code == 302
        resolve_incident(case.id, actor=city.hoa, result="Đã thay bóng")
        approve_incident(case.id, actor=city.minh)
        assert reporter.post(f"/phan-anh/{case.code}/danh-gia/", {"score": "2", "words": WORDS}).status_code == 302
        assert reporter.post(f"/phan-anh/{case.code}/mo-lai/", {"reason": WORDS}).status_code == 302
        take_incident(case.id, actor=city.hoa)
        resolve_incident(case.id, actor=city.hoa, result="Đã thay lại")
        approve_incident(case.id, actor=city.minh)
        follow()
    return case


def test_after_the_term_nothing_is_left_of_who_reported(city: City) -> None:
    Category.objects.filter(code="street-lighting").update(attributes=QUESTIONS)
    forget_rules()
    for event in ("incident.submitted", "incident.published"):
        Template.objects.create(
            event=event,
            audience="reporter",
            channel="email",
            language="vi",
            subject="{code}",
            body="{subject} {reason}",
        )
    case = tell_everything(city)
    assert list(kept())
    assert Message.objects.exists()
    days = timedelta(days=CONTACT_KEPT_DAYS)
    for later in (timedelta(days=30), days + timedelta(days=31), days + timedelta(days=160)):
        with moment.at(MONDAY + later):
            run_due_jobs()
    assert Event.objects.filter(case_id=case.id, name="incident.forgotten").exists()
    assert list(kept()) == []
