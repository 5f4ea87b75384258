"""The table of who reads what of a report, row by row."""

import pytest

from motcua.kernel.cases.kind import Sight
from motcua.kernel.cases.models import Case, CaseFile, Party
from motcua.kernel.events.kind import Audience
from motcua.kernel.events.models import Event
from motcua.lib import moment
from motcua.modules.incidents.models import Addition, Incident
from motcua.modules.incidents.queries.sight import OFFICIAL, STRANGER, Reading, reading_as

OWN = 7
NAMES = ("Quách Thị Yến",)
READERS = [
    Reading(Sight.VEILED, OWN),
    STRANGER,
    Reading(Sight.JOINED, OWN, NAMES),
    Reading(Sight.MERGED, OWN, NAMES),
    Reading(Sight.REPORTER, OWN),
    OFFICIAL,
]


def told(what: str) -> list[str]:
    """One of each row's boxes, in the order of ``READERS``."""
    incident = Incident(text="all", public_text="shown")
    hers, others = (Addition(text="all", public_text="shown", party_id=party) for party in (OWN, 8))
    files = [CaseFile(caption="own", party_id=OWN), CaseFile(caption="shown", is_public=True), CaseFile(caption="all")]
    return {
        "its words": [one.text(incident) for one in READERS],
        "told to all": [one.told_to_all("done") for one in READERS],
        "told to people": [one.told("gọi chị Yến 0905") for one in READERS],
        "contacts": [one.told("0905 111 222") for one in READERS],
        "private result": [one.private_result("done") for one in READERS],
        "own addition": [one.addition(hers) for one in READERS],
        "others' addition": [one.addition(others) for one in READERS],
        "files": [" ".join(file.caption for file in one.files(files)) for one in READERS],
        "events of": [one.audience.name for one in READERS],
        "with words": [str(one.reads(Event(name="incident.replied"))) for one in READERS],
        "without words": [str(one.reads(Event(name="incident.accepted"))) for one in READERS],
    }[what]


@pytest.mark.parametrize(
    ("what", "boxes"),
    [
        ("its words", ["", "shown", "shown", "shown", "all", "all"]),
        ("told to all", ["", "done", "done", "done", "done", "done"]),
        ("told to people", ["", "gọi chị Yến 0905", *["gọi chị ••• 0905"] * 2, *["gọi chị Yến 0905"] * 2]),
        ("contacts", ["", "•••", "•••", "•••", "0905 111 222", "0905 111 222"]),
        ("private result", ["", "", "", "done", "done", "done"]),
        ("own addition", ["all", "shown", "all", "all", "all", "all"]),
        ("others' addition", ["", "shown", "shown", "shown", "shown", "all"]),
        ("files", ["own", "shown", "own shown", "own shown", "own shown", "own shown all"]),
        ("events of", ["PARTY", "PUBLIC", "PARTY", "PARTY", "PARTY", "OFFICIALS"]),
        ("with words", ["False", "True", "True", "True", "True", "True"]),
        ("without words", ["True", "True", "True", "True", "True", "True"]),
    ],
)
def test_who_reads_what(what: str, boxes: list[str]) -> None:
    assert told(what) == boxes


@pytest.mark.parametrize(
    ("role", "is_published", "sight"),
    [
        ("reporter", False, Sight.REPORTER),
        ("reporter", True, Sight.REPORTER),
        ("merged", False, Sight.MERGED),
        ("merged", True, Sight.MERGED),
        ("joined", True, Sight.JOINED),
        ("joined", False, Sight.VEILED),
    ],
)
def test_as_whom_somebody_reads(role: str, is_published: bool, sight: Sight) -> None:
    case = Case(published_at=moment.now() if is_published else None)
    assert reading_as(case, Party(id=OWN, role=role)) == Reading(sight, OWN)
    assert reading_as(case, None) == STRANGER
    assert STRANGER.audience is Audience.PUBLIC
