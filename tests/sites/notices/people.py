"""What the tests of notices share: a post office that can be closed, and tasks that run when told to."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from tenants.tasks.lanes import drain

BACKGROUND = {
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "background": {"BACKEND": "config.background.DurableBackend"},
}


@pytest.fixture
def mail_on(settings: Any) -> None:
    settings.TASKS = BACKGROUND
    settings.MAIL_ON = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.WAGTAILADMIN_BASE_URL = "https://admin.example.gov.cn"


def run_tasks() -> int:
    """Run the quick tasks that are ready now; return how many."""
    return drain(quick=True, stop=threading.Event())


def with_mail(*people: Any) -> None:
    for person in people:
        person.email = f"{person.username}@example.gov.cn"
        person.save()
