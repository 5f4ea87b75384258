"""The detail of a dossier, one row per case with the same key: what was declared, its papers and its way through."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q

from motcua.modules.dossiers.kind import Deciding, DecisionState, Delivery, Does, PaperSource, Slip, Way


class Dossier(models.Model):
    """``answers_sealed`` is the form as it was declared: personal data, sealed at rest (identity's ring of keys)."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="dossier")
    version = models.ForeignKey("procedures.ProcedureVersion", models.PROTECT, related_name="dossiers")
    case_key = models.CharField(max_length=60, blank=True)  # which of the procedure's cases (trường hợp)
    # Codes of the papers that were asked for when it was filed; null: those of the whole case, before this was kept.
    asked = ArrayField(models.CharField(max_length=60), null=True)
    form_version_id = models.BigIntegerField(null=True)
    answers_sealed = models.BinaryField(default=b"")
    way = models.CharField(max_length=8, choices=Way.choices)
    delivery = models.CharField(max_length=8, choices=Delivery.choices, default=Delivery.ONLINE)
    delivery_to_sealed = models.BinaryField(default=b"")  # address for the post
    # Where the applicant lives, as a counter took it down: it stands on Mẫu 01. Online it is among the answers.
    address_sealed = models.BinaryField(default=b"")
    reception_unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")  # where it was handed in
    competent_unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")  # whose result it is
    authorisation_id = models.BigIntegerField(null=True)  # filed for another under this authorisation
    organisation_id = models.BigIntegerField(null=True)  # filed for it by its representative
    copies = models.PositiveSmallIntegerField(default=1)  # số bộ
    leg = models.PositiveSmallIntegerField(default=0)  # position of the leg that runs; 0 before acceptance
    accepted_at = models.DateTimeField(null=True)
    promised_at = models.DateTimeField(null=True)  # the day on the receipt, before pauses and apologies
    ready_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    returned_to = models.CharField(max_length=160, blank=True)  # how the person proved who they are, never the name
    supplements = models.PositiveSmallIntegerField(default=0)
    state_before_pause = models.CharField(max_length=32, blank=True)
    extended_at = models.DateTimeField(null=True)
    signs_for = models.CharField(max_length=16, blank=True)  # the move that goes on when the signatures are there
    reason = models.TextField(blank=True)  # of refusing, stopping, withdrawing, suspending
    result_note = models.TextField(blank=True)
    service_key_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = (
            models.Index(fields=["version"], name="dossier_version"),
            models.Index(
                fields=["organisation_id"],
                name="dossier_organisation",
                condition=models.Q(organisation_id__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return f"dossier {self.case_id}"


class DossierPaper(models.Model):
    """One paper (thành phần hồ sơ) of a dossier, or the reason why it was not asked for."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="papers")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    originals = models.PositiveSmallIntegerField(default=0)
    copies = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=8, choices=PaperSource.choices)
    file_id = models.BigIntegerField(null=True)
    look_up_id = models.BigIntegerField(null=True)  # of kernel/registries
    store_entry_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # asked for although a registry should know: it was out
    is_kept = models.BooleanField(default=False)  # paper original that stays with us until the result
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["case"], name="dossierpaper_case"),)

    def __str__(self) -> str:
        return f"{self.code} of {self.case_id}"


class Claim(models.Model):
    """An exemption or reduction of a fee that was claimed when it was filed, with what shows it."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="claims")
    fee_code = models.CharField(max_length=60)
    code = models.CharField(max_length=60)  # of the exemption, in the procedure's version
    name = models.CharField(max_length=200)
    paper = models.ForeignKey(DossierPaper, models.PROTECT, null=True, related_name="+")
    look_up_id = models.BigIntegerField(null=True)  # of kernel/registries, which bore it out
    asked_on = models.DateField(null=True)  # when the fee was asked for with the claim in it
    created_at = models.DateTimeField()
    refused_at = models.DateTimeField(null=True)
    refused_by = models.CharField(max_length=160, blank=True)
    refusal = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=["case", "fee_code"], name="claim_once"),
            models.CheckConstraint(
                condition=models.Q(paper__isnull=False) | models.Q(look_up_id__isnull=False), name="claim_evidence"
            ),
        )

    def __str__(self) -> str:
        return f"{self.code} of {self.case_id}"

    @property
    def evidence(self) -> str:
        return f"look-up:{self.look_up_id}" if self.look_up_id else f"paper:{self.paper_id}"


class NameIndex(models.Model):
    """By which officials find a dossier by names: keyed marks of every two words of a name (docs/adr). The names
    themselves are on sealed cards."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="+")
    marks = ArrayField(models.BigIntegerField())

    class Meta:
        indexes = (GinIndex(fields=["marks"], name="nameindex_marks"),)

    def __str__(self) -> str:
        return f"names of {self.case_id}"


class CounterDraft(models.Model):
    """What a clerk has typed at a counter and not taken in yet. Sealed; open to the clerks of that counter."""

    unit = models.ForeignKey("org.Unit", models.CASCADE, related_name="+")
    key = models.CharField(max_length=60, unique=True)  # of the dossier that it becomes: two presses make one
    subject = models.CharField(max_length=200, blank=True)  # the procedure
    values_sealed = models.BinaryField()
    saved_by = models.CharField(max_length=160)
    saved_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["unit", "-saved_at"], name="counterdraft_unit"),)

    def __str__(self) -> str:
        return f"draft {self.pk} at {self.unit_id}"


class Leg(models.Model):
    """One unit's part of the way, as it really went; a leg that is gone back to is a new row."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="legs")
    position = models.PositiveSmallIntegerField()  # in the procedure's route, from 1
    name = models.CharField(max_length=160)
    does = models.CharField(max_length=16, choices=Does.choices)
    unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    officer = models.ForeignKey("identity.Account", models.PROTECT, null=True, related_name="+")
    duration = models.CharField(max_length=40)
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()  # as it began, and as it ended; between the two its clock knows: ``queries.legs``
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=160, blank=True)
    note = models.TextField(blank=True)
    is_return = models.BooleanField(default=False)  # somebody sent it back here

    class Meta:
        indexes = (models.Index(fields=["case", "id"], name="leg_case"),)

    def __str__(self) -> str:
        return f"leg {self.position} of {self.case_id}"


class Supplement(models.Model):
    """A request to add papers, with everything that is missing in one go (facts §1.6.4)."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="supplement_requests")
    number = models.PositiveSmallIntegerField()
    items = models.JSONField(default=list)  # [{"paper": code or "", "what": …, "how": …}]
    reason = models.TextField()
    basis = models.CharField(max_length=300, blank=True)
    asked_at = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    answer_by = models.DateTimeField(null=True)
    supplied_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["case", "number"], name="supplement_number"),)

    def __str__(self) -> str:
        return f"supplement {self.number} of {self.case_id}"


class Consultation(models.Model):
    """The detail of a consultation: what one unit asks another about a dossier."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="consultation")
    dossier = models.ForeignKey("cases.Case", models.CASCADE, related_name="consultations")
    asked_by_unit = models.ForeignKey("org.Unit", models.PROTECT, related_name="+")
    question = models.TextField()
    answer = models.TextField(blank=True)
    is_agreed = models.BooleanField(null=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.CharField(max_length=160, blank=True)

    def __str__(self) -> str:
        return f"consultation {self.case_id} on {self.dossier_id}"


class Extension(models.Model):
    """An apology with a new day that was laid before the leader and is not decided yet; events keep those that are."""

    case = models.OneToOneField("cases.Case", models.CASCADE, primary_key=True, related_name="extension")
    reason = models.TextField()
    until = models.DateTimeField()
    asked_by = models.CharField(max_length=160)
    asked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"extension of {self.case_id}"


class Decision(models.Model):
    """One of many things that a leader decided with one confirmation. The worker carries it out by the leader's own
    rights as they are then; its row and what it changes are committed together, so it is done once."""

    batch = models.UUIDField()
    officer = models.ForeignKey("identity.Account", models.PROTECT, related_name="+")
    does = models.CharField(max_length=8, choices=Deciding.choices)
    subject_id = models.BigIntegerField()  # the case; to sign: the signing task
    version = models.PositiveIntegerField(null=True)  # of the case as the leader saw it
    code = models.CharField(max_length=60, blank=True)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=8, choices=DecisionState.choices, default=DecisionState.WAITING)
    words = models.CharField(max_length=500, blank=True)  # why not
    decided_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["batch", "does", "subject_id"], name="decision_once"),)
        indexes = (
            models.Index(fields=["id"], name="decision_waiting", condition=Q(state="waiting")),
            models.Index(fields=["officer", "-id"], name="decision_officer"),
        )

    def __str__(self) -> str:
        return f"{self.does} {self.subject_id}"


