"""A unit pays for its people (F4): the quote, the order, its seats; and a learner's code."""

from typing import Any

from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.orders import PAID_BY, OrderOut, shown
from api.pagination import PageQuery, page_response, paged_out
from api.schema import errors
from cms.queries import class_by_slug
from core import clock
from payments.queries import my_order, seats_of, seats_page
from payments.services import (
    ask_seats_back,
    assign_seat,
    begin_payment,
    pay_by_transfer,
    place_unit_order,
    quote,
    redeem_seat,
    send_codes,
)

SEAT_STATES = ("free", "used", "refunded")
MOST_SEATS = 2_000


class _OfAClass(serializers.Serializer[Any]):
    slug = serializers.CharField(max_length=255)
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)

    def get_fields(self) -> dict[str, Any]:
        """`class` is a word of Python's; the contract's name all the same."""
        fields = super().get_fields()
        return {"class": fields.pop("slug"), **fields}


class QuoteIn(_OfAClass):
    pass


class QuoteOut(serializers.Serializer[Any]):
    title = serializers.CharField(source="terms.title")
    price_fen = serializers.IntegerField(source="terms.price_fen")
    seats = serializers.IntegerField()
    amount_fen = serializers.IntegerField()
    valid_until = serializers.DateField()


class PurchaseIn(_OfAClass):
    provider = serializers.ChoiceField(PAID_BY)
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1),
        required=False,
        default=list,
        max_length=MOST_SEATS,
        help_text=_("付款后马上开通的人，只能是本单位的"),
    )


class SeatCountsOut(serializers.Serializer[Any]):
    free = serializers.IntegerField()
    used = serializers.IntegerField()
    refunded = serializers.IntegerField()


class PurchaseOut(serializers.Serializer[Any]):
    order = OrderOut()
    seats = SeatCountsOut()


class SeatOut(serializers.Serializer[Any]):
    code = serializers.CharField()
    state = serializers.ChoiceField(SEAT_STATES)
    person = serializers.CharField(help_text=_("谁在用；没用时为空"))
    sent_to = serializers.CharField(help_text=_("学习码发给了谁；没发时为空"))
    used_at = serializers.DateTimeField(allow_null=True)
    has_begun = serializers.BooleanField()
    is_finished = serializers.BooleanField()


class PersonIn(serializers.Serializer[Any]):
    person = serializers.IntegerField(min_value=1, max_value=2**63 - 1)


class SeatCodesIn(serializers.Serializer[Any]):
    people = serializers.ListField(
        child=serializers.IntegerField(min_value=1, max_value=2**63 - 1), min_length=1, max_length=MOST_SEATS
    )


class SeatsBackIn(serializers.Serializer[Any]):
    seats = serializers.IntegerField(min_value=1, max_value=MOST_SEATS)
    reason = serializers.CharField(max_length=80)


class CodeIn(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40)


class RedeemedOut(serializers.Serializer[Any]):
    slug = serializers.CharField(source="item.class_page.slug")
    title = serializers.CharField(source="item.title")
    enrolment = serializers.IntegerField(source="enrolment_id")

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"class": fields.pop("slug"), **fields}


SeatsOut = paged_out(SeatOut)


