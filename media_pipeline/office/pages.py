"""The list, the upload page, one video's page and its deletion."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.ui.tables import Column, TitleColumn
from wagtail.admin.views.generic import DeleteView, EditView, IndexView
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core import clock
from media_pipeline import services
from media_pipeline.errors import VideoInUse
from media_pipeline.models import VideoAsset
from media_pipeline.office.acts import may_change
from media_pipeline.templatetags.videos import clock_time, file_size


class StateColumn(Column):
    """State, progress and reason of a failure; kept fresh by upload.js."""

    cell_template_name = "media_pipeline/office/state_cell.html"

    def get_cell_context_data(self, instance: VideoAsset, parent_context: Any) -> dict[str, Any]:
        request = parent_context["request"]
        context: dict[str, Any] = super().get_cell_context_data(instance, parent_context)
        return context | {"may_change": may_change(request), "csrf_token": get_token(request)}


COLUMNS = [
    TitleColumn("title", label=_("名称"), url_name="videos:edit", sort_key="title"),
    StateColumn("state", label=_("状态"), sort_key="state", width="32%"),
    Column(
        "duration_ms", label=_("时长"), accessor=lambda video: clock_time(video.duration_ms), sort_key="duration_ms"
    ),
    Column(
        "source_bytes", label=_("大小"), accessor=lambda video: file_size(video.source_bytes), sort_key="source_bytes"
    ),
    Column("uploaded_by", label=_("上传者"), accessor=lambda video: video.uploaded_by or ""),
    Column(
        "uploaded_at",
        label=_("上传时间"),
        accessor=lambda video: f"{localtime(video.uploaded_at):%Y-%m-%d %H:%M}",
        sort_key="uploaded_at",
    ),
]


class VideoIndexView(IndexView):
    """Every video, the newest first."""

    def get_base_queryset(self) -> QuerySet[VideoAsset]:
        return super().get_base_queryset().select_related("uploaded_by")

    @cached_property
    def add_item_label(self) -> str:
        return gettext("上传视频")


class UploadView(PermissionCheckedMixin, WagtailAdminTemplateMixin, TemplateView):
    """The page that files are dropped on; upload.js sends them one after another."""

    model = VideoAsset
    permission_required = "add"
    page_title = _("上传视频")
    template_name = "media_pipeline/office/upload.html"
    header_icon = "upload"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [
            *self.breadcrumbs_items,
            {"url": reverse("videos:index"), "label": gettext("视频")},
            {"url": "", "label": gettext("上传视频")},
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"largest_bytes": settings.VIDEO_MAX_BYTES}


class VideoEditView(EditView):
    """One video: how it is, how it plays, what it is called, its captions."""

    success_message = _("已保存“%(object)s”")
    error_message = _("没有保存，请看下面标出的地方")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"may_change": may_change(self.request)}

    def get_success_url(self) -> str:
        return reverse("videos:edit", args=[self.object.pk])

    def get_success_buttons(self) -> list[Any]:
        return []


class VideoDeleteView(DeleteView):
    """Deleting is the service's; a video in use stays, and says where."""

    success_message = _("已删除“%(object)s”")

    @property
    def confirmation_message(self) -> str:
        return gettext("删除后，源文件和转码结果都会清除，不能恢复。确定删除吗？")

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            services.delete_video(video_id=self.object.pk, actor_id=self.request.user.pk, now=clock.now())
        except VideoInUse as refusal:
            messages.error(self.request, str(refusal))
            return redirect("videos:edit", self.object.pk)
        messages.success(self.request, self.get_success_message())
        return redirect("videos:index")
