"""单位合并 and 登记凭证 in Wagtail's admin, for support alone."""

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import AuditEntry
from identity.models import Organisation
from registry.people.services import SUPPORT, set_up_support
from registry.units.models import Evidence, Merger, Permit
from registry.units.services import give_permit
from tests.identity import factories as people
from tests.support.clock import START
from tests.support.files import attachment, upload

pytestmark = pytest.mark.django_db
MERGE = "/admin/mergers/new/"
PERMIT = "/admin/permits/new/"


@pytest.fixture
def support(client, clock):
    set_up_support()
    user = people.staff("support", "客服甲")
    user.groups.add(Group.objects.get(name=SUPPORT))
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


@pytest.fixture
def units():
    bureau = people.organisation("示例市人社局", kind="bureau")
    hospital = people.organisation(parent=bureau)
    clinic = people.organisation("示例市中医院", parent=Organisation.objects.get(pk=bureau.pk))
    people.learner(unit=clinic)
    return hospital, clinic


def fields(hospital, clinic, **changed):
    return {
        "gone": clinic.pk,
        "survivor": hospital.pk,
        "reason": "两院合并",
        "evidence": upload("批复.png"),
        "confirmed": "on",
        **changed,
    }


def test_two_searches_then_a_preview_of_what_moves(support, units):
    hospital, clinic = units
    found = support.get(MERGE, {"gone_q": "中医", "survivor_q": hospital.code})
    assert "示例市中医院" in found.content.decode()

    page = support.get(MERGE, {"gone": clinic.pk, "survivor": hospital.pk}).content.decode()

    assert "把“示例市中医院”并入“示例市第一医院”" in page
    assert "人员（含等待审核的）" in page
    assert Organisation.objects.get(pk=clinic.pk).state == "active"


def test_confirming_merges_and_the_record_leads_to_the_evidence(support, units):
    hospital, clinic = units

    answer = support.post(MERGE, fields(*units), follow=True)

    merger = Merger.objects.get()
    assert (merger.gone_id, merger.survivor_id) == (clinic.pk, hospital.pk)
    page = answer.content.decode()
    assert f"/admin/evidence/{merger.evidence_id}/" in page
    assert "人员 1" in page
    assert AuditEntry.objects.filter(act="unit.merge").count() == 2


def test_sent_twice_it_merges_once(support, units):
    support.post(MERGE, fields(*units))

    answer = support.post(MERGE, fields(*units))

    assert answer.status_code == 200
    assert "不是正常的单位" in answer.content.decode()
    assert Merger.objects.count() == 1


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"reason": ""}, "写上原因"),
        ({"confirmed": ""}, "核对后勾选"),
        ({"evidence": ""}, "选一个文件作为佐证材料"),
        ({"evidence": SimpleUploadedFile("a.png", b"MZ a program")}, "只收 jpg"),
    ],
)
def test_what_is_missing_is_told_and_what_was_typed_is_kept(support, units, changed, words):
    page = support.post(MERGE, fields(*units, **changed)).content.decode()

    assert words in page
    assert changed.get("reason", "两院合并") in page
    assert not Merger.objects.exists()


def test_an_obstacle_is_told_in_place_of_the_form(support, units):
    hospital, _clinic = units

    page = support.get(MERGE, {"gone": hospital.pk, "survivor": hospital.pk}).content.decode()

    assert "两边选的是同一家" in page
    assert 'name="confirmed"' not in page


@pytest.mark.parametrize("number", ["0", "x", "9" * 30, "-1"])
def test_ids_that_are_none_choose_nothing(support, units, number):
    page = support.get(MERGE, {"gone": number, "survivor": number})

    assert page.status_code == 200
    assert 'name="confirmed"' not in page.content.decode()
    assert support.post(MERGE, fields(*units, gone=number)).status_code == 404


def test_evidence_is_a_download_that_is_written_down(support, units):
    support.post(MERGE, fields(*units))
    evidence = Evidence.objects.get()

    answer = support.get(f"/admin/evidence/{evidence.pk}/")

    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert b"".join(answer.streaming_content).startswith(b"\x89PNG")
    assert AuditEntry.objects.get(act="evidence.read").target_id == str(evidence.pk)


def test_a_permit_is_given_and_its_number_shown(support):
    answer = support.post(
        PERMIT, {"unit_name": "示例市第1中学", "reason": "代码在办", "evidence": upload()}, follow=True
    )

    permit = Permit.objects.get()
    assert f"XK-{permit.number[2:7]}-{permit.number[7:]}" in answer.content.decode()


def test_a_permit_without_a_name_is_refused_at_the_field(support):
    page = support.post(PERMIT, {"unit_name": " ", "reason": "代码在办", "evidence": upload()}).content.decode()

    assert "填写单位名称" in page
    assert not Permit.objects.exists()


@pytest.mark.parametrize("address", ["/admin/mergers/", MERGE, "/admin/permits/", PERMIT, "/admin/evidence/1/"])
def test_other_staff_do_not_get_in(client, clock, address):
    set_up_support()
    editor = people.staff("editor", "编辑甲")
    editor.groups.add(*Group.objects.filter(name="编辑"))
    client.force_login(editor, backend="identity.backends.LoginKeyBackend")

    assert client.get(address).status_code == 302
    assert client.post(address).status_code == 302


def test_records_are_never_changed_or_deleted_not_even_by_the_superuser(client, clock, support, units):
    support.post(MERGE, fields(*units))
    pk = Merger.objects.get().pk
    client.force_login(people.staff("root", "管理员", is_superuser=True), backend="identity.backends.LoginKeyBackend")

    for act in ("edit", "delete"):
        assert client.post(f"/admin/mergers/{act}/{pk}/").status_code in {302, 404, 405}
    assert Merger.objects.get().reason == "两院合并"


def test_the_list_asks_as_often_for_many_as_for_one(support):
    actor = people.role(people.staff("support2", "客服乙"), "staff")
    support.get("/admin/permits/")
    counts = []
    for _ in range(2):
        for n in range(1 if not counts else 15):
            give_permit(actor=actor, unit_name=f"单位{n}", reason="x", evidence=attachment(), now=START)
        with CaptureQueriesContext(connection) as queries:
            support.get("/admin/permits/")
        counts.append(len(queries))

    assert counts[0] == counts[1]
