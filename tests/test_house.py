"""What holds for the project as a whole: its rooms, its settings, its pinned requirements, its two commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from provisioning.requests import SiteRequest, request_from_mapping

ROOT = Path(__file__).resolve().parent.parent
SETTING = re.compile(r'\benv\.(?:text|flag|number|choice|names|folder)\(\s*"(\w+)"')
READ_FROM_ENVIRONMENT = (ROOT / "platform" / "config" / "settings.py", ROOT / "deploy" / "gunicorn.conf.py")
TOP_LEVEL = (
    "platform", "sites", "tenants", "deploy", "tests", "docs", "manage.py", "pyproject.toml", "Makefile", "README.md",
    "README.zh-Hans.md", "CHANGELOG.md", "requirements.txt", "requirements-dev.txt", ".ci/run",
)  # fmt: skip


def run(*command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command of the project in an environment that holds nothing but what is named here."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=kept | {"PYTHONDONTWRITEBYTECODE": "1"} | environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def settings_names() -> set[str]:
    return {name for path in READ_FROM_ENVIRONMENT for name in SETTING.findall(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize("name", TOP_LEVEL)
def test_the_top_level_holds(name: str) -> None:
    assert (ROOT / name).exists()


def test_the_platform_folder_is_not_a_package() -> None:
    assert not (ROOT / "platform" / "__init__.py").exists()


def test_pythons_own_platform_module_is_still_found() -> None:
    done = run("-c", "import platform; print(platform.python_version())", PYTHONPATH="platform:.")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "{}.{}.{}".format(*sys.version_info)


def test_the_web_process_starts_without_what_only_steps_and_commands_need(tmp_path: Path) -> None:
    # Reading old pages, crawling and drawing on a terminal cost memory in every web process and time at each start.
    heavy = ("rich", "trafilatura", "readability", "justext", "htmldate", "scrapy", "twisted", "fastwarc", "playwright")
    code = f"""import django, sys
