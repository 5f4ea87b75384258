from django.db import migrations

FORBID = """
CREATE FUNCTION costs_inputs_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a stated figure is never changed or deleted: state another one';
END $$;
CREATE TRIGGER costs_immutable BEFORE UPDATE OR DELETE ON costs_input
    FOR EACH ROW EXECUTE FUNCTION costs_inputs_stay();
"""
ALLOW = """
DROP TRIGGER costs_immutable ON costs_input;
DROP FUNCTION costs_inputs_stay();
"""


class Migration(migrations.Migration):
    """What a saving was reckoned from can always be looked up: the database itself refuses to change it."""

    dependencies = (("costs", "0001_initial"),)
    operations = (migrations.RunSQL(FORBID, ALLOW),)
