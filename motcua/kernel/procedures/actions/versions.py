"""A procedure through its life: drafted, published, replaced, ended."""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext as _

from motcua.kernel.events.actions import record
from motcua.kernel.forms.queries.versions import newest
from motcua.kernel.identity.queries import require
from motcua.kernel.org.queries import local_today
from motcua.kernel.procedures.actions.bulk import begins, columns_of, replace_before, version_of
from motcua.kernel.procedures.actions.catalogue import grow_catalogue
from motcua.kernel.procedures.kind import PARTS, Body
from motcua.kernel.procedures.models import Field, LifeEvent, Procedure, ProcedureVersion, Verification
from motcua.kernel.procedures.queries.catalogue import as_version, unverified
from motcua.kernel.procedures.queries.papers import unknown_names
from motcua.kernel.procedures.queries.written import read_body
from motcua.lib import moment
from motcua.lib.errors import Refused

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

State = ProcedureVersion.State
MANAGE = "procedure.manage"


@transaction.atomic
def save_draft(text: str, *, actor: "Actor", code: str = "", lock: int = 0) -> ProcedureVersion:
    """What the TOML text says becomes the draft of its procedure, the one draft there is.

    ``code``: the procedure that was being edited, "" for a new one. ``lock`` of the draft that was being edited.
    """
    require(actor, MANAGE)
    body = _read(text)
    if code and body.code != code:
        raise _invalid(_("Mã thủ tục không đổi được: phải là {code}.").format(code=code))
    _check_words(body)
    procedure = Procedure.objects.select_for_update().filter(code=body.code).first()
    if procedure is not None and not code:
        raise _invalid(_("Đã có thủ tục {code}. Mở thủ tục đó để sửa.").format(code=body.code))
    now = moment.now()
    if procedure is None:
        procedure = Procedure.objects.create(code=body.code, source=Procedure.Source.OWN, created_at=now)
    draft = procedure.versions.filter(state=State.DRAFT).first()
    if (draft.lock if draft else 0) != lock:
        raise Refused("stale", _("Người khác vừa sửa bản soạn này. Mở lại rồi sửa tiếp."))
    if draft is None:
        number = max(procedure.versions.values_list("number", flat=True), default=0) + 1
        draft = version_of(procedure, number, body, at=now, by=actor.name)
        record("procedure.drafted", actor=actor, data={"code": body.code, "number": number})
    else:
        for name, value in columns_of(body).items():
            setattr(draft, name, value)
    draft.lock += 1
    draft.save()
    return draft


@transaction.atomic
def discard_draft(code: str, *, actor: "Actor") -> None:
    """The draft goes; so does a procedure that never was more than one."""
    require(actor, MANAGE)
    procedure, draft = _draft(code)
    draft.delete()
    record("procedure.discarded", actor=actor, data={"code": code, "number": draft.number})
    if not procedure.versions.exists():
        procedure.delete()


@transaction.atomic
def publish_draft(code: str, *, actor: "Actor", lock: int | None = None) -> ProcedureVersion:
    """From its first day, but not before today, the draft holds; the version before it ends the day before."""
    require(actor, MANAGE)
    procedure, draft = _draft(code)
    if lock is not None and draft.lock != lock:
        raise Refused("stale", _("Người khác vừa sửa bản soạn này. Mở lại rồi sửa tiếp."))
    body = Body.parse(draft.body)
    _check_words(body)
    was_published = procedure.versions.exclude(state=State.DRAFT).exists()
    draft.valid_from = begins(body, is_first=not was_published)
    replace_before(procedure.pk, draft.valid_from)
    draft.state, draft.published_at, draft.published_by = State.PUBLISHED, moment.now(), actor.name[:160]
    draft.save()
    if procedure.source == Procedure.Source.NATIONAL:
        procedure.source = Procedure.Source.OWN  # the next import leaves it alone
    procedure.ended_on, procedure.replaced_by = None, None
    procedure.save()
    record(
        "procedure.published",
        actor=actor,
        data={"code": code, "number": draft.number, "name": body.name, "from": draft.valid_from.isoformat()},
    )
    grow_catalogue()
    return draft


