"""manage.py reconcile --provider P --date D: fetch a day's bill and match it now (contract.md)."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core import clock
from payments import services
from payments.money import yuan
from payments.providers.registry import on_offer


class Command(BaseCommand):
    help = "Reconcile one provider's bill of one day with our book"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", required=True, choices=["wechat", "alipay"])
        parser.add_argument("--date", required=True, type=date.fromisoformat, help="YYYY-MM-DD, a local day")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["provider"]
        if name not in on_offer():
            raise CommandError(f"{name} is not set up; run manage.py doctor")
        job = services.order_bill(provider_name=name, day=options["date"], now=clock.now())
        bill = services.reconcile(bill_id=job.pk, clock=clock.now)
        if bill.fetched_at is None or bill.fault:
            raise CommandError(f"{name} {bill.day}: {bill.fault or bill.get_state_display()}")
        found = bill.differences.filter(resolved_at__isnull=True).order_by("pk")
        self.stdout.write(
            f"{name} {bill.day}: {bill.rows} rows, paid ¥{yuan(bill.paid_fen)} (ours ¥{yuan(bill.our_paid_fen)}), "
            f"refunded ¥{yuan(bill.refunded_fen)} (ours ¥{yuan(bill.our_refunded_fen)}), {found.count()} differences"
        )
        for difference in found:
            self.stdout.write(f"  {difference.get_kind_display()}: {difference.number} {difference.refund_number}")
