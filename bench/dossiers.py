"""Dossiers under load: filed over HTTP with twelve answers and two files each, followed, and worked on among a million;
and forms drawn and checked. Everything runs on this machine, the load as well, so only ratios count.

``python -m bench.dossiers [--seconds 8] [--cases 10000 1000000]``
"""

import argparse
import io
import json
import os
import time
from collections.abc import Callable, Generator, Sequence
from typing import Any

from bench.city import CLIENTS, at_sizes, database, pgbench, serving, session, show, written_by
from bench.load import Measure, Request, load

CODE, FORM = "9.900001", "bench-12"
AREA = "24778"
MULTIPART = "motcua-bench"
PROCEDURE = f"""
code = "{CODE}"
name = "Thủ tục đo tốc độ"
name_en = "Procedure of the benchmark"
field = "bench"
level = "commune"
online = "full"
who = ["citizen"]
summary = "Đo tốc độ."
summary_en = "For measuring."
steps = "Nộp."
steps_en = "File."
keywords = ["đo", "đo tốc độ", "tốc độ", "thử tải", "tải", "thử", "bench", "đo đạc"]
basis = [{{ number = "1/2026", name = "Không có" }}]
valid_from = 2025-07-01
form = "{FORM}"
results = [{{ code = "KQ.bench", name = "Kết quả", name_en = "Result" }}]
[[ways]]
way = "online"
time = "3 ngày làm việc"
[[cases]]
papers = [
    {{ code = "GT.mot", name = "Giấy thứ nhất", name_en = "First paper", copies = 1 }},
    {{ code = "GT.hai", name = "Giấy thứ hai", name_en = "Second paper", copies = 1 }},
]
[[legs]]
key = "tiep-nhan"
name = "Tiếp nhận"
unit = "reception"
role = "clerk"
time = "2 giờ làm việc"
does = "receive"
[[legs]]
key = "tra"
name = "Trả kết quả"
unit = "reception"
role = "clerk"
time = "2 giờ làm việc"
does = "return_result"
"""
ANSWERS: dict[str, Any] = {
    "name": "Nguyễn Thị Mẫu", "born_on": "1990-05-17", "sex": "nu", "national_id": "068190000101",
    "phone": "0900000101", "email": "mau@example.vn", "home": {"area": AREA, "line": "12 Phan Đình Phùng"},
    "copies": 2, "value": 150_000_000, "reason": "Cần cho việc học của con.", "is_first": True, "truth": True,
}  # fmt: skip
_TITLES = ("Họ tên", "Ngày sinh", "Giới tính", "Số định danh", "Điện thoại", "Thư điện tử", "Nơi ở", "Số bản",
           "Giá trị", "Lý do", "Lần đầu", "Cam đoan")  # fmt: skip
_SHAPES: dict[str, dict[str, Any]] = {
    "name": {"type": "string", "maxLength": 120},
    "born_on": {"type": "string", "format": "date", "x-max": "today"},
    "sex": {"type": "string", "enum": ["nam", "nu"], "x-labels": ["Nam", "Nữ"], "x-labels-en": ["Male", "Female"]},
    "national_id": {"type": "string", "format": "national-id"},
    "phone": {"type": "string", "format": "phone"},
    "email": {"type": "string", "format": "email"},
    "home": {"type": "object", "format": "address"},
    "copies": {"type": "integer", "minimum": 1, "maximum": 20},
    "value": {"type": "integer", "format": "money"},
    "reason": {"type": "string", "format": "text-long", "maxLength": 2000},
    "is_first": {"type": "boolean"},
    "truth": {"type": "boolean", "const": True, "format": "declaration"},
}
BODY: dict[str, Any] = {
    "key": FORM, "title": "Tờ khai đo", "title_en": "Form of the benchmark", "type": "object",
    "properties": {
        name: {**shape, "title": title, "title_en": name.replace("_", " ").title()}
        for (name, shape), title in zip(_SHAPES.items(), _TITLES, strict=True)
    },
    "required": ["name", "born_on", "truth"],
    "layout": [{"key": "all", "title": "Tờ khai", "title_en": "Form", "fields": list(_SHAPES)}],
}  # fmt: skip


