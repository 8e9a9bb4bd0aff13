"""Old Word and WPS files through LibreOffice, where one is installed (SOFFICE): in a folder of its own, without network."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
import tempfile
from functools import cache
from pathlib import Path

from sites.messages import _, sentence
from sites.writing.parts import Unreadable

SECONDS_MOST = 40  # below the web server's own patience
_MEMORY_MOST = 4 * 1024**3
_FILE_MOST = 200 * 1024**2
# No macros, no links followed: what a fresh profile would ask about is answered with no.
_ANSWERS = (
    ("Office.Common/Security/Scripting", "MacroSecurityLevel", "3"),
    ("Office.Common/Security/Scripting", "DisableMacrosExecution", "true"),
    ("Office.Common/Security/Scripting", "BlockUntrustedRefererLinks", "true"),
    ("Office.Writer/Content/Update", "Link", "0"),
)
_PROFILE = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<oor:items xmlns:oor="http://openoffice.org/2001/registry">\n'
    + "".join(
        f'<item oor:path="/org.openoffice.{path}"><prop oor:name="{name}" oor:op="fuse"><value>{answer}</value></prop></item>\n'
        for path, name, answer in _ANSWERS
    )
    + "</oor:items>\n"
)


def to_docx(data: bytes, soffice: str) -> bytes:
    """Return an old Word or WPS file as .docx; `soffice` is the program's path, "" where there is none.

    Raises Unreadable with what to do instead: no program, too slow, nothing came out.
    """
    program = shutil.which(soffice) if soffice else None
    if program is None:
        raise Unreadable(
            sentence(
                _(
                    "This is a file of an old Word or WPS version, which cannot be read here. Open it in"
                    " Word or WPS, save it as .docx (“Save as”), and upload that."
                )
            )
        )
    with tempfile.TemporaryDirectory(prefix="convert-") as folder:
        source = Path(folder, "in.doc")
        source.write_bytes(data)
        profile = Path(folder, "profile", "user")
        profile.mkdir(parents=True)
        (profile / "registrymodifications.xcu").write_text(_PROFILE, encoding="utf-8")
        out = Path(folder, "out")
        command = [
            *_without_network(),
            program,
            f"-env:UserInstallation={profile.parent.as_uri()}",
            *(
                "--headless",
                "--norestore",
                "--nolockcheck",
                "--nodefault",
                "--convert-to",
                "docx",
                "--outdir",
                str(out),
            ),
            str(source),
        ]
        made = out / "in.docx"
        if not _run(command, folder) or not made.is_file() or made.stat().st_size > _FILE_MOST:
            raise Unreadable(
                sentence(
                    _(
                        "This old Word or WPS file could not be converted. Open it in Word or WPS, save it as"
                        " .docx (“Save as”), and upload that."
                    )
                )
            )
        return made.read_bytes()


def _run(command: list[str], folder: str) -> bool:
    """Run the program with limits of time, memory and file size; return whether it ended well. All it started ends."""
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={"PATH": os.environ.get("PATH", ""), "HOME": folder, "TMPDIR": folder, "LANG": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=_limits,
    )
    try:
        return process.wait(timeout=SECONDS_MOST) == 0
    except subprocess.TimeoutExpired:
        return False
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _limits() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_MOST, _MEMORY_MOST))
    resource.setrlimit(resource.RLIMIT_FSIZE, (_FILE_MOST, _FILE_MOST))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS_MOST, SECONDS_MOST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@cache
def _without_network() -> tuple[str, ...]:
    """Return the command that takes the network away, where the system lets us; the profile follows no links anyway."""
    found = shutil.which("unshare")
    if found is None:
        return ()
    command = (found, "--user", "--map-root-user", "--net")
    tried = subprocess.run([*command, "true"], capture_output=True, check=False, timeout=10)
    return command if tried.returncode == 0 else ()
