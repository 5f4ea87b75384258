"""The pack's officers and their posts. A pack holds no passwords: an account opens by the link sent to its address."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from motcua.kernel.identity.actions import Proof, create_person, new_person_account, prove_person
from motcua.kernel.identity.kind import SYSTEM, Level, Role
from motcua.kernel.identity.models import Account, Post
from motcua.kernel.identity.queries import accounts_of_persons, find_person_ids, person_with_national_id
from motcua.kernel.org.queries import local_today, unit_ids
from motcua.kernel.packs.kind import Change, Column, PackPart, Table, day, email, text, word
from motcua.kernel.packs.queries import Pack, Record, compare
from motcua.lib import moment
from motcua.lib.errors import Refused
from motcua.lib.vietnamese import fold

if TYPE_CHECKING:
    from motcua.kernel.identity.kind import Actor

LOGIN = text(
    150,
    pattern=r"[a-z0-9]+(\.[a-z0-9]+)*",
    hint=gettext_lazy("bằng chữ thường không dấu, số và dấu chấm, như xuanhuong.ct"),
)
OFFICERS = Table(
    "officers.csv",
    ("login", "unit_code", "role"),
    (
        Column("login", LOGIN, required=True),
        Column("full_name", text(160), required=True),
        Column("unit_code", text(60), required=True),
        Column("role", word(*(role.value for role in Role)), required=True),
        Column("title", text(120)),
        Column("email", email),
        Column("phone", text(20)),
    ),
)
SEX = word("nam", "nu")
CITIZENS = Table(
    "citizens.csv",
    ("national_id",),
    (
        Column("national_id", text(12, pattern=r"[0-9]{12}", hint=gettext_lazy("đủ 12 chữ số")), required=True),
        Column("name", text(120), required=True),
        Column("born_on", day, required=True, empty=None),
        Column("sex", SEX, required=True),
        Column("phone", text(20), required=True),
        Column("email", email),
        Column("address_area", text(10)),
        Column("address_line", text(200)),
    ),
    optional=True,
)
SAME = ("full_name", "email", "phone")  # of one person, on whatever line


def read(pack: Pack) -> None:
    pack.read_table(CITIZENS)
    records = pack.read_table(OFFICERS)
    units = pack.keys("units.csv")
    first: dict[str, Record] = {}
    for record in records:
        record.check_reference("unit_code", units, "units.csv")
        same = first.setdefault(record["login"], record)
        for column in SAME:
            if record[column] != same[column]:
                record.problem(
                    _("khác với dòng {line} của cùng người “{login}”").format(line=same.line, login=record["login"]),
                    column,
                )


def apply(pack: Pack, actor: "Actor") -> list[Change]:
    records = pack.tables[OFFICERS.file]
    told, accounts = _apply_accounts(pack, {record["login"]: record for record in records})
    return told + _apply_posts(pack, records, accounts) + _apply_citizens(pack)


def _apply_citizens(pack: Pack) -> list[Change]:
    """Invented people with an account, proved at an invented counter: for a demonstration only. They sign in with the
    code that goes to their number; what they change later is theirs."""
    if not settings.DEMO:
        return []
    added: list[Change] = []
    for row in pack.tables[CITIZENS.file]:
        if person_with_national_id(row["national_id"]) is not None:
            continue
        contact = find_person_ids(phone=row["phone"], email=row["email"])
        if accounts_of_persons(contact):
            continue
        account = new_person_account(create_person(row["name"], row["phone"], row["email"]))
        address = {"area": row["address_area"], "line": row["address_line"]}
        proof = Proof(row["national_id"], row["name"], row["born_on"], row["sex"], address)
        prove_person(account.person_id or 0, proof, level=Level.COUNTER, actor=SYSTEM)
        added.append(Change("citizens", "added", row["name"]))
    return added


def _apply_accounts(pack: Pack, records: Mapping[str, Record]) -> tuple[list[Change], dict[str, Account]]:
    wanted = {
        login: {"name": record["full_name"], "email": record["email"], "phone": record["phone"]}
        for login, record in records.items()
    }
    rows = {account.login: account for account in Account.objects.select_for_update().filter(login__in=wanted)}
    if taken := [login for login, account in rows.items() if account.kind != Account.Kind.OFFICER]:
        raise Refused("login_taken", _("Tên đăng nhập “{login}” đã là của một người dân.").format(login=taken[0]))
    difference = compare(
        pack,
        "accounts",
        wanted,
        {login: {name: getattr(row, name) for name in ("name", "email", "phone")} for login, row in rows.items()},
    )
    made = Account.objects.bulk_create(
        Account(
            kind=Account.Kind.OFFICER,
            login=login,
            folded=fold(wanted[login]["name"]),
            password=make_password(None),
            created_at=moment.now(),
            **wanted[login],
        )
        for login in difference.added
    )
    for login in difference.changed:
        Account.objects.filter(pk=rows[login].pk).update(folded=fold(wanted[login]["name"]), **wanted[login])
    return difference.changes(), rows | {account.login: account for account in made}


def _apply_posts(pack: Pack, records: Sequence[Record], accounts: Mapping[str, Account]) -> list[Change]:
    units = unit_ids({record["unit_code"] for record in records})
    today = local_today()
    start = pack.setting("pack", "valid_from")
    wanted: dict[tuple[str, str, str], dict[str, Any]] = {
        (record["login"], record["unit_code"], record["role"]): {"title": record["title"], "ended": False}
        for record in records
    }
    rows = {}
    for post in Post.objects.select_related("officer", "unit").select_for_update(of=("self",)):
        key = (post.officer.login, post.unit.code, post.role)
        if key in wanted or post.valid_to is None:
            rows[key] = post
    found = {
        key: {"title": post.title, "ended": post.valid_to is not None and post.valid_to < today}
        for key, post in rows.items()
    }
    difference = compare(pack, "posts", wanted, found, as_text=" ".join)
    Post.objects.bulk_create(
        Post(
            officer=accounts[login],
            unit_id=units[unit],
            role=role,
            title=wanted[login, unit, role]["title"],
            valid_from=start,
        )
        for login, unit, role in difference.added
    )
    for key, columns in difference.changed.items():
        post = rows[key]
        post.title = wanted[key]["title"]
        if "ended" in columns:
            post.valid_from, post.valid_to = today, None
        post.save(update_fields=["title", "valid_from", "valid_to"])
    for key in difference.gone:
        post = rows[key]
        post.valid_to = max(today - timedelta(days=1), post.valid_from)
        post.save(update_fields=["valid_to"])
    return difference.changes(gone="ended")


PART = PackPart("identity", (OFFICERS.file, CITIZENS.file), read, apply, after=("org",))
