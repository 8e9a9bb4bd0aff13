"""What is left of Wagtail's account page, and where its doors lead."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.tenants.accounts.door import account, signed_in_with_password

pytestmark = pytest.mark.django_db
TABS = ("/admin/account/", "/admin/accounts/password/", "/admin/accounts/second-factor/", "/admin/accounts/sessions/", "/admin/accounts/log/")  # fmt: skip


def test_the_account_page_asks_for_particulars_language_and_look_alone() -> None:
    account()
    page = signed_in_with_password().get("/admin/account/")
    panels = {panel.name for panels in page.context["panels_by_tab"].values() for panel in panels}
    assert panels == {"person", "locale", "theme"}
    text = page.content.decode()
    for closed in ('type="file"', "old_password", "current_time_zone", "notifications-"):
        assert closed not in text, closed


@pytest.mark.parametrize("path", TABS)
def test_every_page_of_the_account_leads_to_the_others(path: str) -> None:
    account()
    page = signed_in_with_password().get(path)
    assert page.status_code == 200
    text = page.content.decode()
    for other in TABS:
        assert f'href="{other}"' in text
    assert text.count('aria-current="page"') == 1


@pytest.mark.parametrize("path", TABS)
def test_a_page_of_the_account_is_small_and_cheap(path: str) -> None:

    account()
    client = signed_in_with_password()
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        page = client.get(path)
    assert len(asked) <= 40
    assert len(page.content) <= 150_000


def test_the_admin_is_named_for_the_product() -> None:
    account()
    page = signed_in_with_password().get("/admin/accounts/log/").content.decode()
    title = page.partition("<title>")[2].partition("</title>")[0]
    assert "政府网站集约化平台" in title
    assert "Wagtail" not in title


def test_the_warning_before_the_end_is_on_every_page_of_the_admin() -> None:
    account()
    page = signed_in_with_password().get("/admin/accounts/log/").content.decode()
    assert "govsites/admin/accounts.js" in page
    assert 'data-idle-seconds="1800"' in page
