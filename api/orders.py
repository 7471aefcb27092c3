"""Orders (L4, F1, contract.md): placing, reading, cancelling, changing the provider, asking for money back."""

from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.http import FileResponse, Http404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api.pagination import PageQuery, page_response, paged_out
from api.schema import errors
from cms.queries import class_by_slug
from core import clock
from core.attachments import as_attachment
from payments.queries import OrderView, my_order, my_orders_page, qr_of
from payments.services import (
    ask_invoice,
    ask_own_refund,
    begin_payment,
    cancel_order,
    change_provider,
    invoice_of,
    place_order,
    refresh_order,
)

PROVIDERS = ("wechat", "alipay")
ORDER_STATES = ("open", "closing", "closed", "paid", "paid_late", "refunding", "partly_refunded", "refunded")
PAID_BY = (*PROVIDERS, "bank")
HEADINGS = ("person", "unit")
INVOICE_STATES = ("asked", "issued", "rejected")
REFUND_STATES = ("asked", "rejected", "withdrawn", "approved", "sent", "done", "failed")


class OrderIn(serializers.Serializer[Any]):
    slug = serializers.CharField(required=False, max_length=255, help_text=_("一个班的 slug；和 classes 二选一"))
    classes = serializers.ListField(
        child=serializers.CharField(max_length=255), required=False, min_length=1, max_length=50
    )
    provider = serializers.ChoiceField(PROVIDERS)

    def get_fields(self) -> dict[str, Any]:
        """`class` is a word of Python's; the contract's name all the same."""
        fields = super().get_fields()
        return {"class": fields.pop("slug"), **fields}

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if ("class" in data) == ("classes" in data):
            raise ValidationError({"class": ErrorDetail(_("选一个班，或者用 classes 选几个"), "required")})
        return data


class ProviderIn(serializers.Serializer[Any]):
    provider = serializers.ChoiceField(PROVIDERS)


class RefundIn(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=80)


class OrderItemOut(serializers.Serializer[Any]):
    slug = serializers.CharField(source="class_page.slug")
    title = serializers.CharField()
    price_fen = serializers.IntegerField()

    def get_fields(self) -> dict[str, Any]:
        fields = super().get_fields()
        return {"class": fields.pop("slug"), **fields}


class OrderRefundOut(serializers.Serializer[Any]):
    no = serializers.CharField(source="number")
    amount_fen = serializers.IntegerField()
    state = serializers.ChoiceField(REFUND_STATES)
    reason = serializers.CharField()
    asked_at = serializers.DateTimeField()
    done_at = serializers.DateTimeField(allow_null=True)


class InvoiceIn(serializers.Serializer[Any]):
    heading_kind = serializers.ChoiceField(HEADINGS, help_text=_("person 个人，unit 单位"))
    heading = serializers.CharField(max_length=100)
    tax_number = serializers.CharField(
        max_length=30, required=False, allow_blank=True, default="", help_text=_("单位抬头必填")
    )
    email = serializers.EmailField(required=False, allow_blank=True, default="")


class InvoiceOut(serializers.Serializer[Any]):
    state = serializers.ChoiceField(INVOICE_STATES)
    heading_kind = serializers.ChoiceField(HEADINGS)
    heading = serializers.CharField()
    tax_number = serializers.CharField()
    email = serializers.CharField()
    amount_fen = serializers.IntegerField()
    asked_at = serializers.DateTimeField()
    number = serializers.CharField(help_text=_("发票号码；还没开时为空"))
    reason = serializers.CharField(help_text=_("退回的原因"))


class OrderOut(serializers.Serializer[Any]):
    no = serializers.CharField(source="order.no")
    amount_fen = serializers.IntegerField(source="order.amount_fen")
    provider = serializers.ChoiceField(PAID_BY, source="order.provider")
    code_url = serializers.CharField(allow_null=True, help_text=_("二维码的内容；不在待付款时为空"))
    qr = serializers.CharField(allow_null=True, help_text=_("二维码图片，data URI"))
    status = serializers.ChoiceField(ORDER_STATES, source="order.state")
    created_at = serializers.DateTimeField(source="order.created_at")
    expires_at = serializers.DateTimeField(source="order.expires_at")
    paid_at = serializers.DateTimeField(source="order.paid_at", allow_null=True)
    server_time = serializers.DateTimeField(help_text=_("服务器现在的时间，倒计时按它走"))
    items = OrderItemOut(many=True)
    refunds = OrderRefundOut(many=True)
    invoice = InvoiceOut(allow_null=True)


OrdersOut = paged_out(OrderOut)


def shown(view: OrderView) -> dict[str, Any]:
    """An order as the API tells it."""
    return OrderOut(_told(view, qr_of(view.code_url) if view.code_url else None)).data


def _told(view: OrderView, qr: str | None = None) -> dict[str, Any]:
    return {
        "order": view.order,
        "items": view.items,
        "refunds": view.refunds,
        "invoice": next(iter(view.invoices), None),
        "code_url": view.code_url or None,
        "qr": qr,
        "server_time": clock.now(),
    }


