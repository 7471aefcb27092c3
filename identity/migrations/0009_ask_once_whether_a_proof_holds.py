"""On PostgreSQL whose session it is, and whether a remembered proof still holds (`identity.quick_access`), are asked by
functions, whose plans the server keeps: planning the same look-ups anew took as long as the statement that saves.
"""

from typing import Any

from django.db import migrations

_FUNCTION = """
CREATE FUNCTION {name}({proof}, who_user bigint, who_password varchar, who_digest bytea, who_membership bigint)
RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (
    SELECT 1 FROM {table} p, identity_user u, identity_membership m
    WHERE {proven}
    AND u.id = who_user AND u.password = who_password AND u.id_digest IS NOT DISTINCT FROM who_digest AND u.is_active
    AND NOT u.is_staff AND NOT u.must_change_password
    AND m.id = who_membership AND m.user_id = u.id AND m.kind = 'technician' AND m.state = 'active'
); END $$
"""
_FIND = """
CREATE FUNCTION identity_learner_of_session(who_session varchar, who_now timestamptz)
RETURNS TABLE (session_data text, user_id bigint, password varchar, id_digest bytea, membership_id bigint)
LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY
    SELECT p.session_data, u.id, u.password, u.id_digest, m.id
    FROM django_session p, identity_loginsession l, identity_user u, identity_membership m
    WHERE p.session_key = who_session AND p.expire_date > who_now AND l.session_key = p.session_key
    AND u.id = l.user_id AND u.is_active AND NOT u.is_staff AND NOT u.must_change_password
    AND m.user_id = u.id AND m.kind = 'technician' AND m.state = 'active'
; END $$
"""
_FUNCTIONS = {
    "identity_session_holds": {
        "proof": "who_session varchar, who_data text",
        "table": "django_session",
        "proven": "p.session_key = who_session AND p.session_data = who_data",
    },
    "identity_token_holds": {
        "proof": "who_token varchar",
        "table": "identity_accesstoken",
        "proven": "p.digest = who_token AND p.user_id = u.id AND p.membership_id = m.id",
    },
}


def make(apps: Any, schema_editor: Any) -> None:
    """Make them, on PostgreSQL."""
    if schema_editor.connection.vendor == "postgresql":
        for name, parts in _FUNCTIONS.items():
            schema_editor.execute(_FUNCTION.format(name=name, **parts))
        schema_editor.execute(_FIND)


def drop(apps: Any, schema_editor: Any) -> None:
    """Drop them again."""
    if schema_editor.connection.vendor == "postgresql":
        for name in (*_FUNCTIONS, "identity_learner_of_session"):
            schema_editor.execute(f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [
        ("identity", "0008_note_programs_and_whom_resets_are_for"),
        ("sessions", "0001_initial"),
    ]

    operations = [migrations.RunPython(make, drop)]
