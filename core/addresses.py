"""Parts of addresses that a database can be asked for."""

from django.urls import register_converter
from django.urls.converters import IntConverter


class RowConverter(IntConverter):
    """A row's id: what no bigint holds is no address."""

    regex = "[1-9][0-9]{0,17}"


def register() -> None:
    """Make `<row:…>` known; before any address is spelled with it."""
    register_converter(RowConverter, "row")
