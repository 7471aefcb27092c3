"""manage.py generate_population: the invented province holds what the rules ask of a real one."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Count

from identity import id_numbers
from identity.models import Membership, Organisation, User
from identity.queries import find_organisations, qualification_facts, unknown_codes
from registry.approvals.models import Case, Step
from registry.approvals.queries import queue
from registry.approvals.services import PASS, decide_case
from registry.people.models import Profile
from tests.identity import factories
from tests.support.clock import START

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

PEOPLE = 120


def generate(**options) -> str:
    out = StringIO()
    call_command("generate_population", people=PEOPLE, units=6, open_cases=12, stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def province():
    return generate()


def people() -> "list[User]":
    return list(User.objects.filter(username__startswith="g-").select_related("profile"))


def test_everybody_has_a_valid_number_of_his_own_that_is_nobodys(province):
    numbers = [user.id_number for user in people()]

    assert len(set(numbers)) == PEOPLE
    for user in people():
        assert id_numbers.validate(user.id_type, user.id_number) == user.id_number
        assert user.id_number.startswith("99")
        assert bytes(user.id_digest) == id_numbers.digest(user.id_type, user.id_number)


def test_birth_date_and_sex_agree_with_the_number(province):
    for user in people():
        assert user.profile.born_on == id_numbers.birth_date(user.id_number)
        assert user.profile.sex == id_numbers.sex(user.id_number)


def test_nothing_is_stored_in_the_clear(province):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, mobile FROM identity_user WHERE username LIKE 'g-%%'")
        stored = cursor.fetchall()
    known = people()
    assert all(
        user.id_number not in number and user.mobile not in mobile for user in known for number, mobile in stored
    )


def test_the_tree_is_whole_and_its_units_are_found_by_name(province):
    assert Organisation.find_problems() == ([], [], [], [], [])
    unit = Organisation.objects.filter(kind="employer").first()
    assert unit.pk in [one.id for one in find_organisations(kinds=["employer"], q=unit.name[-4:], limit=100)]


def test_everybody_belongs_to_one_unit_and_every_unit_has_its_administrator(province):
    memberships = Membership.objects.filter(kind="technician").values("user").annotate(n=Count("pk"))
    assert {row["n"] for row in memberships} == {1}
    supers = Membership.objects.filter(is_super=True, organisation__kind="employer")
    assert supers.values("organisation").distinct().count() == Organisation.objects.filter(kind="employer").count() == 6


def test_the_open_registrations_wait_in_their_units_queues(province):
    assert Case.objects.count() == Step.objects.filter(state="open").count() == 12
    assert Membership.objects.filter(kind="technician", state="in_review").count() == 12
    step = Step.objects.select_related("case").first()
    administrator = Membership.objects.get(organisation=step.organisation_id, is_super=True)
    role = factories.role(administrator.user, "employer")
    rows = queue(role, "technician_registration", now=step.submitted_at).rows
    assert step.case_id in [row.case_id for row in rows]


def test_a_second_province_stands_beside_the_first(province):
    generate()

    assert Profile.objects.count() == 2 * PEOPLE
    assert Organisation.find_problems() == ([], [], [], [], [])
    factories.learner()


def test_nobody_logs_in_unless_a_password_is_given(province):
    assert not any(user.has_usable_password() for user in people())
    generate(password="Xueshi-2026")
    assert User.objects.filter(username__startswith="g-").order_by("pk").last().check_password("Xueshi-2026")


def test_the_number_of_people_is_checked(db):
    with pytest.raises(CommandError):
        call_command("generate_population", people=0)


def test_codes_are_those_of_the_national_tables_and_titles_belong_together(province):
    for user in people():
        profile = user.profile
        stated = {
            table: getattr(profile, table)
            for table in ("ethnicity", "education", "major", "degree", "title_series", "title_level", "qualification")
        }
        assert unknown_codes(stated) == []
        facts = qualification_facts(profile.qualification)
        assert facts is None or (facts.series, facts.level) == (profile.title_series, profile.title_level)


def test_an_open_registration_can_be_passed(province):
    case = Case.objects.first()
    administrator = Membership.objects.get(organisation=case.organisation_id, is_super=True)

    decide_case(actor=factories.role(administrator.user, "employer"), case_id=case.pk, decision=PASS, now=START)

    assert Membership.objects.get(user=case.applicant).state == "active"
