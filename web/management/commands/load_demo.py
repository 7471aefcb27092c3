"""manage.py load_demo: the demo world. Safe to call again; a second time it only looks."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from web.demo import people
from web.demo.loading import load


class Command(BaseCommand):
    help = "载入演示数据：单位、账号、门户、示例视频和班级（只在 DEMO=1 时）"

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("load_demo 会建立密码公开的账号，只能在 DEMO=1 时使用")
        load(self.stdout.write)
        self.stdout.write(f"演示账号（密码都是 {people.PASSWORD}）：")
        for person in people.PEOPLE:
            self.stdout.write(f"  {person.id_number}  {person.name}  {person.note}")
        for username, _name, note in people.STAFF:
            self.stdout.write(f"  {username}（/admin/）  {note}")
