"""The pack's message templates."""

from collections import defaultdict
from collections.abc import Mapping
from string import Formatter
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from motcua.kernel.events.kind import EVENTS
from motcua.kernel.messages.kind import AUDIENCES, CHANNELS, EMAIL, LANGUAGES, LOGIN_CODE, PLANS, SMS
from motcua.kernel.messages.models import Template
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, text, word
from motcua.kernel.packs.queries import Pack, Record, compare

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

TEMPLATES = Table(
    "templates.csv",
    ("event", "audience", "channel", "language"),
    (
        Column("event", text(60), required=True),
        Column("audience", word(*AUDIENCES), required=True),
        Column("channel", word(*CHANNELS), required=True),
        Column("language", word(*LANGUAGES), required=True),
        Column("subject", text(200)),
        Column("body", text(), required=True),
    ),
)
VARIABLES = ("code", "subject", "link", "unit", "due", "reason", "result")
LENGTHS = {"code": 14, "link": 75, "due": 16}  # of what stands in a short message
LONGEST_SMS = 160  # one message of the GSM alphabet
LONGEST_SENDER = 11  # characters of a brand name


def read(pack: Pack) -> None:
    languages: dict[tuple[str, str, str], dict[str, Record]] = defaultdict(dict)
    for record in pack.read_table(TEMPLATES):
        if record["event"] not in EVENTS and record["event"] not in PLANS:
            record.problem(_("không có sự kiện “{name}”").format(name=record["event"]), "event")
        if record["channel"] == EMAIL and not record["subject"]:
            record.problem(_("thư phải có tiêu đề"), "subject")
        if record["channel"] != EMAIL and record["subject"]:
            record.problem(_("chỉ thư mới có tiêu đề; để trống"), "subject")
        for column in ("subject", "body"):
            _check_words(record, column)
        languages[record["event"], record["audience"], record["channel"]][record["language"]] = record
    offered = pack.setting("pack", "languages") or []
    for found in languages.values():
        for missing in sorted(set(offered) - found.keys()):
            next(iter(found.values())).problem(
                _("thiếu mẫu này bằng ngôn ngữ “{code}”").format(code=missing), "language"
            )
    sender = pack.setting("messages", "sms_sender")
    if sender and (len(sender) > LONGEST_SENDER or not sender.isascii()):
        pack.setting_problem("messages", "sms_sender", _("nhiều nhất 11 ký tự không dấu"))


def _check_words(record: Record, column: str) -> None:
    try:
        parts = list(Formatter().parse(record[column]))
    except ValueError:
        record.problem(_("dấu ngoặc nhọn không đi thành cặp"), column)
        return
    plan = PLANS.get(record["event"])
    known: Mapping[str, object] = plan.variables if plan else dict.fromkeys(VARIABLES)
    for _literal, name, specification, conversion in parts:
        if name is not None and (name not in known or specification or conversion):
            record.problem(
                _("không có biến “{{{name}}}”; các biến là: {names}").format(name=name, names=", ".join(known)), column
            )
            return
    if column == "body" and record["channel"] == SMS:
        _check_short(record, parts)


def _check_short(record: Record, parts: list[tuple[str, str | None, str | None, str | None]]) -> None:
    if not record["body"].isascii():
        record.problem(_("tin nhắn phải không dấu, để gửi được trong một tin"), "body")
    code = 6 if record["event"] == LOGIN_CODE else LENGTHS["code"]
    lengths = {**LENGTHS, "code": code}
    length = sum(len(literal) + (lengths.get(name, 20) if name else 0) for literal, name, _spec, _conversion in parts)
    if length > LONGEST_SMS:
        record.problem(
            _("dài đến {length} ký tự khi điền đủ, nhiều nhất là {longest}").format(length=length, longest=LONGEST_SMS),
            "body",
        )


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    wanted: dict[tuple[str, ...], dict[str, Any]] = {
        tuple(record[name] for name in TEMPLATES.key): {
            "subject": record["subject"],
            "body": record["body"],
            "is_active": True,
        }
        for record in pack.tables[TEMPLATES.file]
    }
    rows: dict[tuple[str, ...], Template] = {
        (row.event, row.audience, row.channel, row.language): row for row in Template.objects.select_for_update()
    }
    difference = compare(
        pack,
        "templates",
        wanted,
        {key: {"subject": row.subject, "body": row.body, "is_active": row.is_active} for key, row in rows.items()},
        as_text=" ".join,
    )
    Template.objects.bulk_create(
        Template(event=key[0], audience=key[1], channel=key[2], language=key[3], **wanted[key])
        for key in difference.added
    )
    for key in difference.changed:
        Template.objects.filter(pk=rows[key].pk).update(version=rows[key].version + 1, **wanted[key])
    # Without a row the product's own words are sent.
    Template.objects.filter(pk__in=[rows[key].pk for key in difference.gone]).delete()
    return difference.changes()


PART = PackPart("messages", (TEMPLATES.file,), read, apply)
