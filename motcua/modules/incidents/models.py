"""The detail of a report, one row per case with the same key, and what only reports need."""

from django.db import models


class Incident(models.Model):
    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="incident")
    text = models.TextField()  # in the person's own words: for officials and the person
    public_text = models.TextField(blank=True)  # contacts and names masked: for everybody else
    moderated_at = models.DateTimeField(null=True)  # somebody looked, and chose which words and photos strangers see
    hidden_at = models.DateTimeField(null=True)  # taken off the public pages; only the move "show" brings it back
    hides_name = models.BooleanField(default=True)
    is_danger = models.BooleanField(default=False)
    attributes = models.JSONField(default=dict)  # answers to the category's questions, {code: value | [values]}
    suggested = models.CharField(max_length=60, blank=True)  # category code the classifier thought of …
    suggested_probability = models.FloatField(null=True)  # … and how sure it was
    routing_reason = models.CharField(max_length=300, blank=True)
    state_before_pause = models.CharField(max_length=32, blank=True)
    info_question = models.TextField(blank=True)  # what we asked the person
    visit_note = models.TextField(blank=True)
    visited_at = models.DateTimeField(null=True)
    result = models.TextField(blank=True)
    resolved_at = models.DateTimeField(null=True)
    reject_reason = models.TextField(blank=True)
    extended_at = models.DateTimeField(null=True)
    extend_reason = models.TextField(blank=True)
    reopened = models.PositiveSmallIntegerField(default=0)
    joined = models.PositiveIntegerField(default=0)
    still_there = models.PositiveIntegerField(default=0)
    still_there_at = models.DateTimeField(null=True)
    service_key_id = models.BigIntegerField(null=True)  # Open311 client that sent it …
    media_url = models.CharField(max_length=500, blank=True)  # … and what it links to: for officials, never fetched
    forgotten_at = models.DateTimeField(null=True)  # since then it holds only what everybody reads

    class Meta:
        indexes = (
            models.Index(fields=["case"], name="incident_remembered", condition=models.Q(forgotten_at__isnull=True)),
        )

    def __str__(self) -> str:
        return f"incident {self.case_id}"


class Rating(models.Model):
    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="ratings")
    party = models.ForeignKey("cases.Party", models.SET_NULL, null=True)
    score = models.PositiveSmallIntegerField()  # 1–5
    words = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "party"], name="rating_once"),
            models.CheckConstraint(condition=models.Q(score__range=(1, 5)), name="rating_score"),
        )

    def __str__(self) -> str:
        return f"{self.score}/5"


class Addition(models.Model):
    """Words that came later from people. Kept apart from the event, which can never be emptied."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="additions")
    party = models.ForeignKey("cases.Party", models.SET_NULL, null=True)
    event_id = models.BigIntegerField()
    text = models.TextField()
    public_text = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["case"], name="addition_case"),)

    def __str__(self) -> str:
        return f"addition to {self.case_id}"


class Phrase(models.Model):
    """How people say it: what the classifier learns from."""

    category = models.CharField(max_length=60)
    text = models.CharField(max_length=500)
    source = models.CharField(max_length=8)  # pack | officer
    case_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = (models.UniqueConstraint(fields=["category", "text"], name="phrase_once"),)

    def __str__(self) -> str:
        return self.text


class ScopeRule(models.Model):
    """What is not a report (complaints, denunciations, emergencies …) and where it goes instead."""

    class Action(models.TextChoices):
        CALL = "call"  # danger now: the number stands first
        GUIDE = "guide"

    kind = models.CharField(max_length=20, unique=True)
    action = models.CharField(max_length=8, choices=Action.choices, default=Action.GUIDE)
    phrases = models.JSONField(default=list)  # lower case, with tones; “-” strikes out, “=” only where tones are typed
    title = models.CharField(max_length=160)
    title_en = models.CharField(max_length=160, blank=True)
    guidance = models.TextField()
    guidance_en = models.TextField(blank=True)
    link = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return self.kind


class Submission(models.Model):
    """The same POST sent twice makes one report: the key made by the form or the client, and what it became."""

    key = models.CharField(max_length=80, primary_key=True)
    case_id = models.BigIntegerField()
    party_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
