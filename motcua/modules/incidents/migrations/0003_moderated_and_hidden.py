from django.db import migrations, models

# What strangers see stays as it is: whatever was published counts as looked at.
KEEP = """
UPDATE incidents_incident AS incident SET moderated_at = cases_case.published_at
FROM cases_case WHERE cases_case.id = incident.case_id AND cases_case.published_at IS NOT NULL;
UPDATE incidents_incident AS incident SET hidden_at = last.at, moderated_at = COALESCE(moderated_at, last.at)
FROM (
    SELECT DISTINCT ON (case_id) case_id, name, at FROM events_event
    WHERE name IN ('incident.hidden', 'incident.shown') ORDER BY case_id, id DESC
) AS last
WHERE last.case_id = incident.case_id AND last.name = 'incident.hidden';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("incidents", "0002_incident_media_url"),
        ("cases", "0001_initial"),
        ("events", "0001_initial"),
    ]

    operations = [
        migrations.AddField(model_name="incident", name="hidden_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="incident", name="moderated_at", field=models.DateTimeField(null=True)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
    ]
