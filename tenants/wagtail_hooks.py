"""What the people's room adds to Wagtail's admin."""

from tenants.accounts import hooks  # noqa: F401 - registers itself
