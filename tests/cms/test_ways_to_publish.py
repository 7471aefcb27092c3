"""Each way to publish that Wagtail knows (facts/proven.md, A) writes the syllabus, or is refused with reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from cms.models import ClassIndexPage, ClassPage, Lesson, SpecialtyPage, SyllabusVersion
from media_pipeline.models import VideoAsset
from tests.cms.editing import post_edit, post_new, reload
from tests.cms.factories import class_page, course, lesson, unready_video, video
from tests.cms.publications import NOT_READY, assert_published, assert_unpublished, draft

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def blocks_of(clip: Any) -> list[dict[str, Any]]:
    """A syllabus of one lesson as the editor's form has it."""
    return [
        {
            "type": "course",
            "id": "",
            "value": {
                "title": "第一门",
                "hours": "2",
                "exam": [],
                "lessons": [
                    {"type": "lesson", "id": "", "value": {"title": "第一讲", "video": clip.pk, "quiz_points": []}}
                ],
            },
        }
    ]


def new_class() -> dict[str, Any]:
    return {
        "title": "护理安全",
        "slug": "hu-li",
        "subject": "professional",
        "specialty": str(SpecialtyPage.objects.get(slug="health").pk),
        "hours": "2",
        "price_fen": "2.40",
    }


# --- In the editor ----------------------------------------------------------------------------------------------------
def test_create_and_publish(reviewer):
    response = post_new(reviewer, "action-publish", syllabus=blocks_of(video()), **new_class())

    assert response.status_code == 302
    page = ClassPage.objects.get(slug="hu-li")
    assert_published(page)
    assert page.price_fen == 240


def test_create_and_publish_is_refused_at_the_lesson(reviewer):
    response = post_new(reviewer, "action-publish", syllabus=blocks_of(unready_video()), **new_class())

    assert response.status_code == 200
    errors = response.context["form"].errors.as_data()["syllabus"][0]
    assert NOT_READY in str(errors.as_json_data())
    assert not ClassPage.objects.exists()


def test_create_and_schedule_publishes_nothing_yet(reviewer):
    later = timezone.localtime() + timedelta(days=1)

    post_new(
        reviewer, "action-publish", syllabus=blocks_of(video()), **new_class(), go_live_at=f"{later:%Y-%m-%d %H:%M}"
    )

    assert ClassPage.objects.get().has_unpublished_changes
    assert_unpublished()


def test_an_unfinished_draft_may_be_saved(editor):
    response = post_new(editor, syllabus=blocks_of(unready_video()), title="护理安全", slug="hu-li")

    assert response.status_code == 302
    assert_unpublished(ClassPage.objects.get())


def test_edit_and_publish(reviewer):
    page = draft(ready=True)

    assert post_edit(reviewer, page, "action-publish").status_code == 302

    assert_published(page)


def test_edit_and_publish_is_refused(reviewer):
    page = draft()

    response = post_edit(reviewer, page, "action-publish")

    assert response.status_code == 200
    assert "syllabus" in response.context["form"].errors
    assert_unpublished(page)


def test_a_doubled_block_in_one_post_is_refused(reviewer):
    page = draft(ready=True)
    blocks = page.get_latest_revision_as_object().syllabus.get_prep_value()

    response = post_edit(reviewer, page, "action-publish", syllabus=blocks * 2, hours="4")

    assert "重复的块" in str(response.context["form"].errors)
    assert_unpublished(page)


def test_reverting_to_an_old_revision_publishes_what_it_held(reviewer):
    page = class_page(courses=[course(lessons=[lesson("旧")])])
    old = page.get_latest_revision()
    class_page(courses=[course(lessons=[lesson("新")])])
    page = reload(page)
    path = reverse("wagtailadmin_pages:revisions_revert", args=[page.pk, old.pk])
    blocks = old.as_object().syllabus.get_prep_value()

    form_page = reviewer.get(path)
    assert form_page.status_code == 200
    response = post_edit(reviewer, page, "action-publish", syllabus=blocks, revision=str(old.pk))

    assert response.status_code == 302
    assert [row.title for row in Lesson.objects.filter(retired_in__isnull=True)] == ["旧"]
    assert SyllabusVersion.objects.count() == 3


def test_reverting_to_a_revision_whose_video_failed_is_refused(reviewer):
    clip = video()
    page = class_page(courses=[course(lessons=[lesson("旧", clip)])])
    old = page.get_latest_revision()
    class_page(courses=[course(lessons=[lesson("新")])])
    VideoAsset.objects.filter(pk=clip.pk).update(state="failed")

    response = post_edit(
        reviewer,
        reload(page),
        "action-publish",
        syllabus=old.as_object().syllabus.get_prep_value(),
        revision=str(old.pk),
    )

    assert response.status_code == 200
    assert SyllabusVersion.objects.count() == 2
    assert [row.title for row in Lesson.objects.filter(retired_in__isnull=True)] == ["新"]


# --- The workflow -----------------------------------------------------------------------------------------------------
def test_submit_review_publish(editor, reviewer):
    page = draft(ready=True)

    assert post_edit(editor, page, "action-submit").status_code == 302
    assert not reload(page).live
    response = post_edit(
        reviewer,
        page,
        "action-workflow-action",
        **{"workflow-action-name": "approve", "workflow-action-extra-data": "{}"},
    )

    assert response.status_code == 302
    assert_published(page)


