"""代码表 in Wagtail's admin: the staff of one group add, rename and switch off values; nobody deletes one."""

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from identity import queries, services
from identity.models import Code
from tests.identity import factories

pytestmark = pytest.mark.django_db
LIST = "/admin/codes/"
ADD = "/admin/codes/new/"


@pytest.fixture
def keeper(client, clock):
    user = factories.staff("keeper", "数据甲")
    user.groups.add(Group.objects.get(name=services.CODE_KEEPERS))
    client.force_login(user, backend="identity.backends.LoginKeyBackend")
    return client


def row(table, code):
    return Code.objects.get(table=table, code=code)


def edit(code):
    return reverse("codes:edit", args=[code.pk])


def fields(**changed):
    return {
        "table": "unit_nature",
        "code": "10",
        "label": "农民专业合作社",
        "parent": "",
        "level": "",
        "sort": "",
        "is_active": "on",
        **changed,
    }


def test_a_value_is_added_and_can_be_chosen_at_once(keeper):
    assert not queries.is_code("unit_nature", "10")

    response = keeper.post(ADD, fields())

    assert response.status_code == 302, response.context["form"].errors
    assert queries.codes("unit_nature")[-1] == {"code": "10", "label": "农民专业合作社"}
    assert AuditEntry.objects.get(act="code.add").target_id == "unit_nature/10"


def test_a_value_is_renamed_and_its_history_kept(keeper):
    code = row("unit_nature", "3")
    assert queries.label("unit_nature", "3") == "企业"

    response = keeper.post(edit(code), fields(code="3", label="各类企业", sort=str(code.sort)))

    assert response.status_code == 302, response.context["form"].errors
    assert queries.label("unit_nature", "3") == "各类企业"
    assert AuditEntry.objects.get(act="code.change").before == {"label": "企业"}
    assert "数据甲" in keeper.get(reverse("codes:history", args=[code.pk])).content.decode()


def test_a_value_is_switched_off(keeper):
    keeper.post(edit(row("unit_nature", "8")), fields(code="8", label="个体工商户", is_active=""))

    assert not queries.is_code("unit_nature", "8")


def test_a_code_that_is_there_stays_as_it_is(keeper):
    code = row("unit_nature", "3")

    keeper.post(edit(code), fields(table="rank", code="33", label="企业"))

    code.refresh_from_db()
    assert (code.table, code.code, code.is_edited) == ("unit_nature", "3", False)


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"code": "3"}, "code"),
        ({"label": ""}, "label"),
        ({"table": "region"}, "table"),
        ({"table": "qualification", "parent": "77", "level": "1"}, "parent"),
        ({"table": "qualification", "parent": "05", "level": "9"}, "level"),
        ({"parent": "99"}, "parent"),
        ({"sort": "-1"}, "sort"),
    ],
)
def test_what_is_wrong_is_told_at_its_field(keeper, changed, field):
    response = keeper.post(ADD, fields(**changed))

    assert response.status_code == 200
    assert field in response.context["form"].errors
    assert not AuditEntry.objects.exists()


def test_values_are_found_by_table_and_any_part_of_label_or_code(keeper):
    of_series = keeper.get(LIST, {"table": "title_series"}).content.decode()
    found = keeper.get(LIST, {"q": "护师"}).content.decode()

    assert "公共法律服务" in of_series
    assert "汉族" not in of_series
    assert "主管护师" in found
    assert "01 卫生技术" in found
    assert "080901" in keeper.get(LIST, {"q": "0809"}).content.decode()


def test_a_list_takes_as_many_queries_for_one_row_as_for_many(keeper):
    def count(q):
        queries.forget_codes()
        with CaptureQueriesContext(connection) as asked:
            keeper.get(LIST, {"q": q, "table": "qualification"})
        return len(asked)

    count("主任医师")
    assert count("副主任护师") == count("师")


def test_nobody_deletes_a_value_not_even_the_superuser(keeper, client):
    code = row("unit_nature", "3")
    root = factories.staff("root", "管理员", is_superuser=True)

    for user in (None, root):
        if user:
            client.force_login(user, backend="identity.backends.LoginKeyBackend")
        client.post(reverse("codes:delete", args=[code.pk]))
        assert Code.objects.filter(pk=code.pk).exists()


def test_others_do_not_get_at_the_tables(client, db):
    client.force_login(factories.staff(), backend="identity.backends.LoginKeyBackend")

    for address in (LIST, ADD, edit(row("unit_nature", "3"))):
        assert client.get(address).status_code == 302
    client.post(ADD, fields())
    assert not Code.objects.filter(table="unit_nature", code="10").exists()
