"""Staff look at a ready video in the admin: playlists and keys without a watch."""

from django.http import Http404, HttpRequest, HttpResponse

from media_pipeline import playlists
from media_pipeline.errors import VideoNotReady
from media_pipeline.office.acts import VideoAct
from media_pipeline.queries import Media, key_for, media_of

_PLAYLIST = "application/vnd.apple.mpegurl"


class Preview(VideoAct):
    permission_required = None
    any_permission_required = ["add", "change", "delete", "view"]
    http_method_names = ["get"]

    def media(self, pk: int) -> Media:
        """The video's media. Raises Http404 before it is ready."""
        try:
            return media_of(pk)
        except VideoNotReady:
            raise Http404 from None


class Master(Preview):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return HttpResponse(playlists.master(self.media(pk), lambda name: f"{name}.m3u8"), content_type=_PLAYLIST)


class Rendition(Preview):
    def get(self, request: HttpRequest, pk: int, name: str) -> HttpResponse:
        media = self.media(pk)
        if name not in {item["name"] for item in media.renditions}:
            raise Http404
        return HttpResponse(playlists.rendition(media, name, lambda window: f"keys/{window}"), content_type=_PLAYLIST)


class Key(Preview):
    def get(self, request: HttpRequest, pk: int, window: int) -> HttpResponse:
        media = self.media(pk)
        if window * media.window_ms >= media.duration_ms:
            raise Http404
        return HttpResponse(key_for(pk, window), content_type="application/octet-stream")
