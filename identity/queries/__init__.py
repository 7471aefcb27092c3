"""Reads that others need: code tables, regions, people's own data as it may be shown."""

from collections.abc import Iterable, Sequence

from identity import id_numbers
from identity.exporters import export_of
from identity.models import Region, User
from identity.queries.administrators import (
    AdministratorFacts,
    AdministratorName,
    Candidate,
    PermissionRoleFacts,
    administrator_names,
    administrator_or_none,
    administrators_of,
    candidate,
    candidates,
    is_super,
    permission_roles,
    super_of,
    technicians_in,
    technicians_standing,
)
from identity.queries.code_tables import (
    NONE_CODE,
    REGION_TABLE,
    QualificationFacts,
    codes,
    forget_codes,
    id_type_label,
    id_types,
    is_code,
    label,
    labels,
    qualification_facts,
    unknown_codes,
)
from identity.queries.finding import (
    PersonFacts,
    PersonShown,
    is_number_taken,
    people_named,
    people_shown,
    person_facts,
)
from identity.queries.merging import (
    MERGEABLE,
    PLACES_OF_PEOPLE,
    Holdings,
    aliases_of,
    holdings_of,
    merged_organisations,
    organisations_to_choose,
    organisations_to_merge,
    survivor_of,
    who_administers,
)
from identity.queries.oneself import (
    LookUp,
    OwnData,
    UnitPlace,
    is_super_somewhere,
    look_ups_of,
    own_data,
    unit_of_person,
    units_of_person,
)
from identity.queries.organisations import (
    DepartmentFacts,
    Figures,
    OrganisationFacts,
    administrators_with,
    ancestors_of,
    bureau_of_region,
    colleagues_by_name,
    colleagues_of,
    department_choices,
    department_siblings,
    figures_of,
    find_organisations,
    holder_of_credit_code,
    is_staffed,
    names_of,
    namesakes,
    nearest_staffed_above,
    organisation,
    organisation_by_code,
    organisation_or_none,
    people_by_department,
    region_of_code,
    staffed_organisations,
    superior_of,
    work_department,
    work_department_name,
    work_department_names,
    work_departments,
)
from identity.queries.registers import (
    MOST_COUNTED,
    Register,
    RegisterFilters,
    children_standing,
    organisation_below,
    register_below,
)
from identity.queries.registrants import given_before, registrant_marks
from identity.queries.technicians import (
    Technician,
    find_technicians,
    technician_role,
    technician_roles,
    technicians_named,
    technicians_of,
)

__all__ = [
    "MERGEABLE",
    "MOST_COUNTED",
    "NONE_CODE",
    "PLACES_OF_PEOPLE",
    "REGION_TABLE",
    "AdministratorFacts",
    "AdministratorName",
    "Candidate",
    "DepartmentFacts",
    "Figures",
    "Holdings",
    "LookUp",
    "OrganisationFacts",
    "OwnData",
    "PermissionRoleFacts",
    "PersonFacts",
    "PersonShown",
    "QualificationFacts",
    "Register",
    "RegisterFilters",
    "Technician",
    "UnitPlace",
    "administrator_names",
    "administrator_or_none",
    "administrators_of",
    "administrators_with",
    "aliases_of",
    "ancestors_of",
    "bureau_of_region",
    "candidate",
    "candidates",
    "children_standing",
    "codes",
    "colleagues_by_name",
    "colleagues_of",
    "department_choices",
    "department_siblings",
    "export_of",
    "figures_of",
    "find_organisations",
    "find_person",
    "find_staff",
    "find_technicians",
    "forget_codes",
    "given_before",
    "holder_of_credit_code",
    "holdings_of",
    "id_type_label",
    "id_types",
    "is_code",
    "is_number_taken",
    "is_staffed",
    "is_super",
    "is_super_somewhere",
    "label",
    "labels",
    "look_ups_of",
    "masked_id_number",
    "merged_organisations",
    "names_of",
    "names_of_people",
    "namesakes",
    "nearest_staffed_above",
    "organisation",
    "organisation_below",
    "organisation_by_code",
    "organisation_or_none",
    "organisations_to_choose",
    "organisations_to_merge",
    "own_data",
    "people_by_department",
    "people_named",
    "people_shown",
    "permission_roles",
    "person_facts",
    "qualification_facts",
    "region_of_code",
    "region_paths",
    "register_below",
    "registrant_marks",
    "staff_ids",
    "staffed_organisations",
    "super_of",
    "superior_of",
    "survivor_of",
    "technician_role",
    "technician_roles",
    "technicians_in",
    "technicians_named",
    "technicians_of",
    "technicians_standing",
    "unit_of_person",
    "units_of_person",
    "unknown_codes",
    "who_administers",
    "work_department",
    "work_department_name",
    "work_department_names",
    "work_departments",
]


def masked_id_number(user: User) -> str:
    """The person's ID number as it may be shown, empty for staff without one."""
    return id_numbers.mask(user.id_number) if user.id_number else ""


def region_paths(codes_: Sequence[str]) -> list[str]:
    """Tree paths of the regions with these codes."""
    return list(Region.objects.filter(code__in=codes_).order_by("path").values_list("path", flat=True))


def names_of_people(user_ids: Iterable[int]) -> dict[int, str]:
    """Names of people by id."""
    return dict(User.objects.filter(pk__in=list(user_ids)).values_list("pk", "name"))


def find_person(id_type: str, id_number: str) -> int | None:
    """The id of who has this ID number, None for nobody. For programs: a page must never tell (security.md)."""
    digest = id_numbers.digest(id_type, id_number)
    return User.objects.filter(id_digest=digest).values_list("pk", flat=True).first()


def staff_ids() -> frozenset[int]:
    """The ids of the platform's own people: a few dozens. One query."""
    return frozenset(User.objects.filter(is_staff=True).values_list("pk", flat=True))


def find_staff(username: str) -> int | None:
    """The id of the staff account with this login name, None for none."""
    return User.objects.filter(username=username, is_staff=True).values_list("pk", flat=True).first()
