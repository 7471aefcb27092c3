"""Choosing a video in Wagtail's editor: the widget of `cms.blocks.VideoBlock` and of foreign keys."""

from typing import Any

from django import forms
from django.db.models import Q
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.choosers import BaseFilterForm
from wagtail.admin.ui.tables import Column
from wagtail.admin.views.generic import chooser
from wagtail.admin.viewsets.chooser import ChooserViewSet

from media_pipeline.templatetags.videos import clock_time


class VideoFilterForm(BaseFilterForm):
    """Search by title or by the name of the uploaded file."""

    q = forms.CharField(
        label=_("搜索"), required=False, widget=forms.TextInput(attrs={"placeholder": _("视频名称或文件名")})
    )

    def filter(self, objects: Any) -> Any:
        objects = super().filter(objects)
        words = self.cleaned_data.get("q")
        if words:
            self.is_searching = True
            self.search_query = words
            objects = objects.filter(Q(title__icontains=words) | Q(source_name__icontains=words))
        return objects


class _Columns:
    filter_form_class = VideoFilterForm
    ordering = ["-uploaded_at", "-pk"]

    @property
    def columns(self) -> list[Column]:
        return [
            self.title_column,  # type: ignore[attr-defined]
            Column("state", label=_("状态"), accessor="get_state_display"),
            Column("duration", label=_("时长"), accessor=lambda video: clock_time(video.duration_ms)),
            Column(
                "uploaded_at", label=_("上传时间"), accessor=lambda video: f"{localtime(video.uploaded_at):%Y-%m-%d}"
            ),
        ]


class ChooseView(_Columns, chooser.ChooseView):
    pass


class ChooseResultsView(_Columns, chooser.ChooseResultsView):
    pass


class VideoChooserViewSet(ChooserViewSet):
    model = "media_pipeline.VideoAsset"
    icon = "media"
    choose_one_text = _("选择视频")
    choose_another_text = _("换一个视频")
    edit_item_text = _("查看这个视频")
    choose_view_class = ChooseView
    choose_results_view_class = ChooseResultsView


video_chooser_viewset = VideoChooserViewSet("video_chooser", url_prefix="videos/chooser")
