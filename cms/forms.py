"""The editor's forms. A class's is where publishing is refused with the fault marked (facts/proven.md, A)."""

from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError
from wagtail.blocks.list_block import ListBlockValidationError

from core import clock


class NewsPageForm(WagtailAdminPageForm):
    """News is of today until the editor says another date."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance.published_on:
            self.initial["published_on"] = timezone.localdate(clock.now())


class ClassPageForm(WagtailAdminPageForm):
    """Drafts may be unfinished. What is published, submitted or approved may not."""

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if cleaned.get("subject") == "public":
            cleaned["specialty"] = None
        required_from = cleaned.get("required_from")
        if required_from and "required_from" in self.changed_data and required_from < timezone.localdate(clock.now()):
            self.add_error("required_from", _("不能早于今天"))
        if self._must_be_publishable() and not self.errors:
            self._add_faults(cleaned)
        return cleaned

    def _must_be_publishable(self) -> bool:
        """A draft needn't be; nor may a reviewer be kept from sending an unpublishable class back."""
        if self.is_deferred_validation:
            return False
        if self.data.get("action-workflow-action"):
            return self.data.get("workflow-action-name") == "approve"
        return not self.data.get("action-cancel-workflow")

    def _add_faults(self, cleaned: dict[str, Any]) -> None:
        from cms.publishing import draft_of, faults_of

        courses = draft_of(_Typed(self.instance, cleaned))
        in_syllabus = []
        for fault in faults_of(_Typed(self.instance, cleaned), courses):
            if fault.course is not None:
                in_syllabus.append(fault)
            elif fault.field in self.fields:
                self.add_error(fault.field, fault.message)
            else:
                self.add_error(None, fault.message)
        if in_syllabus:
            self.add_error("syllabus", _at_their_blocks(in_syllabus))


class _Typed:
    """The page as it would be with what was just typed."""

    def __init__(self, page: Any, cleaned: dict[str, Any]) -> None:
        self._page, self._cleaned = page, cleaned

    def __getattr__(self, name: str) -> Any:
        if name == "specialty_id":
            specialty = self._cleaned.get("specialty")
            return specialty.pk if specialty else None
        return self._cleaned[name] if name in self._cleaned else getattr(self._page, name)


def _at_their_blocks(faults: list[Any]) -> ValidationError:
    """One error whose parts Wagtail shows at the course, lesson or field that is meant."""
    courses: dict[int, list[Any]] = defaultdict(list)
    for fault in faults:
        courses[fault.course].append(fault)
    return StreamBlockValidationError(block_errors={index: _course_error(found) for index, found in courses.items()})


def _course_error(faults: list[Any]) -> ValidationError:
    own: dict[str, Any] = defaultdict(list)
    lessons: dict[int, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for fault in faults:
        if fault.lesson is None:
            own[fault.part].append(fault.message)
        else:
            lessons[fault.lesson][fault.part].append(fault.message)
    errors = {part: _error(part, messages) for part, messages in own.items()}
    if lessons:
        errors["lessons"] = StreamBlockValidationError(
            block_errors={
                index: StructBlockValidationError(
                    block_errors={part: _error(part, messages) for part, messages in parts.items()}
                )
                for index, parts in lessons.items()
            }
        )
    return StructBlockValidationError(block_errors=errors)


def _error(part: str, messages: list[str]) -> ValidationError:
    """Lists say what is wrong with them as a whole in a shape of their own."""
    if part == "lessons":
        return StreamBlockValidationError(non_block_errors=messages)
    if part in {"quiz_points", "exam"}:
        return ListBlockValidationError(non_block_errors=messages)
    return ValidationError(messages)
