"""What the media pipeline refuses, and why a video can't be used. Codes are kept in `VideoAsset.failure_code`."""

from django.utils.translation import gettext_lazy as _

from core.errors import Refusal


# --- Asked by a person ------------------------------------------------------------------------------------------------
class EmptyUpload(Refusal):
    code = "empty"
    message = _("这个文件是空的（0 字节），请检查后重新选择")


class UploadTooLarge(Refusal):
    code = "too_large"
    message = _("文件超过了 %(limit)s 的上限，请压缩或分段后再上传")


class UploadIncomplete(Refusal):
    code = "incomplete"
    message = _("文件没有传完就断开了，请再上传一次")


class CannotRetry(Refusal):
    code = "cannot_retry"
    message = _("只有失败的视频才需要重新转码")


class VideoInUse(Refusal):
    code = "in_use"
    message = _("有课程正在用这个视频，不能删除：%(places)s")


class VideoNotReady(Refusal):
    code = "video_not_ready"
    message = _("视频还没有转码完成")


class CaptionsRefused(Refusal):
    code = "captions_invalid"
    message = _("字幕没有保存：%(why)s")


# --- Found in the file ------------------------------------------------------------------------------------------------
class VideoFault(Refusal):
    """The upload can't become a lesson's video; trying again with the same file won't help."""


class EmptyFile(VideoFault):
    code = "empty"
    message = _("文件是空的（0 字节），请重新上传")


class NotAVideo(VideoFault):
    code = "not_a_video"
    message = _("这不是视频文件，或者文件已经损坏，读不出内容。请上传 MP4、MOV、MKV、WebM 等常见格式")


class NoVideoTrack(VideoFault):
    code = "no_video_track"
    message = _("文件里没有画面，只有声音或别的内容。请上传带画面的视频")


class UnknownCodec(VideoFault):
    code = "unknown_codec"
    message = _("画面的编码方式无法识别，请转成 H.264 编码的 MP4 后再上传")


class TooShort(VideoFault):
    code = "too_short"
    message = _("视频不到 1 秒，请检查是不是选错了文件")


class TooLong(VideoFault):
    code = "too_long"
    message = _("视频超过 %(hours)s 小时，请分成几段上传")


class PictureTooLarge(VideoFault):
    code = "picture_too_large"
    message = _("画面 %(width)s×%(height)s 太大，长边最多 %(limit)s 像素，请缩小后再上传")


class PictureTooSmall(VideoFault):
    code = "picture_too_small"
    message = _("画面 %(width)s×%(height)s 太小，短边至少 %(limit)s 像素")


class Corrupt(VideoFault):
    code = "corrupt"
    message = _("视频内容不完整：应有 %(expected)s 秒，只读出 %(found)s 秒。请检查源文件后重新上传")


class SourceMissing(VideoFault):
    code = "source_missing"
    message = _("上传的源文件已经不在存储里，请重新上传")


class GaveUp(VideoFault):
    code = "gave_up"
    message = _("转码多次没有成功，可以稍后重试；仍不行请联系技术支持")


# --- Happened on the way ----------------------------------------------------------------------------------------------
class LeaseLost(Exception):
    """Another worker has taken the video over; what this one made is thrown away."""


class TranscoderFailed(Exception):
    """ffmpeg ended badly for a reason that may pass: no memory, no disk, killed. Tried again."""
