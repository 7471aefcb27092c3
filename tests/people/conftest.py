"""Fixtures of the people room."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth import hashers

from identity.models import Membership
from registry.approvals.models import Case
from registry.approvals.services import decide_case
from tests.identity import factories as people
from tests.support.clock import START


@pytest.fixture
def decide(db: Any) -> Callable[..., str]:
    """`decide(case, "pass")` by the super administrator of the unit that reviews, made where there is none."""

    def decided(case: Case, decision: str, opinion: str = "") -> str:
        unit = case.organisation
        own = Membership.objects.filter(organisation=unit, is_super=True).exclude(user_id=case.applicant_id).first()
        reviewer = own.user if own else people.administrator("审核人", 888, unit, unit.kind)
        acting = people.role(reviewer, unit.kind)
        return decide_case(actor=acting, case_id=case.pk, decision=decision, opinion=opinion, now=START)

    return decided


@pytest.fixture
def hasher(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every time that a password was worked on, to keep it or to compare it."""
    kind = type(hashers.get_hasher())
    worked: list[str] = []
    encode, verify = kind.encode, kind.verify
    monkeypatch.setattr(kind, "encode", lambda *args: worked.append("encode") or encode(*args))
    monkeypatch.setattr(kind, "verify", lambda *args: worked.append("verify") or verify(*args))
    return worked
