"""ID numbers: typed as people do, checked, masked, found by a keyed digest (P2, P5, security.md)."""

from datetime import date

import pytest

from identity import id_numbers
from identity.errors import IdNumberInvalid, IdNumberTaken
from identity.models import User
from identity.services import create_person
from tests.identity import factories
from tests.identity.driving import upper_width

VALID = "110101199003070134"


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        (f" {VALID}\t", VALID),
        (upper_width(VALID), VALID),
        ("1101 0119 9003 0701 34", VALID),
        ("11010119900307013\u30004", VALID),
        ("11010119900307001x", "11010119900307001X"),
        ("１１０１０１１９９００３０７００１ｘ", "11010119900307001X"),
    ],
)
def test_how_it_is_typed_does_not_matter(typed, number):
    assert id_numbers.normalise(typed) == number
    assert id_numbers.digest("resident", typed) == id_numbers.digest("resident", number)


def test_a_valid_number_tells_birth_date_and_sex():
    assert id_numbers.validate("resident", VALID) == VALID
    assert id_numbers.birth_date(VALID) == date(1990, 3, 7)
    assert id_numbers.sex(VALID) == "M"
    assert id_numbers.sex(factories.id_number(24)) == "F"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("110101199003070135", "逐位核对"),
        ("110101199013070139", "逐位核对"),
        ("110101900307013", "15 位"),
        ("1101011990030701", "18 位"),
        ("11010119900307013A", "18 位"),
        ("", "18 位"),
        ("١١٠١٠١١٩٩٠٠٣٠٧٠١٣٤", "18 位"),
        ("𬭎🙂", "18 位"),
    ],
)
def test_a_wrong_number_is_refused_with_a_reason(number, reason):
    with pytest.raises(IdNumberInvalid, match=reason) as refused:
        id_numbers.validate("resident", number)
    assert refused.value.attr == "id_number"


def test_a_date_that_does_not_exist_is_refused_despite_its_check_digit():
    with pytest.raises(IdNumberInvalid):
        id_numbers.validate("resident", factories.id_number(13, born="19900230"))


@pytest.mark.parametrize(
    ("id_type", "number"), [("passport", "e12345678"), ("military", "军字第1234567号"), ("permit", "H1234567(8)")]
)
def test_other_types_have_no_check_digit(id_type, number):
    assert id_numbers.validate(id_type, number) == number.upper()


@pytest.mark.parametrize("number", ["E1", "E" * 31, "E12345<script>", "E123\x00456"])
def test_other_types_are_letters_and_digits(number):
    with pytest.raises(IdNumberInvalid):
        id_numbers.validate("passport", number)


def test_an_unknown_type_is_refused():
    with pytest.raises(IdNumberInvalid) as refused:
        id_numbers.validate("library", VALID)
    assert refused.value.attr == "id_type"


@pytest.mark.parametrize(
    ("number", "shown"),
    [(VALID, "110101********0134"), ("E12345678", "E1*****78"), ("E1234", "*****"), ("", "")],
)
def test_it_is_shown_masked(number, shown):
    assert id_numbers.mask(number) == shown


def test_the_same_number_of_another_type_is_another_person():
    assert id_numbers.digest("passport", "E12345678") != id_numbers.digest("permit", "E12345678")


@pytest.mark.django_db
def test_a_number_belongs_to_one_person(lilei, clock):
    with pytest.raises(IdNumberTaken):
        create_person(
            name="李雷二", id_type="resident", id_number=f" {lilei.id_number}", password=None, now=clock.now()
        )

    assert User.objects.count() == 1
