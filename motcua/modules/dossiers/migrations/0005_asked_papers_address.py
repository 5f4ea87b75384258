import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0004_results_by_leg"),
    ]

    operations = [
        migrations.AddField(
            model_name="dossier",
            name="asked",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=60), null=True, size=None
            ),
        ),
        migrations.AddField(model_name="dossier", name="address_sealed", field=models.BinaryField(default=b"")),
    ]
