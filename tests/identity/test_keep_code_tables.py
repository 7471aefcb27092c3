"""Code tables: what a fresh site holds, loading again, and what staff change."""

import re

import pytest
from django.core.management import call_command

from core.models import AuditEntry
from identity import id_numbers, queries, reference, services
from identity.errors import CodeMisplaced, CodeTaken
from identity.models import Code
from tests.identity import factories

pytestmark = pytest.mark.django_db

COUNTS = {
    "ethnicity": (r"(?!97|98)\d{2}", 56),  # GB/T 3304
    "education": (r"\d{2}", 40),  # GB/T 4658
    "degree": (r"[1-9]\d*", 56),  # GB/T 6864
    "industry": (r"[A-T]", 20),  # GB/T 4754
    "title_series": (r"\d{2}", 27),
    "title_level": (r"[1-5]", 5),
    "learning_form": (r"\d{2}", 11),
}


@pytest.fixture
def keeper(clock):
    return factories.role(factories.staff("keeper", "数据甲"), "staff")


def row(table, code):
    return Code.objects.get(table=table, code=code)


def of(table, pattern=".+"):
    codes = Code.objects.filter(table=table).values_list("code", flat=True)
    return [code for code in codes if re.fullmatch(pattern, code)]


def rename(keeper, clock, code, label, **fields):
    known = {"parent": code.parent, "level": code.level}
    services.change_code(
        actor=keeper, code_id=code.pk, fields=services.CodeFields(label=label, **(known | fields)), now=clock.now()
    )


# --- What a fresh site holds ------------------------------------------------------------------------------------------
@pytest.mark.parametrize("table", COUNTS)
def test_a_fresh_site_holds_the_whole_standard(table):
    pattern, count = COUNTS[table]

    assert len(of(table, pattern)) == count


def test_the_ministrys_catalogue_is_there_down_to_the_majors_of_2012():
    assert [len(of("major", pattern)) for pattern in (r"(0\d|1[0-3])", r"(0\d|1[0-3])\d{2}")] == [12, 92]
    assert len(of("major", r"(0\d|1[0-3])\d{4}(T|K|TK)?")) >= 506
    assert [len(of("major", pattern)) for pattern in (r"[45]\d", r"[45]\d{3}")] == [19, 97]


def test_the_divisions_of_industry_run_from_01_to_97():
    assert sorted(of("industry", r"\d+")) == [f"{number:02}" for number in range(1, 98)]


@pytest.mark.parametrize("table", reference.tables())
def test_a_file_doubles_no_code_and_leaves_none_without_words(table):
    rows = reference.rows(table)

    assert len({row.code for row in rows}) == len(rows)
    assert all(row.label == row.label.strip() and row.label for row in rows)
    assert len({(row.parent, row.label) for row in rows}) == len(rows)


@pytest.mark.parametrize("table", sorted({*reference.tables()} - {"qualification"}))
def test_a_parent_is_a_value_of_the_same_table(table):
    rows = reference.rows(table)

    assert {row.parent for row in rows} - {""} <= {row.code for row in rows}


def test_a_qualification_names_its_series_and_level_and_every_series_has_a_ladder():
    rows = reference.rows("qualification")

    assert {row.parent for row in rows} == set(of("title_series"))
    assert {row.level for row in rows} == set(of("title_level"))
    for series in of("title_series", r"\d{2}"):
        assert {"1", "2", "3", "4"} <= {row.level for row in rows if row.parent == series}


@pytest.mark.parametrize(
    "table",
    ["title_series", "title_level", "qualification", "professional_qualification", "professional_level", "degree"],
)
def test_none_is_a_value(table):
    assert queries.label(table, queries.NONE_CODE) == "无"


def test_id_types_are_those_one_logs_in_with():
    assert queries.codes("id_type") == [{"code": code, "label": str(label)} for code, label in id_numbers.ID_TYPES]


def test_every_table_names_its_source():
    sources = (reference.FOLDER / "README.md").read_text(encoding="utf-8")

    assert [table for table in reference.tables() if f"`{table}`" not in sources] == []


# --- Loading again ----------------------------------------------------------------------------------------------------
def test_loading_again_changes_nothing():
    before = list(Code.objects.order_by("pk").values())

    assert services.load_codes() == services.Loaded(0, 0, 0)
    assert list(Code.objects.order_by("pk").values()) == before


def test_loading_brings_back_what_is_missing_and_what_a_file_says_otherwise(capsys):
    row("ethnicity", "01").delete()
    Code.objects.filter(table="ethnicity", code="02").update(label="从前的名字", sort=99)

    call_command("load_codes")

    assert capsys.readouterr().out.strip() == "新增 1，更新 1，本站改过而保留 0"
    assert [each["label"] for each in queries.codes("ethnicity", limit=2)] == ["汉族", "蒙古族"]


