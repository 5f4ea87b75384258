from django.db import migrations

# What was published is what people were asked: nobody changes it, past the actions either. It may only be replaced.
CREATE = """
CREATE FUNCTION forms_published_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.state = 'draft' THEN
        RETURN CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    END IF;
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'form % version % was published and stays', OLD.key, OLD.number;
    END IF;
    IF NEW.key <> OLD.key OR NEW.number <> OLD.number OR NEW.body <> OLD.body OR NEW.title <> OLD.title
        OR NEW.published_at IS DISTINCT FROM OLD.published_at
        OR NOT (NEW.state = OLD.state OR (OLD.state = 'published' AND NEW.state = 'replaced'))
    THEN
        RAISE EXCEPTION 'form % version % was published and stays as it is', OLD.key, OLD.number;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER forms_published_stays BEFORE UPDATE OR DELETE ON forms_formversion
    FOR EACH ROW EXECUTE FUNCTION forms_published_stays();
"""
DROP = "DROP TRIGGER forms_published_stays ON forms_formversion; DROP FUNCTION forms_published_stays();"


class Migration(migrations.Migration):
    dependencies = [("forms", "0001_initial")]
    operations = [migrations.RunSQL(CREATE, DROP)]
