"""Reconciliation of a day of 100,000 trades, by the sandbox's bill over HTTP: seconds, and memory beside 10,000."""

import json
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from payments.models import Bill, Order, Payment, Refund
from payments.sandbox import Sandbox
from tests.bench.database import prepare
from tests.bench.report import Report
from tests.identity import factories as people

ROWS = 100_000
A_FEW = ROWS // 10
MOST_SECONDS = 30
REFUNDED_OF_A_HUNDRED = 3
DIFFERING = 50
"""Of each kind: another amount, the bill's alone, ours alone."""

_ORDERS = """
INSERT INTO payments_order (id, no, user_id, state, provider, amount_fen, received_fen, returned_fen, created_at,
    expires_at, paid_at, next_look_at)
SELECT %(order)s + n, %(name)s || lpad(n::text, 10, '0'), %(user)s, 'open', %(provider)s, 240, 240, 0, at, at, at, at
FROM generate_series(1, %(rows)s) AS n,
    LATERAL (SELECT %(from)s::timestamptz + n * %(apart)s * interval '1 ms') AS t(at)
"""
_PAYMENTS = """
INSERT INTO payments_payment (id, order_id, number, provider, merchant_id, app_id, amount_fen, state, code_url,
    transaction_id, created_at, expires_at, is_over, paid_at)
SELECT %(payment)s + n, %(order)s + n, %(name)s || 'P' || lpad(n::text, 10, '0'), %(provider)s, 'm', 'a', 240, 'paid',
    '', %(name)s || 'T' || n, at, at, true, at
FROM generate_series(1, %(rows)s) AS n,
    LATERAL (SELECT %(from)s::timestamptz + n * %(apart)s * interval '1 ms') AS t(at)
"""
_HONOURED = """
UPDATE payments_order SET state = 'paid', honoured_id = %(payment)s + id - %(order)s
WHERE id > %(order)s AND id <= %(order)s + %(rows)s
"""
_REFUNDS = """
INSERT INTO payments_refund (order_id, payment_id, number, amount_fen, reason, override_reason, is_automatic, state,
    asked_at, decision, done_at, provider_refund_id, tries, fault)
SELECT %(order)s + n, %(payment)s + n, %(name)s || 'R' || lpad(n::text, 10, '0'), 100, '', '', true, 'done', at, '', at,
    '', 1, ''
FROM generate_series(1, %(rows)s) AS n,
    LATERAL (SELECT %(from)s::timestamptz + n * %(apart)s * interval '1 ms') AS t(at)
WHERE n %% 100 < %(refunded)s
"""


def run(report: Report) -> None:
    """Each day in a process of its own, so that its memory is its own."""
    prepare()
    user_id = people.person("对账", 77).pk
    today = timezone.localdate()
    days = {A_FEW: today - timedelta(days=3), ROWS: today - timedelta(days=2)}
    with tempfile.TemporaryDirectory() as folder, Sandbox(folder) as sandbox:
        for provider in ("wechat", "alipay"):
            peaks = []
            for rows, day in days.items():
                _trade(sandbox, provider, day, rows, user_id)
                seconds, worked, peak = _reconciled(sandbox, provider, day, rows)
                peaks.append(peak)
            report.at_most(f"{ROWS:,} rows of {provider}'s bill reconciled", 1.0, seconds, MOST_SECONDS, "s")
            report.tell("of which it worked itself, and waited for neither the database nor the sandbox", worked, "s")
            report.at_most(f"memory of {provider}'s {ROWS:,} rows beside {A_FEW:,}", 1.1, peaks[1], peaks[0], "MB")
        again, _worked, _peak = _reconciled(sandbox, provider, day, rows)
        report.tell(f"the same {ROWS:,} rows reconciled again", again, "s")


def _trade(sandbox: Sandbox, provider: str, day: date, rows: int, user_id: int) -> None:
    """A day's payments and refunds in our book and in the sandbox's, some of them otherwise."""
    since = timezone.make_aware(datetime.combine(day, datetime.min.time()))
    name = f"{provider[0].upper()}{day:%m%d}"
    told = {"rows": rows, "apart": 85_000_000 // rows, "from": since, "provider": provider, "name": name}
    told |= {"order": _last(Order), "payment": _last(Payment), "refunded": REFUNDED_OF_A_HUNDRED}
    told["user"] = user_id
    with connection.cursor() as cursor:
        for statement in (_ORDERS, _PAYMENTS, _HONOURED, _REFUNDS):
            cursor.execute(statement, told)
        for table in ("order", "payment"):
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('payments_{table}', 'id'), max(id)) FROM payments_{table}"
            )
        cursor.execute("ANALYZE payments_payment, payments_refund, payments_order")
    with sandbox._world.store.transaction():
        for at in range(DIFFERING, rows + DIFFERING):  # the first are ours alone, the last the bill's
            _sold(sandbox, provider, name, at, round(since.timestamp() * 1000) + at * told["apart"], rows)


def _sold(sandbox: Sandbox, provider: str, name: str, at: int, paid_at: int, rows: int) -> None:
    number = f"{name}P{at + 1:010}"
    told = {"provider": provider, "number": number, "notify_url": "", "terms": "{}"}
    sandbox._world.store.insert(
        "trades",
        **told,
        token=number,
        subject="公需科目",
        attach="",
        amount_fen=241 if at < 2 * DIFFERING else 240,
        state="paid",
        created_at=paid_at,
        scanned_at=paid_at,
        transaction_id=f"{name}T{at + 1}",
        paid_at=paid_at,
    )
    if (at + 1) % 100 < REFUNDED_OF_A_HUNDRED and at < rows:
        refund = {"refund_number": f"{name}R{at + 1:010}", "refund_id": number, "amount_fen": 100}
        settled = {"state": "done", "outcome": "done", "asked_at": paid_at, "settled_at": paid_at}
        sandbox._world.store.insert("refunds", **told, **refund, **settled)


def _last(model: type[Order] | type[Payment]) -> int:
    return int(model.objects.aggregate(last=Max("pk"))["last"] or 0)


def _reconciled(sandbox: Sandbox, provider: str, day: date, rows: int) -> tuple[float, float, float]:
    """Its seconds, those it worked, and the most MB that its process ever had; what it found is what differs."""
    given = json.dumps({"settings": sandbox.settings, "provider": provider, "day": day.isoformat()})
    command = [sys.executable, "-m", "tests.bench.reconcile_once"]
    said = subprocess.run(command, input=given, check=True, capture_output=True, text=True).stdout.split()
    bill = Bill.objects.get(provider=provider, day=day)
    # The refunds of what is ours alone are ours alone, too.
    refunds = sum(1 for at in range(1, DIFFERING + 1) if at % 100 < REFUNDED_OF_A_HUNDRED)
    assert bill.differences.count() == 3 * DIFFERING + refunds
    assert Payment.objects.filter(bill=bill).count() == rows - 2 * DIFFERING
    assert bill.rows == rows + Refund.objects.filter(bill=bill).count()
    return float(said[0]), float(said[1]), float(said[2])
