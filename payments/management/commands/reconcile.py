"""manage.py reconcile --provider P --date D: fetch a day's bill and match it now (contract.md)."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from core.errors import Refusal
from payments import services
from payments.models import Bill
from payments.money import yuan
from payments.providers.registry import on_offer

_MOST_SHOWN = 100
_HAS_RESULT = (Bill.State.MATCHED, Bill.State.DIFFERENT)


class Command(BaseCommand):
    """Exits 0 where the bill was fetched and compared, also with differences; 1 where it wasn't."""

    help = "Reconcile one provider's bill of one day with our book"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", required=True, choices=["wechat", "alipay"])
        parser.add_argument("--date", required=True, type=date.fromisoformat, help="YYYY-MM-DD, a local day")

    def handle(self, *args: Any, **options: Any) -> None:
        name, day = options["provider"], options["date"]
        if name not in on_offer():
            raise CommandError(f"{name} is not set up; run manage.py doctor")
        try:
            job = services.order_bill(provider_name=name, day=day, now=clock.now(), send=False)
        except Refusal as refusal:
            raise CommandError(f"{name} {day}: {refusal}") from refusal
        if job.state == Bill.State.RUNNING:
            raise CommandError(f"{name} {day}: another process is at it")
        bill = services.reconcile(bill_id=job.pk, clock=clock.now)
        if bill.state not in _HAS_RESULT or bill.fault:
            raise CommandError(f"{name} {day}: {bill.fault or bill.get_state_display()}")
        found = bill.differences.filter(resolved_at__isnull=True).order_by("pk")
        count = found.count()
        self.stdout.write(
            f"{name} {day}: {bill.rows} rows, paid ¥{yuan(bill.paid_fen)} (ours ¥{yuan(bill.our_paid_fen)}), "
            f"refunded ¥{yuan(bill.refunded_fen)} (ours ¥{yuan(bill.our_refunded_fen)}), {count} differences"
        )
        for one in found[:_MOST_SHOWN]:
            told = " ".join(word for word in (one.number, one.refund_number, one.detail) if word)
            self.stdout.write(f"  {one.get_kind_display()}: {told}")
        if count > _MOST_SHOWN:
            self.stdout.write(f"  … and {count - _MOST_SHOWN} more")
