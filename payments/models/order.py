"""Orders (订单): what is bought, by whom, in which state; and the events that made it so."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from identity.acting import ActingRole


class OrderQuerySet(models.QuerySet["Order"]):
    """Orders that a role may see."""

    def of(self, role: ActingRole) -> "OrderQuerySet":
        """A learner's own; a unit's for an administrator of it with the purchases module; nothing for all others."""
        if role.is_learner:
            return self.filter(user_id=role.user_id, organisation__isnull=True)
        if role.is_administrator and role.may("purchases"):
            return self.filter(organisation_id=role.organisation_id)
        return self.none()


class Order(models.Model):
    """An order for one class or several (X11), of a learner for himself or of a unit for its people (F4).

    `state` follows from the events (`payments.states`). `received_fen` and `returned_fen` are their sums, kept in the
    transaction of each event. `honoured` is the one payment that the order was fulfilled by; money beyond it is surplus
    and goes back by itself.
    """

    class State(models.TextChoices):
        OPEN = "open", _("待付款")
        CLOSING = "closing", _("正在关闭")
        CLOSED = "closed", _("已关闭")
        PAID = "paid", _("已付款")
        PAID_LATE = "paid_late", _("关闭后到账")
        REFUNDING = "refunding", _("退款中")
        PARTLY_REFUNDED = "partly_refunded", _("部分退款")
        REFUNDED = "refunded", _("已退款")

    no = models.CharField(_("订单号"), max_length=24, unique=True)
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="orders")
    organisation = models.ForeignKey(
        "identity.Organisation", null=True, on_delete=models.PROTECT, related_name="orders", verbose_name=_("付款单位")
    )
    state = models.CharField(_("状态"), max_length=16, choices=State.choices, default=State.OPEN)
    provider = models.CharField(_("支付方式"), max_length=8)
    amount_fen = models.PositiveIntegerField(_("金额（分）"))
    received_fen = models.PositiveBigIntegerField(_("到账（分）"), default=0)
    returned_fen = models.PositiveBigIntegerField(_("退回（分）"), default=0)
    honoured = models.OneToOneField(
        "payments.Payment", null=True, on_delete=models.PROTECT, related_name="honours", verbose_name=_("生效的支付")
    )
    created_at = models.DateTimeField(_("下单时间"))
    expires_at = models.DateTimeField(_("失效时间"))
    paid_at = models.DateTimeField(_("付款时间"), null=True)
    closed_at = models.DateTimeField(_("关闭时间"), null=True)
    next_look_at = models.DateTimeField(_("下次查询"))

    objects = OrderQuerySet.as_manager()

    class Meta:
        verbose_name = _("订单")
        verbose_name_plural = _("订单")
        constraints = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="order_costs_something"),
            models.CheckConstraint(condition=Q(returned_fen__lte=F("received_fen")), name="returned_within_received"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "closing", "closed"], honoured__isnull=True)
                | (~Q(state__in=["open", "closing", "closed"]) & Q(honoured__isnull=False)),
                name="paid_by_one_payment",
            ),
        ]
        indexes = [
            models.Index(fields=["user", "-created_at"], name="order_by_user"),
            models.Index(fields=["organisation", "-created_at"], name="order_by_organisation"),
            models.Index(fields=["-created_at", "-id"], name="order_by_time"),
            models.Index(fields=["state", "-created_at", "-id"], name="order_by_state"),
            models.Index(fields=["provider", "-created_at", "-id"], name="order_by_provider"),
            models.Index(fields=["amount_fen", "-created_at", "-id"], name="order_by_amount"),
            models.Index(fields=["-paid_at", "-id"], condition=Q(paid_at__isnull=False), name="order_by_payment_time"),
            models.Index(
                fields=["next_look_at"], condition=Q(state__in=["open", "closing"]), name="order_to_look_after"
            ),
        ]

    def __str__(self) -> str:
        return self.no


class OrderItem(models.Model):
    """A class in an order: its price, title and specialty as they were when it was ordered, for `seats` people.

    `is_open`: the order waits for its money; a learner has one such item a class. `reserved_fen`: given back, or about
    to be. `enrolment`: the place this item gave its learner; a unit's items give theirs through seats.
    """

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="items")
    user = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    class_page = models.ForeignKey("cms.ClassPage", on_delete=models.PROTECT, related_name="+")
    title = models.CharField(_("班级"), max_length=255)
    specialty = models.CharField(_("专业"), max_length=255, blank=True)
    price_fen = models.PositiveIntegerField(_("单价（分）"))
    seats = models.PositiveIntegerField(_("名额"), default=1)
    syllabus_version = models.PositiveIntegerField()
    is_open = models.BooleanField(default=True)
    reserved_fen = models.PositiveBigIntegerField(default=0)
    enrolment = models.ForeignKey("learning.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("订单内容")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "class_page"],
                condition=Q(is_open=True, user__isnull=False),
                name="one_open_order_a_class",
            ),
            models.UniqueConstraint(fields=["order", "class_page"], name="class_once_in_order"),
            models.CheckConstraint(condition=Q(price_fen__gt=0, seats__gt=0), name="item_costs_something"),
            models.CheckConstraint(
                condition=Q(reserved_fen__lte=F("price_fen") * F("seats")), name="refunds_within_item"
            ),
            models.CheckConstraint(condition=Q(user__isnull=True) | Q(seats=1), name="a_learner_has_one_seat"),
        ]
        indexes = [
            models.Index(fields=["class_page", "order"], name="item_by_class"),
            models.Index(fields=["specialty", "order"], name="item_by_specialty"),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}: {self.title}"

    @property
    def total_fen(self) -> int:
        return self.price_fen * self.seats


class OrderEvent(models.Model):
    """Something that happened to an order (流水). Append-only; the order's state and money are the sum of its events.

    `amount_fen`: positive where money came, negative where it went back, else 0. `message` is what a provider said,
    verified, its secrets masked. `actor_id` is null for the machine's own acts.
    """

    class Kind(models.TextChoices):
        CREATED = "created", _("下单")
        ATTEMPTED = "attempted", _("请求付款码")
        PROVIDER_CHANGED = "provider_changed", _("更换支付方式")
        CLOSING = "closing", _("开始关闭")
        CLOSED = "closed", _("已关闭")
        PAID = "paid", _("到账")
        LATE = "late", _("关闭后到账")
        SURPLUS = "surplus", _("重复到账")
        ENROLLED = "enrolled", _("开通学习")
        NOT_ENROLLED = "not_enrolled", _("未能开通")
        SEATS_OPENED = "seats_opened", _("名额可用")
        REFUND_ASKED = "refund_asked", _("申请退款")
        REFUND_REJECTED = "refund_rejected", _("驳回退款")
        REFUND_WITHDRAWN = "refund_withdrawn", _("撤回退款申请")
        REFUND_APPROVED = "refund_approved", _("同意退款")
        REFUND_SENT = "refund_sent", _("退款已提交")
        REFUND_FAILED = "refund_failed", _("退款失败")
        REFUNDED = "refunded", _("退款到账")
        ENROLMENT_ENDED = "enrolment_ended", _("停止学习")
        ENROLMENT_KEPT = "enrolment_kept", _("保留学习")
        ENROLMENT_RESTORED = "enrolment_restored", _("恢复学习")
        INVOICED = "invoiced", _("开具发票")

    order = models.ForeignKey(Order, on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("时间"))
    kind = models.CharField(_("事件"), max_length=20, choices=Kind.choices)
    amount_fen = models.BigIntegerField(_("金额（分）"), default=0)
    provider = models.CharField(_("支付方式"), max_length=8, blank=True)
    payment = models.ForeignKey("payments.Payment", null=True, on_delete=models.PROTECT, related_name="events")
    refund = models.ForeignKey("payments.Refund", null=True, on_delete=models.PROTECT, related_name="events")
    actor_id = models.BigIntegerField(_("操作人"), null=True)
    detail = models.CharField(_("说明"), max_length=300, blank=True)
    message: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(_("原始消息"), default=dict)

    class Meta:
        verbose_name = _("订单流水")
        verbose_name_plural = _("订单流水")
        constraints = [
            models.UniqueConstraint(
                fields=["payment"], condition=Q(kind="paid"), name="one_provider_transaction_counts_once"
            ),
            models.UniqueConstraint(fields=["refund"], condition=Q(kind="refunded"), name="a_refund_counts_once"),
            models.CheckConstraint(
                condition=Q(kind="paid", amount_fen__gt=0)
                | Q(kind="refunded", amount_fen__lt=0)
                | (~Q(kind__in=["paid", "refunded"]) & Q(amount_fen=0)),
                name="money_moves_by_these_events",
            ),
        ]
        indexes = [
            models.Index(fields=["order", "at", "id"], name="event_by_order"),
            # All that totals read of an event: the table itself, wide with what providers said, isn't touched for them.
            models.Index(
                fields=["at", "provider", "kind", "amount_fen", "order", "payment"],
                condition=~Q(amount_fen=0),
                name="money_by_day",
            ),
            models.Index(
                fields=["kind", "-at", "-id"], condition=Q(kind__in=["surplus", "late"]), name="money_nobody_expected"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id} {self.kind} {self.amount_fen}"


class Seat(models.Model):
    """A place in a class that a unit paid for (名额, F4): given to a person by name or by voucher code, used once."""

    class State(models.TextChoices):
        FREE = "free", _("未使用")
        USED = "used", _("已使用")
        REFUNDED = "refunded", _("已退")

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="given_seats")
    code = models.CharField(_("学习码"), max_length=16, unique=True)
    state = models.CharField(_("状态"), max_length=8, choices=State.choices, default=State.FREE)
    user = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("learning.Enrolment", null=True, on_delete=models.PROTECT, related_name="+")
    used_at = models.DateTimeField(_("使用时间"), null=True)
    sent_to = models.ForeignKey("identity.User", null=True, on_delete=models.PROTECT, related_name="+")
    """Whom its code was sent to; whoever of the unit types it first has the seat."""
    refund = models.ForeignKey("payments.Refund", null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("名额")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="used", enrolment__isnull=False, user__isnull=False)
                | (~Q(state="used") & Q(enrolment__isnull=True)),
                name="a_used_seat_is_somebodys",
            ),
            models.CheckConstraint(
                condition=~Q(state="refunded") | Q(refund__isnull=False), name="a_refunded_seat_names_its_refund"
            ),
        ]
        indexes = [models.Index(fields=["item", "state", "id"], name="seat_by_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.state}"


class SeatWish(models.Model):
    """Who was chosen for a seat when it was ordered; he gets it as soon as it is paid."""

    item = models.ForeignKey(OrderItem, on_delete=models.PROTECT, related_name="wishes")
    user = models.ForeignKey("identity.User", on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("名额人选")
        constraints = [models.UniqueConstraint(fields=["item", "user"], name="chosen_once_an_item")]

    def __str__(self) -> str:
        return f"{self.item_id} {self.user_id}"
