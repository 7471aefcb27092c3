"""manage.py load_codes: the code tables as `identity/reference/` has them now."""

from typing import Any

from django.core.management.base import BaseCommand

from identity import services


class Command(BaseCommand):
    help = "按 identity/reference/ 更新代码表；管理后台里改过的值保持不变。可以重复运行"

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.load_codes()
        self.stdout.write(f"新增 {done.added}，更新 {done.changed}，本站改过而保留 {done.kept}")
