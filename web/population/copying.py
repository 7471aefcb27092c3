"""Writing rows by the hundred thousand: COPY on PostgreSQL, the indexes built afterwards; inserts elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.db import connection, models


class Table:
    """The columns of a model that are written, and what the others hold in every row."""

    def __init__(self, label: str, columns: Sequence[str]) -> None:
        self.model: type[models.Model] = apps.get_model(label)
        self.name: str = self.model._meta.db_table
        fields = {field.attname: field for field in self.model._meta.concrete_fields}
        self._written = [fields[name] for name in columns]
        self._rest = [
            field
            for name, field in fields.items()
            if name not in columns and not (field.primary_key and field.remote_field is None)
        ]
        self.columns = [field.column for field in (*self._written, *self._rest)]
        self.constants = tuple(self._stored(field) for field in self._rest)

    @staticmethod
    def _stored(field: Any) -> Any:
        value = field.get_default()
        return field.get_db_prep_save(None if value == "" and field.null else value, connection)


def write(table: Table, rows: Iterable[tuple[Any, ...]]) -> None:
    """Append rows; each holds the table's written columns in their order, as the database takes them."""
    names = ", ".join(connection.ops.quote_name(column) for column in table.columns)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row + table.constants)
            return
        places = ", ".join(["%s"] * len(table.columns))
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({places})"  # noqa: S608  names come from the models
        cursor.executemany(statement, [row + table.constants for row in rows])


def next_id(label: str) -> int:
    """An id above all that stand; the ids of rows written here are ours to give."""
    return (apps.get_model(label).objects.aggregate(last=models.Max("pk"))["last"] or 0) + 1


def give_back_ids(labels: Sequence[str]) -> None:
    """Let the database number on after the last row."""
    for statement in connection.ops.sequence_reset_sql(_no_style(), [apps.get_model(label) for label in labels]):
        with connection.cursor() as cursor:
            cursor.execute(statement)


def _no_style() -> Any:
    from django.core.management.color import no_style

    return no_style()


@contextmanager
def without_indexes(labels: Sequence[str]) -> Iterator[None]:
    """Take the tables' indexes and constraints off but their primary keys, and build them afterwards: far quicker than
    keeping them while millions of rows come. In a transaction of the caller's, so that a crash leaves all as it was.
    """
    if connection.vendor != "postgresql":
        yield
        return
    tables = [apps.get_model(label)._meta.db_table for label in labels]
    rebuild = [*_constraints(tables), *_indexes(tables)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'; SET LOCAL synchronous_commit = off")
        for drop, _create in rebuild:
            cursor.execute(drop)
        yield
        for _drop, create in reversed(rebuild):
            cursor.execute(create)


def _constraints(tables: list[str]) -> list[tuple[str, str]]:
    """(drop, create) of foreign keys first, then of unique constraints."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE conrelid = ANY(%s::regclass[]) AND contype IN ('f', 'u') ORDER BY contype, conname",
            [tables],
        )
        return [
            (f'ALTER TABLE {table} DROP CONSTRAINT "{name}"', f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {text}')
            for table, name, text in cursor.fetchall()
        ]


def _indexes(tables: list[str]) -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE "
            "i.indrelid = ANY(%s::regclass[]) AND NOT i.indisprimary AND NOT EXISTS "
            "(SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid AND c.contype = 'u')",
            [tables],
        )
        return [(f"DROP INDEX {name}", text) for name, text in cursor.fetchall()]