def prepare() -> None:
    from motcua.kernel.forms.actions.versions import publish_body
    from motcua.kernel.identity.kind import SYSTEM
    from motcua.kernel.procedures.actions.versions import publish_draft, save_draft
    from motcua.kernel.procedures.models import Field

    publish_body(FORM, BODY, actor=SYSTEM)
    Field.objects.get_or_create(code="bench", defaults={"name": "Đo tốc độ", "name_en": "Benchmark"})
    publish_draft(save_draft(PROCEDURE, actor=SYSTEM).procedure.code, actor=SYSTEM)


# ── Filing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def photo() -> bytes:
    """A page as a phone takes it: 1600 × 1200, about 250 kB."""
    from PIL import Image

    grain = Image.effect_noise((400, 300), 60).resize((1600, 1200)).convert("RGB")
    out = io.BytesIO()
    grain.save(out, "JPEG", quality=80)
    return out.getvalue()


def filing(seconds: float) -> list[Measure]:
    """Two files sent ahead and the dossier that names them, against pgbench writing the rows of such a dossier."""
    from motcua.kernel.identity.kind import ANONYMOUS
    from motcua.kernel.procedures.queries.catalogue import in_force
    from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, file_dossier

    picture = photo()

    def upload(number: int) -> Request:
        head = f'--{MULTIPART}\r\nContent-Disposition: form-data; name="file"; filename="giay.jpg"\r\n'
        fresh = picture + number.to_bytes(8, "big")  # nobody sends the same file twice
        body = f"{head}Content-Type: image/jpeg\r\n\r\n".encode() + fresh + f"\r\n--{MULTIPART}--\r\n".encode()
        return "POST", "/api/v1/files", body, {"Content-Type": f"multipart/form-data; boundary={MULTIPART}"}

    def turn(number: int) -> Generator[Request, bytes, None]:
        tokens = []
        for half in range(2):
            answer = yield upload(number * 2 + half)
            tokens.append(json.loads(answer)["token"])
        dossier = {
            "procedure": CODE, "answers": ANSWERS, "papers": {"GT.mot": tokens[:1], "GT.hai": tokens[1:]}, "area": AREA,
            "name": "Nguyễn Thị Mẫu", "national_id": "068190000101", "phone": f"0900{number % 1_000_000:06}",
        }  # fmt: skip
        yield "POST", "/api/v1/dossiers", json.dumps(dossier).encode(), {"Content-Type": "application/json"}

    load(turn, clients=2, seconds=1)
    taken = load(turn, clients=CLIENTS, seconds=seconds)
    procedure = in_force(CODE)
    assert procedure is not None
    new = NewDossier(
        procedure.id, "online", Applicant("Nguyễn Thị Mẫu", "0900000101"), answers=ANSWERS, area_code=AREA,
        papers=[NewPaper("GT.mot", "upload", copies=1), NewPaper("GT.hai", "upload", copies=1)],
    )  # fmt: skip
    file_dossier(new, actor=ANONYMOUS)
    rows, _statements = written_by(lambda: file_dossier(new, actor=ANONYMOUS))
    alone = _rate(lambda: file_dossier(new, actor=ANONYMOUS), seconds)
    yardstick, cleaned = pgbench(rows, seconds), _cleaned(picture, seconds)
    return [
        {"name": "dossiers filed, 12 answers and 2 photos", **taken, "ratio": taken["per_second"] / cleaned,
         "to": "cleaning two photos"},
        {"name": "two photos cleaned for strangers, on all cores", "per_second": cleaned},
        {"name": "dossiers filed, the action alone, one thread", "per_second": alone, "ratio": alone / yardstick,
         "to": "pgbench, rows of a dossier"},
        {"name": "pgbench, rows of a dossier, one commit", "per_second": yardstick},
    ]  # fmt: skip


def _rate(one: Callable[[], object], seconds: float, clock: Callable[[], float] = time.monotonic) -> float:
    one()
    count, began = 0, clock()
    while clock() - began < seconds:
        one()
        count += 1
    return count / (clock() - began)


def _cleaned(picture: bytes, seconds: float) -> float:
    """Of pairs: what filing with two photos cannot be faster than."""
    from django.utils import timezone

    from motcua.lib import pictures

    def clean() -> None:
        read = pictures.read(io.BytesIO(picture), form="JPEG", megapixels=50, zone=timezone.get_current_timezone())
        pictures.webp(read.image, pictures.VIEW)
        pictures.webp(read.image, pictures.THUMBNAIL)

    return _rate(clean, min(seconds, 3)) * (os.cpu_count() or 1) / 2


