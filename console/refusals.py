"""Refusals of services as faults of a form."""

from collections.abc import Callable, Mapping
from typing import TypeVar

from django import forms
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404

from core.errors import FieldRefusals, Refusal

Answer = TypeVar("Answer")


def put(form: forms.Form, refusal: Refusal, fields: Mapping[str, str] | None = None) -> None:
    """Say a refusal at its field, or above the form. `fields` names the form's field where it differs."""
    faults = refusal.faults if isinstance(refusal, FieldRefusals) else [refusal]
    for fault in faults:
        attr = getattr(fault, "attr", None)
        name = (fields or {}).get(attr, attr) if attr else None
        form.add_error(name if name in form.fields else None, str(fault))


def found(call: Callable[[], Answer]) -> Answer:
    """What a service gives; a row that isn't the reader's is a page that isn't there (404)."""
    try:
        return call()
    except ObjectDoesNotExist:
        raise Http404 from None
