"""The finance desk is finance's alone, in the menu and at its addresses."""

import pytest
from django.urls import reverse

from cms.services import EDITORS
from tests.exams.office import staff_of
from tests.payments.desk import finance, text

pytestmark = pytest.mark.django_db


def test_finance_finds_its_desk_in_the_menu():
    assert reverse("finance_orders:index") in text(finance().get(reverse("wagtailadmin_home")))


def test_an_editor_finds_nothing_of_it():
    editor = staff_of(EDITORS)
    assert "/finance/" not in text(editor.get(reverse("wagtailadmin_home")))
    assert editor.get(reverse("finance_orders:index")).status_code == 302
