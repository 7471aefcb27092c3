"""The menu item 视频 and the addresses under /admin/videos/."""

from typing import Any

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from wagtail.admin.viewsets.model import ModelViewSet

from media_pipeline.models import VideoAsset
from media_pipeline.office import acts, pages, preview


class VideoViewSet(ModelViewSet):
    model = VideoAsset
    name = "videos"
    icon = "media"
    menu_label = _("视频")
    menu_order = 250
    add_to_admin_menu = True
    copy_view_enabled = False
    form_fields = ["title"]
    list_display = pages.COLUMNS
    list_filter = ["state"]
    list_per_page = 20
    search_fields = ["title", "source_name"]
    ordering = "-uploaded_at"
    index_view_class = pages.VideoIndexView
    edit_view_class = pages.VideoEditView
    delete_view_class = pages.VideoDeleteView
    index_template_name = "media_pipeline/office/index.html"
    index_results_template_name = "media_pipeline/office/index_results.html"
    edit_template_name = "media_pipeline/office/edit.html"
    delete_template_name = "media_pipeline/office/confirm_delete.html"

    @property
    def add_view(self) -> Any:
        return pages.UploadView.as_view()

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            *super().get_urlpatterns(),
            path("upload/", acts.ReceiveUpload.as_view(), name="upload"),
            path("states/", acts.States.as_view(), name="states"),
            path("retry/<int:pk>/", acts.Retry.as_view(), name="retry"),
            path("captions/<int:pk>/", acts.Captions.as_view(), name="captions"),
            path("preview/<int:pk>/master.m3u8", preview.Master.as_view(), name="preview"),
            path("preview/<int:pk>/<slug:name>.m3u8", preview.Rendition.as_view(), name="preview_rendition"),
            path("preview/<int:pk>/keys/<int:window>", preview.Key.as_view(), name="preview_key"),
        ]
