"""One shape for every error, one table code → status (contract.md)."""

import importlib

import pytest
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory
from rest_framework.views import APIView

from api.statuses import STATUSES, status_of
from core.errors import FieldRefusal, Refusal
from identity.errors import CaptchaInvalid, Locked
from learning.errors import LessonLocked, TooManyTries, WrongRegion

ROOMS = ("identity", "learning")  # the API calls no service that raises others


def answer_to(raised):
    """What an API view answers that raises this."""

    class View(APIView):
        authentication_classes = ()
        permission_classes = ()
        throttle_classes = ()

        def get(self, request):
            raise raised

    response = View.as_view()(APIRequestFactory().get("/"))
    assert isinstance(response, Response)
    return response


def all_refusals(kind=Refusal):
    for room in ROOMS:
        importlib.import_module(f"{room}.errors")
    for subclass in kind.__subclasses__():
        yield subclass
        yield from all_refusals(subclass)


def test_a_refusal_has_its_code_its_sentence_and_its_status():
    response = answer_to(WrongRegion(regions="城东区"))

    assert response.status_code == 403
    assert response.data == {
        "type": "client_error",
        "errors": [
            {"code": "wrong_region", "detail": "这个班只对 城东区 开放，你的单位不在其中", "attr": None},
        ],
    }


def test_a_refusal_of_a_field_names_it():
    response = answer_to(CaptchaInvalid("captcha"))

    assert response.status_code == 400
    assert response.data["type"] == "validation_error"
    assert (response.data["errors"][0]["code"], response.data["errors"][0]["attr"]) == ("captcha_invalid", "captcha")


def test_a_wait_is_told_in_the_header_too():
    response = answer_to(TooManyTries(seconds=12))

    assert (response.status_code, response["Retry-After"]) == (429, "12")


def test_a_locked_lesson_and_a_locked_account_are_told_apart():
    assert status_of(LessonLocked()) == 403
    assert status_of(Locked(minutes=5)) == 429


@pytest.mark.parametrize("missing", [ObjectDoesNotExist(), Http404()])
def test_what_is_not_there_is_404(missing):
    response = answer_to(missing)

    assert (response.status_code, response.data["errors"][0]["code"]) == (404, "not_found")


def test_django_s_own_refusal_is_403():
    assert answer_to(PermissionDenied()).status_code == 403


def test_a_fault_of_ours_says_nothing_of_itself():
    response = answer_to(ZeroDivisionError("secret detail"))

    assert (response.status_code, response.data["type"]) == (500, "server_error")
    assert "secret detail" not in str(response.data)


def test_every_refusal_of_every_room_stands_in_the_table():
    unlisted = {
        f"{kind.__module__}.{kind.__name__}: {kind.code}"
        for kind in all_refusals()
        if kind.__module__.partition(".")[0] in ROOMS
        and not issubclass(kind, FieldRefusal)
        and kind.code not in STATUSES
    }

    assert unlisted == set()


@pytest.mark.django_db
@pytest.mark.parametrize("method", ["get", "post", "put", "patch", "delete"])
def test_an_address_that_is_none_answers_in_the_same_shape(client, method):
    response = getattr(client, method)("/api/v1/there/is/nothing")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (404, "not_found")


@pytest.mark.django_db
def test_a_method_that_an_address_has_not_is_405(client):
    response = client.delete("/api/v1/specialties")

    assert (response.status_code, response.json()["errors"][0]["code"]) == (405, "method_not_allowed")
