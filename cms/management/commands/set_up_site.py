from typing import Any

from django.core.management.base import BaseCommand

from cms import services


class Command(BaseCommand):
    help = "Make the portal's pages, the 30 specialties, the editors' groups and the workflow, as far as missing"

    def handle(self, *args: Any, **options: Any) -> None:
        services.set_up()
        self.stdout.write("the site's pages, groups and workflow are there")
