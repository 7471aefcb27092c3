"""manage.py generate_population: an invented province of any size, for benchmarks and demonstrations."""

import time
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from core import clock
from web.population.building import Plan, populate


class Command(BaseCommand):
    help = "生成一个虚构的省：单位、人员、待审的注册。身份证号的地区码不存在，不会与真人重合"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--people", type=int, required=True, help="人数")
        parser.add_argument("--units", type=int, help="用人单位数，默认每 50 人一个")
        parser.add_argument("--open-cases", type=int, help="待审的注册，默认每 50 人一条")
        parser.add_argument("--password", help="所有人共用的密码；不给就没有人能登录")

    def handle(self, *args: Any, **options: Any) -> None:
        people = options["people"]
        if not 1 <= people <= 20_000_000:
            raise CommandError("人数应在 1 到 20000000 之间")
        plan = Plan(
            people=people,
            units=options["units"] or max(1, people // 50),
            open_cases=people // 50 if options["open_cases"] is None else min(options["open_cases"], people),
            password=make_password(options["password"]),
        )
        began = time.monotonic()
        with transaction.atomic():
            populate(plan, now=clock.now(), say=self.stdout.write)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"{people} 人，{plan.units} 个单位，{plan.open_cases} 条待审："
            f"{seconds:.1f} 秒，每秒 {people / seconds:.0f} 人"
        )