def _checked(serializer: serializers.Serializer[Any]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _purchase(request: Request, no: str) -> dict[str, Any]:
    """An order of the unit as the API tells it."""
    view = my_order(request.role, no)
    counts = seats_of([view.order.pk])[view.order.pk]
    return {"order": shown(view), "seats": SeatCountsOut(counts).data}


class QuoteView(APIView):
    @extend_schema(
        operation_id="purchases_quote",
        summary=_("集体购课报价"),
        request=QuoteIn,
        responses={200: QuoteOut, **errors(400, 403, 404, 409)},
    )
    def post(self, request: Request) -> Response:
        asked = _checked(QuoteIn(data=request.data))
        terms = class_by_slug(asked["class"])
        offer = quote(actor=request.role, class_id=terms.id, seats=asked["seats"], now=clock.now())
        return Response(QuoteOut(offer).data)


class PurchasesView(APIView):
    @extend_schema(
        operation_id="purchases_place",
        summary=_("单位下单"),
        description=_("金额由服务器定。付款方式是 bank 时订单保留 30 天，转账附言写订单号，到账后由财务确认。"),
        request=PurchaseIn,
        responses={201: PurchaseOut, **errors(400, 403, 404, 409, 503)},
    )
    def post(self, request: Request) -> Response:
        asked = _checked(PurchaseIn(data=request.data))
        terms, now = class_by_slug(asked["class"]), clock.now()
        order = place_unit_order(
            actor=request.role,
            class_id=terms.id,
            seats=asked["seats"],
            provider_name=asked["provider"],
            people=asked["people"],
            now=now,
        )
        if order.provider != "bank":
            begin_payment(order_id=order.pk, now=now)
        return Response(_purchase(request, order.no), status=status.HTTP_201_CREATED)


class TransferView(APIView):
    @extend_schema(
        operation_id="purchases_pay_by_transfer",
        summary=_("改用对公转账"),
        request=None,
        responses={200: PurchaseOut, **errors(404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        pay_by_transfer(actor=request.role, order_no=no, now=clock.now())
        return Response(_purchase(request, no))


class SeatsView(APIView):
    @extend_schema(
        operation_id="purchases_seats",
        summary=_("名额"),
        parameters=[PageQuery],
        responses={200: SeatsOut, **errors(404)},
    )
    def get(self, request: Request, no: str) -> Response:
        page = _checked(PageQuery(data=request.query_params))["page"]
        my_order(request.role, no)
        found = seats_page(request.role, no, page=page)
        rows = found.rows if page == found.page else []
        return page_response(request, SeatsOut, rows, page=page, pages=found.pages, count=found.count)


class AssignView(APIView):
    @extend_schema(
        operation_id="purchases_assign_seat",
        summary=_("给人分一个名额"),
        request=PersonIn,
        responses={200: PurchaseOut, **errors(400, 403, 404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        person = _checked(PersonIn(data=request.data))["person"]
        assign_seat(actor=request.role, order_no=no, user_id=person, now=clock.now())
        return Response(_purchase(request, no))


class SendView(APIView):
    @extend_schema(
        operation_id="purchases_send_codes",
        summary=_("把学习码发给人"),
        request=SeatCodesIn,
        responses={200: PurchaseOut, **errors(400, 404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        people = _checked(SeatCodesIn(data=request.data))["people"]
        send_codes(actor=request.role, order_no=no, user_ids=people, now=clock.now())
        return Response(_purchase(request, no))


class SeatsBackView(APIView):
    @extend_schema(
        operation_id="purchases_ask_seats_back",
        summary=_("申请退未使用的名额"),
        request=SeatsBackIn,
        responses={201: PurchaseOut, **errors(400, 404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        asked = _checked(SeatsBackIn(data=request.data))
        ask_seats_back(actor=request.role, order_no=no, now=clock.now(), **asked)
        return Response(_purchase(request, no), status=status.HTTP_201_CREATED)


class RedeemView(APIView):
    @extend_schema(
        operation_id="seats_redeem",
        summary=_("用学习码开通"),
        request=CodeIn,
        responses={200: RedeemedOut, **errors(400, 403, 409)},
    )
    def post(self, request: Request) -> Response:
        code = _checked(CodeIn(data=request.data))["code"]
        return Response(RedeemedOut(redeem_seat(actor=request.role, code=code, now=clock.now())).data)


urlpatterns = [
    path("purchases", PurchasesView.as_view(), name="purchases"),
    path("purchases/quote", QuoteView.as_view(), name="purchase-quote"),
    path("purchases/<slug:no>/transfer", TransferView.as_view(), name="purchase-transfer"),
    path("purchases/<slug:no>/seats", SeatsView.as_view(), name="purchase-seats"),
    path("purchases/<slug:no>/assign", AssignView.as_view(), name="purchase-assign"),
    path("purchases/<slug:no>/send", SendView.as_view(), name="purchase-send"),
    path("purchases/<slug:no>/refund", SeatsBackView.as_view(), name="purchase-refund"),
    path("seats/redeem", RedeemView.as_view(), name="redeem"),
]
