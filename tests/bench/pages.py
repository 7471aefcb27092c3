"""Class page and catalogue among 5,000 classes, beside a template behind the same middleware."""

from tests.bench import world
from tests.bench.database import prepare
from tests.bench.load import throughput
from tests.bench.report import Report, side_by_side
from tests.bench.server import serving

PAGES = 50


def run(report: Report) -> None:
    """Pages for a learner, made for him; and for a visitor, kept whole."""
    prepare()
    slugs = world.add_classes(world.bench_class())
    cookie = world.learner_cookie()
    classes = [f"/classes/{slug}/" for slug in slugs[:: len(slugs) // PAGES]]
    catalogue = [f"/catalogue/?page={number}" for number in range(1, 11)]
    catalogue += [f"/catalogue/?q={word}" for word in ("%E6%80%A5%E8%AF%8A", "%E6%8A%A4", "%E5%AE%9E%E5%8A%A1")]
    with serving("tests.bench.bare_settings") as (bare, _), serving("tests.bench.settings") as (base, _):

        def per_second(paths: list[str], who: str) -> float:
            return throughput(base, [(path, who, "") for path in paths])

        for name, paths in (("class page", classes), ("catalogue", catalogue)):
            for who, visitor, floor in (("learner", cookie, 0.06), ("visitor", "", 0.3)):
                ours, reference = side_by_side(
                    lambda paths=paths, visitor=visitor: per_second(paths, visitor),
                    lambda visitor=visitor: per_second(["/bench/template"], visitor),
                )
                report.at_least(f"{name} for a {who} ÷ template", floor, ours, reference, "req/s")
            ours, reference = side_by_side(
                lambda paths=paths: per_second(paths, ""), lambda: throughput(bare, [("/bench/bare", "", "")])
            )
            report.tell(f"{name} for a visitor ÷ bare view, in percent", 100 * ours / reference, "%")
