"""Who works on content: editors write, reviewers publish (E1: submit → review → publish)."""

from collections.abc import Callable, Iterable

from django.contrib.auth.models import Group, Permission
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Page,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from identity.services import set_up_code_keepers
from registry.people.services import set_up_support

EDITORS = "编辑"
REVIEWERS = "审核"
WORKFLOW = "发布审核"

_PAGES = {
    EDITORS: ("add_page", "change_page"),
    REVIEWERS: ("add_page", "change_page", "publish_page", "lock_page", "unlock_page"),
}
_FILES = ("add_document", "change_document", "choose_document", "add_image", "change_image", "choose_image")
_MODELS = {
    EDITORS: ("questionset", "question", "questionbank", "bankquestion", "videoasset"),
    REVIEWERS: ("questionset", "question", "questionbank", "bankquestion", "videoasset"),
}
_VERBS = ("add", "change", "delete", "view")
# What Wagtail's own migrations bring and nobody here uses.
_FOREIGN_GROUPS = ("Editors", "Moderators")
_FOREIGN_WORKFLOW = "Moderators approval"

_also: list[Callable[[], None]] = []


def also_set_up(act: Callable[[], None]) -> None:
    """Let a higher room bring its staff's rights in line too whenever a site is set up; said at start-up."""
    if act not in _also:
        _also.append(act)


def set_up_staff(home: Page) -> None:
    """The two groups with their rights over the portal's tree and the workflow between them; who keeps code tables, and
    support; what higher rooms add.
    """
    Group.objects.filter(name__in=_FOREIGN_GROUPS).delete()
    for name in (EDITORS, REVIEWERS):
        group, _created = Group.objects.get_or_create(name=name)
        _grant_pages(group, home, _PAGES[name])
        _grant_files(group)
        codenames = [f"{verb}_{model}" for model in _MODELS[name] for verb in _VERBS]
        codenames += ["access_admin"] + (["change_sitesupport"] if name == REVIEWERS else [])
        group.permissions.add(*_permissions(codenames))
    _set_up_workflow(home)
    set_up_code_keepers()
    set_up_support()
    for act in _also:
        act()


def _permissions(codenames: Iterable[str]) -> list[Permission]:
    apps = ("cms", "media_pipeline", "wagtailadmin", "wagtailcore", "wagtaildocs", "wagtailimages")
    return list(Permission.objects.filter(codename__in=codenames, content_type__app_label__in=apps))


def _grant_pages(group: Group, home: Page, codenames: Iterable[str]) -> None:
    for permission in Permission.objects.filter(codename__in=codenames, content_type__app_label="wagtailcore"):
        GroupPagePermission.objects.get_or_create(group=group, page=home, permission=permission)


def _grant_files(group: Group) -> None:
    root = Collection.get_first_root_node()
    for permission in _permissions(_FILES):
        GroupCollectionPermission.objects.get_or_create(group=group, collection=root, permission=permission)


def _set_up_workflow(home: Page) -> None:
    Workflow.objects.filter(name=_FOREIGN_WORKFLOW).delete()
    workflow, _created = Workflow.objects.get_or_create(name=WORKFLOW, defaults={"active": True})
    task = GroupApprovalTask.objects.filter(name=WORKFLOW).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=WORKFLOW, active=True)
        task.groups.add(Group.objects.get(name=REVIEWERS))
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task, defaults={"sort_order": 0})
    WorkflowPage.objects.get_or_create(page=home, defaults={"workflow": workflow})
