"""On PostgreSQL answers are saved by a function (`exams.services.save_answers`), whose plan the server keeps."""

from typing import Any

from django.db import migrations

_SAVE = """
CREATE FUNCTION exams_save_answers(attempt uuid, given jsonb, at timestamptz, provided boolean)
RETURNS timestamptz LANGUAGE plpgsql AS $$
DECLARE deadline timestamptz;
BEGIN
    UPDATE exams_attempt SET answers = answers || given, saved_at = at
    WHERE public_id = attempt AND state = 'open' AND deadline_at > at AND provided
    RETURNING deadline_at INTO deadline;
    RETURN deadline;
END $$
"""


def make(apps: Any, schema_editor: Any) -> None:
    """Make it, on PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(_SAVE)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop it again."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP FUNCTION exams_save_answers")


class Migration(migrations.Migration):
    dependencies = [("exams", "0003_say_what_a_mistake_is")]

    operations = [migrations.RunPython(make, drop)]
