"""One running demo for all journeys of a test process: the site, its worker and the stand-in for Stripe.

The same data, processes and settings as `python3 run.py` starts, on free ports and in a folder of its own. Nobody's
clock is moved here: the demo's dates are relative to today.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import run
from app.site.demo.people import EVERYBODY, Person
from tests.tools.pages import sign_ins
from tests.tools.processes import Processes
from tests.tools.screens import two_free_ports


@dataclass(frozen=True)
class World:
    """Where everything is, and who can sign in with which password."""

    site: str
    stripe: str
    logs: Path
    passwords: dict[str, str]
    environment: dict[str, str]  # of its processes

    def person(self, key: str) -> Person:
        return next(one for one in EVERYBODY if one.key == key)

    def is_ahead(self, key: str) -> Person:
        """This person, enrolled besides in a cohort whose modules are open but for the last."""
        self._runs("ahead", key)
        return self.person(key)

    def has_a_second_round(self) -> str:
        """The name of somebody new whose second round waits for Cora, with another's first round after it."""
        return self._runs("second_round")[-1]

    def has_two_coaches(self) -> tuple[Person, Person]:
        """A coach of Cora's newest cohort beside her, and somebody in it whose first round waits for both."""
        coach, participant = self._runs("colleagues")[-2:]
        coachs, participants = coach.split()[0].lower(), participant.replace(" ", "").lower()
        return (
            Person(coachs, coach, "America/New_York"),
            Person(participants, participant, "America/Denver"),
        )

    def counts(self, who: Person) -> dict[str, Any]:
        """What the database holds of this person's newest system, counted (`tests.journeys.counted`)."""
        found: dict[str, Any] = json.loads(self._runs("counted", who.email)[-1])
        return found

    def _runs(self, module: str, *words: str) -> list[str]:
        """What `python -m tests.journeys.MODULE` prints, line by line."""
        return _run(self.environment, module, *words)


def _run(environment: dict[str, str], module: str, *words: str) -> list[str]:
    command = [sys.executable, "-m", f"tests.journeys.{module}", *words]
    done = subprocess.run(
        command, cwd=run.ROOT, env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    return done.stdout.strip().splitlines()


@contextlib.contextmanager
def running(folder: Path) -> Iterator[World]:
    port = two_free_ports()
    environment, printed = run.prepare_demo(folder, port)
    _run(environment, "seats")
    passwords = {name: password for name, (_email, password) in sign_ins(printed).items()}
    with Processes(run.ROOT, folder / "log", environment) as processes:
        run.start_demo(processes, port)
        site, stripe = f"http://localhost:{port}", f"http://localhost:{port + 1}"
        yield World(site, stripe, folder / "log", passwords, environment)
