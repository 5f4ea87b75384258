"""Every letter and short message about reports, really sent, in both languages: what the pack's texts come to."""

import csv
import email
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.policy import default
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as house
from pytest_django import Settings

from motcua.connectors.smtp.tests.server import Mailbox, mail_server
from motcua.kernel.cases.actions.people import change_link
from motcua.kernel.cases.models import Case, Category, Party
from motcua.kernel.cases.queries.rules import forget_rules
from motcua.kernel.events.models import Event
from motcua.kernel.identity.queries import sealer
from motcua.kernel.messages.actions.planning import plan_messages
from motcua.kernel.messages.models import Message, Template
from motcua.kernel.messages.tasks import send_due
from motcua.kernel.org import queries as org
from motcua.kernel.org.models import Unit
from motcua.lib import moment
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.actions.submitting import NewIncident, submit_incident
from motcua.testing.city import LAMP_AT, MONDAY, City, holding

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
CARDS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "email": ({"email": "an@dan.example"}, {"email": "binh@dan.example"}),
    "sms": ({"phone": "0905 123 456"}, {"phone": "0905 765 432"}),
}
NAMES = {"vi": "Phòng Kinh tế Một", "en": "Division of Economy One"}
OF_THE_OTHER = {  # words that betray the wrong language; the subject and what officials wrote stay as they are
    "vi": re.compile(r"\b(your|report|the|link)\b", re.IGNORECASE),
    "en": re.compile(r"\b(bạn|phản ánh|thứ|ngày|không|phan anh|xem)\b", re.IGNORECASE),
}


@pytest.fixture
def mailbox(settings: Settings) -> Iterator[Mailbox]:
    settings.SMS_QUIET = None
    with mail_server() as found:
        settings.CONNECTORS = settings.CONNECTORS | {
            "smtp": settings.CONNECTORS["smtp"]
            | {"host": "localhost", "port": str(found.port), "security": "none", "sender": "khong-tra-loi@example.vn"}
        }
        yield found


@pytest.fixture
def texts() -> list[Template]:
    with Path(house.BASE_DIR, "packs", "lam-dong", "templates.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            Template(**{**row, "body": row["body"].replace("\\n", "\n")})
            for row in csv.DictReader(file)
            if row["event"].startswith(("incident.", "case.link")) and row["audience"] in ("reporter", "follower")
        ]
    return Template.objects.bulk_create(rows)


class Story:
    """What happens to reports, with whoever reads the news as it happens."""

    def __init__(self, city: City, language: str, channel: str) -> None:
        self.city, self.language, self.hours = city, language, count()
        self.cards = CARDS[channel]
        self.planned = 0

    def do(self, act: Callable[..., Any], *args: object, **kwargs: object) -> Any:
        with moment.at(MONDAY + next(self.hours) * HOUR):
            done = act(*args, **kwargs)
            news = list(Event.objects.filter(id__gt=self.planned).order_by("id"))
            plan_messages(news)
            self.planned = news[-1].id if news else self.planned
        return done

    def report(self, category: str = "street-lighting") -> Case:
        new = NewIncident(
            text="Đèn số 12", category=category, lat=LAMP_AT[0], lon=LAMP_AT[1], language=self.language, **self.cards[0]
        )
        case = self.do(lambda: submit_incident(new, actor=self.city.an).case)
        assert isinstance(case, Case)
        if category == "street-lighting":
            self.do(people.join_incident, case.id, actor=self.city.binh, language=self.language, **self.cards[1])
        return case

    def tell_all(self) -> None:
        city, do = self.city, self.do
        hoa, minh = city.hoa, city.minh
        case = self.report()
        do(receiving.dispatch_incident, case.id, actor=minh, unit_id=city.ward_one.pk)
        do(receiving.dispatch_incident, case.id, actor=minh, unit_id=city.office_one.pk)
        do(receiving.accept_incident, case.id, actor=hoa)
        do(working.reply_incident, case.id, actor=hoa, text="Mai làm")
        do(working.request_info_incident, case.id, actor=hoa, question="Cột mấy?")
        for party in Party.objects.filter(case=case):
            do(change_link, case.id, party.pk, actor=holding(party.pk, case.id))
        reporter = holding(Party.objects.get(case=case, role="reporter").pk, case.id)
        do(people.add_info_incident, case.id, actor=reporter, text="Cột 12")
        do(working.extend_incident, case.id, actor=hoa, reason="Chờ vật tư", due_at=MONDAY + timedelta(days=9))
        for _ in range(2):
            do(receiving.take_incident, case.id, actor=hoa)
            do(working.resolve_incident, case.id, actor=hoa, result="Thay xong")
            do(working.approve_incident, case.id, actor=minh)
            if not Event.objects.filter(case_id=case.id, name="incident.reopened").exists():
                do(people.reopen_incident, case.id, actor=reporter, reason="Lại hỏng")
        do(working.close_incident, case.id, actor=minh)
        rejected = self.report()
        do(receiving.reject_incident, rejected.id, actor=minh, reason="Của hộ dân")
        do(working.close_incident, rejected.id, actor=minh)
        into, twin = self.report(), self.report()
        do(receiving.merge_incident, twin.id, actor=minh, into_code=into.code)
        Category.objects.filter(code="waste").update(is_public=False)
        forget_rules()
        answered = self.report("waste")
        do(receiving.take_incident, answered.id, actor=minh)
        do(working.resolve_incident, answered.id, actor=minh, result="Đã nhắc")
        do(working.approve_incident, answered.id, actor=minh)


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize("language", ["vi", "en"])
def test_what_people_are_sent(city: City, mailbox: Mailbox, texts: list[Template], language: str, channel: str) -> None:
    Unit.objects.filter(pk=city.office_one.pk).update(name_en=NAMES["en"])
    Unit.objects.filter(pk=city.ward_one.pk).update(name_en="Ward One")
    org.forget()
    Story(city, language, channel).tell_all()
    planned = list(Message.objects.filter(recipient__startswith="party:"))
    followers = {f"party:{party.pk}" for party in Party.objects.filter(role="joined")}
    made = {(one.event, "follower" if one.recipient in followers else "reporter", one.channel) for one in planned}
    assert made == {
        (one.event, one.audience, channel) for one in texts if (one.language, one.channel) == (language, channel)
    }
    assert {one.language for one in planned} == {language}

    said = [sealer().open(one.content_sealed) for one in planned]
    if channel == "email":
        with moment.at(MONDAY + timedelta(days=20)):
            while send_due():
                pass
        letters = [email.message_from_string(text, policy=default) for text in mailbox.letters]
        said = [f"{one['Subject']}\n{one.get_content()}" for one in letters if one["To"].endswith("dan.example")]
        assert len(said) == len(planned)
    for text in said:
        assert not re.search(r"[{}]", text)  # every variable is filled …
        assert not re.search(r":[ \t]*\r?\n(?!\r?\n\S)", text), text  # … by something
        assert "–" not in text, text  # a promise without a day
        assert not OF_THE_OTHER[language].search(re.sub(r"https?://\S+", "", text)), text
    assert "Thôi theo dõi" not in "".join(said)  # what is on no page
    assert channel == "sms" or any(NAMES[language] in text for text in said)