django.setup()
import config.urls
print(*sorted(set({heavy!r}) & sys.modules.keys()))"""
    environment = {"DEMO": "1", "DATA_DIR": str(tmp_path), "PYTHONPATH": "platform:."}
    done = run("-c", code, DJANGO_SETTINGS_MODULE="config.settings", **environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == []


def test_the_import_contracts_know_every_room() -> None:
    rooms = {path.parent.name for folder in (ROOT, ROOT / "platform") for path in folder.glob("*/__init__.py")}
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == rooms - {"tests", "bench"}
    layers = re.findall(r"\w+", " ".join(contracts["contracts"][0]["layers"]))
    assert rooms - {"tests", "bench"} <= set(layers)


@pytest.mark.parametrize("name", ["platform", "platform/provisioning", "sites", "tenants", "deploy"])
def test_a_room_says_in_a_readme_what_it_is_for(name: str) -> None:
    assert (ROOT / name / "README.md").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DEBUG", "maybe"),
        ("PUBLIC_SCHEME", "ftp"),
        ("PUBLIC_PORT", "80a"),
        ("PUBLIC_PORT", "0"),
        ("DATABASE_URL", "mysql://root@127.0.0.1/sites"),
        ("DATABASE_URL", "somewhere"),
        ("CLOSING_NOTICE_DAYS", "-1"),
        ("LOG_LEVEL", "LOUD"),
        ("BACKGROUND", "later"),
    ],
)
def test_a_bad_value_stops_the_start_with_one_sentence(name: str, value: str, tmp_path: Path) -> None:
    done = run("manage.py", "check", **{"SECRET_KEY": "any", "DATA_DIR": str(tmp_path), name: value})
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert done.stderr.startswith(name)
    assert "Traceback" not in done.stderr


def test_without_a_secret_key_production_refuses_to_start(tmp_path: Path) -> None:
    done = run("manage.py", "check", DATA_DIR=str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.startswith("SECRET_KEY is missing")
    assert len(done.stderr.strip().splitlines()) == 1


def test_the_demo_profile_makes_a_key_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    show = "from django.conf import settings; print(settings.SECRET_KEY)"
    environment = {"DEMO": "1", "DATA_DIR": str(tmp_path), "PYTHONPATH": "platform:."}
    first, second = (run("-c", show, DJANGO_SETTINGS_MODULE="config.settings", **environment).stdout for _ in range(2))
    assert len(first.strip()) >= 50
    assert first == second
    assert (tmp_path / "secret-key").stat().st_mode & 0o077 == 0


def test_gunicorn_refuses_a_bad_number_of_workers_with_one_sentence() -> None:
    done = run("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--check-config", "config.wsgi", WORKERS="many")
    assert done.returncode == 2
    assert done.stderr.strip() == "WORKERS is 'many'. Write a whole number from 1 to 256, or leave it out."


def test_gunicorn_loads_the_platform_with_the_configuration_in_deploy(tmp_path: Path) -> None:
    done = run(
        *("-m", "gunicorn", "--config", "deploy/gunicorn.conf.py", "--check-config", "config.wsgi"),
        DEMO="1",
        DATA_DIR=str(tmp_path),
    )
    assert done.returncode == 0, done.stderr


def test_env_example_lists_every_setting_that_is_read_and_no_other() -> None:
    example = (ROOT / "deploy" / "env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^#?([A-Z][A-Z0-9_]*)=", example, flags=re.MULTILINE)
    assert sorted(listed) == sorted(settings_names())


def test_settings_are_read_through_the_typed_readers_alone() -> None:
    for path in READ_FROM_ENVIRONMENT:
        source = path.read_text(encoding="utf-8")
        assert not re.search(r"os\.environ(\[|\.get)|os\.getenv", source), path


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_every_requirement_is_pinned_once(name: str) -> None:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    requirements = [line for line in lines if line and not line.startswith(("#", "-r "))]
    assert requirements
    for line in requirements:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[0-9][0-9A-Za-z.]*( ; \w+ < \"[0-9.]+\")?", line), line
    names = [line.split("==")[0].lower().replace("_", "-") for line in requirements]
    assert len(names) == len(set(names))


def test_the_image_installs_the_same_requirements() -> None:
    dockerfile = (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")
    assert "pip install --no-deps --requirement requirements.txt" in dockerfile
    assert dockerfile.count("pip install") == 1


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hans.md"])
def test_the_readmes_name_both_commands(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    assert "make demo" in text
    assert "make test" in text


@pytest.mark.parametrize("name", ["README.md", "README.zh-Hans.md"])
def test_the_list_in_the_readme_can_be_handed_in(name: str) -> None:
    lines = re.findall(r"^ +\|(.+)\|$", (ROOT / name).read_text(encoding="utf-8"), flags=re.MULTILINE)
    header, _rule, *rows = ([cell.strip() for cell in line.split("|")] for line in lines)
    requests = [request_from_mapping(dict(zip(header, row, strict=True))) for row in rows]
    assert [type(request) for request in requests] == [SiteRequest] * 5
    assert [request.code for request in requests] == ["430000", "430100", "430121", "430121-jiaoyu", "430121001"]


def documents() -> list[Path]:
    folders = (ROOT, ROOT / "docs", ROOT / "deploy", ROOT / "platform", ROOT / "platform" / "provisioning")
    return sorted(path for folder in folders for path in folder.glob("*.md"))


@pytest.mark.parametrize("path", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_links_between_the_documents_lead_somewhere(path: Path) -> None:
    for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


def test_every_picture_of_the_guides_is_shown_in_one_and_small() -> None:
    shown = {
        name
        for path in (ROOT / "docs").glob("*.md")
        for name in re.findall(r"\]\(pictures/([^)]+)\)", path.read_text("utf-8"))
    }
    kept = {path.name: path.stat().st_size for path in (ROOT / "docs" / "pictures").iterdir()}
    assert kept.keys() == shown
    assert {name: size for name, size in kept.items() if size > 120_000} == {}


def test_make_alone_lists_the_commands_of_the_readme() -> None:
    done = subprocess.run(["make", "--no-print-directory"], cwd=ROOT, capture_output=True, text=True, check=True)
    for name in ("demo", "test", "e2e", "lint", "bench", "messages", "clean"):
        assert f"make {name} " in done.stdout
