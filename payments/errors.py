"""Refusals of the payments room. Codes are the contract's; sentences are shown as they are."""

from django.utils.translation import gettext_lazy as _

from core.errors import FieldRefusal, Refusal


class NothingToPay(Refusal):
    code = "nothing_to_pay"
    message = _("“%(title)s”是免费的，直接报名就可以学")


class AlreadyEnrolled(Refusal):
    code = "already_enrolled"
    message = _("你已经在“%(title)s”里了，不用再付")


class HasAPlace(Refusal):
    """The same, of whom a seat is given to; his administrator reads it too."""

    code = "already_enrolled"
    message = _("已经在“%(title)s”里了，不用再开通")


class TooManyClasses(Refusal):
    code = "too_many_classes"
    message = _("一张订单最多 %(most)s 个班，请分开下单")


class ProviderNotOnOffer(FieldRefusal):
    code = "provider_not_on_offer"
    message = _("这种支付方式现在不能用，请换一种")


class ProviderUnavailable(Refusal):
    """The provider doesn't answer: nothing was begun that could cost anybody anything."""

    code = "provider_unavailable"
    message = _("支付平台暂时连不上，没有扣款。过几分钟再试，或者换一种支付方式")


class OrderNotOpen(Refusal):
    code = "order_not_open"
    message = _("这张订单已经不能再付款或取消了")


class OrderPaid(Refusal):
    """Cancelled too late: somebody had paid, and the payment holds."""

    code = "order_paid"
    message = _("这张订单已经付款成功，不能取消；需要退款请申请退款")


class PaymentMismatch(Refusal):
    """A genuine message that doesn't fit the order it names: merchant, app, amount, currency, provider."""

    code = "payment_mismatch"
    message = _("支付信息和订单不一致")


class UnknownPayment(Refusal):
    code = "unknown_payment"
    message = _("没有这笔支付")


class NoticeReplayed(Refusal):
    code = "notice_replayed"
    message = _("同一条通知又来了一次")


class RefundNotAllowed(Refusal):
    """The learner can't ask for it himself; `reason` says why."""

    code = "refund_not_allowed"
    message = _("%(reason)s")


class RefundTooMuch(Refusal):
    code = "refund_too_much"
    message = _("退款金额超过了还能退的 ¥%(left)s")


class HoursEarned(Refusal):
    code = "hours_earned"
    message = _("这个班已经计入 %(hours)s 学时，不能全额退款；确实要退请写明理由")


class SamePerson(Refusal):
    """Maker ≠ checker (F3)."""

    code = "same_person"
    message = _("退款要由另一位财务人员复核，申请人不能自己通过")


class RefundsChanged(Refusal):
    code = "refunds_changed"
    message = _("这张订单刚刚有了另一笔退款，先看一看再决定要不要提交")


class NotTheMaker(Refusal):
    code = "not_the_maker"
    message = _("只有申请人自己能撤回；不同意可以驳回")


class OpinionMissing(FieldRefusal):
    code = "opinion_missing"
    message = _("不同意时写上原因，申请人和付款人会看到")


class NotApproved(Refusal):
    """Money doesn't go back at a bank by one person either."""

    code = "not_approved"
    message = _("这笔退款还没有另一位财务人员同意，不能登记已退")


class AlreadyRepeated(Refusal):
    code = "already_repeated"
    message = _("这笔退款已经重新申请过了，不用再试")


class AlreadyDecided(Refusal):
    code = "already_decided"
    message = _("这笔退款已经处理过了")


class DayNotOver(FieldRefusal):
    code = "day_not_over"
    message = _("这一天还没有到，没有账单可对")


class NoteMissing(FieldRefusal):
    code = "note_missing"
    message = _("写上这条差异是怎么处理的，以后查得到")


class DifferenceGone(Refusal):
    """Somebody was faster, or the day was reconciled again and it wasn't found any more."""

    code = "already_decided"
    message = _("这条差异已经有人处理过，或者重新对账后已经没有了")


class ReferenceMissing(FieldRefusal):
    code = "reference_missing"
    message = _("填写银行回单上的流水号")


class ReferenceWrong(FieldRefusal):
    code = "invalid"
    message = _("%(reason)s")


class TransferWrong(FieldRefusal, PaymentMismatch):
    """What finance says of a transfer doesn't fit the order; `reason` says how, at the field."""

    code = "payment_mismatch"
    message = _("%(reason)s")


class InvoiceNotAllowed(Refusal):
    code = "invoice_not_allowed"
    message = _("%(reason)s")


class InvoiceFieldWrong(FieldRefusal):
    code = "invalid"
    message = _("%(reason)s")


class InvoiceDecided(AlreadyDecided):
    message = _("这张发票申请已经处理过了")


class InvoiceAmountChanged(Refusal):
    """Money went back since the page was opened: what is written on the invoice may be wrong."""

    code = "invoice_amount_changed"
    message = _("可开金额刚刚变成了 ¥%(amount)s，核对发票上的金额再提交")


class InvoiceNumberTaken(FieldRefusal):
    code = "invoice_number_taken"
    message = _("这个发票号码已经登记过，核对一下是不是传错了")


class NoRedLetterDue(Refusal):
    code = "no_red_letter_due"
    message = _("这张发票不用红冲，或者已经红冲过了")


class NotABuyer(Refusal):
    code = "not_an_administrator"
    message = _("单位购买课程需要有“购买课程”权限的管理员身份")


class SeatsWrong(FieldRefusal):
    code = "invalid"
    message = _("名额至少 1 个，最多 %(most)s 个；人选只能是本单位的人，不能多于名额")


class NotOfTheUnit(Refusal):
    """An unknown code and somebody else's sound alike, so that none can be guessed at."""

    code = "not_of_the_unit"
    message = _("学习码不对，或者不是你所在单位购买的")


class SeatTaken(Refusal):
    code = "seat_taken"
    message = _("没有空的名额了，或者这个学习码已经用过")


class TooManyToExport(Refusal):
    code = "too_many_to_export"
    message = _("一次最多导出 %(most)s 笔，请先缩小日期范围，分几次导出")
