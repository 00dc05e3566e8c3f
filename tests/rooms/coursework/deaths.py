"""Kill a request at a chosen stage (tests/tools/stages.py), in a process of its own.

What the parent sees afterwards is what the database kept.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any, NoReturn

from flask import Flask
from werkzeug.test import TestResponse

from app.lib.database import db
from tests.tools.stages import Stages

ANSWERED = 0  # exit code of a process that lived to tell its answer
Request = Callable[[], TestResponse]


def answer_or_death(app: Flask, stage: int, request: Request) -> int | None:
    """Do this request in a process that is killed at this stage; its status code, or None when it died before."""
    db.session.remove()
    db.engine.dispose()  # a connection must not be shared by two processes
    hears, tells = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        os.close(hears)
        _live_until(stage, request, tells)
    os.close(tells)
    with os.fdopen(hears, "rb") as heard:
        told = heard.read()
    _pid, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
    assert killed or os.WEXITSTATUS(status) == ANSWERED, told.decode()
    return None if killed else int(told)


def _live_until(stage: int, request: Request, tells: int) -> NoReturn:
    """The child: die at the right stage, and never come back to the tests."""
    stages = Stages()
    stages.die_at(stage)
    try:
        status = request().status_code
        stages.another()
        os.write(tells, str(status).encode())
        os._exit(ANSWERED)
    except BaseException as error:  # a child that unwinds would run the tests' own endings
        os.write(tells, repr(error).encode())
        os._exit(1)


def every_stage(app: Flask, subjects: Iterable[Any], request: Callable[[Any], Request], after: Any) -> int:
    """Kill the same verb at its first stage, its second and so on, each time on a fresh subject, until it lives.

    `after(subject, status)` looks at what is left: status is None after a death. Returns the number of deaths.
    """
    for stage, subject in enumerate(subjects):
        status = answer_or_death(app, stage, request(subject))
        after(subject, status)
        if status is not None:
            return stage
    raise AssertionError("there were too few subjects: the verb has more stages")
