"""Reading evidence: support alone, as a download, written down each time."""

from django.http import FileResponse, Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path
from django.views import View
from wagtail.admin.views.generic.permissions import PermissionCheckedMixin
from wagtail.admin.viewsets.base import ViewSet

from core import audit, clock
from core.attachments import as_attachment
from identity.lockout import address_of
from registry.units.models import Evidence


class ReadEvidence(PermissionCheckedMixin, View):
    """GET the file."""

    model = Evidence
    permission_required = "view"
    http_method_names = ["get"]

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        evidence = get_object_or_404(Evidence, pk=pk)
        try:
            answer = as_attachment(stored=evidence.stored, kind=evidence.kind, name=evidence.name)
        except FileNotFoundError:
            raise Http404 from None
        audit.record(
            act="evidence.read",
            now=clock.now(),
            actor_id=request.user.pk,
            acting_as="staff",
            address=address_of(request),
            target=("evidence", pk),
        )
        return answer


class EvidenceViewSet(ViewSet):
    """The address of every file; no list."""

    name = "evidence"

    def get_urlpatterns(self) -> list[URLPattern]:
        return [path("<int:pk>/", ReadEvidence.as_view(), name="read")]
