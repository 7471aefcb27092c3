"""manage.py reencrypt_ids: after a new key was put in front of ID_ENCRYPTION_KEYS."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from core.crypto import UnknownKey
from identity.services.encryption import reencrypt_batch, reencrypt_elsewhere


class Command(BaseCommand):
    help = (
        "Re-encrypt ID numbers and mobiles under the first key of ID_ENCRYPTION_KEYS. Safe while the site runs, and to "
        "stop and start again. To retire the last key: run it, take the key out, run it again: look-up digests are "
        "made with the last key, so logins wait for that second run."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--batch", type=int, default=500, help="people a batch")
        parser.add_argument("--after", type=int, default=0, help="go on after this user id")

    def handle(self, *args: Any, **options: Any) -> None:
        after: int | None = options["after"]
        seen = changed = 0
        while after is not None:
            batch = self._moved(partial(reencrypt_batch, after_id=after, size=options["batch"]))
            after, seen, changed = batch.last_id, seen + batch.seen, changed + batch.changed
            if options["verbosity"] > 1 and after is not None:
                self.stdout.write(f"… {after}")
        changed += self._moved(reencrypt_elsewhere)
        self.stdout.write(f"{changed} of {seen} re-encrypted")

    @staticmethod
    def _moved(move: Callable[[], Any]) -> Any:
        try:
            return move()
        except UnknownKey as missing:
            raise CommandError(f"A value is encrypted under key {missing}, which ID_ENCRYPTION_KEYS lacks") from missing