def test_submitting_an_unfinished_class_is_refused(editor):
    page = draft()

    response = post_edit(editor, page, "action-submit")

    assert response.status_code == 200
    assert reload(page).current_workflow_state is None


def submitted(editor: Any, clip: Any) -> ClassPage:
    """A class in review whose video has gone bad since."""
    page = class_page(courses=[course(lessons=[lesson("第一讲", clip)])], publish=False)
    post_edit(editor, page, "action-submit")
    VideoAsset.objects.filter(pk=clip.pk).update(state="failed", failure_reason="没有画面")
    return page


def test_approving_in_the_editor_is_refused(editor, reviewer):
    page = submitted(editor, video())

    response = post_edit(
        reviewer,
        page,
        "action-workflow-action",
        **{"workflow-action-name": "approve", "workflow-action-extra-data": "{}"},
    )

    assert response.status_code == 200
    assert_unpublished(page)


def test_a_reviewer_can_always_send_a_class_back(editor, reviewer):
    page = submitted(editor, video())

    response = post_edit(
        reviewer,
        page,
        "action-workflow-action",
        **{"workflow-action-name": "reject", "workflow-action-extra-data": "{}"},
    )

    assert response.status_code == 302
    assert reload(page).current_workflow_state.status == "needs_changes"


def approve_on_the_dashboard(client: Any, page: ClassPage) -> Any:
    state = reload(page).current_workflow_task_state
    path = reverse("wagtailadmin_pages:workflow_action", args=[page.pk, "approve", state.pk])
    return client.post(path, {"comment": ""}, headers={"x-requested-with": "XMLHttpRequest"})


def test_approving_on_the_dashboard(editor, reviewer):
    page = draft(ready=True)
    post_edit(editor, page, "action-submit")

    approve_on_the_dashboard(reviewer, page)

    assert_published(page)


def test_approving_on_the_dashboard_is_refused_whole(editor, reviewer, messages_of):
    page = submitted(editor, video())

    response = approve_on_the_dashboard(reviewer, page)

    assert response.json()["step"] == "success"
    assert response.json()["redirect"] == reverse("wagtailadmin_home")
    assert any("没有画面" in message for message in messages_of(response))
    assert reload(page).current_workflow_state.status == "in_progress"
    assert_unpublished(page)


# --- Many at once, copies, aliases ------------------------------------------------------------------------------------
def bulk_publish(client: Any, *pages: ClassPage) -> Any:
    query = "&".join(f"id={page.pk}" for page in pages)
    return client.post(f"{reverse('wagtail_bulk_action', args=['wagtailcore', 'page', 'publish'])}?{query}", {})


def test_bulk_publish(reviewer):
    one, two = draft(ready=True), draft(ready=True, slug="two")

    bulk_publish(reviewer, one, two)

    assert_published(one)
    assert_published(two)


def test_bulk_publish_is_refused_whole(reviewer, messages_of):
    one, two = draft(ready=True), draft(slug="two")

    response = bulk_publish(reviewer, one, two)

    assert response.status_code == 302
    assert any(NOT_READY in message for message in messages_of(response))
    assert_unpublished()


def copy(client: Any, page: ClassPage, **fields: str) -> Any:
    form = {
        "new_title": "复制的班级",
        "new_slug": "copied",
        "new_parent_page": str(ClassIndexPage.objects.get().pk),
    }
    return client.post(reverse("wagtailadmin_pages:copy", args=[page.pk]), form | fields)


def test_a_copy_kept_live_has_a_syllabus_of_its_own(reviewer):
    page = class_page()

    copy(reviewer, page, publish_copies="on")

    copied = ClassPage.objects.get(slug="copied")
    assert_published(copied)
    assert set(Lesson.objects.values_list("block_id", flat=True)) == {Lesson.objects.get(class_page=page).block_id}
    assert_published(page)


def test_a_copy_kept_live_is_refused_when_its_video_is_gone(reviewer, messages_of):
    clip = video()
    page = class_page(courses=[course(lessons=[lesson("第一讲", clip)])])
    VideoAsset.objects.filter(pk=clip.pk).update(state="failed")

    response = copy(reviewer, page, publish_copies="on")

    assert response.status_code == 302
    assert any(NOT_READY in message for message in messages_of(response))
    assert not ClassPage.objects.filter(slug="copied").exists()
    index = ClassIndexPage.objects.get()
    assert index.numchild == index.get_children().count() == 1


def test_a_copied_draft_is_published_by_nobody(reviewer):
    page = class_page()

    copy(reviewer, page)

    copied = ClassPage.objects.get(slug="copied")
    assert not copied.live
    assert not SyllabusVersion.objects.filter(class_page=copied).exists()


def test_an_alias_is_refused(reviewer, messages_of):
    page = class_page()

    response = copy(reviewer, page, alias="on")

    assert messages_of(response) == ["班级不能建镜像，请改用复制"]
    assert ClassPage.objects.count() == 1
