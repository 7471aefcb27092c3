"""A million orders as they would stand after three years: who pays, what for, how, and what came of it."""

import random
from datetime import timedelta

from django.db import connection
from django.db.models import Max

from cms.models import ClassPage
from core import clock
from identity import id_numbers
from identity.models import Membership, Organisation, User
from payments.models import Order, OrderEvent, OrderItem, Payment
from tests.bench import world
from tests.identity import factories

ORDERS, PEOPLE, UNITS = 1_000_000, 100_000, 200
APART_SECONDS = 95
POPULAR_PERCENT = 10
"""Of all orders, over all years, for one class; each other class is sold for a few weeks, as they are."""

_PAYMENTS = """
INSERT INTO payments_payment (id, order_id, number, provider, merchant_id, app_id, amount_fen, state, code_url,
    transaction_id, created_at, expires_at, looked_at, is_over, paid_at)
SELECT %(payment)s + n, %(order)s + n, 'P' || lpad(n::text, 12, '0'), provider, 'merchant', 'app', amount,
    CASE WHEN paid THEN 'paid' ELSE 'closed' END, '', CASE WHEN paid THEN '42' || lpad(n::text, 20, '0') ELSE '' END,
    at, at + interval '30 minutes', NULL, true, CASE WHEN paid THEN at + interval '1 minute' END
FROM bench_orders
"""
_ORDERS = """
INSERT INTO payments_order (id, no, user_id, organisation_id, state, provider, amount_fen, received_fen, returned_fen,
    honoured_id, created_at, expires_at, paid_at, closed_at, next_look_at)
SELECT %(order)s + n, 'B' || lpad(n::text, 12, '0'), person, unit, state, provider, amount,
    CASE WHEN paid THEN amount ELSE 0 END, CASE WHEN state = 'refunded' THEN amount ELSE 0 END,
    CASE WHEN paid THEN %(payment)s + n END, at, at + interval '30 minutes',
    CASE WHEN paid THEN at + interval '1 minute' END, CASE WHEN state = 'closed' THEN at + interval '31 minutes' END, at
FROM bench_orders
"""
_ITEMS = """
INSERT INTO payments_orderitem (order_id, user_id, class_page_id, title, specialty, price_fen, seats, syllabus_version,
    is_open, reserved_fen)
SELECT %(order)s + n, CASE WHEN unit IS NULL THEN person END, page, '班级 ' || page, '专业' || page %% 30, amount, 1, 1,
    false, CASE WHEN state = 'refunded' THEN amount ELSE 0 END
FROM bench_orders
"""
_EVENTS = """
INSERT INTO payments_orderevent (order_id, at, kind, amount_fen, provider, payment_id, detail, message)
SELECT %(order)s + n, at + interval '1 minute', 'paid', amount, provider, %(payment)s + n, 'callback', '{}'::jsonb
FROM bench_orders WHERE paid
UNION ALL
SELECT %(order)s + n, at + interval '2 minutes', CASE WHEN n %% 2 = 0 THEN 'late' ELSE 'surplus' END, 0, provider,
    %(payment)s + n, '', '{}'::jsonb FROM bench_orders WHERE paid AND n %% 250 < 2
"""
_PLAN = """
CREATE TEMPORARY TABLE bench_orders AS
SELECT n, %(now)s::timestamptz - (%(orders)s - n) * %(apart)s * interval '1 second' AS at,
    state, state NOT IN ('open', 'closed') AS paid, provider,
    CASE WHEN provider = 'bank' THEN 12000 * (1 + n / 100 %% 40)
        ELSE (ARRAY[240, 1000, 6000, 9900, 10000])[1 + n %% 5] END AS amount,
    (%(people)s::bigint[])[1 + hashint4(n) %% %(persons)s / 2 + %(persons)s / 2] AS person,
    CASE WHEN provider = 'bank' THEN (%(units)s::bigint[])[1 + n %% %(unit_count)s] END AS unit,
    CASE WHEN n %% 100 < %(popular)s THEN (%(pages)s::bigint[])[1]
        ELSE (%(pages)s::bigint[])[2 + (n::bigint * (%(page_count)s - 1) / (%(orders)s + 1))] END AS page
FROM (SELECT n,
    CASE WHEN n > %(orders)s - 20 THEN 'open' WHEN n %% 2000 = 7 THEN 'refunding' WHEN n %% 25 = 8 THEN 'refunded'
        WHEN n %% 8 = 3 THEN 'closed' ELSE 'paid' END AS state,
    CASE WHEN n %% 100 = 5 THEN 'bank' WHEN n %% 5 < 2 THEN 'alipay' ELSE 'wechat' END AS provider
    FROM generate_series(1, %(orders)s) n) numbered
"""


def add_orders(orders: int = ORDERS) -> list[ClassPage]:
    """So many orders with an item, a payment and their events; gives the classes, the popular one first.

    Written without looking at each foreign key: the rows are whole by the way they are made.
    """
    pages = bench_classes()
    people, units = _people(), _units()
    ids = {model: (model.objects.aggregate(last=Max("pk"))["last"] or 0) for model in (Order, Payment)}
    values = {
        "orders": orders,
        "now": clock.now() - timedelta(minutes=5),
        "apart": APART_SECONDS,
        "people": people,
        "persons": len(people),
        "units": units,
        "unit_count": len(units),
        "pages": [page.pk for page in pages],
        "page_count": len(pages),
        "popular": POPULAR_PERCENT,
        "order": ids[Order],
        "payment": ids[Payment],
    }
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        for statement in (_PLAN, _PAYMENTS, _ORDERS, _ITEMS, _EVENTS):
            cursor.execute(statement, values)
        cursor.execute("DROP TABLE bench_orders")
        cursor.execute("SET session_replication_role = origin")
        for model in (Order, Payment):
            table = model._meta.db_table
            cursor.execute(f"SELECT setval(pg_get_serial_sequence('{table}', 'id'), max(id)) FROM {table}")
        for model in (Order, OrderItem, OrderEvent, Payment, User, Membership):
            cursor.execute(f"VACUUM ANALYZE {model._meta.db_table}")
    return pages


def bench_classes() -> list[ClassPage]:
    """The class of the other benchmarks, and the many beside it, made when first asked for."""
    first = world.bench_class()
    found = ClassPage.objects.filter(slug__startswith="bench-").order_by("pk")
    if not found.exists():
        world.add_classes(first)
    return [first, *found]


def _people() -> list[int]:
    """The ids of so many technicians with ID numbers as they are kept."""
    unit, now = factories.organisation(), clock.now()
    numbers = [f"110101{1950 + at % 50}{at:08}" for at in range(PEOPLE)]
    users = [
        User(
            username=f"payer-{at}",
            password="!",
            name=f"付款人{at}",
            id_type=id_numbers.RESIDENT,
            id_number=number,
            id_digest=id_numbers.digest(id_numbers.RESIDENT, number),
        )
        for at, number in enumerate(numbers)
    ]
    made = User.objects.bulk_create(users, batch_size=5_000)
    places = (Membership(user=user, kind="technician", organisation=unit, state="active", since=now) for user in made)
    Membership.objects.bulk_create(places, batch_size=5_000)
    ids = [user.pk for user in made]
    random.Random(7).shuffle(ids)
    return ids


def _units() -> list[int]:
    region = Organisation.objects.select_related("region").get(pk=factories.organisation().pk).region
    return [factories.organisation(f"付款单位{at}", region=region).pk for at in range(UNITS)]
