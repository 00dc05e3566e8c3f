"""The two commands: run.py refuses in one sentence, the locks are whole, and no process outlives its run."""

from __future__ import annotations

import ast
import os
import re
import select
import socket
import stat
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import run
from tests.tools import doctor, pages
from tests.tools.processes import Died, Processes

PIN = re.compile(r"^([A-Za-z0-9._-]+)==(\S+?)(?: ;| \\|$)")


def pins(lock: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for line in (run.ROOT / lock).read_text().splitlines():
        if line and not line.startswith((" ", "#")):
            match = PIN.match(line)
            assert match, f"{lock}: not an exact pin: {line}"
            found.setdefault(canonicalize_name(match[1]), set()).add(match[2])
    return found


@pytest.mark.parametrize("lock", [run.LOCK, run.DEV_LOCK])
def test_a_lock_is_exact_hashed_and_names_no_index(lock: str) -> None:
    text = (run.ROOT / lock).read_text()
    assert "://" not in text
    assert "--index-url" not in text
    entries = re.split(r"\n(?=\S)", text.strip())
    assert all("--hash=sha256:" in entry for entry in entries)


def test_the_locks_hold_every_named_dependency_within_its_range() -> None:
    project = tomllib.loads((run.ROOT / "pyproject.toml").read_text())
    for lock, wanted in (
        (run.LOCK, project["project"]["dependencies"]),
        (run.DEV_LOCK, project["project"]["dependencies"] + project["dependency-groups"]["dev"]),
    ):
        held = pins(lock)
        for requirement in map(Requirement, wanted):
            versions = held.get(canonicalize_name(requirement.name), set())
            assert versions, f"{lock} lacks {requirement.name}"
            assert all(requirement.specifier.contains(version) for version in versions), requirement


def test_both_locks_agree() -> None:
    development = pins(run.DEV_LOCK)
    assert {name: development.get(name) for name in pins(run.LOCK)} == pins(run.LOCK)


def test_the_bundled_pip_is_the_one_that_is_checked() -> None:
    assert run.sha256(run.PIP_WHEEL) == run.PIP_SHA256


def test_an_altered_pip_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "PIP_SHA256", "0" * 64)
    with pytest.raises(run.Stop, match="missing or altered"):
        list(run.installers(run.LOCK))


def test_an_older_python_can_read_run_py_and_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    ast.parse((run.ROOT / "run.py").read_text(), feature_version=(3, 6))
    monkeypatch.setattr(run, "OLDEST_PYTHON", (99, 0, 0))
    with pytest.raises(run.Stop, match="newer"):
        run.check_python()


def test_a_python_without_sqlite_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sqlite3", None)
    with pytest.raises(run.Stop, match="built without `sqlite3`"):
        run.check_python()


@pytest.mark.parametrize(("family", "address"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")])
def test_a_taken_port_is_refused_with_another_one(family: socket.AddressFamily, address: str) -> None:
    with socket.socket(family) as taken:
        try:
            taken.bind((address, 0))
        except OSError:
            pytest.skip(f"this machine has no {address}")
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(run.Stop, match=rf"Port {port} .* is taken.*`PORT=\d+ python3 run.py`"):
            run.check_port(port, "the site's")
    run.check_port(port, "the site's")  # free again: no refusal


@pytest.mark.parametrize("odd", ["eighty", "0", "65535", "-1"])
def test_an_odd_port_is_refused(monkeypatch: pytest.MonkeyPatch, odd: str) -> None:
    monkeypatch.setenv("PORT", odd)
    with pytest.raises(run.Stop, match=r"from 1 to 65534"):
        run.wanted_port()


def test_a_data_folder_that_cannot_be_written_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("DATA_DIR", str(tmp_path / "file" / "var"))
    with pytest.raises(run.Stop, match=r"Cannot write to .*DATA_DIR="):
        run.data_dir()


@pytest.mark.parametrize(
    ("complaint", "sentence"),
    [
        ("connection broken by NameResolutionError\nERROR: No matching distribution", "could not be reached"),
        ("ERROR: [Errno 28] No space left on device", "disk is full"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "failed: ERROR: THESE PACKAGES"),
        ("", "no reason given"),
    ],
)
def test_why_nothing_was_installed(complaint: str, sentence: str) -> None:
    assert sentence in run.why_not_installed(complaint)


def test_the_demo_never_sees_the_shells_keys_or_database(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("STRIPE_SECRET_KEY", "sk_live_real")
    monkeypatch.setenv("DATABASE_URL", "postgresql://production")
    environment = run.demo_environment(tmp_path, 8000)
    assert environment["STRIPE_SECRET_KEY"].startswith("sk_test_demo")
    assert "DATABASE_URL" not in environment
    assert environment["STRIPE_API_BASE"] == "http://localhost:8001"


def test_the_demos_secrets_are_kept_and_private(tmp_path: Path) -> None:
    first = run.demo_environment(tmp_path, 8000)
    assert run.demo_environment(tmp_path, 8000) == first
    assert stat.S_IMODE((tmp_path / "demo-secrets").stat().st_mode) == 0o600
    (tmp_path / "other").mkdir()
    assert run.demo_environment(tmp_path / "other", 8000)["STRIPE_SECRET_KEY"] != first["STRIPE_SECRET_KEY"]


def test_leaving_ends_every_process_and_its_children(tmp_path: Path) -> None:
    """Parent and child both hold a pipe open; its end is read when the last of them is gone, and not before."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    child = ["sh", "-c", "echo up; exec sleep 600"]
    both = f"import subprocess; subprocess.run({child}, stdout=open({str(pipe)!r}, 'w'))"
    with Processes(run.ROOT, tmp_path, dict(os.environ)) as processes:
        processes.start("parent", [sys.executable, "-c", both])
        reader = os.open(pipe, os.O_RDONLY)
        assert os.read(reader, 3) == b"up\n"  # the child runs
        parent = processes.running["parent"]
    try:
        assert parent.returncode is not None
        assert select.select([reader], [], [], 10)[0], "somebody still holds the pipe"
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


def test_a_process_that_ends_by_itself_is_named_with_its_last_words(tmp_path: Path) -> None:
    with Processes(run.ROOT, tmp_path, dict(os.environ)) as processes:
        processes.start("worker", [sys.executable, "-c", "raise SystemExit('the queue is gone')"])
        processes.running["worker"].wait()
        with pytest.raises(Died, match=r"(?s)worker process ended by itself \(code 1\).*the queue is gone"):
            processes.check()


def test_the_doctor_gives_the_fix(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(run, "find_browser", lambda: None)
    monkeypatch.setenv("DATA_DIR", str(tmp_path))
    monkeypatch.setenv("PORT", "0")
    assert doctor.examine() == 1
    said = capsys.readouterr().out
    assert "apt-get install chromium" in said
    assert "missing  Port" in said
    assert "cannot start" in said


def test_an_unknown_command_shows_the_others() -> None:
    done = subprocess.run([sys.executable, "run.py", "serv"], cwd=run.ROOT, capture_output=True, text=True)
    assert done.returncode == 1
    assert "no command `serv`" in done.stderr
    assert "python3 run.py test" in done.stderr


def test_a_password_is_found_beside_the_e_mail() -> None:
    people = sorted({page.who for page in pages.PAGES if page.who})
    printed = "\n".join(f"{who.title():8} {who}@example.com  pass-{who}  participant" for who in people)
    assert pages.sign_ins(printed)["ana"] == ("ana@example.com", "pass-ana")
    with pytest.raises(SystemExit, match="ana"):
        pages.sign_ins("nobody here")
