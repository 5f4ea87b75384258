from django.db import migrations

FORBID = """
CREATE TRIGGER events_never_emptied BEFORE TRUNCATE ON events_event
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_append_only();
"""
ALLOW = "DROP TRIGGER events_never_emptied ON events_event;"


class Migration(migrations.Migration):
    """TRUNCATE goes around triggers for rows, so it is refused by one of its own."""

    dependencies = (("events", "0003_commit_order"),)
    operations = (migrations.RunSQL(FORBID, ALLOW),)
