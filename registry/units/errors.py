"""Refusals of registry.units."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


# --- Administrators and roles (U2, U4) --------------------------------------------------------------------------------
class BeyondYours(FieldRefusal):
    """Nobody grants, or takes out of a role, what he doesn't have himself."""

    code = "beyond_yours"
    message = _("这些权限你自己没有，不能给别人，也不能替别人拿掉：%(modules)s")


class HasMore(Refusal):
    code = "has_more_than_you"
    message = _("%(name)s的权限比你多，要请超级管理员来改")


class RoleMissing(FieldRefusal):
    code = "role_missing"
    message = _("至少给一个角色")


class ModulesMissing(FieldRefusal):
    code = "modules_missing"
    message = _("至少选一项权限")


class RoleNameMissing(FieldRefusal):
    code = "role_name_missing"
    message = _("给角色起个名字")


class RoleNameTaken(FieldRefusal):
    code = "role_name_taken"
    message = _("已经有一个角色叫这个名字")


class RoleInUse(Refusal):
    code = "role_in_use"
    message = _("「%(name)s」还有人在用，先给他们换成别的角色")


class SuperStays(Refusal):
    code = "super_stays"
    message = _("超级管理员要先交给别人，才能删除")


class SuperHasAll(Refusal):
    code = "super_has_all"
    message = _("超级管理员有全部权限，不用给角色")


class OnlySuper(Refusal):
    code = "only_super"
    message = _("只有超级管理员本人能把这个身份交出去")


class HandedOver(Refusal):
    code = "handed_over"
    message = _("超级管理员刚刚变过，刷新后再看")


class ConfirmSelf(Refusal):
    code = "confirm_self"
    message = _("这会收回你自己的权限，确认后再做")


class WrongOwnPassword(FieldRefusal):
    code = "wrong_password"
    message = _("密码不对，再输一次你自己的登录密码")


class AccountNotProven(FieldRefusal):
    """Neither tells whether the ID number is known."""

    code = "account_not_proven"
    message = _("证件号码或密码不对，请他本人再核对一次")


class NotOurs(FieldRefusal):
    code = "not_ours"
    message = _("从本单位的人员里选一位")


# --- Units below (U3, H1) ---------------------------------------------------------------------------------------------
class UnitNotEmpty(Refusal):
    code = "unit_not_empty"
    message = _("还有 %(what)s，清空后才能删除")


class UnitUnstaffed(Refusal):
    code = "unit_unstaffed"
    message = _("这家单位没有管理员，学时审核权限打不开")


class UnitInReview(Refusal):
    code = "unit_in_review"
    message = _("这家单位还在审核，通过后才能管理")


# --- Registration and changes of data (P3, P4, U1) --------------------------------------------------------------------
class CreditCodeWrong(FieldRefusal):
    code = "credit_code_wrong"
    message = _("%(reason)s")


class NoCreditCode(FieldRefusal):
    code = "no_credit_code"
    message = _("填写统一社会信用代码。还没有代码的单位，请拨打服务电话，由客服核对材料后给登记凭证号，填在这里")


class NotASuperior(FieldRefusal):
    code = "not_a_superior"
    message = _("从列表里选一家正常的单位")


class OneSuperior(FieldRefusal):
    code = "one_superior"
    message = _("主管部门和上级单位只选一个")


class NoBureau(FieldRefusal):
    code = "no_bureau"
    message = _("这个区域还没有人社部门使用平台，请拨打服务电话")


class NothingChanged(Refusal):
    code = "nothing_changed"
    message = _("没有改动，不用提交")


class InReview(Refusal):
    """Credit code and superior change only when neither the unit nor its people have anything in review (U1)."""

    code = "in_review"
    message = _("还有%(what)s没有审完，审完后才能改")


class NoSuperior(Refusal):
    code = "no_superior"
    message = _("本单位在最上级，没有上级可以更换")


class SameSuperior(FieldRefusal):
    code = "same_superior"
    message = _("现在的上级就是它")


class ParentMoved(Refusal):
    code = "parent_moved"
    message = _("上级已经变过，请重新提交")


# --- Support (S1) -----------------------------------------------------------------------------------------------------
class ReasonMissing(FieldRefusal):
    code = "reason_missing"
    message = _("写上原因，以后查得到")


class MergerBlocked(Refusal):
    code = "merger_blocked"
    message = _("现在不能合并：%(why)s")


class PermitUnknown(FieldRefusal):
    """Also for one that is used up, out of date, or given to a unit of another name."""

    code = "permit_unknown"
    message = _("登记凭证号不对、已过期，或者不是发给这家单位的，请联系客服")
