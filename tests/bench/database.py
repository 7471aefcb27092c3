"""Databases of the benchmarks, beside one another in the same PostgreSQL."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit

import psycopg
from django.core.management import call_command
from django.db import connection


def prepare() -> None:
    """All tables in the database of the settings, and the static files; harmless when they are there."""
    call_command("migrate", interactive=False, verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)


def _address(name: str) -> str:
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))


def copy_to(name: str) -> str:
    """Copy the present database under another name; its address."""
    source = connection.settings_dict["NAME"]
    connection.close()
    with psycopg.connect(_address("postgres"), autocommit=True) as server:
        server.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
        server.execute(f'CREATE DATABASE "{name}" TEMPLATE "{source}"')
    return _address(name)


@contextmanager
def working_on(name: str) -> Iterator[None]:
    """Let this process's connection lead to another database for a while."""
    before = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = before
