"""People at their browsers: what they press and fill, by mouse or by keyboard, and what axe finds on their way."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.e2e.conftest import Demo
from tests.e2e.hands import Keyboard, Mouse, picture, serious


class Person:
    """One person at a browser of their own."""

    def __init__(self, context: BrowserContext, demo: Demo, hands: type[Mouse] | type[Keyboard]) -> None:
        self.page: Page = context.new_page()
        self.demo = demo
        self.hands = hands(self.page)
        self.problems: list[str] = []

    def settle(self) -> None:
        """Wait until what was begun (a new page, a saved draft) has arrived."""
        self.page.wait_for_timeout(200)
        self.page.wait_for_load_state("networkidle")

    def go(self, path: str) -> None:
        self.page.goto(self.demo.address("admin.localhost", path))
        self.settle()

    def enter(self) -> None:
        """Send the form in which the cursor stands."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        self.settle()

    def button(self, name: str, *, stays: bool = False) -> None:
        """Press a button; it leads to another page unless it `stays` on this one."""
        self.through(self.page.get_by_role("button", name=name, exact=True).first, stays=stays)

    def link(self, name: str | re.Pattern[str]) -> None:
        self.through(self.page.get_by_role("link", name=name).first)

    def through(self, target: Locator, *, stays: bool = False) -> None:
        if stays:
            self.hands.press(target)
        else:
            with self.page.expect_navigation():
                self.hands.press(target)
        self.settle()

    def fill(self, label: str, text: str) -> None:
        self.hands.fill(self.page.get_by_label(label, exact=False).first, text)

    def leave(self) -> None:
        """Close the browser's session."""
        self.page.context.clear_cookies()

    def look(self, name: str = "") -> None:
        """Ask axe about the page, and keep its picture."""
        self.problems += serious(self.page)
        if name:
            picture(self.page, name)

    def sign_in(self, username: str, password: str, code: str = "") -> None:
        self.go("/admin/login/")
        self.hands.fill(self.page.locator("input[name=username]"), username)
        self.hands.fill(self.page.locator("input[name=password]"), password)
        self.enter()
        if code:
            self.look("signing-in-code")
            self.hands.fill(self.page.locator("input[name=code]"), code)
            self.enter()
        expect(self.page).not_to_have_url(re.compile("login"))
