from django.db import migrations

FORBID = """
CREATE FUNCTION procedures_published_stay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN RETURN OLD; END IF;
        RAISE EXCEPTION 'a published procedure is never deleted';
    END IF;
    IF OLD.state <> 'draft' AND (
        NEW.state = 'draft'
        OR (NEW.procedure_id, NEW.number, NEW.body, NEW.name, NEW.name_en, NEW.field, NEW.levels, NEW.online,
            NEW.form_key, NEW.valid_from, NEW.published_at)
        IS DISTINCT FROM
           (OLD.procedure_id, OLD.number, OLD.body, OLD.name, OLD.name_en, OLD.field, OLD.levels, OLD.online,
            OLD.form_key, OLD.valid_from, OLD.published_at)
    ) THEN
        RAISE EXCEPTION 'a published procedure never changes';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER procedures_immutable BEFORE UPDATE OR DELETE ON procedures_procedureversion
    FOR EACH ROW EXECUTE FUNCTION procedures_published_stay();
"""
ALLOW = """
DROP TRIGGER procedures_immutable ON procedures_procedureversion;
DROP FUNCTION procedures_published_stay();
"""


class Migration(migrations.Migration):
    """A dossier is answered under the version that it was filed under: the database itself refuses to change one."""

    dependencies = (("procedures", "0001_initial"),)
    operations = (migrations.RunSQL(FORBID, ALLOW),)
