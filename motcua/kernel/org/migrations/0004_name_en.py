from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0003_agency_code"),
    ]

    operations = [
        migrations.AddField(
            model_name="unit",
            name="name_en",
            field=models.CharField(blank=True, db_default="", default="", max_length=200),
        ),
    ]
