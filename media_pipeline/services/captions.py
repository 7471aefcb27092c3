"""Captions (字幕): WebVTT, checked and written anew."""

import re
import secrets

from django.db import transaction
from django.utils.translation import gettext as _

from media_pipeline import queries
from media_pipeline.errors import CaptionsRefused
from media_pipeline.models import VideoAsset
from media_pipeline.services.upload import Readable
from media_pipeline.storage import after_commit, put, remove

LARGEST_BYTES = 1024 * 1024
_MOMENT = r"(?:\d{2,}:)?[0-5]\d:[0-5]\d\.\d{3}"
_TIMING = re.compile(rf"^{_MOMENT}[ \t]+-->[ \t]+{_MOMENT}(?:[ \t].*)?$", re.ASCII)


def set_captions(*, video_id: int, content: Readable) -> None:
    """Give a video captions in place of those it had. Raises CaptionsRefused."""
    text = _checked(content.read(LARGEST_BYTES + 1))
    video = VideoAsset.objects.get(pk=video_id)
    name = f"captions/{video.public_id}/{secrets.token_hex(8)}.vtt"
    put(name, text.encode())
    _replace(video_id, name)


def remove_captions(*, video_id: int) -> None:
    """Take a video's captions away; without any, nothing happens."""
    _replace(video_id, "")


@transaction.atomic
def _replace(video_id: int, name: str) -> None:
    before = VideoAsset.objects.values_list("captions", flat=True).get(pk=video_id)
    VideoAsset.objects.filter(pk=video_id).update(captions=name)
    queries.forget(video_id)
    after_commit(lambda: remove([before]))


def _checked(raw: bytes) -> str:
    """WebVTT as we store it: UTF-8 without a mark, plain line ends. Raises CaptionsRefused."""
    if len(raw) > LARGEST_BYTES:
        raise CaptionsRefused(why=_("文件超过 1 MB"))
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n")
    except UnicodeDecodeError:
        raise CaptionsRefused(why=_("文字编码不是 UTF-8，请另存为 UTF-8")) from None
    lines = text.split("\n")
    if not re.match(r"^WEBVTT(?:[ \t]|$)", lines[0]) or "\0" in text:
        raise CaptionsRefused(why=_("不是 WebVTT 文件，第一行应是 WEBVTT"))
    for number, line in enumerate(lines, start=1):
        if "-->" in line and not _TIMING.match(line):
            raise CaptionsRefused(
                why=_("第 %(line)s 行的时间写法不对，应如 00:01.000 --> 00:04.000") % {"line": number}
            )
    if not any("-->" in line for line in lines):
        raise CaptionsRefused(why=_("里面一句字幕也没有"))
    return text
