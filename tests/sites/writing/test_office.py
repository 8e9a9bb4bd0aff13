"""Old Word and WPS files: through LibreOffice where there is one, with limits; otherwise advice."""

import os
import stat
import time
from pathlib import Path

import pytest

from sites.writing import office
from sites.writing.parts import Text, Unreadable
from sites.writing.word import read_file
from tests.sites.writing.packages import docx, p

OLD = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)


def program(folder: Path, script: str) -> str:
    """Make a stand-in for soffice: a script that gets the same arguments."""
    made = folder / "soffice"
    made.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    made.chmod(made.stat().st_mode | stat.S_IEXEC)
    return str(made)


def test_without_the_program_the_answer_says_what_to_do() -> None:
    with pytest.raises(Unreadable, match="save it as .docx"):
        read_file(OLD)
    with pytest.raises(Unreadable, match="save it as .docx"):
        read_file(OLD, "/nowhere/soffice")


def test_an_old_file_is_converted_with_a_profile_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(docx(p("旧文")))
    script = (
        'for last; do :; done; while [ "$1" != --outdir ]; do echo "$1" >> arguments; shift; done; mkdir -p "$2"\n'
        f"cat profile/user/registrymodifications.xcu arguments > {tmp_path}/seen; env > {tmp_path}/environment\n"
        f'cp {tmp_path}/made.docx "$2/in.docx"; test -s "$last"'
    )
    assert read_file(OLD, program(tmp_path, script)).blocks == (Text("<p>旧文</p>"),)
    seen = (tmp_path / "seen").read_text(encoding="utf-8")
    assert "DisableMacrosExecution" in seen
    assert "-env:UserInstallation=file:///" in seen
    assert "SECRET_KEY" not in (tmp_path / "environment").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", ["exit 1", "true", "exec dd if=/dev/zero of=out bs=1M count=5"])
def test_a_program_that_fails_is_answered_with_a_sentence(
    tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(office, "_FILE_MOST", 1_000_000)
    with pytest.raises(Unreadable, match="could not be converted"):
        read_file(OLD, program(tmp_path, script))


def test_a_program_that_hangs_is_ended_with_all_it_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "SECONDS_MOST", 1)
    begun = time.monotonic()
    with pytest.raises(Unreadable, match="could not be converted"):
        read_file(OLD, program(tmp_path, f"sleep 300 & echo $! > {tmp_path}/child; wait"))
    assert time.monotonic() - begun < 200  # it would sleep for 300
    child = int((tmp_path / "child").read_text(encoding="ascii"))
    status = Path(f"/proc/{child}/status")
    assert not status.exists() or "zombie" in status.read_text(encoding="ascii")
    assert os.getpid() != child


def test_what_the_program_makes_is_checked_like_any_upload(tmp_path: Path) -> None:
    (tmp_path / "made.docx").write_bytes(docx(p("x"), more={"word/media/x.png": bytes(30_000_000)}))
    script = f'while [ "$1" != --outdir ]; do shift; done; mkdir -p "$2"; cp {tmp_path}/made.docx "$2/in.docx"'
    with pytest.raises(Unreadable, match="unreasonable size"):
        read_file(OLD, program(tmp_path, script))
