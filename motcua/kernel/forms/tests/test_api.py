"""Forms for programs."""

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from motcua.kernel.forms.actions.versions import publish_body, save_draft
from motcua.kernel.forms.models import Draft
from motcua.kernel.forms.tests.small import EVERYTHING, RIGHT
from motcua.kernel.identity.kind import SYSTEM

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/forms/moi-thu"


def test_a_form_in_force_is_read(client: Client) -> None:
    publish_body("moi-thu", EVERYTHING, actor=SYSTEM)
    found = client.get(ADDRESS).json()
    assert (found["number"], found["title_en"]) == (1, "A form with everything")
    assert list(found["form"]["properties"]) == list(EVERYTHING["properties"])
    Draft202012Validator.check_schema(found["answers_schema"])


def test_drafts_are_not_for_programs(client: Client) -> None:
    save_draft("moi-thu", EVERYTHING, actor=SYSTEM)
    for answer in (client.get(ADDRESS), client.post(f"{ADDRESS}/check", {"answers": {}}, "application/json")):
        assert answer.status_code == 404
        assert answer.json()["code"] == "not_found"


def test_answers_are_tried_and_not_kept(client: Client) -> None:
    publish_body("moi-thu", EVERYTHING, actor=SYSTEM)
    found = client.post(f"{ADDRESS}/check", {"answers": RIGHT}, "application/json").json()
    assert (found["is_right"], found["values"]["born_on"]) == (True, "1990-11-20")
    wrong = client.post(
        f"{ADDRESS}/check", {"answers": {**RIGHT, "name": ""}}, "application/json", headers={"Accept-Language": "en"}
    ).json()
    assert wrong["errors"] == {"name": "Fill in “Full name”."}
    assert not Draft.objects.exists()
