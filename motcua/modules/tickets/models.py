"""Where people wait, in which line, with which number, for which counter. Nobody's name is kept here."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language

from motcua.modules.tickets.kind import AT_A_COUNTER, OPEN, Source, State


class ServicePoint(models.Model):
    """The reception of a unit. Its row is locked by whoever takes or calls a number there: both happen once in turn."""

    unit = models.OneToOneField("org.Unit", models.PROTECT, related_name="+")
    is_paused = models.BooleanField(default=False)  # no new numbers; those taken are still called

    def __str__(self) -> str:
        return str(self.unit_id)


class Line(models.Model):
    """One kind of business at a point. ``fields``: codes of the fields of procedures that are dealt with here."""

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="lines")
    letter = models.CharField(max_length=1)
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120, blank=True)
    fields = models.JSONField(default=list)
    most_a_day = models.PositiveSmallIntegerField(default=200)
    slot_places = models.PositiveSmallIntegerField(default=2)  # numbers that may be booked for each half hour
    is_open = models.BooleanField(default=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["point", "letter"], name="line_letter_once"),)

    def __str__(self) -> str:
        return f"{self.letter} {self.name}"

    @property
    def title(self) -> str:
        """In the reader's language."""
        return (self.name_en if (get_language() or "").startswith("en") else "") or self.name


class Counter(models.Model):
    """Quầy. ``letters`` are those of the lines that it calls; "" is all of them."""

    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="counters")
    number = models.PositiveSmallIntegerField()
    letters = models.CharField(max_length=26, blank=True)
    is_active = models.BooleanField(default=True)
    officer = models.OneToOneField(
        "identity.Account", models.PROTECT, null=True, related_name="+"
    )  # who sits there now
    opened_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (models.UniqueConstraint(fields=["point", "number"], name="counter_number_once"),)

    def __str__(self) -> str:
        return str(self.number)

    def serves(self, letter: str) -> bool:
        return not self.letters or letter in self.letters


class Ticket(models.Model):
    """A number of a day. One that was transferred has a successor in another line, of the same label and place."""

    line = models.ForeignKey(Line, models.PROTECT, related_name="tickets")
    point = models.ForeignKey(ServicePoint, models.PROTECT, related_name="tickets")
    day = models.DateField()
    number = models.PositiveSmallIntegerField()
    label = models.CharField(max_length=8)  # "A047"
    state = models.CharField(max_length=12, choices=State.choices, default=State.WAITING)
    source = models.CharField(max_length=8, choices=Source.choices)
    taken_at = models.DateTimeField()
    slot_at = models.DateTimeField(null=True)  # booked for then: called first from then on
    queued_at = models.DateTimeField()  # its place among the others
    called_at = models.DateTimeField(null=True)
    near_at = models.DateTimeField(null=True)  # whoever asked was told then that it is near
    calls = models.PositiveSmallIntegerField(default=0)
    serving_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    counter = models.ForeignKey(Counter, models.PROTECT, null=True, related_name="tickets")
    origin = models.OneToOneField("self", models.PROTECT, null=True, related_name="successor")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=["line", "day", "number"], condition=Q(origin=None), name="ticket_number_once"
            ),
            models.UniqueConstraint(
                fields=["counter"], condition=Q(state__in=AT_A_COUNTER), name="ticket_one_at_a_counter"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=AT_A_COUNTER) | Q(counter__isnull=False), name="ticket_called_to_a_counter"
            ),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("taken_at")), name="ticket_ends_after_it_began"
            ),
        )
        indexes = (
            models.Index(fields=["point", "day"], condition=Q(state__in=OPEN), name="ticket_open"),
            models.Index(fields=["point", "ended_at"], condition=Q(state=State.DONE), name="ticket_measured"),
        )

    def __str__(self) -> str:
        return self.label


class Reminder(models.Model):
    """Whoever asked to be told when their number is near and when it is called: a person with an account, or an address
    (sealed). Forgotten when the number's day is over."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="reminder")
    person = models.ForeignKey("identity.Person", models.CASCADE, null=True, related_name="+")
    channel = models.CharField(max_length=8, blank=True)
    address_sealed = models.BinaryField(default=bytes)
    language = models.CharField(max_length=5, default="vi")
    created_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(channel=""), name="reminder_goes_to_somebody"
            ),
        )

    def __str__(self) -> str:
        return str(self.ticket_id)