# ── Following and working, at two sizes ─────────────────────────────────────────────────────────────────────────────


def fill(count: int, open_share: float = 0.02) -> None:
    """``count`` dossiers in all, by SQL, each like one real dossier of the benchmark's procedure: one in fifty open."""
    from django.db import connection

    from motcua.kernel.cases.models import Case
    from motcua.kernel.identity.kind import ANONYMOUS
    from motcua.kernel.procedures.queries.catalogue import in_force
    from motcua.modules.dossiers.actions.filing import Applicant, NewDossier, NewPaper, file_dossier
    from motcua.modules.dossiers.models import Dossier

    procedure = in_force(CODE)
    assert procedure is not None
    one = file_dossier(
        NewDossier(
            procedure.id, "online", Applicant("Nguyễn Thị Mẫu", "0900000101"), answers=ANSWERS, area_code=AREA,
            papers=[NewPaper("GT.mot", "upload", copies=1)],
        ),
        actor=ANONYMOUS,
    ).case  # fmt: skip
    own = {"case_id", "reception_unit_id", "competent_unit_id", "accepted_at"}
    columns = ", ".join(f'"{f.column}"' for f in Dossier._meta.concrete_fields if f.column not in own)
    have = Case.objects.filter(kind="dossier").count()
    with connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMPORARY TABLE made ON COMMIT PRESERVE ROWS AS
            WITH unit AS (SELECT array_agg(id ORDER BY id) AS ids FROM org_unit WHERE code LIKE '%%hanh-chinh-cong')
            SELECT n, unit.ids[1 + n %% array_length(unit.ids, 1)] AS unit_id, random() < %(open)s AS is_open,
                   now() - random() * interval '700 days' AS at, random() AS r,
                   nextval(pg_get_serial_sequence('cases_case', 'id')) AS id
            FROM generate_series(%(from)s, %(to)s) AS n, unit;
            INSERT INTO cases_case (id, kind, code, subject, folded, state, urgency, channel, unit_id, area_id,
              person_id, category_id, address, place_code, opened_at, updated_at, due_at, next_due_at, next_soon_at,
              closed_at, flag, version)
            SELECT made.id, 'dossier', 'BENCH-' || n, it.subject, it.folded || ' bench-' || n,
              CASE WHEN is_open THEN 'processing' ELSE 'returned' END, it.urgency, it.channel, made.unit_id,
              it.area_id, it.person_id, it.category_id, '', '',
              CASE WHEN is_open THEN now() - r * interval '5 days' ELSE at END, at,
              CASE WHEN is_open THEN now() + (r - 0.3) * interval '4 days' ELSE at + interval '3 days' END,
              CASE WHEN is_open THEN now() + (r - 0.3) * interval '4 days' END,
              CASE WHEN is_open THEN now() + (r - 0.4) * interval '4 days' END,
              CASE WHEN NOT is_open THEN at + r * interval '4 days' END, false, 4
            FROM made, (SELECT * FROM cases_case WHERE id = %(one)s) AS it;
            INSERT INTO cases_clock (case_id, name, unit_id, started_at, due_at, first_due_at, soon_at, paused_for,
              stopped_at, duration, start_rule, calendar_version, escalate_to)
            SELECT c.id, 'result', c.unit_id, c.opened_at, c.due_at, c.due_at, c.due_at - interval '4 hours', 0,
              c.closed_at, '3 ngày làm việc', 'same_instant', 1, '' FROM cases_case AS c JOIN made ON made.id = c.id;
            INSERT INTO cases_party (case_id, person_id, role, wants, language, link_number, created_at)
            SELECT made.id, it.person_id, it.role, it.wants, it.language, 0, at
            FROM made, (SELECT * FROM cases_party WHERE case_id = %(one)s LIMIT 1) AS it;
            INSERT INTO dossiers_dossier (case_id, reception_unit_id, competent_unit_id, accepted_at, {columns})
            SELECT made.id, made.unit_id, made.unit_id, at, {columns}
            FROM made, (SELECT * FROM dossiers_dossier WHERE case_id = %(one)s) AS it;
            INSERT INTO dossiers_leg (case_id, position, name, does, unit_id, duration, started_at, due_at, ended_at,
              ended_by, note, is_return)
            SELECT id, step, CASE step WHEN 1 THEN 'Tiếp nhận' ELSE 'Trả kết quả' END,
              CASE step WHEN 1 THEN 'receive' ELSE 'return_result' END, unit_id, '2 giờ làm việc', at, at, at, '', '',
              false FROM made, generate_series(1, 2) AS step;
            INSERT INTO dossiers_dossierpaper (case_id, code, name, originals, copies, source, reason, is_kept,
              created_at) SELECT id, 'GT.mot', 'Giấy thứ nhất', 0, 1, 'upload', '', false, at FROM made;
            INSERT INTO events_event (case_id, at, name, actor, actor_name, data, audience, previous_hash, hash)
            SELECT made.id, made.at, it.name, it.actor, it.actor_name, it.data, it.audience, it.previous_hash, it.hash
            FROM made, (SELECT * FROM events_event WHERE case_id = %(one)s) AS it;
            DROP TABLE made""".replace("{columns}", columns),
            {"open": open_share, "from": have + 1, "to": count, "one": one.id},
        )
        cursor.execute("VACUUM ANALYZE")
        cursor.execute("CHECKPOINT")


def pages(url: str, sizes: Sequence[int], seconds: float) -> list[Measure]:
    """The page of one dossier for its person, and inboxes, at each size."""
    from django.test import Client

    from motcua.kernel.cases.models import Case, Party
    from motcua.kernel.cases.queries.people import party_token

    clerk, department = session("xuanhuong.hcc1"), session("quantri")

    def asked(_size: int) -> dict[str, tuple[str, str]]:
        code = Case.objects.filter(code__startswith="BENCH-").latest("id").code
        client = Client(SERVER_NAME="localhost")
        client.get(f"/p/{party_token(Party.objects.get(case__code=code))}/")
        holder = "; ".join(f"{name}={morsel.value}" for name, morsel in client.cookies.items())
        return {
            "tracking page of a dossier": (f"/ho-so/{code}/", holder),
            "inbox of dossiers, a counter": ("/desk/?xem=unit", clerk),
            "inbox of dossiers, the province": ("/desk/?xem=unit", department),
            "inbox of dossiers, words that all have": ("/desk/?xem=unit&q=do+toc", clerk),
            "inbox of dossiers, a beginning of codes": ("/desk/?xem=unit&q=bench-77", clerk),
        }

    return at_sizes(url, sizes, fill, asked, seconds)


# ── Forms ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def forms(seconds: float) -> list[Measure]:
    """A step of twelve fields drawn and checked, against a form of Django's with as many fields doing the same."""
    from django import forms as plain
    from django.template import engines
    from django.test import RequestFactory

    from motcua.kernel.forms.queries.versions import newest
    from motcua.kernel.forms.views.rendering import answer_step
    from motcua.kernel.identity.kind import ANONYMOUS

    version = newest(FORM)
    assert version is not None
    drawn = engines["django"].from_string("{% load forms %}{% form_step page %}")
    request: Any = RequestFactory().get("/")
    request.actor = ANONYMOUS

    def ours() -> None:
        answered = answer_step(request, version.form, 0, ANSWERS)
        drawn.render({"page": answered.page}, request)

    fields = {name: plain.CharField(max_length=2000) for name in _SHAPES}
    theirs_form = type("Theirs", (plain.Form,), fields)
    sent = {name: str(ANSWERS[name]) for name in _SHAPES}

    def theirs() -> None:
        form = theirs_form(sent)
        form.is_valid()
        form.as_div()

    mine, other = (_rate(one, seconds, time.process_time) for one in (ours, theirs))
    return [
        {"name": "form of 12 fields drawn and checked", "per_second": mine, "ratio": mine / other,
         "to": "a plain Django form with 12 texts"},
        {"name": "plain Django form with 12 texts", "per_second": other},
    ]  # fmt: skip


def measures(seconds: float = 8, sizes: Sequence[int] = (10_000, 1_000_000)) -> list[Measure]:
    with database() as url:
        prepare()
        rows = [*forms(min(seconds, 3)), *pages(url, sizes, max(2.0, seconds / 2))]
        with serving(url):  # comes last, among all of them; what it writes would count as filled
            return [*rows, *filing(seconds)]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--cases", type=int, nargs="+", default=[10_000, 1_000_000])
    options = parser.parse_args()
    show(measures(options.seconds, options.cases))
