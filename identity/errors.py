"""Refusals of the identity room. Codes are the contract's."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


class CaptchaInvalid(FieldRefusal):
    code = "captcha_invalid"
    message = _("验证码不对或已过期，换一张再试")


class BadCredentials(Refusal):
    code = "bad_credentials"
    message = _("账号或密码不对，请检查后再试")


class NotApproved(Refusal):
    """`organisation`, `phone`: who reviews. `user_id`, `kind`, `organisation_id`: whose registration as what, where,
    waits; for the page.
    """

    code = "not_approved"
    message = _("注册信息还在审核，请联系 %(organisation)s（%(phone)s）")

    def __str__(self) -> str:
        # Not every unit has given a number.
        return str(self.message) % self.params if self.params["phone"] else str(_UNDIALLED) % self.params


_UNDIALLED = _("注册信息还在审核，请联系 %(organisation)s")


class Rejected(Refusal):
    """`user_id`, `kind`, `organisation_id`: whose registration as what, where, was turned back; for the page."""

    code = "rejected"
    message = _("注册没有通过审核，请按退回原因修改后重新注册")


class SecondFactorRequired(Refusal):
    """Everything else is right. `account`: the login key, for the device that passed the captcha."""

    code = "second_factor_required"
    message = _("请输入动态验证码")

    def __init__(self, account: str) -> None:
        self.account = account
        super().__init__()


class SecondFactorWrong(FieldRefusal):
    code = "second_factor_wrong"
    message = _("动态验证码不对或已用过，等下一个再试")


class SecondFactorOn(Refusal):
    code = "second_factor_on"
    message = _("两步验证已经开着，要换手机先关闭再设置")


class SecondFactorSetupRequired(Refusal):
    code = "second_factor_setup_required"
    message = _("这个身份要先设好两步验证，请到网页上设置")


class PasswordChangeRequired(Refusal):
    code = "password_change_required"
    message = _("密码是一次性的，先改成自己的再继续")


class LinkUsed(Refusal):
    code = "link_used"
    message = _("这个链接已经用过或过期了，请重新找回密码")


class Locked(Refusal):
    """Too many failures on this account or from this address; `minutes` until the next try is looked at."""

    code = "locked"
    message = _("登录失败次数太多，请 %(minutes)s 分钟后再试")

    def __init__(self, *, minutes: int) -> None:
        self.wait_seconds = minutes * 60
        super().__init__(minutes=minutes)


class RoleNotYours(Refusal):
    code = "role_not_yours"
    message = _("这个身份不属于当前账号")


class IdNumberInvalid(FieldRefusal):
    code = "id_number_invalid"
    message = _("%(reason)s")


class IdNumberTaken(FieldRefusal):
    code = "id_number_taken"
    message = _("这个证件号码已经有账号")


class WrongPassword(FieldRefusal):
    code = "wrong_password"
    message = _("原密码不对")


class WeakPassword(FieldRefusal):
    code = "weak_password"
    message = _("%(reasons)s")


class CreditCodeTaken(FieldRefusal):
    code = "credit_code_taken"
    message = _("这个统一社会信用代码已经登记过")


class ParentLoop(Refusal):
    code = "parent_loop"
    message = _("不能归到自己或自己的下级单位之下")


class AlreadyMember(Refusal):
    code = "already_member"
    message = _("已经有这个身份，不用再加一次")


class CodeTaken(FieldRefusal):
    code = "code_taken"
    message = _("这个代码表里已经有这个代码")


class CodeMisplaced(FieldRefusal):
    """A value of a code table would stand below one that isn't there, or below itself."""

    code = "code_misplaced"
    message = _("%(reason)s")


class DepartmentNamed(FieldRefusal):
    code = "department_named"
    message = _("同一级里已经有这个部门")


class DepartmentLoop(FieldRefusal):
    code = "department_loop"
    message = _("不能移到自己或自己的下级部门里")


class DepartmentNotEmpty(Refusal):
    code = "department_not_empty"
    message = _("先撤销它下面的部门")


# --- What is written into forms ---------------------------------------------------------------------------------------
class Missing(FieldRefusal):
    code = "required"
    message = _("这一项必填")


class NotAChoice(FieldRefusal):
    code = "not_a_choice"
    message = _("从列表里选择")


class NotTicked(FieldRefusal):
    code = "required"
    message = _("勾选后才能提交")


class Unreadable(FieldRefusal):
    """Control characters, or too long for what it is; `reason` says which."""

    code = "invalid"
    message = _("%(reason)s")
