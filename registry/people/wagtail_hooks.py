"""Support's pages about people in Wagtail's admin."""

from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from registry.people.office import CorrectionViewSet


@hooks.register("register_admin_viewset")
def corrections() -> ViewSet:
    return CorrectionViewSet()
