"""Form fields that more than one room needs."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from core.attachments import ACCEPT, Attachment, AttachmentRefused, checked
from core.errors import FieldRefusal, FieldRefusals, Refusal


class AttachmentField(forms.FileField):
    """A file that may be kept (`core.attachments`): gives an `Attachment`, or says at the field what is wrong."""

    widget = forms.FileInput(attrs={"accept": ACCEPT})

    def clean(self, data: Any, initial: Any = None) -> Attachment:
        try:
            return checked(data or None, attr="attachment")
        except AttachmentRefused as refusal:
            raise ValidationError(str(refusal)) from refusal


def put(form: forms.Form, refusal: Refusal) -> None:
    """Say a service's refusal at its field where the form has it, else above the form."""
    for fault in refusal.faults if isinstance(refusal, FieldRefusals) else [refusal]:
        attr = fault.attr if isinstance(fault, FieldRefusal) and fault.attr in form.fields else None
        form.add_error(attr, str(fault))
