"""The moves of a report: which form and which action each has."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.cases.kind import FileRole
from motcua.kernel.cases.queries.reading import case_files
from motcua.kernel.cases.views.moves import Doing, move_view
from motcua.modules.incidents.actions import people, receiving, working
from motcua.modules.incidents.forms import desk as forms
from motcua.modules.incidents.models import Incident
from motcua.modules.incidents.queries.desk import waits_for_choice

if TYPE_CHECKING:
    from motcua.kernel.cases.models import Case


def _what_goes_public(case: Case) -> dict[str, Any]:
    incident = Incident.objects.get(pk=case.id)
    if not waits_for_choice(case, incident):
        return {"is_chosen": True}
    photos = [file for file in case_files(case.id) if file.role == FileRole.BEFORE]
    return {
        "public_text": incident.public_text,
        "photos": [(file.file_id, _("Ảnh %(number)d") % {"number": number}) for number, file in enumerate(photos, 1)],
    }


def _public_files(data: dict[str, Any]) -> dict[str, Any]:
    if "public_text" not in data:
        return data
    chosen = data.pop("public_files", ())
    return {**data, "public_file_ids": [int(number) for number in chosen]}


def _moderating(action: Callable[..., object], form: type[forms.ModerationForm], needs: str = "") -> Doing:
    return Doing(action, form, needs=needs, extras=_what_goes_public, values=_public_files)


PHOTOS = (("photos", "file_ids"),)

DOINGS: dict[str, Doing] = {
    "accept": _moderating(receiving.accept_incident, forms.ModerationForm),
    "take": _moderating(receiving.take_incident, forms.ModerationForm),
    "assign": _moderating(receiving.assign_incident, forms.AssignForm, needs="officer"),
    "dispatch": Doing(receiving.dispatch_incident, forms.DispatchForm, needs="unit"),
    "return": Doing(receiving.return_incident, forms.ReturnForm),
    "classify": Doing(receiving.classify_incident, forms.ClassifyForm),
    "reject": Doing(receiving.reject_incident, forms.RejectForm),
    "merge": Doing(receiving.merge_incident, forms.MergeForm),
    "visit": Doing(working.visit_incident, forms.VisitForm, PHOTOS),
    "reply": Doing(working.reply_incident, forms.ReplyForm),
    "request_info": Doing(working.request_info_incident, forms.QuestionForm),
    "provide_info": Doing(people.provide_info_incident, forms.InfoForm, PHOTOS),
    "extend": Doing(working.extend_incident, forms.ExtendForm),
    "resolve": Doing(
        working.resolve_incident, forms.ResolveForm, (("photos", "file_ids"), ("documents", "document_ids"))
    ),
    "approve": Doing(working.approve_incident),
    "revise": Doing(working.revise_incident, forms.ReviseForm),
    "note": Doing(working.note_incident, forms.NoteForm),
    "flag": Doing(working.flag_incident),
    "hide": Doing(working.hide_incident, forms.HideForm),
    "show": _moderating(working.show_incident, forms.ModerationForm),
    "close": Doing(working.close_incident),
    "reopen": Doing(people.reopen_incident, forms.ReopenForm),
}

move_page = move_view("incident", DOINGS)
