"""The province: regions, bureaus, departments and units as a tree, written in one go, each with its administrator."""

from dataclasses import dataclass
from datetime import datetime

from django.apps import apps

from core.grams import grams, normalise
from web.population import words
from web.population.copying import Table, next_id, write


@dataclass(frozen=True, slots=True)
class Unit:
    """An employer of the province."""

    id: int
    name: str
    phone: str


class Branch:
    """Gives children of one node their paths, counting on from those it has."""

    def __init__(self, path: str, numchild: int) -> None:
        self.path, self.numchild = path, numchild

    def next(self) -> str:
        self.numchild += 1
        return _path(self.path, self.numchild)


def _path(above: str, place: int) -> str:
    """treebeard's path of the `place`-th node (from 1) below another."""
    model = apps.get_model("identity.Organisation")
    return model._get_path(above, len(above) // model.steplen + 1, place)


_ORGANISATIONS = Table(
    "identity.Organisation",
    [
        "id",
        "path",
        "depth",
        "numchild",
        "kind",
        "state",
        "code",
        "name",
        "region_id",
        "nature",
        "industry",
        "phone",
        "address",
        "registered_at",
    ],
)
_GRAMS = Table("identity.OrganisationGram", ["gram", "kind", "organisation_id"])


def build_province(*, units: int, now: datetime) -> list[Unit]:
    """`units` employers below departments and bureaus of sixteen cities; what stands already stays beside it."""
    regions = _regions()
    rows: list[list[object]] = []
    first = next_id("identity.Organisation")
    top, steplen = _last_root(), apps.get_model("identity.Organisation").steplen
    nodes: list[tuple[int, Branch]] = []

    def add(kind: str, name: str, region: int, above: tuple[int, Branch] | None) -> tuple[int, Branch]:
        path = above[1].next() if above else _path("", top + 1)
        pk = first + len(rows)
        code = f"{ {'bureau': 'B', 'department': 'D', 'employer': 'U'}[kind] }{pk:07}"
        phone = f"000-{pk % 10_000_000:07}"
        rows.append(
            [
                pk,
                path,
                len(path) // steplen,
                0,
                kind,
                "active",
                code,
                name,
                region,
                "",
                "",
                phone,
                f"{name}路 1 号",
                now,
            ]
        )
        nodes.append((pk, Branch(path, 0)))
        return nodes[-1]

    province = add("bureau", "示例省人力资源和社会保障厅", regions[0][0], None)
    superiors = list(_offices(add, province, regions))
    made = [
        add("employer", _unit_name(number), region, superior)
        for number, (region, superior) in zip(range(units), _in_turn(superiors), strict=False)
    ]
    for row, (_pk, branch) in zip(rows, nodes, strict=True):
        row[3] = branch.numchild
    write(_ORGANISATIONS, (tuple(row) for row in rows))
    write(_GRAMS, _grams(rows))
    return [Unit(pk, str(rows[pk - first][7]), str(rows[pk - first][11])) for pk, _branch in made]


def _offices(add, province, regions):
    """Bureaus and departments; gives (region, node) of each that employers stand below."""
    for city, district_ids in zip(words.CITIES, regions, strict=True):
        bureau = add("bureau", f"{city}人力资源和社会保障局", district_ids[0], province)
        for office in words.DEPARTMENTS:
            yield district_ids[0], add("department", f"{city}{office}", district_ids[0], bureau)
        for name, region in zip(words.DISTRICTS[1:], district_ids[1:], strict=True):
            yield region, add("bureau", f"{city}{name}人力资源和社会保障局", region, bureau)


def _in_turn(superiors):
    while True:
        yield from superiors


def _unit_name(number: int) -> str:
    trade, _field = words.TRADES[number % len(words.TRADES)]
    place = words.PLACES[number // len(words.TRADES) % len(words.PLACES)]
    city = words.CITIES[number // 7 % len(words.CITIES)]
    serial = number // (len(words.TRADES) * len(words.PLACES))
    return f"{city}{place}{f'第{serial + 1}' if serial else ''}{trade}"


def _grams(rows):
    for row in rows:
        for gram in grams(normalise(row[7])):
            yield gram, row[4], row[0]


def _last_root() -> int:
    """The place of the last root."""
    model = apps.get_model("identity.Organisation")
    last = model.get_last_root_node()
    return int(model._str2int(last.path)) if last else 0


def _regions() -> list[list[int]]:
    """The ids of each city's districts, 市直 first; made when first asked for."""
    region = apps.get_model("identity.Region")
    found = []
    for at, city in enumerate(words.CITIES):
        code = f"99{at:02}00"
        above = region.objects.filter(code=code).first() or region.add_root(code=code, name=city)
        ids = []
        for district, name in enumerate(words.DISTRICTS):
            own = f"99{at:02}{district + 1:02}"
            below = region.objects.filter(code=own).first()
            ids.append((below or region.objects.get(pk=above.pk).add_child(code=own, name=name)).pk)
        found.append(ids)
    return found
