"""The settings of signing in: bad ones stop the start, and the defaults are the safe ones outside the demo."""

from pathlib import Path

import pytest

from tests.test_house import run

SHOW = "from django.conf import settings; print(settings.SECOND_FACTOR, settings.TRUSTED_PROXIES)"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("TRUSTED_PROXIES", "10.0.0.300"),
        ("TRUSTED_PROXIES", "127.0.0.1 10.0.0.1"),
        ("SECOND_FACTOR", "sometimes"),
        ("IDLE_MINUTES", "1"),
        ("SESSION_HOURS", "0"),
        ("SIGN_IN_LOG_DAYS", "179"),
        ("LOCKOUT_MINUTES", "0"),
        ("PASSWORD_DAYS", "-1"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_sentence(name: str, value: str, tmp_path: Path) -> None:
    done = run("manage.py", "check", **{"SECRET_KEY": "any", "DATA_DIR": str(tmp_path), name: value})
    assert done.returncode == 2
    assert done.stderr.startswith(name)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("environment", "shown"),
    [
        ({"SECRET_KEY": "any"}, "managers ()"),
        ({"DEMO": "1"}, "off ()"),
        ({"DEMO": "1", "SECOND_FACTOR": "all", "TRUSTED_PROXIES": "unix"}, "all ('unix',)"),
    ],
)
def test_managers_need_a_second_step_in_production_and_nobody_in_the_demo(
    environment: dict[str, str], shown: str, tmp_path: Path
) -> None:
    done = run(
        "-c",
        SHOW,
        DJANGO_SETTINGS_MODULE="config.settings",
        PYTHONPATH="platform:.",
        DATA_DIR=str(tmp_path),
        **environment,
    )
    assert done.stdout.strip() == shown
