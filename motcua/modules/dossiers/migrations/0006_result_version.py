from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("dossiers", "0005_asked_papers_address"),
    ]

    operations = [
        migrations.AddField(model_name="result", name="version", field=models.PositiveIntegerField(default=0)),
    ]
