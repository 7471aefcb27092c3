"""Video assets (视频). The waiting row is the transcoding job."""

import secrets
import uuid
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _


def new_secret() -> bytes:
    return secrets.token_bytes(32)


class VideoQuerySet(models.QuerySet["VideoAsset"]):
    """Claims are conditional updates over these (architecture.md, "What correctness rests on")."""

    def claimable(self, now: datetime) -> "VideoQuerySet":
        """Videos a worker may take: waiting, or left behind by one whose lease has run out."""
        return self.filter(models.Q(state="uploaded") | models.Q(state="processing", lease_until__lte=now))

    def abandoned(self, now: datetime) -> "VideoQuerySet":
        """Videos whose worker has not been heard of since its lease ran out."""
        return self.filter(state="processing", lease_until__lte=now)

    def held_by(self, token: str) -> "VideoQuerySet":
        """The video that this lease holds; none once another worker took it over."""
        return self.filter(state="processing", lease_token=token)


class VideoAsset(models.Model):
    """An uploaded video and what became of it.

    HLS output lies at `hls/<public_id>/<build>/<rendition>/<n>.ts` in the default storage, AES-128 encrypted with one
    key per window of `window_ms`; keys are derived from `secret` (HKDF), never stored. A build counts once the row
    names it. While a video waits, `lease_until` is when its job is sent again; while it is transcoded, when the worker
    is taken for dead.
    `renditions`: `[{"name": "360p", "width", "height", "bandwidth", "codecs", "segments": [milliseconds, …]}]`.
    """

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("等待转码")
        PROCESSING = "processing", _("转码中")
        READY = "ready", _("可用")
        FAILED = "failed", _("失败")

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    title = models.CharField(_("名称"), max_length=120)
    state = models.CharField(_("状态"), max_length=12, choices=State.choices, default=State.UPLOADED)
    source = models.CharField(_("源文件"), max_length=255)
    source_name = models.CharField(_("文件名"), max_length=255, blank=True)
    source_bytes = models.BigIntegerField(_("大小"), default=0)
    captions = models.CharField(_("字幕文件"), max_length=255, blank=True)
    uploaded_by = models.ForeignKey(
        "identity.User", verbose_name=_("上传者"), null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("上传时间"))
    progress_pct = models.PositiveSmallIntegerField(_("进度"), default=0)
    failure_code = models.CharField(_("失败代码"), max_length=40, blank=True)
    failure_reason = models.CharField(_("失败原因"), max_length=500, blank=True)
    attempts = models.PositiveSmallIntegerField(_("尝试次数"), default=0)
    lease_token = models.CharField(max_length=32, blank=True)
    lease_until = models.DateTimeField(null=True, blank=True)
    build = models.CharField(_("产物目录"), max_length=32, blank=True)
    duration_ms = models.PositiveIntegerField(_("时长（毫秒）"), default=0)
    window_ms = models.PositiveIntegerField(_("密钥窗口（毫秒）"), default=60_000)
    renditions: "models.JSONField[list[dict[str, Any]], list[dict[str, Any]]]" = models.JSONField(
        _("清晰度"), default=list
    )
    poster = models.CharField(_("封面"), max_length=255, blank=True)
    secret = models.BinaryField(max_length=32, default=new_secret, editable=False)

    objects = VideoQuerySet.as_manager()

    class Meta:
        verbose_name = _("视频")
        verbose_name_plural = _("视频")
        indexes = [models.Index(fields=["state", "lease_until"], name="video_by_state")]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="ready") | models.Q(duration_ms__gt=0), name="ready_video_has_duration"
            )
        ]

    def __str__(self) -> str:
        return self.title
