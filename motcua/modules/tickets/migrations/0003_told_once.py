"""That somebody was told is kept with the number: who asked again with another address was told again."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("tickets", "0002_reminders")]
    operations = [
        migrations.RemoveField(model_name="reminder", name="near_at"),
        migrations.AddField(model_name="ticket", name="near_at", field=models.DateTimeField(null=True)),
    ]
