"""A PostgreSQL server that lives as long as the tests: `with throwaway_postgres() as url:`.

Standard library only. Its data is in a temporary folder, it listens on a free port of this machine alone, nothing is
flushed to disk, and it is gone afterwards, whatever happened. As a program: `python3 -m tests.tools.postgres COMMAND`
runs the command with TEST_POSTGRES_URL set and ends with its code.
"""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

START_WITHIN = 30  # seconds
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


class NotFound(Exception):
    """No server can be started here; the message is one sentence with the fix."""


def find_binaries() -> Path:
    """The folder of initdb and postgres. Raises NotFound."""
    if os.name == "nt":
        raise NotFound(
            "starting a PostgreSQL server for the tests is not done on Windows; set TEST_POSTGRES_URL."
        )
    candidates = glob.glob("/usr/lib/postgresql/*/bin") + glob.glob("/opt/homebrew/opt/postgresql*/bin")
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(str(Path(on_path).parent))
    usable = [Path(folder) for folder in candidates if (Path(folder) / "initdb").exists()]
    if not usable:
        raise NotFound("no PostgreSQL server is installed here (Debian: `apt-get install postgresql`).")
    return max(usable, key=lambda folder: [int(part) for part in folder.parts if part.isdigit()])


def _server_user() -> dict:
    """Arguments for subprocess: PostgreSQL refuses to run as root, so root hands it to another user."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on Windows, which never gets here

    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise NotFound("PostgreSQL does not run as root and this machine has no user `postgres`.")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextlib.contextmanager
def throwaway_postgres() -> Iterator[str]:
    """Yield the URL of an empty database whose user may create others: one of our own making, or the one that
    TEST_POSTGRES_URL already names. Raises NotFound."""
    if os.environ.get("TEST_POSTGRES_URL"):
        yield os.environ["TEST_POSTGRES_URL"]
        return
    binaries, as_user = find_binaries(), _server_user()
    # /tmp by name: a socket path may not be long, and the server's user must reach it.
    folder = Path(tempfile.mkdtemp(prefix="pg-test-", dir="/tmp"))
    try:
        if as_user:
            os.chown(folder, as_user["user"], as_user["group"])
        data, port = folder / "data", _free_port()
        options = dict(as_user, cwd=folder, stdin=subprocess.DEVNULL)
        made = subprocess.run(
            [
                binaries / "initdb",
                "-D",
                data,
                "-U",
                "postgres",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C.UTF-8",
                "-N",
            ],
            capture_output=True,
            text=True,
            **options,
        )
        if made.returncode != 0:
            raise NotFound(f"initdb failed: {made.stderr.strip() or made.stdout.strip()}")
        arguments = ["-D", data, "-p", str(port), "-c", "listen_addresses=127.0.0.1", "-k", folder]
        for setting in FAST:
            arguments += ["-c", setting]
        with open(folder / "log", "wb") as log:
            server = subprocess.Popen(
                [binaries / "postgres", *arguments], stdout=log, stderr=log, start_new_session=True, **options
            )
        try:
            _wait(server, binaries, port, folder)
            yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
        finally:
            _end(server)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _wait(server: subprocess.Popen, binaries: Path, port: int, folder: Path) -> None:
    ready = [binaries / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(port)]
    give_up = time.monotonic() + START_WITHIN
    while subprocess.run(ready).returncode != 0:
        if server.poll() is not None or time.monotonic() > give_up:
            raise NotFound(
                f"PostgreSQL did not start: {(folder / 'log').read_text(errors='replace').strip()}"
            )
        time.sleep(0.1)


def _end(server: subprocess.Popen) -> None:
    """SIGINT is PostgreSQL's fast shutdown: open connections are cut, not waited for."""
    server.send_signal(signal.SIGINT)
    try:
        server.wait(15)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        server.wait()


def _terminated(*_) -> None:
    raise SystemExit(143)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _terminated)
    with throwaway_postgres() as address:
        command = subprocess.run(sys.argv[1:], env=dict(os.environ, TEST_POSTGRES_URL=address))
    sys.exit(command.returncode)
