"""What DRF views answer when something is raised: the contract's one shape of errors."""

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, RequestDataTooBig
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_standardized_errors import handler
from rest_framework import exceptions
from rest_framework.exceptions import ErrorDetail
from rest_framework.response import Response

from api.statuses import status_of
from core.errors import FieldRefusal, FieldRefusals, Refusal


class _Refused(exceptions.APIException):
    """A refusal in DRF's clothes; `wait` becomes Retry-After."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(str(refusal), refusal.code)
        self.status_code = status_of(refusal)
        self.wait = getattr(refusal, "wait_seconds", None)


class ExceptionHandler(handler.ExceptionHandler):
    """Translates what services and queries raise; a missing row is 404 whoever asks, so ids can't be probed."""

    def convert_known_exceptions(self, exc: Exception) -> Exception:
        if isinstance(exc, FieldRefusal):
            return exceptions.ValidationError({exc.attr: [ErrorDetail(str(exc), exc.code)]})
        if isinstance(exc, FieldRefusals):
            return exceptions.ValidationError(
                {fault.attr: [ErrorDetail(str(fault), fault.code)] for fault in exc.faults}
            )
        if isinstance(exc, Refusal):
            return _Refused(exc)
        if isinstance(exc, ObjectDoesNotExist | Http404):
            return exceptions.NotFound()
        if isinstance(exc, PermissionDenied):
            return exceptions.PermissionDenied()
        if isinstance(exc, RequestDataTooBig):
            return exceptions.ParseError(_("内容太长"), "too_large")
        return exc

    def report_exception(self, exc: exceptions.APIException, response: Response) -> None:
        """A refusal is no fault of ours, also where its status is 503: a payment provider is down."""
        if not isinstance(exc, _Refused):
            super().report_exception(exc, response)
