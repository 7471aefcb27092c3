"""What the pages send: uploads, questions about progress, retries, captions. Thin: the rules are the services'."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.shortcuts import get_object_or_404, redirect
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin

from core import clock
from core.errors import Refusal
from media_pipeline import services
from media_pipeline.errors import UploadIncomplete, UploadTooLarge
from media_pipeline.models import VideoAsset

_MOST_ASKED = 100


class VideoAct(PermissionCheckedMixin, View):
    """Under Wagtail's admin, so for staff only; and then with a permission for videos."""

    model = VideoAsset
    permission_required: str | None = "change"


def state_html(request: HttpRequest, video: VideoAsset) -> str:
    """The part of a page that tells how a video is doing."""
    context = {"video": video, "may_change": may_change(request)}
    return render_to_string("media_pipeline/office/state.html", context, request)


def may_change(request: HttpRequest) -> bool:
    """Whether the user may retry transcoding and set captions."""
    return request.user.has_perm("media_pipeline.change_videoasset")


class ReceiveUpload(VideoAct):
    """POST the bare file as the request's body, its name as `?name=`.

    No form: the body goes to the disk once, and is refused while it comes when it is too large.
    """

    permission_required = "add"
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        length = request.META.get("CONTENT_LENGTH") or ""
        try:
            video = services.receive_upload(
                content=request,
                name=request.GET.get("name", ""),
                size=int(length) if length.isdigit() else None,
                uploaded_by_id=request.user.pk,
                now=clock.now(),
            )
        except UnreadablePostError:
            return _refused(UploadIncomplete())
        except Refusal as refusal:
            return _refused(refusal)
        answer = {
            "id": video.pk,
            "title": video.title,
            "edit_url": reverse("videos:edit", args=[video.pk]),
            "html": state_html(request, video),
        }
        return JsonResponse(answer, status=201)


def _refused(refusal: Refusal) -> JsonResponse:
    status = 413 if isinstance(refusal, UploadTooLarge) else 400
    return JsonResponse({"code": refusal.code, "detail": str(refusal)}, status=status)


class States(VideoAct):
    """GET ?ids=1,2,3 → the state cells of these videos, and whether they may still change."""

    permission_required = None
    any_permission_required = ["add", "change", "delete", "view"]
    http_method_names = ["get"]

    def get(self, request: HttpRequest) -> HttpResponse:
        asked = [part for part in request.GET.get("ids", "").split(",") if part.isascii() and part.isdigit()]
        ids = [int(part) for part in asked[:_MOST_ASKED] if len(part) < 19]
        videos = VideoAsset.objects.filter(pk__in=ids)
        return JsonResponse({"videos": [self._one(request, video) for video in videos]})

    def _one(self, request: HttpRequest, video: VideoAsset) -> dict[str, Any]:
        return {"id": video.pk, "state": video.state, "html": state_html(request, video)}


class Retry(VideoAct):
    """POST: transcode a failed video again."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        video = get_object_or_404(VideoAsset, pk=pk)
        try:
            services.retry_transcode(video_id=pk, now=clock.now())
            messages.success(request, _("“%(title)s”已重新排队转码") % {"title": video.title})
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("videos:edit", pk)


class Captions(VideoAct):
    """POST a WebVTT file, or `remove`."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        get_object_or_404(VideoAsset, pk=pk)
        file = request.FILES.get("captions")
        try:
            if "remove" in request.POST:
                services.remove_captions(video_id=pk)
                messages.success(request, _("字幕已删除"))
            elif isinstance(file, UploadedFile):
                services.set_captions(video_id=pk, content=file)
                messages.success(request, _("字幕已保存，学员半分钟内就能看到"))
            else:
                messages.error(request, _("请先选择一个 .vtt 字幕文件"))
        except Refusal as refusal:
            messages.error(request, str(refusal))
        return redirect("videos:edit", pk)
