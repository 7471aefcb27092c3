"""manage.py remove_second_factor: for who lost the phone and the recovery codes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core import clock
from identity import id_numbers
from identity.backends import login_key, owner_of
from identity.services.second_factor import remove_second_factor


class Command(BaseCommand):
    help = "核实本人身份后，关闭一个账号的两步验证（手机和恢复码都丢了）"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--staff", metavar="NAME", help="平台工作人员的登录名；不给就问证件号码")
        parser.add_argument("--id-type", default=id_numbers.RESIDENT, choices=[code for code, _ in id_numbers.ID_TYPES])

    def handle(self, *args: Any, **options: Any) -> None:
        # Asked for, so that no ID number stays in a shell's history.
        account = options["staff"] or login_key(options["id_type"], input("证件号码："))
        user = owner_of(account)
        if user is None:
            raise CommandError("没有这个账号")
        if not remove_second_factor(user_id=user.pk, now=clock.now()):
            raise CommandError("这个账号没有开两步验证")
        self.stdout.write("两步验证已关闭，本人下次登录只用密码")
