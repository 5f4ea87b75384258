"""Surveys: opened, people invited at random, closed, and who was invited forgotten."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import REPORTERS
from motcua.kernel.cases.queries.people import parties
from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import SYSTEM
from motcua.kernel.identity.queries import contact_addresses, find_person_ids, may
from motcua.kernel.messages.queries.notices import wants_everything
from motcua.kernel.org import queries as org
from motcua.kernel.ratings.kind import RATEABLES
from motcua.kernel.ratings.models import Invitation, Rating, Survey
from motcua.kernel.ratings.queries.surveys import LATELY, reach_of
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

MOST_AT_ONCE = 200  # invitations of one survey in one run
TRIES = 4  # how many are drawn for each one invited: some have no address, some were invited lately
KEPT = timedelta(days=90)  # after the survey: who was invited
_chance = random.SystemRandom()


@transaction.atomic
def open_survey(
    *,
    actor: Actor,
    title: str,
    title_en: str = "",
    units: Sequence[int],
    procedures: Sequence[str] = (),
    ended_from: date,
    ended_to: date,
    closes_on: date,
    target: int,
    apart_days: int,
) -> Survey:
    """People are invited by the worker, a few at a time, until enough have answered."""
    tree = org.tree()
    known = {unit.id: unit for unit in tree.in_force}
    if not units or any(number not in known for number in units):
        words = _("Chọn ít nhất một đơn vị.")
        raise Refused("invalid", words, fields={"units": words})
    if not all(may(actor, "survey.manage", unit_path=known[number].path) for number in units):
        raise Refused("not_found", _("Có đơn vị không thuộc phạm vi của bạn."))
    if ended_to < ended_from:
        words = _("Ngày cuối phải sau ngày đầu.")
        raise Refused("invalid", words, fields={"ended_to": words})
    if closes_on <= org.local_today():
        words = _("Chọn một ngày sau hôm nay.")
        raise Refused("invalid", words, fields={"closes_on": words})
    survey = Survey.objects.create(
        title=title,
        title_en=title_en,
        units=list(units),
        procedures=list(procedures),
        ended_from=ended_from,
        ended_to=ended_to,
        closes_on=closes_on,
        target=target,
        apart_days=apart_days,
        opened_at=moment.now(),
    )
    record("survey.opened", actor=actor, data={"survey": title})
    return survey


@transaction.atomic
def close_survey(survey_id: int, *, actor: Actor) -> Survey:
    """From now on its links say that it is over, and its findings are shown."""
    survey = Survey.objects.select_for_update().filter(pk=survey_id).first()
    tree = org.tree()
    if survey is None or not all(may(actor, "survey.manage", unit_path=tree.path(unit)) for unit in survey.units):
        raise Refused("not_found", _("Không có khảo sát này, hoặc khảo sát không thuộc phạm vi của bạn."))
    if survey.closed_at is None:
        survey.closed_at = moment.now()
        survey.save(update_fields=["closed_at"])
        record("survey.closed", actor=actor, data={"survey": survey.title})
    return survey


def run_surveys() -> int:
    """What the worker does now and then: close, invite, forget. Returns how many were invited."""
    today, invited = org.local_today(), 0
    for number, closes_on in Survey.objects.filter(closed_at=None).values_list("pk", "closes_on"):
        if closes_on < today:
            close_survey(number, actor=SYSTEM)
        else:
            invited += invite(number)
    Invitation.objects.filter(survey__closed_at__lt=moment.now() - KEPT).delete()
    return invited


@transaction.atomic
def invite(survey_id: int) -> int:
    """Twice as many as answers are missing, less those who were invited lately and may still answer."""
    survey = Survey.objects.select_for_update().get(pk=survey_id)
    if survey.closed_at is not None:
        return 0
    now = moment.now()
    missing = survey.target - Rating.objects.filter(survey=survey).count()
    waiting = Invitation.objects.filter(survey=survey, invited_at__gt=now - LATELY).count()
    wanted = min(2 * missing - waiting, MOST_AT_ONCE)
    invited = 0
    for kind, case_id in _drawn(survey, wanted) if wanted > 0 else ():
        if invited == wanted:
            break
        invited += _invite(survey, kind, case_id)
    return invited


def _drawn(survey: Survey, wanted: int) -> Iterator[tuple[str, int]]:
    """Cases that ended in the survey's time, at random."""
    units = reach_of(survey)
    drawn = [
        (rateable.kind, case_id)
        for rateable in RATEABLES.values()
        if rateable.sample
        for case_id in rateable.sample(survey.ended_from, survey.ended_to, units, survey.procedures, wanted * TRIES)
    ]
    _chance.shuffle(drawn)
    yield from drawn


def _invite(survey: Survey, kind: str, case_id: int) -> bool:
    """Whoever filed it: if they can be told, want to be, and were not asked lately."""
    now = moment.now()
    party = next((one for one in parties(case_id) if one.role in REPORTERS and one.person_id), None)
    if party is None or party.person_id is None or party.wants != "all" or not wants_everything(f"party:{party.id}"):
        return False
    card = contact_addresses([party.person_id]).get(party.person_id)
    if card is None or not (card[0].email or card[0].phone):
        return False
    # One person has a card for each dossier; the number or address tells that it is the same one.
    same = {party.person_id, *find_person_ids(phone=card[0].phone), *find_person_ids(email=card[0].email)}
    asked = Invitation.objects.filter(person_id__in=same)
    if asked.filter(invited_at__gt=now - timedelta(days=survey.apart_days)).exists():
        return False
    invitation, is_new = Invitation.objects.get_or_create(
        survey=survey,
        kind=kind,
        key=str(case_id),
        defaults={"party_id": party.id, "person_id": party.person_id, "invited_at": now},
    )
    if is_new:
        record("survey.invited", actor=SYSTEM, data={"survey": survey.title, "invitation": invitation.pk})
    return is_new
