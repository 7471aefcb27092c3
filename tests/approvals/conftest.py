import pytest

from identity.acting import ActingRole
from tests.approvals.factories import NotedKind, noted_kind
from tests.identity import factories


@pytest.fixture
def noted(db) -> NotedKind:
    """The kind of these tests; it notes what became of its cases."""
    return noted_kind()


@pytest.fixture
def hospital(db):
    """The hospital below its department, below the city's bureau."""
    bureau = factories.organisation("示例市人社局", kind="bureau")
    department = factories.organisation("示例市卫健委", kind="department", parent=bureau)
    return factories.organisation(parent=department)


@pytest.fixture
def reviewer(hospital) -> ActingRole:
    """韩梅, the super administrator of the hospital."""
    return factories.role(factories.administrator(unit=hospital), "employer")


@pytest.fixture
def superior(hospital) -> ActingRole:
    """The super administrator of the hospital's department."""
    user = factories.administrator("卫健委管理员", 26, hospital.get_parent(), "department")
    return factories.role(user, "department")
