from django.db import migrations

# PostgreSQL puts it into the statements that call it, so that it costs nothing.
MAKE = """
CREATE FUNCTION events_commit_order(number xid8) RETURNS xid8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT number
$$;
ALTER TABLE events_event ALTER COLUMN xid SET DEFAULT events_commit_order(pg_current_xact_id());
"""
UNMAKE = """
ALTER TABLE events_event ALTER COLUMN xid SET DEFAULT pg_current_xact_id();
DROP FUNCTION events_commit_order;
"""


class Migration(migrations.Migration):
    """Transaction numbers begin anew in another PostgreSQL; ``rebase`` changes the function so that ours go on."""

    dependencies = (("events", "0002_append_only"),)
    operations = (migrations.RunSQL(MAKE, UNMAKE),)
