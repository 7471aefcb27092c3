"""发票: the queue of requests, and one of them: issued, sent back, put right, taken back by a red-letter invoice."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from core import clock
from core.attachments import as_attachment
from core.errors import Refusal
from core.forms import put
from identity.office import ReasonForm
from payments.models import Invoice
from payments.money import yuan
from payments.office.base import Desk, DeskPage
from payments.queries.invoices import (
    MOST_COUNTED,
    RED,
    TABS,
    InvoiceFacts,
    InvoiceFilters,
    invoice_counts,
    invoice_facts,
    invoices_page,
)
from payments.services import invoice_amount, issue_invoice, note_red_letter, reject_invoice, replace_invoice

_LISTING = ("finance_invoices:index", _("发票"))
_ASKED, _ISSUED, _REJECTED = (
    state.value for state in (Invoice.State.ASKED, Invoice.State.ISSUED, Invoice.State.REJECTED)
)
_WORDS = {_ASKED: _("待开票"), _ISSUED: _("已开票"), _REJECTED: _("已退回"), RED: _("要开红字发票")}
_PILLS = {_ASKED: ("wait", "time"), _ISSUED: ("ok", "check"), _REJECTED: ("idle", "cross")}
_ACTS = {
    "invoice.issued": _("已开票"),
    "invoice.rejected": _("退回申请"),
    "invoice.replaced": _("更换发票"),
    "invoice.red_letter": _("开红字发票"),
}


def pill(invoice: Invoice) -> tuple[str, str, str]:
    """Kind, icon and words of its state."""
    return *_PILLS[invoice.state], str(_WORDS[invoice.state])


# --- The queue --------------------------------------------------------------------------------------------------------
def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"invalid": _("写成日期，比如 2026-03-01")},
    )


class InvoiceFilterForm(forms.Form):
    """What the queue is narrowed to."""

    heading = forms.CharField(label=_("抬头"), required=False, max_length=100, strip=True)
    order_no = forms.CharField(label=_("订单号"), required=False, max_length=40)
    asked_from = _day(_("申请日期，从"))
    asked_to = _day(_("到"))

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        first, last = found.get("asked_from"), found.get("asked_to")
        if first and last and last < first:
            self.add_error("asked_to", gettext("这一天不能早于前一天"))
        return found

    def filters(self) -> InvoiceFilters:
        """Of a valid form."""
        asked = self.cleaned_data
        order_no = "".join(asked["order_no"].split()).upper()
        return InvoiceFilters(asked["heading"], order_no, asked["asked_from"], asked["asked_to"])


class InvoiceListView(DeskPage):
    """Requests that wait, the oldest first, unless another tab is chosen."""

    model = Invoice
    template_name = "payments/office/invoices.html"
    page_title = _("发票")
    header_icon = "doc-full"

    def get_breadcrumbs_items(self) -> list[dict[str, Any]]:
        return [*self.breadcrumbs_items, {"url": "", "label": str(self.page_title)}]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        asked = self.request.GET
        tab = asked.get("tab", "")
        tab = tab if tab in TABS else _ASKED
        form = InvoiceFilterForm(asked)
        counts = invoice_counts()
        context = {
            "form": form,
            "tab": tab,
            "red": RED,
            "tabs": [_tab(name, asked, tab, counts) for name in TABS],
            "address": _address(asked, tab),
            "is_narrowed": any(asked.get(name) for name in form.fields),
            "is_first": "page" not in asked,
            "listed": None,
        }
        if form.is_valid():
            listed = invoices_page(tab, form.filters(), cursor=asked.get("page", ""))
            rows = [
                {"invoice": one, "amount": yuan(_now_fen(one)), "due": _due(one), "payer": _payer(one)}
                for one in listed.rows
            ]
            context |= {"listed": listed, "rows": rows}
        return super().get_context_data(**kwargs) | context


def _now_fen(invoice: Invoice) -> int:
    """What a row tells: of one that waits, what it was asked for; the page says what it has become since."""
    return invoice.amount_fen - invoice.red_fen


def _due(invoice: Invoice) -> str:
    """What a row of the list of red letters needs one for: the list knows what went back."""
    back = getattr(invoice, "back_fen", None)
    return "" if back is None else yuan(invoice.amount_fen - invoice.red_fen - invoice.order.amount_fen + back)


def _payer(invoice: Invoice) -> str:
    order = invoice.order
    return order.organisation.name if order.organisation else order.user.name


def _address(asked: QueryDict, tab: str) -> str:
    """The query of the same list, without the place in it."""
    query = asked.copy()
    query.pop("page", None)
    query["tab"] = tab
    return query.urlencode()


def _tab(name: str, asked: QueryDict, open_one: str, counts: Mapping[str, int]) -> dict[str, Any]:
    count = counts.get(name, 0)
    return {
        "words": _WORDS[name],
        "address": _address(asked, name),
        "count": f"{MOST_COUNTED}+" if count > MOST_COUNTED else count,
        "is_open": name == open_one,
    }


# --- One request ------------------------------------------------------------------------------------------------------
class IssueForm(forms.Form):
    """The number and the PDF of what was issued. `expected_fen`: what the page said it is about."""

    number = forms.CharField(
        label=_("发票号码"),
        max_length=40,
        required=False,
        help_text=_("数电发票是 20 位数字"),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )
    file = forms.FileField(
        label=_("发票 pdf"),
        required=False,
        allow_empty_file=True,
        help_text=_("只收 pdf，最大 4 MB"),
        widget=forms.FileInput(attrs={"accept": ".pdf,application/pdf"}),
    )
    expected_fen = forms.IntegerField(required=False, widget=forms.HiddenInput)


class ReplaceForm(IssueForm):
    """What was wrong is put right; who asked is told."""

    reason = forms.CharField(label=_("更换原因"), max_length=200, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["expected_fen"]
        self.fields["file"].label = _("新的 pdf")
        self.fields["file"].help_text = _("只改号码就不用选")


class RejectForm(ReasonForm):
    """Why it can't be issued; who asked reads it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].label = _("退回原因")
        self.fields["reason"].help_text = _("申请人会看到，改好后可以重新申请")
        self.fields["reason"].error_messages["required"] = _("写上原因，申请人会看到")


