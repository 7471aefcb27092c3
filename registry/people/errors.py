"""Refusals of registry.people."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


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
