"""Refusals of the approval engine. Codes are the contract's where it names them."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


class AlreadyOpen(Refusal):
    """Something of the same subject is in review; what excludes what is said by the case's `exclusive_key`."""

    code = "already_open"
    message = _("还有一件在审核中，审完或撤回后才能再提交")


class AlreadyDecided(Refusal):
    code = "already_decided"
    message = _("这一条已经有人审过了，刷新看结果")


class OwnCase(Refusal):
    code = "own_case"
    message = _("不能审核自己提交的事项，请本单位其他管理员或上级审核")


class OpinionMissing(FieldRefusal):
    code = "opinion_missing"
    message = _("退回要写明原因，申请人会看到")


class Stale(Refusal):
    """What the applicant saw as the present state is no longer so; passing would overwrite what changed since."""

    code = "stale"
    message = _("提交以后资料又变过，照这份通过会盖掉新的内容，请退回让申请人重新提交")


class NotWithdrawable(Refusal):
    code = "not_withdrawable"
    message = _("已经审完，不能撤回了")


class TooSoon(Refusal):
    code = "too_soon"
    message = _("今天已经提醒过，明天可以再提醒一次")


class NotADeputy(FieldRefusal):
    code = "not_a_deputy"
    message = _("代理人要是本单位的另一位管理员")


class DatesReversed(FieldRefusal):
    code = "dates_reversed"
    message = _("结束日期不能早于开始日期")


class DateGone(FieldRefusal):
    code = "date_gone"
    message = _("结束日期已经过去")


class CannotObject(Refusal):
    code = "cannot_object"
    message = _("只能对自己被退回的事项提出异议，一件只能提一次")
