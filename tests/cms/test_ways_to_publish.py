"""Each way to publish that Wagtail knows (facts/proven.md, A) writes the syllabus, or is refused with reasons."""

from datetime import timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone
from wagtail.models import PageLogEntry

from cms import tasks
from cms.errors import PublishRefused
from cms.models import ClassIndexPage, ClassPage, Lesson, SpecialtyPage, SyllabusVersion
from cms.services import publish_scheduled
from cms.services.schedule import REFUSED_ACTION
from media_pipeline.models import VideoAsset
from tests.cms.editing import post_edit, post_new, reload
from tests.cms.factories import class_page, course, lesson, unready_video, video

pytestmark = pytest.mark.django_db

NOT_READY = "视频还不能用"


def blocks_of(clip: Any) -> list[dict[str, Any]]:
    """A syllabus of one lesson as the editor's form has it."""
    return [
        {
            "type": "course",
            "id": "",
            "value": {
                "title": "第一门",
                "hours": "2",
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


def draft(*, ready: bool = False, **fields: Any) -> ClassPage:
    """A draft whose video is ready or not."""
    clip = video() if ready else unready_video()
    return class_page(courses=[course(lessons=[lesson("第一讲", clip)])], publish=False, **fields)


def assert_unpublished(page: ClassPage | None = None) -> None:
    assert not ClassPage.objects.live().exists()
    assert not SyllabusVersion.objects.exists()


def assert_published(page: ClassPage) -> None:
    assert reload(page).live
    assert SyllabusVersion.objects.filter(class_page=page).count() == 1
    assert Lesson.objects.filter(class_page=page).count() == 1


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


# --- By the clock and by program --------------------------------------------------------------------------------------
def scheduled(page: ClassPage) -> ClassPage:
    """Published for a moment that has passed by now."""
    page.go_live_at = timezone.now() + timedelta(seconds=30)
    page.save_revision(clean=False).publish()
    revision = page.get_latest_revision()
    revision.content["go_live_at"] = (timezone.now() - timedelta(seconds=5)).isoformat()
    revision.approved_go_live_at = timezone.now() - timedelta(seconds=5)
    revision.save()
    return page


def test_a_scheduled_first_publication_writes_nothing_before_its_time():
    page = draft(ready=True)
    page.go_live_at = timezone.now() + timedelta(days=1)

    page.save_revision(clean=False).publish()

    assert_unpublished(page)


def test_scheduling_an_unfinished_class_is_refused():
    page = draft()
    page.go_live_at = timezone.now() + timedelta(days=1)

    with pytest.raises(PublishRefused):
        page.save_revision(clean=False).publish()

    assert page.scheduled_revision is None


def test_the_scheduled_task_publishes():
    page = scheduled(draft(ready=True))

    tasks.publish_scheduled()

    assert_published(page)


def test_a_refused_scheduled_class_keeps_no_other_waiting_and_says_so_once():
    bad_clip = video()
    bad = scheduled(class_page("bad", [course(lessons=[lesson("第一讲", bad_clip)])], publish=False))
    VideoAsset.objects.filter(pk=bad_clip.pk).update(state="failed")
    good = scheduled(draft(ready=True, slug="good"))

    first = publish_scheduled(now=timezone.now())
    publish_scheduled(now=timezone.now())

    assert (first.published, first.refused) == (1, 1)
    assert_published(good)
    assert not reload(bad).live
    entry = PageLogEntry.objects.get(action=REFUSED_ACTION)
    assert entry.page_id == bad.pk
    assert NOT_READY in entry.data["reasons"][0]
    assert NOT_READY in entry.message


def test_a_refused_scheduled_class_goes_live_once_its_video_is_ready():
    clip = video()
    page = scheduled(class_page(courses=[course(lessons=[lesson("第一讲", clip)])], publish=False))
    VideoAsset.objects.filter(pk=clip.pk).update(state="processing")
    publish_scheduled(now=timezone.now())

    VideoAsset.objects.filter(pk=clip.pk).update(state="ready")
    publish_scheduled(now=timezone.now())

    assert_published(page)


def test_an_expired_class_is_withdrawn():
    page = class_page()
    ClassPage.objects.filter(pk=page.pk).update(expire_at=timezone.now() - timedelta(minutes=1))

    assert publish_scheduled(now=timezone.now()).withdrawn == 1

    assert not reload(page).live


def test_the_latest_revision_published_by_program():
    page = draft(ready=True)

    page.get_latest_revision().publish()

    assert_published(page)


def test_the_latest_revision_published_by_program_is_refused():
    page = draft()

    with pytest.raises(PublishRefused):
        page.get_latest_revision().publish()

    assert_unpublished(page)


def test_saving_a_live_row_directly_is_no_way_around():
    page = draft()
    page.live = True

    with pytest.raises(PublishRefused):
        page.save()

    assert_unpublished(page)


def test_a_publication_that_fails_half_way_leaves_nothing(monkeypatch):
    from cms.publishing import follow

    page = draft(ready=True)

    def fail(_page: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(follow, "_index_title", fail)
    with pytest.raises(RuntimeError):
        page.get_latest_revision().publish()

    assert_unpublished(page)
