"""Serving the pictures of questions: whoever has an address that we signed gets the picture, and nothing about it."""

from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from wagtail.images.views.serve import ServeView


class QuestionPictureView(ServeView):
    """Wagtail's own view of signed picture addresses, without the name of the file: it may say what is right."""

    def get(self, request: HttpRequest, **named: object) -> HttpResponse:
        try:
            return super().get(request, **named)
        except PermissionDenied:
            raise Http404 from None

    def serve(self, rendition: object) -> FileResponse:
        response = super().serve(rendition)
        del response["Content-Disposition"]
        return response
