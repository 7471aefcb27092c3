"""The editor's browser: what Wagtail's page form posts."""

from typing import Any

from django.test import Client
from django.urls import reverse
from wagtail.models import Page
from wagtail.test.utils.form_data import querydict_from_html

from cms.models import ClassIndexPage, ClassPage


def _flat(prefix: str, blocks: list[dict[str, Any]]) -> dict[str, str]:
    """A stream or list as its fields are named in the form."""
    fields = {f"{prefix}-count": str(len(blocks))}
    for index, block in enumerate(blocks):
        at = f"{prefix}-{index}"
        fields |= {f"{at}-type": block["type"], f"{at}-id": block["id"], f"{at}-order": str(index), f"{at}-deleted": ""}
        for name, value in block["value"].items():
            if isinstance(value, list):
                fields |= _flat(f"{at}-value-{name}", value)
            elif value is True:
                fields[f"{at}-value-{name}"] = "on"
            elif value is not None and value is not False:
                fields[f"{at}-value-{name}"] = str(value)
    return fields


def _posted(response: Any, blocks: list[dict[str, Any]], changes: dict[str, Any]) -> Any:
    assert response.status_code == 200, response
    form = querydict_from_html(response.content.decode(), form_id="page-edit-form")
    for button in [name for name in form if name.startswith("action-")]:
        del form[button]
    for name, value in (_flat("syllabus", blocks) | changes).items():
        if isinstance(value, list):
            form.setlist(name, value)
        else:
            form[name] = value
    return form


def post_edit(
    client: Client, page: ClassPage, action: str = "", *, syllabus: Any = None, path: str = "", **changes: Any
) -> Any:
    """Open the page, change fields, press a button: `action-publish`, `action-submit`, or none for a draft."""
    address = path or reverse("wagtailadmin_pages:edit", args=[page.pk])
    latest = page.get_latest_revision_as_object()
    blocks = latest.syllabus.get_prep_value() if syllabus is None else syllabus
    form = _posted(client.get(address), blocks, changes)
    if action:
        form[action] = action
    return client.post(path if path else reverse("wagtailadmin_pages:edit", args=[page.pk]), form)


def post_new(client: Client, action: str = "", *, syllabus: Any, **fields: Any) -> Any:
    """Make a class in the editor."""
    address = reverse("wagtailadmin_pages:add", args=["cms", "classpage", ClassIndexPage.objects.get().pk])
    form = _posted(client.get(address), syllabus, fields)
    if action:
        form[action] = action
    return client.post(address, form)


def reload(page: Page) -> ClassPage:
    """The class as it is stored."""
    return ClassPage.objects.get(pk=page.pk)
