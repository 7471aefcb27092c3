"""Videos in Wagtail's admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.viewsets.base import ViewSet

from media_pipeline.chooser import video_chooser_viewset
from media_pipeline.office import video_viewset


@hooks.register("register_admin_viewset")
def register_videos() -> list[ViewSet]:
    return [video_viewset, video_chooser_viewset]


@hooks.register("insert_global_admin_css")
def upload_css() -> SafeString:
    return format_html('<link rel="stylesheet" href="{}">', static("css/upload.css"))
