"""Support's pages about units in Wagtail's admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from registry.units.office import EvidenceViewSet, MergerViewSet, PermitViewSet


@hooks.register("register_admin_viewset")
def support_pages() -> list[ViewSet]:
    return [MergerViewSet(), PermitViewSet(), EvidenceViewSet()]


@hooks.register("insert_global_admin_css")
def support_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/support.css"))
