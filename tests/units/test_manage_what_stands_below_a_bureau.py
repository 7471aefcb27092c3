"""A bureau's registers of bureaus, departments, employers and bases, anywhere below it (H1)."""

import pytest
from django.core.exceptions import ObjectDoesNotExist

from core.errors import FieldRefusals
from identity.models import Organisation
from identity.queries import RegisterFilters, register_below
from registry.units.queries import subordinates
from registry.units.services import change_unit, delete_unit
from tests.identity import factories
from tests.support.clock import START
from tests.units import colleagues

pytestmark = pytest.mark.django_db


def below(parent, name, **fields):
    return factories.organisation(name, parent=Organisation.objects.get(pk=parent.pk), **fields)


@pytest.fixture
def city(clock):
    """The city's bureau over a district's, a department with an employer, and a base."""
    region = factories.region()
    district_region = factories.region("临河区", "110102", region)
    bureau = factories.organisation("示例市人社局", kind="bureau", region=region)
    district = below(bureau, "临河区人社局", kind="bureau", region=district_region)
    department = below(bureau, "示例市卫健委", kind="department")
    below(department, factories.HOSPITAL)
    below(district, "临河小学", region=district_region, nature="2")
    below(bureau, "继续教育基地", kind="base", industry="P")
    return bureau


@pytest.fixture
def chief(city):
    return colleagues.acting(factories.administrator("吴磊", 26, city, "bureau"), "bureau")


def listed(actor, kind, **filters):
    return [row.facts.name for row in subordinates.register(actor, kind, filters=RegisterFilters(**filters)).rows]


def unit(name):
    return Organisation.objects.get(name=name)


def test_each_register_holds_its_kind_at_any_depth(chief):
    assert listed(chief, "bureau") == ["临河区人社局"]
    assert listed(chief, "department") == ["示例市卫健委"]
    assert listed(chief, "employer") == ["临河小学", factories.HOSPITAL]
    assert listed(chief, "base") == ["继续教育基地"]


def test_a_district_sees_its_own_part_only(chief):
    official = factories.administrator("郑岚", 36, unit("临河区人社局"), "bureau")
    actor = colleagues.acting(official, "bureau")

    assert listed(actor, "employer") == ["临河小学"]
    assert subordinates.unit_detail(actor, unit(factories.HOSPITAL).pk) is None
    with pytest.raises(ObjectDoesNotExist):
        delete_unit(actor=actor, organisation_id=unit("示例市卫健委").pk, now=START)


def test_a_region_holds_what_lies_in_it(chief):
    assert listed(chief, "employer", region="110102") == ["临河小学"]
    assert listed(chief, "employer", region="110100") == ["临河小学", factories.HOSPITAL]
    assert listed(chief, "employer", region="999999") == []


def test_filters_narrow_by_column_and_by_administrator(chief):
    Organisation.objects.filter(kind="department").update(level="2")
    official = factories.administrator("郑岚", 36, unit("临河区人社局"), "bureau")

    assert listed(chief, "employer", nature="2") == ["临河小学"]
    assert listed(chief, "base", industry="P") == ["继续教育基地"]
    assert listed(chief, "department", level="2") == ["示例市卫健委"]
    assert listed(chief, "department", level="1") == []
    assert listed(chief, "bureau", administrator="郑岚") == ["临河区人社局"]
    assert listed(chief, "bureau", administrator=official.id_number) == ["临河区人社局"]


def test_only_bureaus_have_registers_and_bases_take_their_own_module(chief, city):
    department = factories.administrator("卫健委管理员", 46, unit("示例市卫健委"), "department")
    clerk = colleagues.colleague("办事员", 48, "units", unit=city, kind="bureau")

    assert listed(colleagues.acting(department, "department"), "employer") == []
    assert listed(colleagues.acting(clerk, "bureau"), "employer") != []
    assert listed(colleagues.acting(clerk, "bureau"), "base") == []
    with pytest.raises(ObjectDoesNotExist):
        delete_unit(actor=colleagues.acting(clerk, "bureau"), organisation_id=unit("继续教育基地").pk, now=START)


def test_pages_are_turned_over_in_the_order_of_the_tree(chief, city):
    pages = [
        register_below(path=city.path, kinds=["employer"], filters=RegisterFilters(), page=page, size=1)
        for page in (1, 2, 9)
    ]

    assert [[row.name for row in page.rows] for page in pages] == [
        ["临河小学"],
        [factories.HOSPITAL],
        [factories.HOSPITAL],
    ]
    assert [(page.page, page.pages, page.count) for page in pages] == [(1, 2, 2), (2, 2, 2), (2, 2, 2)]


def test_a_register_takes_as_many_queries_for_many_as_for_one(chief, city, django_assert_num_queries):
    def read(expected):
        with django_assert_num_queries(5):
            page = subordinates.register(chief, "employer", filters=RegisterFilters(region="110100"))
        assert len(page.rows) == expected

    subordinates.register(chief, "employer", filters=RegisterFilters())
    read(2)
    for number in range(18):
        made = below(city, f"单位{number}")
        factories.administrator(f"管理员{number}", 100 + number * 2, made)
    read(20)


# --- Changing -------------------------------------------------------------------------------------------------------
def test_a_bureau_sets_name_nature_and_level_of_a_department(chief):
    department = unit("示例市卫健委")
    official = factories.administrator("卫健委管理员", 46, department, "department")
    factories.code("department_level", "2", "市级")

    change_unit(actor=chief, organisation_id=department.pk, name="示例市卫生健康委", level="2", now=START)

    department.refresh_from_db()
    assert (department.name, department.level) == ("示例市卫生健康委", "2")
    assert listed(chief, "department", q="健康委") == ["示例市卫生健康委"]
    assert colleagues.told(official) == ["unit_changed"]
    assert colleagues.audited("unit.change") == [
        {"before": {"name": "示例市卫健委", "level": ""}, "after": {"name": "示例市卫生健康委", "level": "2"}}
    ]


def test_nothing_new_is_no_change(chief):
    change_unit(actor=chief, organisation_id=unit("示例市卫健委").pk, name=" 示例市卫健委 ", now=START)

    assert colleagues.audited("unit.change") == []


@pytest.mark.parametrize(
    ("name", "data", "refusal"),
    [
        ("示例市卫健委", {"name": "  "}, FieldRefusals),
        ("示例市卫健委", {"level": "no-such"}, FieldRefusals),
        ("示例市卫健委", {"industry": "P"}, ObjectDoesNotExist),
        ("继续教育基地", {"industry": "no-such"}, FieldRefusals),
        (factories.HOSPITAL, {"name": "另一个名字"}, ObjectDoesNotExist),
    ],
)
def test_what_cannot_be_set_is_refused(chief, name, data, refusal):
    with pytest.raises(refusal):
        change_unit(actor=chief, organisation_id=unit(name).pk, now=START, **data)

    assert unit(name).level == ""


def test_a_department_changes_nothing_below_it(chief):
    department = factories.administrator("卫健委管理员", 46, unit("示例市卫健委"), "department")
    lower = below(unit("示例市卫健委"), "中医药管理局", kind="department")

    actor = colleagues.acting(department, "department")

    with pytest.raises(ObjectDoesNotExist):
        change_unit(actor=actor, organisation_id=lower.pk, name="别的名字", now=START)
