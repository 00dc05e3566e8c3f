"""The processes of a running demo: started in groups of their own, watched, and ended together.

Standard library only: run.py uses it before anything is installed.
"""

import contextlib
import http.client
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

GRACE = 8  # seconds to finish work in hand before a process is ended for good
LAST_LINES = 15  # of a log, shown when its process dies


@contextlib.contextmanager
def deaf() -> Iterator[None]:
    """Ignore every wish to end: an impatient second Ctrl-C must not leave half of the processes."""
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), signal.SIG_IGN) for name in names}
    yield
    for name, handler in before.items():
        signal.signal(getattr(signal, name), handler)


class Died(Exception):
    """A process ended by itself or never answered; the message says which and shows the end of its log."""


class Processes:
    """Use as a context manager: leaving it ends every process that was started, with all of its children."""

    def __init__(self, root: Path, logs: Path, environment: dict):
        self.root, self.logs, self.environment = root, logs, environment
        self.running = {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def start(self, name: str, command: list) -> None:
        self.logs.mkdir(parents=True, exist_ok=True)
        with open(self._log(name), "wb") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=self.root,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def check(self) -> None:
        """Raise Died when one of them has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                raise Died(
                    f"The {name} process ended by itself (code {process.returncode}), so everything was stopped. "
                    f"The end of {self._log(name)}:\n{self._tail(name)}"
                )

    def wait_for(self, port: int, path: str, seconds: float) -> None:
        """Return when http://127.0.0.1:PORT/PATH answers 200; raise Died after so many seconds."""
        give_up = time.monotonic() + seconds
        while not answers(port, path):
            self.check()
            if time.monotonic() > give_up:
                raise Died(
                    f"The site did not answer within {seconds:.0f} seconds; its log is {self._log('site')}."
                )
            time.sleep(0.2)

    def stop(self) -> None:
        with deaf():
            self._stop()

    def _stop(self) -> None:
        self._signal(signal.SIGTERM)
        give_up = time.monotonic() + GRACE
        for process in self.running.values():
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(max(0.1, give_up - time.monotonic()))
        if os.name != "nt":
            self._signal(signal.SIGKILL)  # whatever is left of each group, its leader dead or alive
        for process in self.running.values():
            process.wait()
        self.running = {}

    def _signal(self, number) -> None:
        for process in self.running.values():
            try:
                if os.name == "nt":
                    process.terminate()
                else:
                    os.killpg(process.pid, number)
            except (ProcessLookupError, PermissionError):
                pass  # the whole group is gone already

    def _log(self, name: str) -> Path:
        return self.logs / f"{name}.log"

    def _tail(self, name: str) -> str:
        return "\n".join(self._log(name).read_text(errors="replace").splitlines()[-LAST_LINES:])


def answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
