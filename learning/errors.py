"""Refusals of the learning room. Codes are the contract's; sentences are shown to the learner as they are."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


class NotALearner(Refusal):
    code = "not_a_learner"
    message = _("学习需要专业技术人员身份，可以先切换身份")


class NotLoggedIn(NotALearner):
    message = _("先登录，再报名")


class NotOpen(Refusal):
    """Outside the class's dates (L3)."""

    code = "not_open"
    message = _("这个班现在不开放")


class NotBegun(NotOpen):
    message = _("这个班 %(starts_on)s 开始，到时再来报名")


class Over(NotOpen):
    message = _("这个班已在 %(ends_on)s 结束")


class WrongRegion(Refusal):
    code = "wrong_region"
    message = _("这个班只对 %(regions)s 开放，你的单位不在其中")


class PaymentRequired(Refusal):
    code = "payment_required"
    message = _("这个班需要付费，付款后才能开始学习")


class NotEnrolled(Refusal):
    code = "not_enrolled"
    message = _("还没有报名这个班，先报名再来学")


class LessonLocked(Refusal):
    code = "locked"
    message = _("前面还有没学完的内容，按顺序学到这里就会开放")


class WatchSuperseded(Refusal):
    code = "superseded"
    message = _("另一台设备或页面正在播放，这里先停下")


class WatchEnded(Refusal):
    code = "ended"
    message = _("这次观看已经结束，重新打开就能接着学")


class NotEarned(Refusal):
    code = "not_earned"
    message = _("这一段还没学到")


class QuizNotDue(Refusal):
    """The answer is for a quiz that isn't the one waiting: another lesson's, a passed one, one not yet reached."""

    code = "quiz_not_due"
    message = _("这道题现在不用回答")


class TooManyTries(Refusal):
    code = "too_many_tries"
    message = _("先回看一下再答，%(seconds)s 秒后可以再试")

    def __init__(self, *, seconds: int) -> None:
        self.wait_seconds = seconds
        super().__init__(seconds=seconds)


class AnswersInvalid(FieldRefusal):
    code = "invalid"
    message = _("每道题都要从给出的选项里选，缺少或多余的题、选项都不行")
