"""Everything that changes videos."""

from media_pipeline.services.captions import remove_captions, set_captions
from media_pipeline.services.jobs import retry_transcode, sweep_videos
from media_pipeline.services.removal import delete_video
from media_pipeline.services.transcoding import transcode
from media_pipeline.services.upload import receive_upload

__all__ = [
    "delete_video",
    "receive_upload",
    "remove_captions",
    "retry_transcode",
    "set_captions",
    "sweep_videos",
    "transcode",
]
