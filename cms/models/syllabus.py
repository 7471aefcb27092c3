"""The published syllabus (mechanism 5): plain rows that learning, exams and payments refer to.

Publishing a class page writes them. A row is never overwritten in what it asks of a learner and never deleted: what
changes becomes a new row, what leaves gets `retired_in`. The syllabus of version *v* is every row with
`added_in <= v` that isn't retired by `v`. An enrolment pins the version it began with.
"""

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


class SyllabusVersion(models.Model):
    """One published state of a class's syllabus; `number` counts from 1 per class page."""

    class_page = models.ForeignKey("cms.ClassPage", on_delete=models.PROTECT, related_name="syllabus_versions")
    number = models.PositiveIntegerField(_("版本"))
    published_at = models.DateTimeField(_("发布时间"))
    # From this day on even learners who enrolled earlier need this version (the editor asked for it, with a date).
    required_from = models.DateField(_("对已报名学员生效日期"), null=True, blank=True)

    class Meta:
        verbose_name = _("目录版本")
        constraints = [models.UniqueConstraint(fields=["class_page", "number"], name="syllabus_version_once")]

    def __str__(self) -> str:
        return f"{self.class_page_id} v{self.number}"


class SyllabusRowQuerySet(models.QuerySet[Any]):
    """Rows that live in a range of versions."""

    def in_version(self, number: int) -> "SyllabusRowQuerySet":
        """The rows that version `number` consists of."""
        return self.filter(added_in__lte=number).filter(
            models.Q(retired_in__isnull=True) | models.Q(retired_in__gt=number)
        )


class SyllabusRow(models.Model):
    """What the rows share: the page and block they come from, and the versions they live in."""

    class_page = models.ForeignKey("cms.ClassPage", on_delete=models.PROTECT, related_name="+")
    block_id = models.UUIDField(_("块编号"))
    added_in = models.PositiveIntegerField(_("加入版本"))
    retired_in = models.PositiveIntegerField(_("退出版本"), null=True)

    objects = SyllabusRowQuerySet.as_manager()

    class Meta:
        abstract = True


class Course(SyllabusRow):
    """课程; called 小节 in public-subject classes."""

    title = models.CharField(_("名称"), max_length=120)
    hours = models.DecimalField(_("学时"), max_digits=5, decimal_places=1)
    position = models.PositiveIntegerField(_("次序"))

    class Meta:
        verbose_name = _("课程")
        constraints = [models.UniqueConstraint(fields=["class_page", "block_id", "added_in"], name="course_row_once")]

    def __str__(self) -> str:
        return self.title


class Lesson(SyllabusRow):
    """One video of a course. Another video or duration is another row."""

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="lessons")
    title = models.CharField(_("名称"), max_length=120)
    video = models.ForeignKey("media_pipeline.VideoAsset", on_delete=models.PROTECT, related_name="+")
    duration_ms = models.PositiveIntegerField(_("时长（毫秒）"))
    is_preview = models.BooleanField(_("可试看"), default=False)
    position = models.PositiveIntegerField(_("次序"))

    class Meta:
        verbose_name = _("视频")
        constraints = [
            models.UniqueConstraint(fields=["class_page", "block_id", "added_in"], name="lesson_row_once"),
            models.CheckConstraint(condition=models.Q(duration_ms__gt=0), name="lesson_has_duration"),
        ]

    def __str__(self) -> str:
        return self.title


class QuizPoint(SyllabusRow):
    """A pop-up quiz at a moment of a lesson; `at_ms` = the duration stands for the end.

    `questions` is the question set frozen at publication:
    `[{"id", "kind": "single|multiple|true_false", "stem", "options": [{"id", "text"}], "right": [id], "explanation"}]`.
    """

    lesson = models.ForeignKey(Lesson, on_delete=models.PROTECT, related_name="quiz_points")
    at_ms = models.PositiveIntegerField(_("时刻（毫秒）"))
    questions: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(_("题目"))

    class Meta:
        verbose_name = _("课中提问")
        constraints = [
            models.UniqueConstraint(fields=["class_page", "block_id", "added_in"], name="quiz_point_row_once")
        ]

    def __str__(self) -> str:
        return f"{self.lesson_id} @ {self.at_ms}"


class Blueprint(SyllabusRow):
    """The exam of a course (组卷方案). Other rules, time or pass mark are another row.

    `rules`: `[{"bank": id or None, "tags": [name], "kind", "difficulty": 1–3 or 0 for any, "count", "points"}]`, points
    each. `pass_points` of all points is enough.
    """

    class AnswersShown(models.TextChoices):
        PASSED = "passed", _("通过以后")
        FINISHED = "finished", _("每次交卷以后")
        NEVER = "never", _("不给看")

    course = models.ForeignKey(Course, on_delete=models.PROTECT, related_name="blueprints")
    minutes = models.PositiveSmallIntegerField(_("限时（分钟）"))
    pass_points = models.PositiveIntegerField(_("及格分"))
    shuffle = models.BooleanField(_("打乱题目和选项"), default=True)
    answers_shown = models.CharField(_("看答案"), max_length=8, choices=AnswersShown.choices)
    rules: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(_("抽题规则"))

    class Meta:
        verbose_name = _("组卷方案")
        constraints = [
            models.UniqueConstraint(fields=["class_page", "block_id", "added_in"], name="blueprint_row_once"),
            models.CheckConstraint(
                condition=models.Q(minutes__gt=0, pass_points__gt=0), name="blueprint_can_be_sat_and_failed"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.course_id} v{self.added_in}"
