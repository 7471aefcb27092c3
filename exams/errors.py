"""Refusals of the exam room. Codes are the contract's; sentences are shown to the learner as they are."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


class ExamLocked(Refusal):
    code = "locked"
    message = _("这门课程的视频还没有学完，学完以后考试就会开放")


class NoAttemptsLeft(Refusal):
    code = "no_attempts_left"
    message = _("这一轮的两次机会已经用完，重新学完视频后会有两次新的机会")


class AlreadyPassed(Refusal):
    code = "passed"
    message = _("这门课程的考试已经通过，不用再考")


class AttemptClosed(Refusal):
    """The paper is handed in, or its time is over: nothing can be changed any more."""

    code = "closed"
    message = _("这份试卷已经交了，不能再改；已保存的答案都算数")


class PaperShort(Refusal):
    """The bank can't fill a paper just now; the attempt isn't used up."""

    code = "paper_short"
    message = _("题库正在维护，现在抽不出完整的试卷，这次不算机会。请过一会儿再来")


class AnswersInvalid(FieldRefusal):
    code = "invalid"
    message = _("答案要从这道题给出的选项里选")


class NotYetShown(Refusal):
    """Right answers are kept back, by the exam's policy."""

    code = "not_yet_shown"
    message = _("这场考试的答案和解析现在还不能看")


class CannotVoid(Refusal):
    code = "cannot_void"
    message = _("这次考试已经作废，或者已经通过，不能作废")


class JustGranted(Refusal):
    """Two of the staff at once; the first one's word stands."""

    code = "just_granted"
    message = _("刚才已有人给他加了考试时间，请看过以后再改")


class AlreadyVoided(Refusal):
    code = "already_voided"
    message = _("这道题已经作废过了")