def test_what_staff_changed_survives_a_load(keeper, clock):
    rename(keeper, clock, row("unit_nature", "3"), "企业（含国有）")
    rename(keeper, clock, row("unit_nature", "8"), "个体工商户", is_active=False)
    services.add_code(
        actor=keeper,
        table="unit_nature",
        code="10",
        fields=services.CodeFields(label="农民专业合作社"),
        now=clock.now(),
    )

    assert services.load_codes() == services.Loaded(0, 0, 2)
    labels = [each["label"] for each in queries.codes("unit_nature")]
    assert "企业（含国有）" in labels
    assert labels[-1] == "农民专业合作社"
    assert "个体工商户" not in labels


# --- What staff change ------------------------------------------------------------------------------------------------
def test_a_change_is_written_down_with_before_and_after(keeper, clock):
    rename(keeper, clock, row("unit_nature", "3"), "各类企业")

    entry = AuditEntry.objects.get(act="code.change")
    assert (entry.actor_id, entry.target_id) == (keeper.user_id, "unit_nature/3")
    assert (entry.before, entry.after) == ({"label": "企业"}, {"label": "各类企业"})


def test_saving_without_a_change_leaves_the_value_to_its_file(keeper, clock):
    rename(keeper, clock, row("unit_nature", "3"), "企业")

    assert not row("unit_nature", "3").is_edited
    assert not AuditEntry.objects.exists()


def test_a_code_is_in_its_table_once(keeper, clock):
    with pytest.raises(CodeTaken):
        services.add_code(
            actor=keeper,
            table="unit_nature",
            code="3",
            fields=services.CodeFields(label="又一个"),
            now=clock.now(),
        )

    assert row("unit_nature", "3").label == "企业"


@pytest.mark.parametrize(
    ("table", "code", "place", "attr"),
    [
        ("qualification", "05101", {"parent": "77", "level": "1"}, "parent"),
        ("qualification", "05101", {"parent": "", "level": "1"}, "parent"),
        ("qualification", "05101", {"parent": "05", "level": "7"}, "level"),
        ("major", "0809", {"parent": "7777", "level": ""}, "parent"),
        ("major", "08", {"parent": "080901", "level": ""}, "parent"),
        ("major", "08", {"parent": "08", "level": ""}, "parent"),
        ("major", "0809", {"parent": "08", "level": "1"}, "level"),
    ],
)
def test_a_value_stands_below_one_that_exists_and_not_below_itself(keeper, clock, table, code, place, attr):
    before = row(table, code)

    with pytest.raises(CodeMisplaced) as refused:
        rename(keeper, clock, before, "换个地方", **place)

    assert refused.value.attr == attr
    assert row(table, code).label == before.label


# --- Words and choices ------------------------------------------------------------------------------------------------
def test_a_code_switched_off_keeps_its_words_but_is_not_chosen_again(keeper, clock):
    assert queries.is_code("unit_nature", "8")

    rename(keeper, clock, row("unit_nature", "8"), "个体工商户", is_active=False)

    assert queries.label("unit_nature", "8") == "个体工商户"
    assert not queries.is_code("unit_nature", "8")


def test_words_are_read_once_for_a_whole_list(django_assert_num_queries):
    with django_assert_num_queries(1):
        words = queries.labels("ethnicity", ["01", "02", "56"])
        assert [queries.label("ethnicity", code) for code in ("01", "10")] == ["汉族", "朝鲜族"]

    assert words == {"01": "汉族", "02": "蒙古族", "56": "基诺族"}


def test_a_code_nobody_knows_is_shown_as_it_is_and_no_code_as_nothing():
    assert queries.labels("ethnicity", ["88", ""]) == {"88": "88", "": ""}


def test_a_value_that_came_meanwhile_is_found():
    assert not queries.is_code("unit_nature", "55")

    factories.code("unit_nature", "55", "新的")

    assert queries.is_code("unit_nature", "55")


def test_what_can_not_be_chosen_is_named_by_its_table():
    chosen = {"ethnicity": "01", "education": "2x", "degree": "", "region": "nowhere"}

    assert queries.unknown_codes(chosen) == ["education", "region"]


def test_a_qualification_knows_its_series_and_level():
    (found,) = queries.codes("qualification", "副主任护师", parent="01")

    assert queries.qualification_facts(found["code"]) == queries.QualificationFacts(series="01", level="2")
    assert queries.qualification_facts("nothing") is None
