"""Files by content. The row says what the bytes are; the store keeps them under their SHA-256."""

from pathlib import PurePosixPath

from django.db import models
from django.urls import reverse

from motcua.kernel.files.kind import WEBP, Variant


class File(models.Model):
    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    type = models.CharField(max_length=80)  # sniffed from the bytes, never what the sender said
    name = models.CharField(max_length=200)  # made by us; the sender's name may identify them
    width = models.PositiveIntegerField(null=True)  # as seen upright
    height = models.PositiveIntegerField(null=True)
    lat = models.FloatField(null=True)  # from EXIF: offered to the sender as the pin, never published
    lon = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    # [{"x", "y", "width", "height"}] in shares of the upright picture, 0–1: faces and plates that officials hid
    blurred = models.JSONField(default=list)
    public_sha256 = models.BinaryField(null=True)  # re-encoded, upright, no metadata: what strangers get
    thumbnail_sha256 = models.BinaryField(null=True)
    token = models.CharField(max_length=43, unique=True)  # names it in addresses; unguessable
    uploaded_by = models.CharField(max_length=40)  # while loose, of strangers: a blind index of where it came from
    created_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)  # set when a case takes it; others are swept away after a day …
    held_until = models.DateTimeField(null=True)  # … or when the draft that they belong to is over

    class Meta:
        indexes = (
            models.Index(fields=["created_at"], name="file_loose", condition=models.Q(kept_at__isnull=True)),
            models.Index(fields=["sha256"], name="file_sha256"),
            models.Index(fields=["public_sha256"], name="file_public"),
            models.Index(fields=["thumbnail_sha256"], name="file_thumbnail"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def is_picture(self) -> bool:
        return self.width is not None

    def content_of(self, variant: Variant) -> bytes | None:
        """SHA-256 of the variant's bytes; None when there is no such variant."""
        sha256 = {
            Variant.ORIGINAL: self.sha256,
            Variant.VIEW: self.public_sha256,
            Variant.THUMBNAIL: self.thumbnail_sha256,
        }[variant]
        return None if sha256 is None else bytes(sha256)

    def type_of(self, variant: Variant) -> str:
        return WEBP.mime if self.is_picture and variant is not Variant.ORIGINAL else self.type

    def name_of(self, variant: Variant) -> str:
        if not self.is_picture or variant is Variant.ORIGINAL:
            return self.name
        return str(PurePosixPath(self.name).with_suffix(WEBP.suffix))

    def url(self, variant: Variant) -> str:
        """Changes when the bytes change (an official hides a face), so that browsers may keep them for ever."""
        sha256 = self.content_of(variant) or b""
        return f"{reverse('file', args=[self.token, variant.value])}?v={sha256.hex()[:12]}"

    @property
    def view_url(self) -> str:
        return self.url(Variant.VIEW)

    @property
    def thumbnail_url(self) -> str:
        return self.url(Variant.THUMBNAIL)

    @property
    def original_url(self) -> str:
        return self.url(Variant.ORIGINAL)

    @property
    def sender_url(self) -> str:
        """Where its sender looks at it before a case takes it."""
        return self.view_url if self.is_picture else self.original_url
