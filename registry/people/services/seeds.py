"""Filling profiles by program: the demo world. People write their own at registration."""

from datetime import datetime
from typing import Any

from registry.people.models import Profile


def put_profile(*, user_id: int, now: datetime, **fields: Any) -> None:
    """Give a technician a profile, once; what he has since changed stays. `fields`: the columns of `Profile`."""
    Profile.objects.get_or_create(user_id=user_id, defaults={**fields, "updated_at": now})
