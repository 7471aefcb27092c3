"""Takes the place of Wagtail's command of this name, which stops at the first class that is refused."""

from typing import Any

from django.core.management.base import BaseCommand

from cms import services
from core import clock


class Command(BaseCommand):
    help = "Publish scheduled pages that are due, withdraw expired ones"

    def handle(self, *args: Any, **options: Any) -> None:
        done = services.publish_scheduled(now=clock.now())
        self.stdout.write(f"published {done.published}, refused {done.refused}, withdrawn {done.withdrawn}")
