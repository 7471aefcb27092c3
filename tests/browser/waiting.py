"""What a browser test waits for: a click returns before the page has answered it, and reading waits for nothing."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings

PATIENCE_SECONDS = 30

# A colour that is still fading isn't the one that stays; what turns for ever is let alone.
_JUDGED_AT_REST = """async part => {
  const ends = one => one.playState === "running" && one.effect.getComputedTiming().endTime !== Infinity;
  await Promise.allSettled(document.getAnimations().filter(ends).map(one => one.finished));
  return axe.run(part ?? document);
}"""


def follow(control: Any) -> None:
    """Clicks what leads to another page, also to one at the same address; goes on when that one is there whole.

    Whole, because its scripts decide what the next click does.
    """
    page = control.page
    page.evaluate("document.documentElement.setAttribute('data-left', '')")
    control.click()
    page.locator("html:not([data-left])").wait_for(state="attached")
    page.wait_for_load_state()


def listed(open_list: Callable[[], object], *wanted: Any) -> None:
    """Opens a list anew until all of these stand in it.

    What a page sends while it goes arrives when the server gets to it, and nothing in the browser says when.
    """
    end = time.monotonic() + PATIENCE_SECONDS
    while True:
        open_list()
        if all(one.count() for one in wanted):
            return
        assert time.monotonic() < end, "what was sent on leaving never arrived"


def serious_faults(page: Any, part: str | None = None) -> list[str]:
    """What axe-core holds against the page or a part of it, of its serious and critical rules."""
    page.wait_for_load_state()
    page.evaluate((Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js").read_text())
    found = page.evaluate(_JUDGED_AT_REST, part)["violations"]
    return [f"{fault['id']}: {fault['help']}" for fault in found if fault["impact"] in ("serious", "critical")]
