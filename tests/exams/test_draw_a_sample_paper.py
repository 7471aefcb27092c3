"""试抽一份样卷: an editor tries the exam of a draft (E1); nobody else sees right answers here."""

import pytest
from django.urls import reverse

from cms.services import CourseDraft, write_bank, write_bank_question
from exams.models import Attempt, Paper
from tests.cms.bank_forms import draft
from tests.cms.conftest import editor, reviewer, site  # noqa: F401
from tests.cms.factories import class_page, course
from tests.exams import classes
from tests.identity import factories as people

pytestmark = pytest.mark.django_db


def drafted(*exams):
    """The address of the sample papers of a draft with these exams."""
    plain = course("急救基础", hours="1")
    page = class_page(
        courses=[CourseDraft(plain.title, plain.lessons, plain.hours, exam) for exam in exams],
        subject="public",
        publish=False,
    )
    return page, reverse("sample_paper", args=[page.pk])


def test_a_paper_is_drawn_of_the_draft_with_its_right_answers(editor, clock):  # noqa: F811
    bank = write_bank(title="急救题库")
    write_bank_question(bank_id=bank, draft=draft("$x^2=25$ 时 x 是多少？", explanation="两边开方。"))
    page, address = drafted(classes.exam(bank, singles=1, pass_points=1))

    shown = editor.get(address).content.decode()

    assert "$x^2=25$ 时 x 是多少？" in shown
    assert "data-formulas" in shown
    right = shown.split("✓ 正确")
    assert len(right) == 2
    assert right[0].rstrip().endswith("100–120 次 <strong>")
    assert "两边开方。" in shown
    assert not Attempt.objects.exists()
    assert not Paper.objects.exists()
    edit = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk])).content.decode()
    assert address in edit


def test_what_is_missing_is_said_instead(editor, clock):  # noqa: F811
    _page, address = drafted(classes.exam(classes.bank("急救题库", singles=3), singles=5))

    shown = editor.get(address).content.decode()

    assert "还抽不出试卷" in shown
    assert "启用的考试题只够 3 题，还差 2 题" in shown


def test_a_draft_without_exams_says_so(editor, clock):  # noqa: F811
    _page, address = drafted(None)

    assert "还没有考试" in editor.get(address).content.decode()


def test_only_who_may_edit_the_page_sees_it(editor, clock, client):  # noqa: F811
    _page, address = drafted(classes.exam(classes.bank()))

    assert client.get(address).status_code == 302
    client.force_login(people.learner(), backend="identity.backends.LoginKeyBackend")
    assert client.get(address).status_code in {302, 403}
    from django.contrib.auth.models import Permission

    support = people.staff("support", "客服丙")
    support.user_permissions.add(Permission.objects.get(codename="access_admin"))
    client.force_login(support, backend="identity.backends.LoginKeyBackend")
    assert client.get(address).status_code == 404
    assert editor.get(address.replace("/sample-paper/", "9/sample-paper/")).status_code == 404


def test_the_button_stands_at_classes_alone(editor, clock):  # noqa: F811
    from cms.models import HelpIndexPage

    _page, address = drafted(None)
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[HelpIndexPage.objects.get().pk])).content.decode()

    assert "sample-paper" in address
    assert "sample-paper" not in shown
