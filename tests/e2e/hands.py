"""Two ways to use a page: with the mouse, and with the keyboard alone. One story is told with both."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from playwright.sync_api import Locator, Page

# The admin's frame is Wagtail's own; what it does there is not ours to mend.
NOT_OURS = ["#wagtail", ".w-slim-header", "[data-side-panel]"]
MOST_TABS = 400
# Set, the pictures of the guides are made anew, in this folder.
PICTURES = os.environ.get("GUIDE_PICTURES", "")
COLOURS = 96  # of a guide's picture: an admin page needs few, and stays small


class Mouse:
    """Clicks and fills."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, target: Locator) -> None:
        target.click()

    def fill(self, target: Locator, text: str) -> None:
        target.fill(text)

    def tick(self, target: Locator) -> None:
        target.check(force=True)


class Keyboard:
    """Reaches everything with Tab, and acts with Enter, Space and the arrows. The mouse is never moved."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def reach(self, target: Locator) -> None:
        """Press Tab until the target has the focus; say so where it is never reached."""
        target.wait_for(state="attached")
        for _unused in range(MOST_TABS):
            if target.evaluate("node => node === document.activeElement"):
                return
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{target} is not reached with Tab.")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.page.keyboard.press("Enter")

    def fill(self, target: Locator, text: str) -> None:
        self.reach(target)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.insert_text(text)

    def tick(self, target: Locator) -> None:
        if target.get_attribute("type") == "radio":
            group = self.page.locator(f"input[type=radio][name='{target.get_attribute('name')}']")
            first = group.first
            self.reach(first)
            self.page.keyboard.press("Space")
            for _unused in range(group.count()):
                if target.is_checked():
                    return
                self.page.keyboard.press("ArrowDown")
            raise AssertionError(f"{target} is not chosen with the arrows.")
        self.reach(target)
        if not target.is_checked():
            self.page.keyboard.press("Space")


def serious(page: Page) -> list[str]:
    """Return what axe calls serious or critical on the page, outside of Wagtail's own frame."""
    found: list[dict[str, Any]] = (
        Axe().run(page, context={"exclude": [[each] for each in NOT_OURS]}).response["violations"]
    )
    return [
        f"{page.url} {each['id']}: {each['help']} {[node['target'] for node in each['nodes']][:3]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
    ]


def picture(page: Page, name: str) -> None:
    """Keep a picture of the page for a guide, where GUIDE_PICTURES names a folder."""
    if PICTURES:
        taken = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
        small = taken.quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(Path(PICTURES) / f"{name}.png", optimize=True)
