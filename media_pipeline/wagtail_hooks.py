"""Videos in Wagtail's admin."""

from wagtail import hooks

from media_pipeline.chooser import VideoChooserViewSet, video_chooser_viewset


@hooks.register("register_admin_viewset")
def register_chooser() -> VideoChooserViewSet:
    return video_chooser_viewset
