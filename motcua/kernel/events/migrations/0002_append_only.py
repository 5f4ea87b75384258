from django.db import migrations

FORBID = """
CREATE FUNCTION events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are never changed or deleted';
END $$;
CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE ON events_event
    FOR EACH ROW EXECUTE FUNCTION events_are_append_only();
"""
ALLOW = "DROP TRIGGER events_append_only ON events_event; DROP FUNCTION events_are_append_only();"


class Migration(migrations.Migration):
    """Events are the record that everything else rests on: the database itself refuses to change one."""

    dependencies = (("events", "0001_initial"),)
    operations = (migrations.RunSQL(FORBID, ALLOW),)
