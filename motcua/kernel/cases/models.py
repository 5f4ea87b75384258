"""Cases, their clocks and people, and the data by which they are sorted, routed and promised."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, GistIndex
from django.contrib.postgres.search import SearchVector, SearchVectorField
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language

from motcua.kernel.cases.kind import SUBJECTS, FileRole, PartyRole


class Category(models.Model):
    """What a case is about. Dated data; a case keeps the row that it began with."""

    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=160)
    name_en = models.CharField(max_length=160, blank=True)
    folded = models.CharField(max_length=320)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    icon = models.CharField(max_length=60, default="point")
    urgency = models.CharField(max_length=16, default="binh_thuong")
    is_public = models.BooleanField(default=True)
    position = models.PositiveIntegerField(default=0)
    guidance = models.TextField(blank=True)
    guidance_en = models.TextField(blank=True)
    keywords = models.TextField(blank=True)
    # [{"code","order","datatype","required","question","question_en","values":[{"key","name"}]}] as in Open311
    attributes = models.JSONField(default=list)
    options = models.JSONField(default=dict)  # what only the module understands
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "code", "valid_from"], name="category_code_from"),)

    def __str__(self) -> str:
        return self.name

    @property
    def label(self) -> str:
        """Its name in the language in force."""
        return self.name_en if get_language() == "en" and self.name_en else self.name


class RoutingRule(models.Model):
    """First match wins, by position. An empty list of categories or areas, or empty hours, matches anything.

    ``target`` is a unit's code, or ``commune`` / ``office:<suffix>``: the commune that holds the point, or its office.
    """

    kind = models.CharField(max_length=32)
    position = models.PositiveIntegerField()
    categories = ArrayField(
        models.CharField(max_length=60), default=list
    )  # codes; a parent's code matches its children
    areas = ArrayField(models.CharField(max_length=12), default=list)  # codes of communes or provinces
    hours = models.CharField(max_length=10, blank=True)  # "", "working", "off"
    target = models.CharField(max_length=60)
    reason = models.CharField(max_length=200)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "position"], name="routing_position"),)

    def __str__(self) -> str:
        return f"{self.position} → {self.target}"


class ClockRule(models.Model):
    """How long a promise takes. For each clock the first matching row wins, by position.

    An empty duration says that such cases have no such clock.
    """

    kind = models.CharField(max_length=32)
    position = models.PositiveIntegerField()
    clock = models.CharField(max_length=20)
    categories = ArrayField(models.CharField(max_length=60), default=list)
    areas = ArrayField(models.CharField(max_length=12), default=list)
    urgencies = ArrayField(models.CharField(max_length=16), default=list)
    duration = models.CharField(max_length=40, blank=True)  # "3 ngày làm việc"
    after = models.CharField(max_length=20, default="opened")  # "opened", or the clock whose stop starts this one
    remind_before = models.CharField(max_length=40, blank=True)
    escalate_to = models.CharField(max_length=16, blank=True)  # role
    start_rule = models.CharField(max_length=20, default="same_instant")
    basis = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["kind", "position"], name="clock_rule_position"),)

    def __str__(self) -> str:
        return f"{self.clock} {self.duration}"


class RulesVersion(models.Model):
    """One row; grows with every change of categories, routing or clock rules, so that processes know when to reload."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


