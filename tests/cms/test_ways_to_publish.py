"""Each way to publish that Wagtail knows (facts/proven.md, A) writes the syllabus, or is refused with reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.admin.panels import get_edit_handler
from wagtail.models import Page, PageLogEntry
from wagtail.test.utils.form_data import nested_form_data, querydict_from_html

from cms.errors import PublishRefused
from cms.models import ClassIndexPage, ClassPage, Lesson, SyllabusVersion
from cms.services import publish_scheduled
from cms.services.schedule import REFUSED_ACTION
from media_pipeline.models import VideoAsset
from tests.cms.factories import class_page, course, lesson, unready_video

pytestmark = pytest.mark.django_db

assert get_edit_handler
assert nested_form_data


def edit_form(client: Any, page: Page) -> Any:
    """What the editor's form posts when nothing is touched."""
    response = client.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert response.status_code == 200
    return querydict_from_html(response.content.decode(), form_id="page-edit-form")
