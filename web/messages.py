"""消息: everybody's inbox (S2)."""

from dataclasses import dataclass

from django.contrib import messages as told
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from core import clock
from identity import queries as identity
from registry.inbox import queries, services
from registry.inbox.queries import MessageView
from registry.people.services import choose_mail
from web.office_access import logged_in
from web.picker_fields import number_of

_MARKS = {
    "case_passed": ("ok", "check-circle"),
    "case_rejected": ("bad", "x-circle"),
    "case_reminder": ("warn", "bell"),
    "transfer": ("wait", "arrow-left-right"),
    "registration_known": ("warn", "shield-exclamation"),
}
_OTHER = ("idle", "envelope")


@dataclass(frozen=True)
class Row:
    """A message with its colour and icon."""

    message: MessageView
    mark: str
    icon: str


@require_GET
@logged_in
def messages(request: HttpRequest) -> HttpResponse:
    """The inbox, unread or all, paged."""
    user_id = request.role.user_id
    only_unread = request.GET.get("show") == "unread"
    page = queries.messages_of(user_id, unread=only_unread, page=number_of(request.GET.get("page")) or 1)
    context = {
        "page": page,
        "rows": [Row(message, *_MARKS.get(message.kind, _OTHER)) for message in page],
        "only_unread": only_unread,
        "own": identity.own_data(user_id),
    }
    return render(request, "web/messages.html", context)


@require_GET
@logged_in
def message(request: HttpRequest, message: int) -> HttpResponse:
    """Open one: it is read now, and leads on to what it tells of; one that leads nowhere is shown whole."""
    found = queries.message_of(request.role.user_id, message)
    if found is None:
        raise Http404
    services.mark_read(user_id=request.role.user_id, message_id=message, now=clock.now())
    if found.link and url_has_allowed_host_and_scheme(found.link, None):
        return redirect(found.link)
    return render(request, "web/message.html", {"message": found})


@require_POST
@logged_in
def read_all(request: HttpRequest) -> HttpResponse:
    """Mark all as read."""
    count = services.mark_all_read(user_id=request.role.user_id, now=clock.now())
    told.success(request, ngettext("%(n)s 条标为已读", "%(n)s 条标为已读", count) % {"n": count})
    return redirect("web:messages")


@require_POST
@logged_in
def mail(request: HttpRequest) -> HttpResponse:
    """Whether messages are mailed too."""
    wants_mail = request.POST.get("wants_mail") == "1"
    choose_mail(actor=request.role, wants_mail=wants_mail, now=clock.now())
    told.success(request, _("以后的消息也发到邮箱") if wants_mail else _("以后的消息只放在这里"))
    return redirect("web:messages")