class OrdersView(APIView):
    @extend_schema(operation_id="orders_list", summary=_("我的订单"), parameters=[PageQuery], responses=OrdersOut)
    def get(self, request: Request) -> Response:
        query = PageQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        page = query.validated_data["page"]
        found = my_orders_page(request.role, page)
        rows = [_told(view) for view in found.views]
        return page_response(request, OrdersOut, rows, page=page, pages=found.pages, count=found.count)

    @extend_schema(
        operation_id="orders_place",
        summary=_("下单"),
        description=_("金额由服务器定。这个班已经有待付款的订单时，答 200 和那张订单。"),
        request=OrderIn,
        responses={201: OrderOut, 200: OrderOut, **errors(400, 403, 404, 409, 503)},
    )
    def post(self, request: Request) -> Response:
        asked = OrderIn(data=request.data)
        asked.is_valid(raise_exception=True)
        data = asked.validated_data
        slugs = data["classes"] if "classes" in data else [data["class"]]
        class_ids = [class_by_slug(slug).id for slug in slugs]
        order, is_new = place_order(
            actor=request.role, class_ids=class_ids, provider_name=data["provider"], now=clock.now()
        )
        begin_payment(order_id=order.pk, now=clock.now())
        code = status.HTTP_201_CREATED if is_new else status.HTTP_200_OK
        return Response(shown(my_order(request.role, order.no)), status=code)


class OrderDetailView(APIView):
    @extend_schema(
        operation_id="orders_read",
        summary=_("订单"),
        description=_("待付款时会去支付平台问一次（每几秒最多一次），丢了的通知就这样补上。"),
        responses={200: OrderOut, **errors(404)},
    )
    def get(self, request: Request, no: str) -> Response:
        view = my_order(request.role, no)
        refresh_order(order_id=view.order.pk, now=clock.now())
        return Response(shown(my_order(request.role, no)))


class OrderCancelView(APIView):
    @extend_schema(
        operation_id="orders_cancel",
        summary=_("取消订单"),
        request=None,
        responses={200: OrderOut, **errors(404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        cancel_order(actor=request.role, order_no=no, clock=clock.now)
        return Response(shown(my_order(request.role, no)))


class OrderProviderView(APIView):
    @extend_schema(
        operation_id="orders_change_provider",
        summary=_("换一种支付方式"),
        request=ProviderIn,
        responses={200: OrderOut, **errors(400, 404, 409, 503)},
    )
    def post(self, request: Request, no: str) -> Response:
        asked = ProviderIn(data=request.data)
        asked.is_valid(raise_exception=True)
        provider = asked.validated_data["provider"]
        order = change_provider(actor=request.role, order_no=no, provider_name=provider, now=clock.now())
        begin_payment(order_id=order.pk, now=clock.now())
        return Response(shown(my_order(request.role, no)))


class OrderRefundView(APIView):
    @extend_schema(
        operation_id="orders_ask_refund",
        summary=_("申请退款"),
        description=_("还没开始学、没过期限时可以自己申请全额退款，由财务复核。"),
        request=RefundIn,
        responses={201: OrderOut, **errors(400, 404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        asked = RefundIn(data=request.data)
        asked.is_valid(raise_exception=True)
        reason = asked.validated_data["reason"]
        ask_own_refund(actor=request.role, order_no=no, reason=reason, now=clock.now())
        return Response(shown(my_order(request.role, no)), status=status.HTTP_201_CREATED)


class OrderInvoiceView(APIView):
    @extend_schema(
        operation_id="orders_read_invoice",
        summary=_("下载发票"),
        responses={(200, "application/pdf"): OpenApiTypes.BINARY, **errors(404)},
    )
    def get(self, request: Request, no: str) -> FileResponse:
        try:
            issued = invoice_of(request.role, no)
            return as_attachment(stored=issued.file, kind="pdf", name=f"{issued.number}.pdf")
        except (ObjectDoesNotExist, FileNotFoundError):
            raise Http404 from None

    @extend_schema(
        operation_id="orders_ask_invoice",
        summary=_("申请发票"),
        description=_("付款以后可以申请一次；被退回的可以再申请。单位抬头要填对的统一社会信用代码。"),
        request=InvoiceIn,
        responses={201: OrderOut, **errors(400, 404, 409)},
    )
    def post(self, request: Request, no: str) -> Response:
        asked = InvoiceIn(data=request.data)
        asked.is_valid(raise_exception=True)
        ask_invoice(actor=request.role, order_no=no, now=clock.now(), **asked.validated_data)
        return Response(shown(my_order(request.role, no)), status=status.HTTP_201_CREATED)


urlpatterns = [
    path("orders", OrdersView.as_view(), name="orders"),
    path("orders/<slug:no>", OrderDetailView.as_view(), name="order"),
    path("orders/<slug:no>/cancel", OrderCancelView.as_view(), name="order-cancel"),
    path("orders/<slug:no>/provider", OrderProviderView.as_view(), name="order-provider"),
    path("orders/<slug:no>/refund", OrderRefundView.as_view(), name="order-refund"),
    path("orders/<slug:no>/invoice", OrderInvoiceView.as_view(), name="order-invoice"),
]