@transaction.atomic
def end_procedure(code: str, *, actor: "Actor", last_day: date, replaced_by: str = "") -> Procedure:
    """``last_day`` is the last on which it can be asked for; ``replaced_by`` names the procedure that follows it."""
    require(actor, MANAGE)
    procedure = Procedure.objects.select_for_update().filter(code=code).first()
    if procedure is None:
        raise Refused("not_found", _("Không có thủ tục {code}.").format(code=code))
    if last_day < local_today() - timedelta(days=1):
        raise _invalid(_("Ngày cuối không thể ở trong quá khứ."), "last_day")
    if replaced_by:
        next_one = Procedure.objects.filter(code=replaced_by, ended_on=None).exclude(pk=procedure.pk).first()
        if next_one is None or not next_one.versions.exclude(state=State.DRAFT).exists():
            raise _invalid(_("Không có thủ tục {code} đang có hiệu lực.").format(code=replaced_by), "replaced_by")
        procedure.replaced_by = next_one
    procedure.ended_on = last_day
    procedure.save(update_fields=["ended_on", "replaced_by"])
    on = f"{last_day:%d/%m/%Y}"
    if replaced_by:
        record("procedure.replaced", actor=actor, data={"code": code, "by": replaced_by, "on": on})
    else:
        record("procedure.ended", actor=actor, data={"code": code, "on": on})
    grow_catalogue()
    return procedure


@transaction.atomic
def verify_part(code: str, part: str, *, actor: "Actor", source: str) -> Verification:
    """What the published version says of an unsure part agrees with ``source``."""
    require(actor, MANAGE)
    procedure = Procedure.objects.select_for_update().filter(code=code).first()
    version = procedure.versions.filter(state=State.PUBLISHED).first() if procedure else None
    if procedure is None or version is None:
        raise Refused("not_found", _("Không có thủ tục {code}.").format(code=code))
    body = as_version(version).body
    if part not in unverified(body, procedure.verifications.all()):
        raise Refused("not_found", _("Phần này đã kiểm chứng, hoặc không cần kiểm chứng."))
    source = source.strip()
    if not source:
        raise _invalid(_("Ghi nguồn đã đối chiếu: số văn bản, trang công bố."), "source")
    verification = Verification.objects.create(
        procedure=procedure,
        part=part,
        said=body.part(part),
        source=source,
        verified_at=moment.now(),
        verified_by=actor.name[:160],
    )
    record("procedure.verified", actor=actor, data={"code": code, "part": str(PARTS[part]), "source": source})
    return verification


def _draft(code: str) -> tuple[Procedure, ProcedureVersion]:
    procedure = Procedure.objects.select_for_update().filter(code=code).first()
    draft = procedure.versions.filter(state=State.DRAFT).first() if procedure else None
    if procedure is None or draft is None:
        raise Refused("not_found", _("Thủ tục {code} không có bản soạn.").format(code=code))
    return procedure, draft


def _read(text: str) -> Body:
    body, mistakes = read_body(text)
    if body is None:
        lines = [_("Dòng {line}: {words}").format(line=line, words=words) for line, words in mistakes]
        raise _invalid("\n".join(lines))
    return body


def _check_words(body: Body) -> None:
    wrong = []
    if not Field.objects.filter(code=body.field).exists():
        wrong.append(_("field: không có lĩnh vực “{code}”").format(code=body.field))
    known = set(LifeEvent.objects.filter(is_active=True).values_list("code", flat=True))
    wrong += [
        _("life_events: không có sự kiện “{code}”").format(code=code) for code in body.life_events if code not in known
    ]
    wrong += _check_conditions(body)
    if wrong:
        raise _invalid("\n".join(wrong))


def _check_conditions(body: Body) -> list[str]:
    """What depends on answers needs the form that asks for them."""
    if next(body.conditional(), None) is None:
        return []
    form = newest(body.form) if body.form else None
    if form is None:
        return [_("form: chưa có biểu mẫu “{key}” nên không có câu trả lời để đặt điều kiện").format(key=body.form)]
    return [str(mistake) for mistake in unknown_names(body, form.form)]


def _invalid(words: str, field: str = "text") -> Refused:
    return Refused("invalid", words, fields={field: words})
