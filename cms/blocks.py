"""What streams are made of. The syllabus holds references only: videos, and question sets at moments (mechanism 5)."""

from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from wagtail import blocks
from wagtail.coreutils import resolve_model_string
from wagtail.images.blocks import ImageChooserBlock
from wagtail.snippets.blocks import SnippetChooserBlock

from cms.fields import parse_moment
from cms.questions import Difficulty, QuestionKind

TITLE_LENGTH = 120


class VideoBlock(blocks.ChooserBlock):
    """A video of the media pipeline. What chooses it is asked for late: models load before the admin does."""

    @cached_property
    def target_model(self) -> Any:
        return resolve_model_string("media_pipeline.VideoAsset")

    @cached_property
    def widget(self) -> forms.Widget:
        from media_pipeline.chooser import video_chooser_viewset

        return video_chooser_viewset.widget_class()


class MomentBlock(blocks.CharBlock):
    """A moment of a video: 3:20."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if text:
            parse_moment(text)
        return text


class QuizPointBlock(blocks.StructBlock):
    """A pop-up quiz (课中提问)."""

    at = MomentBlock(
        label=_("时刻"),
        required=False,
        max_length=9,
        help_text=_("分:秒，比如 3:20。在片尾提问就不填，勾选下面一项。"),
    )
    at_end = blocks.BooleanBlock(label=_("在片尾提问"), required=False)
    question_set = SnippetChooserBlock("cms.QuestionSet", label=_("题组"))

    class Meta:
        icon = "help"
        label = _("课中提问")
        label_format = "{at} {question_set}"


class LessonBlock(blocks.StructBlock):
    """One video and what is asked in it (视频)."""

    title = blocks.CharBlock(label=_("名称"), max_length=TITLE_LENGTH)
    video = VideoBlock(label=_("视频"))
    is_preview = blocks.BooleanBlock(label=_("可试看"), required=False, help_text=_("不登录也能看前 3 分钟。"))
    quiz_points = blocks.ListBlock(QuizPointBlock(), label=_("课中提问"), default=[], collapsed=True)

    class Meta:
        icon = "media"
        label = _("视频")
        label_format = "{title}"


class ExamRuleBlock(blocks.StructBlock):
    """A line of a blueprint: so many questions of a kind from a bank or with a tag."""

    bank = SnippetChooserBlock("cms.QuestionBank", label=_("题库"), required=False)
    tags = blocks.CharBlock(
        label=_("标签"),
        required=False,
        max_length=200,
        help_text=_("用顿号或逗号分开，有其中一个就算；题库和标签至少填一项。"),
    )
    kind = blocks.ChoiceBlock(label=_("题型"), choices=QuestionKind.choices, default=QuestionKind.SINGLE)
    difficulty = blocks.ChoiceBlock(
        label=_("难度"), choices=[(str(value), label) for value, label in Difficulty.choices], required=False
    )
    count = blocks.IntegerBlock(label=_("题数"), min_value=1, max_value=200)
    points = blocks.IntegerBlock(label=_("每题分值"), min_value=1, max_value=100, default=1)

    class Meta:
        icon = "list-ul"
        label = _("抽题规则")
        label_format = "{kind} {count}"


class ExamBlock(blocks.StructBlock):
    """The blueprint (组卷方案) of a course's exam."""

    minutes = blocks.IntegerBlock(label=_("限时（分钟）"), min_value=1, max_value=600, default=90)
    pass_points = blocks.IntegerBlock(
        label=_("及格分"), min_value=1, help_text=_("按分值算；每题 1 分时就是答对的题数。")
    )
    shuffle = blocks.BooleanBlock(
        label=_("打乱题目和选项"), required=False, default=True, help_text=_("每人每次的次序都不同。")
    )
    answers_shown = blocks.ChoiceBlock(
        label=_("什么时候给看答案和解析"),
        choices=[("passed", _("通过以后")), ("finished", _("每次交卷以后")), ("never", _("不给看"))],
        default="passed",
    )
    rules = blocks.ListBlock(ExamRuleBlock(), label=_("抽题规则"), min_num=1)

    class Meta:
        icon = "form"
        label = _("考试")
        label_format = "{minutes} {pass_points}"


class CourseBlock(blocks.StructBlock):
    """A course (课程), called 小节 in public-subject classes."""

    title = blocks.CharBlock(label=_("名称"), max_length=TITLE_LENGTH)
    hours = blocks.DecimalBlock(
        label=_("学时"),
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=1,
        help_text=_("专业班每门课程必填，合计等于班级学时；公需班学完整班一次计入，这里可以不填。"),
    )
    lessons = blocks.StreamBlock([("lesson", LessonBlock())], label=_("视频"), required=False)
    exam = blocks.ListBlock(
        ExamBlock(),
        label=_("考试"),
        default=[],
        max_num=1,
        collapsed=True,
        help_text=_("可以没有。视频学完以后开放，两次机会；都没通过就重新学习本课程再考。"),
    )

    class Meta:
        icon = "list-ol"
        label = _("课程")
        label_format = "{title}"


class SyllabusBlock(blocks.StreamBlock):
    """The syllabus: courses, their videos, the quizzes in them."""

    course = CourseBlock()

    class Meta:
        required = False
        collapsed = True


class StepBlock(blocks.StructBlock):
    """One of the steps from registration to certificate."""

    title = blocks.CharBlock(label=_("标题"), max_length=20)
    text = blocks.CharBlock(label=_("说明"), max_length=100)

    class Meta:
        icon = "order"
        label = _("步骤")
        label_format = "{title}"


class QuestionAndAnswerBlock(blocks.StructBlock):
    """A frequent question and its answer."""

    question = blocks.CharBlock(label=_("问题"), max_length=120)
    answer = blocks.RichTextBlock(label=_("回答"), features=["bold", "ol", "ul", "link", "document-link"])

    class Meta:
        icon = "help"
        label = _("问答")
        label_format = "{question}"


class OptionBlock(blocks.StructBlock):
    """One option of a question."""

    text = blocks.CharBlock(label=_("选项"), max_length=300)
    is_right = blocks.BooleanBlock(label=_("正确"), required=False)

    class Meta:
        icon = "tick"
        label = _("选项")
        label_format = "{text}"


class BankOptionBlock(OptionBlock):
    """An option of a question of the bank: words, a picture, or both."""

    text = blocks.CharBlock(label=_("选项"), max_length=300, required=False)
    picture = ImageChooserBlock(label=_("图片"), required=False)
