"""Videos in Wagtail's admin, for the platform's own editors (E2)."""

from media_pipeline.office.viewset import VideoViewSet

video_viewset = VideoViewSet()

__all__ = ["VideoViewSet", "video_viewset"]
