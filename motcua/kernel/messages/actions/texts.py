"""The city's own texts."""

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.identity.kind import Actor
from motcua.kernel.identity.queries import require
from motcua.kernel.messages.models import Template
from motcua.kernel.messages.queries import TemplateKey, Wording, problems_of, read_key
from motcua.lib.errors import Refused


@transaction.atomic
def save_template(key: TemplateKey, wording: Wording, *, actor: Actor, is_active: bool = True, version: int) -> int:
    """Put a text in force; returns its new version. ``version`` is the one that was read (0: the default).

    Refused("invalid") names what is wrong, field by field; Refused("stale") when somebody else saved it meanwhile.
    """
    require(actor, "template.manage")
    read_key(key.event, key.audience, key.channel, key.language)
    wording = Wording(wording.subject.strip(), wording.body.replace("\r\n", "\n").strip())
    if problems := problems_of(key, wording):
        raise Refused("invalid", next(iter(problems.values())), fields=problems)
    row = _locked(key)
    if (row.version if row else 0) != version:
        raise Refused("stale", _("Mẫu tin này vừa được người khác sửa. Bạn hãy mở lại rồi sửa tiếp."))
    if row is None:
        row = Template(event=key.event, audience=key.audience, channel=key.channel, language=key.language, version=0)
    row.subject, row.body, row.is_active, row.version = wording.subject, wording.body, is_active, row.version + 1
    row.save()
    record("template.changed", actor=actor, data={"template": str(key), "version": row.version})
    return row.version


@transaction.atomic
def reset_template(key: TemplateKey, *, actor: Actor) -> None:
    """Back to the text that came with the event."""
    require(actor, "template.manage")
    row = _locked(key)
    if row is None:
        raise Refused("not_found", _("Mẫu tin này đang là lời mặc định."))
    row.delete()
    record("template.reset", actor=actor, data={"template": str(key)})


def _locked(key: TemplateKey) -> Template | None:
    return (
        Template.objects.select_for_update()
        .filter(event=key.event, audience=key.audience, channel=key.channel, language=key.language)
        .first()
    )
