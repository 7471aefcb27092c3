"""Permission modules in words, grouped as in the console's menu (decision 0006)."""

from collections.abc import Iterable, Sequence

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from identity.acting import modules_of

Module = tuple[str, str | Promise, str | Promise]
"""Code, name, and what whoever has it can do."""

MODULE_GROUPS: tuple[tuple[str | Promise, tuple[Module, ...]], ...] = (
    (
        _("账户审核"),
        (
            ("registrations", _("人员注册"), _("审核技术人员的注册")),
            ("title_changes", _("职称变更"), _("审核职称和职业资格的变更")),
            ("transfers", _("人员调转"), _("确认调入的人")),
            ("units", _("下级单位"), _("审核单位注册，管理下级单位和它们的管理员")),
            ("unit_changes", _("单位资料变更"), _("审核下级单位的资料和上级变更")),
            ("hours", _("学时申报"), _("审核学时申报")),
        ),
    ),
    (
        _("查询统计"),
        (
            ("statistics", _("完成情况"), _("看统计，导出报表")),
            ("people", _("人员查询"), _("查人员，看完整资料，每次查看都有记录")),
            ("certificates", _("证书"), _("查发出的证书")),
        ),
    ),
    (_("单位资料管理"), (("own_unit", _("单位资料和工作部门"), _("改单位资料，管工作部门")),)),
    (
        _("直属账户管理"),
        (
            ("administrators", _("管理员"), _("添加和删除管理员，给他们角色")),
            ("roles", _("角色"), _("建角色，改权限")),
            ("reset_password", _("重置密码"), _("帮人重置登录密码")),
        ),
    ),
    (_("批量导入"), (("import", _("导入人员"), _("用表格批量导入人员")),)),
    (_("集体购课"), (("purchases", _("购课"), _("为本单位的人买课")),)),
    (
        _("继续教育管理"),
        (
            ("bases", _("继续教育基地"), _("管理和审核基地")),
            ("policy", _("学时政策"), _("设定各年度的学时要求")),
        ),
    ),
)


def module_groups(kind: str, organisation_kind: str) -> list[tuple[str | Promise, list[Module]]]:
    """The modules that administrators of this kind can have there at most, in groups; empty groups left out."""
    most = modules_of(kind, organisation_kind)
    found = [(group, [one for one in modules if one[0] in most]) for group, modules in MODULE_GROUPS]
    return [(group, modules) for group, modules in found if modules]


def module_names(codes: Iterable[str]) -> list[str]:
    """These modules in words, in the order of the menu."""
    wanted = set(codes)
    return [str(name) for _group, modules in MODULE_GROUPS for code, name, _text in modules if code in wanted]


def in_words(codes: Iterable[str]) -> str:
    """The same as one text: 人员注册、职称变更."""
    return "、".join(module_names(codes))


def ordered(codes: Iterable[str]) -> Sequence[str]:
    """Codes in the order of the menu."""
    wanted = set(codes)
    return [code for _group, modules in MODULE_GROUPS for code, _name, _text in modules if code in wanted]
