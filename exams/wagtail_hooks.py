"""Exams in Wagtail's admin: figures of questions, attempts, extra time."""

from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSetGroup

from exams.office import AttemptViewSet, ExtraTimeViewSet, FiguresViewSet, listing_button, sample

hooks.register("register_admin_urls", sample.urls)
hooks.register("register_page_header_buttons", sample.header_button)
hooks.register("register_snippet_listing_buttons", listing_button)


class ExamGroup(ViewSetGroup):
    menu_label = _("考试")
    menu_icon = "tasks"
    menu_name = "exams"
    menu_order = 230
    items = (FiguresViewSet, AttemptViewSet, ExtraTimeViewSet)


@hooks.register("register_admin_viewset")
def exam_pages() -> ExamGroup:
    return ExamGroup()
