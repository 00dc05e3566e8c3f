"""The stages of a request, and death at one of them.

A stage is the moment before and after each statement that reaches the database, before and after each commit, and
whatever else the caller calls one (the answer is ready, but nobody has heard it).
"""

import os
import signal
from collections.abc import Callable

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session


class Stages:
    """Counts the stages of this process, from 0; at `last` the process is killed (SIGKILL, no goodbye)."""

    def __init__(self, before_death: Callable[[], None] = lambda: None) -> None:
        self.passed, self.last, self.before_death = 0, -1, before_death
        for name in ("before_cursor_execute", "after_cursor_execute", "commit"):
            event.listen(Engine, name, self.another)
        event.listen(Session, "after_commit", self.another)

    def die_at(self, stage: int) -> None:
        """Begin to count anew. A negative stage never comes."""
        self.passed, self.last = 0, stage

    def another(self, *_: object, **__: object) -> None:
        """This is a stage."""
        if self.passed == self.last:
            self.before_death()
            os.kill(os.getpid(), signal.SIGKILL)
        self.passed += 1
