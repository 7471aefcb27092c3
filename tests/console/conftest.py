import pytest
from django.test import Client

from tests.approvals.conftest import hospital, noted, reviewer, superior  # noqa: F401
from tests.identity import factories


def browser_of(role) -> Client:
    """A logged-in browser that acts in this role."""
    from identity.models import User

    client = Client()
    client.force_login(User.objects.get(pk=role.user_id), backend="identity.backends.LoginKeyBackend")
    session = client.session
    session["role"] = role.id
    session.save()
    return client


@pytest.fixture
def hanmei(reviewer, clock) -> Client:  # noqa: F811
    """韩梅's browser."""
    return browser_of(reviewer)


@pytest.fixture
def stranger(noted, clock) -> Client:  # noqa: F811
    """The browser of another unit's administrator."""
    elsewhere = factories.organisation("外市职业学校", region=factories.region("外市", "120100"))
    return browser_of(factories.role(factories.administrator("外校管理员", 28, elsewhere), "employer"))
