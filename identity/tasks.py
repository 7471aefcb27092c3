"""What runs beside the requests."""

from celery import shared_task

from core import clock
from identity.services import password_reset


@shared_task(name="identity.send_password_reset")
def send_password_reset(reset_id: int) -> None:
    """Mail the link, if the account is there."""
    password_reset.send_reset(reset_id=reset_id, now=clock.now())


@shared_task(name="identity.sweep_password_resets")
def sweep_password_resets() -> None:
    """What a lost message left waiting."""
    for reset_id in password_reset.waiting_resets(now=clock.now()):
        send_password_reset.delay(reset_id)
