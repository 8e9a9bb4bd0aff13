"""What a new operator sees after `make demo`: every address that it printed opens, on a desk and on a telephone."""

from playwright.sync_api import Page

from tests.e2e.conftest import Demo


def test_every_printed_address_opens_with_a_title_and_one_main_heading(demo: Demo, page: Page) -> None:
    assert demo.addresses
    for address in demo.addresses:
        response = page.goto(address)
        assert response is not None, address
        assert response.status == 200, address
        assert page.title(), address
        assert (page.locator("html").get_attribute("lang") or "").lower().startswith("zh"), address
        assert page.locator("h1").count() == 1, address


def test_no_printed_address_scrolls_sideways_on_a_narrow_telephone(demo: Demo, page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 640})
    for address in demo.addresses:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, address
