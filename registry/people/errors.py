"""Refusals of registry.people."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal
from registry.approvals.errors import AlreadyOpen


class DateUnlikely(FieldRefusal):
    """A date that can't be: in the future, or before what it must follow."""

    code = "date_unlikely"
    message = _("%(reason)s")


class IdNumberDisagrees(FieldRefusal):
    """Birth date or sex is not what stands in the 身份证 number (GB 11643)."""

    code = "id_number_disagrees"
    message = _("和身份证号码不一致，请核对")


class NotOfThisUnit(FieldRefusal):
    code = "not_of_this_unit"
    message = _("这个部门不在所选单位里，请重新选择")


class NotOfThisSeries(FieldRefusal):
    code = "not_of_this_series"
    message = _("这个资格不属于所选职称系列，请重新选择")


class AnotherName(FieldRefusal):
    """Who has an account registers under the name it bears."""

    code = "another_name"
    message = _("和账号里的姓名不一致")


class AlreadyTechnician(Refusal):
    code = "already_member"
    message = _("这个账号已经是技术人员，直接登录就能学习；换单位请登录后申请调动")


# --- One's own office (T1, T2, X7) ------------------------------------------------------------------------------------
class NotATechnician(Refusal):
    code = "not_a_learner"
    message = _("这件事要用专业技术人员身份办，可以先切换身份")


class NoProfile(Refusal):
    """He takes part, but what he states of himself was never written down: taken over from an older system."""

    code = "no_profile"
    message = _("你的资料还没有登记，请联系所在单位或客服")


class NothingChanged(Refusal):
    code = "nothing_changed"
    message = _("没有改动，不用提交")


class TitleChangeWaits(AlreadyOpen):
    message = _("有一条职称变更还在审核，审完或撤回后再办")


class TransferWaits(AlreadyOpen):
    message = _("有一件单位调转还在等新单位确认，办完或撤回后再办")


class RegistrationWaits(AlreadyOpen):
    message = _("你的注册还在审核，审完后再办")


class SameUnit(FieldRefusal):
    code = "same_unit"
    message = _("你已经在这家单位")


class OwnMobile(FieldRefusal):
    """The new unit asks the present one, not the person himself; and a person's mobile stays out of the case."""

    code = "own_mobile"
    message = _("这是你自己的手机号，填单位的电话")


class UnitGone(Refusal):
    code = "unit_gone"
    message = _("申请的单位已经不在了，请退回，让申请人重新选择")


class AccountHeld(Refusal):
    """Something has to be settled before an account can be closed; `reason` says what."""

    code = "account_held"
    message = _("%(reason)s")


# --- Corrections by support (S1) --------------------------------------------------------------------------------------
class SameAsNow(FieldRefusal):
    code = "same_as_now"
    message = _("和现在的一样，不用更正")


class CorrectionWaits(AlreadyOpen):
    message = _("这个人的这一项已经有一条更正在等复核")


class OwnCorrection(Refusal):
    code = "own_case"
    message = _("自己提交的更正，要由另一位客服复核")


class CorrectionDecided(Refusal):
    code = "already_decided"
    message = _("这条更正已经处理过，刷新后再看")


class CorrectionStale(Refusal):
    code = "stale"
    message = _("提交以后他的资料又变过，请退回后重新提交")


class OwnPasswordWrong(FieldRefusal):
    code = "wrong_password"
    message = _("密码不对")
