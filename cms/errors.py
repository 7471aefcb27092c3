"""What authored content refuses."""

from collections.abc import Sequence

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


class PublishRefused(Refusal):
    """A class can't be published as it stands; `reasons` says why, a sentence each (E1).

    A refusal, not a PermissionDenied, which Wagtail would show as "no permission" without a reason.
    """

    code = "publish_refused"
    message = _("还不能发布：%(reasons)s")

    def __init__(self, reasons: Sequence[str]) -> None:
        self.reasons = tuple(reasons)
        super().__init__(reasons="；".join(self.reasons))


class ContentInUse(Refusal):
    """What others hold on to isn't deleted: a class that was ever published, a specialty with classes."""

    code = "content_in_use"
    message = _("发布过的班级和还有班级的专业不能删除：学员的学习记录要用到它们。可以改为下架")


class QuestionFileRefused(Refusal):
    """A file that questions can't be imported from; `reason` says what is wrong with it and what to do."""

    code = "question_file_refused"
    message = _("%(reason)s")


class QuestionMayBeInUse(ContentInUse):
    """A question that was ever active isn't deleted: papers, records and figures name it."""

    code = "question_may_be_in_use"
    message = _("启用过的题不能删除，学员的试卷和练习记录要用到它。可以改为停用")
