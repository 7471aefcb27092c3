"""What the tests of publishing look for: drafts before, rows after."""

from typing import Any

from cms.models import ClassPage, Lesson, SyllabusVersion
from tests.cms.editing import reload
from tests.cms.factories import class_page, course, lesson, unready_video, video

NOT_READY = "视频还不能用"


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
