"""What the worker and the inbox call: each loads by id and calls one action."""

from datetime import timedelta

from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import Bulk
from motcua.kernel.cases.queries.people import cards_to_forget
from motcua.kernel.cases.queries.reading import cases_of
from motcua.kernel.identity.kind import SYSTEM, Actor
from motcua.lib import moment
from motcua.lib.codes import row_number
from motcua.lib.errors import Refused
from motcua.modules.incidents.actions.people import forget_contact, forget_words
from motcua.modules.incidents.actions.receiving import accept_incident, assign_incident, dispatch_incident
from motcua.modules.incidents.actions.working import close_incident, flag_incident
from motcua.modules.incidents.kind import CONTACT_KEPT_DAYS
from motcua.modules.incidents.queries.public import reopen_days

BATCH = 200
WORDS_BATCH = 2_000  # a country closes some thousands in a day


def _number(value: str) -> int:
    if (number := row_number(value)) is None:
        raise Refused("invalid", _("Chọn một mục trong danh sách."))
    return number


def _accept(case_id: int, actor: Actor, value: str) -> object:
    return accept_incident(case_id, actor=actor)


def _assign(case_id: int, actor: Actor, value: str) -> object:
    return assign_incident(case_id, actor=actor, officer_id=_number(value))


def _dispatch(case_id: int, actor: Actor, value: str) -> object:
    return dispatch_incident(case_id, actor=actor, unit_id=_number(value))


def _flag(case_id: int, actor: Actor, value: str) -> object:
    return flag_incident(case_id, actor=actor)


BULK = {
    "accept": Bulk(_accept),
    "assign": Bulk(_assign, "officer"),
    "dispatch": Bulk(_dispatch, "unit"),
    "flag": Bulk(_flag),
}


def close_finished() -> int:
    """Once the time for reopening is over, a finished report is closed for good."""
    over = moment.now() - timedelta(days=reopen_days())
    done = cases_of("incident").filter(state__in=["published", "answered"], closed_at__lt=over)
    numbers = list(done.order_by("closed_at").values_list("id", flat=True)[:BATCH])
    for case_id in numbers:
        close_incident(case_id, actor=SYSTEM)
    return len(numbers)


def learn() -> int:
    """Train the classifier again when officers corrected something since the last time."""
    from motcua.modules.incidents.actions.learning import train_if_newer  # scikit-learn takes a second to import

    return train_if_newer()


def forget_contacts() -> int:
    """Empty the contact cards of reports whose time is over, and what their people said of themselves in the words; the
    reports stay as everybody reads them. Retention: see the privacy page."""
    over = moment.now() - timedelta(days=CONTACT_KEPT_DAYS)
    remembered = cases_of("incident").filter(closed_at__lt=over, incident__forgotten_at__isnull=True)
    numbers = list(remembered.order_by("id").values_list("id", flat=True)[:WORDS_BATCH])
    for case_id in numbers:
        forget_words(case_id)
    cards = cards_to_forget("incident", closed_before=over, limit=BATCH)
    return len(numbers) + sum(forget_contact(case_id, person_id) for case_id, person_id in cards)