class RedLetterForm(forms.Form):
    """The number alone: what it takes back is what was refunded."""

    number = forms.CharField(
        label=_("红字发票号码"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "spellcheck": "false"}),
    )


_FORMS: Mapping[str, tuple[type[forms.Form], Callable[..., Invoice], Any]] = {
    "issue": (IssueForm, issue_invoice, _("已开票，申请人收到消息，可以下载")),
    "reject": (RejectForm, reject_invoice, _("已退回，申请人收到写有原因的消息")),
    "replace": (ReplaceForm, replace_invoice, _("已更换，申请人收到消息；原来的留在记录里")),
    "red": (RedLetterForm, note_red_letter, _("已登记红字发票，申请人收到消息")),
}
"""What can be done: its form, its service, what is said then."""


class _InvoicePage(DeskPage):
    model = Invoice
    listing = _LISTING
    page_title = _("发票申请")
    header_icon = "doc-full"

    def facts(self) -> InvoiceFacts:
        try:
            return invoice_facts(self.kwargs["pk"])
        except Invoice.DoesNotExist:
            raise Http404 from None


class InvoiceView(_InvoicePage):
    """One request with all that is copied into the tax office's system, and what can be done with it."""

    template_name = "payments/office/invoice.html"

    def may_act(self) -> bool:
        return bool(self.user_has_permission("change"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = self.facts()
        invoice, faulty = facts.invoice, kwargs.pop("faulty", {})
        amount = invoice_amount(invoice.order) if invoice.state == _ASKED else invoice.amount_fen
        context = {
            "facts": facts,
            "invoice": invoice,
            "order": invoice.order,
            "payer": _payer(invoice),
            "pill": pill(invoice),
            "amount": yuan(amount),
            "is_something": amount > 0,
            "left": yuan(max(0, invoice.order.amount_fen - facts.back_fen - facts.under_way_fen)),
            "invoiced": yuan(invoice.amount_fen - invoice.red_fen - facts.due_fen),
            "order_amount": yuan(invoice.order.amount_fen),
            "back": yuan(facts.back_fen),
            "under_way": yuan(facts.under_way_fen) if facts.under_way_fen else "",
            "due": yuan(facts.due_fen) if facts.due_fen else "",
            "red": yuan(invoice.red_fen) if invoice.red_fen else "",
            "past": [_past(entry, who) for entry, who in facts.past],
            "may_act": self.may_act(),
        }
        if context["may_act"]:
            context |= _forms(facts, amount, faulty)
        return super().get_context_data(**kwargs) | context

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        act = request.POST.get("act", "")
        if not self.may_act() or act not in _FORMS:
            raise Http404
        kind, service, told = _FORMS[act]
        pk, form = self.facts().invoice.pk, kind(request.POST, request.FILES, prefix=act)
        if form.is_valid():
            try:
                service(invoice_id=pk, now=clock.now(), **form.cleaned_data, **self.who())
            except Refusal as refusal:
                put(form, refusal)
            except Invoice.DoesNotExist:
                raise Http404 from None
            else:
                messages.success(request, told)
                return redirect("finance_invoices:one", pk)
        if request.FILES and "file" in form.fields and "file" not in form.errors:
            form.add_error("file", gettext("浏览器不会保留文件，请重新选一次"))
        return self.render_to_response(self.get_context_data(faulty={act: form}))


def _forms(facts: InvoiceFacts, amount: int, faulty: dict[str, forms.Form]) -> dict[str, Any]:
    """The forms of what can be done now; one that was refused as it was filled in."""
    invoice = facts.invoice
    found: dict[str, dict[str, Any]] = {}
    if invoice.state == _ASKED:
        found = {"issue": {"expected_fen": amount}, "reject": {}}
    elif invoice.state == _ISSUED:
        found = {"replace": {"number": invoice.number}} | ({"red": {}} if facts.due_fen else {})
    for form in faulty.values():
        if "expected_fen" in form.fields:  # what the page says now, else it would be refused for ever
            form.data = {**cast(QueryDict, form.data).dict(), form.add_prefix("expected_fen"): str(amount)}
    fresh = {act: _FORMS[act][0](prefix=act, initial=initial) for act, initial in found.items()}
    return {f"{act}_form": form for act, form in (fresh | faulty).items()} | {"faulty": list(faulty)}


def _past(entry: Any, who: str) -> dict[str, Any]:
    """What was done, with what had been there before."""
    before, after = entry.before, entry.after
    lines = {
        "invoice.issued": [gettext("号码 %s") % after.get("number", "")],
        "invoice.rejected": [after.get("reason", "")],
        "invoice.replaced": [_change(before, after), after.get("reason", "")],
        "invoice.red_letter": [gettext("红字发票号码 %s") % after.get("red_number", "")],
    }
    return {"at": entry.at, "words": _ACTS.get(entry.act, entry.act), "who": who, "lines": lines.get(entry.act, [])}


def _change(before: dict[str, Any], after: dict[str, Any]) -> str:
    words = []
    if before.get("number") != after.get("number"):
        words.append(gettext("号码 %(old)s → %(new)s") % {"old": before.get("number"), "new": after.get("number")})
    if before.get("file") != after.get("file"):
        words.append(gettext("换了 pdf"))
    return "，".join(words)


class InvoiceFileView(_InvoicePage):
    """The PDF as who asked gets it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        invoice = self.facts().invoice
        if not invoice.file:
            raise Http404
        try:
            return as_attachment(stored=invoice.file, kind="pdf", name=f"{gettext('发票')}-{invoice.number}.pdf")
        except FileNotFoundError:
            raise Http404 from None


class InvoiceDesk(Desk):
    model = Invoice
    name = "finance_invoices"
    url_prefix = "finance/invoices"
    icon = "doc-full"
    menu_label = _LISTING[1]

    def get_urlpatterns(self) -> list[URLPattern]:
        return [
            path("", InvoiceListView.as_view(), name="index"),
            path("<int:pk>/", InvoiceView.as_view(), name="one"),
            path("<int:pk>/file/", InvoiceFileView.as_view(), name="file"),
        ]
