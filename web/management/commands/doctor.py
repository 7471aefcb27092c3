"""`manage.py doctor`: is this installation sound?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from web.probes import EVERYTHING


class Command(BaseCommand):
    help = "Checks settings, database, cache, broker, storage, ffmpeg and fonts; exits 1 with a line for each fault."
    # A fault in the settings is told like all others, not by refusing to start.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for name, probe in EVERYTHING.items():
            faults = list(probe())
            count += len(faults)
            for fault in faults:
                self.stderr.write(f"✗ {name}：{fault}")
            if not faults:
                self.stdout.write(f"✓ {name}")
        if count:
            raise CommandError(_("发现 %(count)s 处问题") % {"count": count}, returncode=1)
        self.stdout.write(_("一切正常"))