class Result(models.Model):
    """A result document: proposed, then approved and signed, then given to the person."""

    case = models.ForeignKey("cases.Case", models.CASCADE, related_name="results")
    code = models.CharField(max_length=60)
    name = models.CharField(max_length=300)
    number = models.CharField(max_length=60, blank=True)  # số, ký hiệu
    file_id = models.BigIntegerField(null=True)  # as proposed …
    signed_file_id = models.BigIntegerField(null=True)  # … and as signed last
    store_entry_id = models.BigIntegerField(null=True)
    is_refusal = models.BooleanField(default=False)  # the answer is no, with its reasons
    leg = models.PositiveSmallIntegerField(default=0)  # position of the leg that proposed it
    version = models.PositiveIntegerField(default=0)  # of the case when it was proposed: who saw a later one saw it
    created_at = models.DateTimeField()

    class Meta:
        indexes = (models.Index(fields=["case"], name="result_case"),)

    def __str__(self) -> str:
        return f"{self.name} of {self.case_id}"


class SlipForm(models.Model):
    """What a printed form is called by a legal act, from a day on. A slip keeps the form of the day it was made for."""

    slip = models.CharField(max_length=12, choices=Slip.choices)
    valid_from = models.DateField()
    number = models.CharField(max_length=4)
    title = models.CharField(max_length=160)
    basis = models.CharField(max_length=120)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["valid_from", "slip"], name="slipform_from"),)

    def __str__(self) -> str:
        return f"{self.number} {self.basis}"


class Sheet(models.Model):
    """What belongs to a dossier that is being written, besides the answers: papers so far, contact, delivery. Sealed;
    it lives as long as the draft of the answers (kernel.forms) whose number it has."""

    draft_id = models.BigIntegerField(primary_key=True)
    version = models.ForeignKey("procedures.ProcedureVersion", models.CASCADE, related_name="+")
    values_sealed = models.BinaryField(default=b"")
    saved_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"sheet of draft {self.draft_id}"


class Filing(models.Model):
    """The key under which a dossier was sent: the same one twice makes one dossier."""

    key = models.CharField(primary_key=True, max_length=80)
    case_id = models.BigIntegerField()
    party_id = models.BigIntegerField()
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.key