class Case(models.Model):
    """Anything that government owes an answer to. Open cases are few, closed ones many: every hot index is partial."""

    kind = models.CharField(max_length=32)
    code = models.CharField(max_length=40)
    subject = models.CharField(max_length=200)
    folded = models.TextField()  # subject, words, address and code without tones
    words = models.GeneratedField(  # what search reads
        expression=SearchVector("folded", config="simple"), output_field=SearchVectorField(), db_persist=True
    )
    state = models.CharField(max_length=32)
    urgency = models.CharField(max_length=16, default="binh_thuong")
    channel = models.CharField(max_length=16, default="web")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="cases")
    officer = models.ForeignKey("identity.Account", models.PROTECT, null=True, db_index=False, related_name="cases")
    area = models.ForeignKey("places.Area", models.PROTECT, null=True, related_name="cases")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="cases")
    person = models.ForeignKey("identity.Person", models.SET_NULL, null=True, db_index=False, related_name="cases")
    address = models.CharField(max_length=300, blank=True)
    place_code = models.CharField(max_length=12, blank=True)  # 12-digit place id, NĐ 326/2026
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)
    opened_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)  # of the promise clock, when it runs or ran
    next_due_at = models.DateTimeField(null=True)  # of the running clock that ends first; null when none runs
    next_soon_at = models.DateTimeField(null=True)  # from when that clock counts as "due soon"
    closed_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)  # null: strangers do not see it
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, db_index=False, related_name="merged")
    flag = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)  # grows with every action; a stale form is refused

    class Meta:
        # Not ``unique=True``, which adds an index for words that begin like it.
        constraints = (models.UniqueConstraint(fields=["code"], name="case_code"),)
        indexes = (
            # The inbox finds its place and counts within these two, without reading the rows themselves.
            models.Index(
                fields=["unit", "next_due_at", "id"],
                include=["kind", "state", "officer", "next_soon_at"],
                name="case_unit_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["next_due_at", "id"],
                include=["kind", "state", "officer", "next_soon_at"],
                name="case_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["officer", "next_due_at", "id"], name="case_officer_open", condition=Q(closed_at__isnull=True)
            ),
            models.Index(fields=["area", "category"], name="case_area_open", condition=Q(closed_at__isnull=True)),
            models.Index(fields=["kind", "-id"], name="case_public", condition=Q(published_at__isnull=False)),
            models.Index(
                fields=["kind", "-opened_at", "-id"], name="case_public_opened", condition=Q(published_at__isnull=False)
            ),
            models.Index(
                fields=["kind", "-updated_at", "-id"],
                name="case_public_updated",
                condition=Q(published_at__isnull=False),
            ),
            models.Index(fields=["area", "-id"], name="case_public_area", condition=Q(published_at__isnull=False)),
            # What few cases have costs the others nothing.
            models.Index(fields=["officer"], name="case_officer", condition=Q(officer__isnull=False)),
            models.Index(fields=["person"], name="case_person", condition=Q(person__isnull=False)),
            models.Index(fields=["merged_into"], name="case_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["-closed_at"], name="case_closed", condition=Q(closed_at__isnull=False)),
            GistIndex(
                Func(F("lon"), F("lat"), function="point"),
                name="case_point_open",
                condition=Q(closed_at__isnull=True, lon__isnull=False),
            ),
            GinIndex(fields=["words"], name="case_words"),
            GinIndex(fields=["words"], name="case_words_open", condition=Q(closed_at__isnull=True)),
        )

    def __str__(self) -> str:
        return self.code

    @property
    def subject_said(self) -> str:
        """The subject in the reader's language, where its kind knows it."""
        say = SUBJECTS.get(self.kind)
        return say(self.subject) if say else self.subject


class Clock(models.Model):
    """One promise: who must do what by when. Minutes are working minutes of the unit's calendar."""

    case = models.ForeignKey(Case, models.CASCADE, db_index=False, related_name="clocks")
    name = models.CharField(max_length=20)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="clocks")
    officer = models.ForeignKey("identity.Account", models.PROTECT, null=True, db_index=False, related_name="clocks")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    first_due_at = models.DateTimeField()  # before pauses and extensions
    soon_at = models.DateTimeField()  # from when it counts as "due soon" (UX §2.4)
    extended_at = models.DateTimeField(null=True)  # a new promise was given: no calendar moves it any more
    paused_at = models.DateTimeField(null=True)
    paused_for = models.PositiveIntegerField(default=0)  # working minutes
    stopped_at = models.DateTimeField(null=True)
    duration = models.CharField(max_length=40)
    start_rule = models.CharField(max_length=20, default="same_instant")
    calendar_version = models.BigIntegerField()
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    escalate_to = models.CharField(max_length=16, blank=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["case", "name"], name="clock_one_runs", condition=Q(stopped_at__isnull=True)
            ),
        )
        indexes = (
            models.Index(fields=["case"], name="clock_case"),
            models.Index(
                fields=["remind_at"],
                name="clock_to_remind",
                condition=Q(stopped_at__isnull=True, paused_at__isnull=True, reminded_at__isnull=True),
            ),
            models.Index(
                fields=["due_at"],
                name="clock_to_escalate",
                condition=Q(stopped_at__isnull=True, paused_at__isnull=True, escalated_at__isnull=True),
            ),
            models.Index(fields=["officer"], name="clock_officer", condition=Q(officer__isnull=False)),
            models.Index(fields=["unit", "due_at"], name="clock_unit_open", condition=Q(stopped_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"{self.name} of {self.case_id}"


class Party(models.Model):
    """Somebody whom the case concerns: reported it, joined it, follows it. Holds the private link.

    ``origin`` is who they were in a report that was merged into this one: that private link opens this case as well.
    """

    case = models.ForeignKey(Case, models.CASCADE, db_index=False, related_name="parties")
    person = models.ForeignKey("identity.Person", models.SET_NULL, null=True, related_name="parties")
    role = models.CharField(max_length=10, choices=PartyRole.choices)
    wants = models.CharField(max_length=10, default="all")  # all | result | none: which notices
    language = models.CharField(max_length=5, default="vi")
    origin = models.ForeignKey("self", models.SET_NULL, null=True, db_index=False, related_name="+")
    link_number = models.PositiveSmallIntegerField(default=0)  # of the private link in force; the ones before are ended
    # Acts for another, as long as that is in force (queries.people.standing): numbers of identity's tables.
    authorisation_id = models.BigIntegerField(null=True)
    organisation_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (
            models.Index(fields=["case"], name="party_case"),
            models.Index(
                fields=["organisation_id"], name="party_organisation", condition=Q(organisation_id__isnull=False)
            ),
            models.Index(fields=["origin"], name="party_origin", condition=Q(origin__isnull=False)),
        )

    def __str__(self) -> str:
        return f"{self.role} of {self.case_id}"


class Involvement(models.Model):
    """A unit that had a part in a case and may still read it: received it, did a step of it, was asked about it."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="involvements")
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    since = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "unit"], name="involvement_once"),)
        indexes = (models.Index(fields=["unit", "-case"], name="involvement_unit"),)

    def __str__(self) -> str:
        return f"{self.unit_id} in {self.case_id}"


class CaseFile(models.Model):
    """A file in its place on a case. ``event_id`` tells when it came."""

    case = models.ForeignKey(Case, models.CASCADE, db_index=False, related_name="files")
    file = models.ForeignKey("files.File", models.PROTECT, related_name="uses")
    role = models.CharField(max_length=10, choices=FileRole.choices)
    caption = models.CharField(max_length=300, blank=True)
    is_public = models.BooleanField(default=False)
    event_id = models.BigIntegerField(null=True)
    party = models.ForeignKey(Party, models.SET_NULL, null=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["case"], name="casefile_case"),)

    def __str__(self) -> str:
        return f"{self.role} {self.file_id}"


class CaseLink(models.Model):
    """Two cases that belong together (``follows_from``, ``related``); merging has its own column."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=20)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "other", "kind"], name="caselink_once"),)

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
