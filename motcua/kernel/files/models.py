"""Files by content. The row says what the bytes are; the store keeps them under their SHA-256."""

from django.db import models


class File(models.Model):
    sha256 = models.BinaryField()
    size = models.BigIntegerField()
    type = models.CharField(max_length=80)  # sniffed from the bytes, never what the sender said
    name = models.CharField(max_length=200)  # made by us; the sender's name may identify them
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    lat = models.FloatField(null=True)  # from EXIF: offered to the sender as the pin, never published
    lon = models.FloatField(null=True)
    taken_at = models.DateTimeField(null=True)
    public_sha256 = models.BinaryField(null=True)  # re-encoded, upright, no metadata: what strangers get
    thumbnail_sha256 = models.BinaryField(null=True)
    token = models.CharField(max_length=43, unique=True)  # names it in addresses; unguessable
    uploaded_by = models.CharField(max_length=40)
    created_at = models.DateTimeField()
    kept_at = models.DateTimeField(null=True)  # set when a case takes it; others are swept away after a day

    class Meta:
        indexes = (
            models.Index(fields=["created_at"], name="file_loose", condition=models.Q(kept_at__isnull=True)),
            models.Index(fields=["sha256"], name="file_sha256"),
        )

    def __str__(self) -> str:
        return self.name
