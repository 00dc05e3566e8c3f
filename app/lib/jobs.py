"""Work outside the request: named jobs, run on a clock and nudged after a commit.

The rows in the database are the truth about what is waiting (a mail to send, a hold to sweep). A job looks for
waiting rows and may run at any time, twice, or not at all for a while. The queue only carries the nudge
"look now", so nothing is lost when the queue is.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from huey import Huey, MemoryHuey, SqliteHuey, crontab
from sqlalchemy import event
from sqlalchemy.orm import Session

from app.lib import clock
from app.lib.database import db

Work = Callable[[datetime], Any]


@dataclass(frozen=True)
class Job:
    name: str
    work: Work
    minutes: int
    hour: int | None = None


_jobs: dict[str, Job] = {}


def job(name: str, minutes: int = 1, hour: int | None = None) -> Callable[[Work], Work]:
    """Register `work(now)` to run every so many minutes, or once a day at this hour in UTC, and whenever it is nudged.

    It commits itself.
    """

    def register(work: Work) -> Work:
        _jobs[name] = Job(name, work, minutes, hour)
        return work

    return register


def all_jobs() -> dict[str, Job]:
    return dict(_jobs)


def nudge(name: str) -> None:
    """Ask for the job to run right after this transaction commits; nothing happens if it does not."""
    db.session.info.setdefault("nudges", set()).add(name)


def run(name: str) -> Any:
    """Run one job now, in this process."""
    return _jobs[name].work(clock.now())


def init_app(app: Flask) -> None:
    queue = _queue(app.config["QUEUE_URL"])
    tasks = {name: _task(app, queue, entry) for name, entry in _jobs.items()}
    app.extensions["queue"] = queue
    app.extensions["queue_tasks"] = tasks


def _queue(url: str) -> Huey:
    if url == "memory:":
        return MemoryHuey("work", immediate=False)
    if url.startswith("sqlite:///"):
        file = Path(url.removeprefix("sqlite:///"))
        file.parent.mkdir(parents=True, exist_ok=True)  # with the database elsewhere, nobody else makes it
        return SqliteHuey("work", filename=str(file), timeout=10)
    if url.startswith(("postgres://", "postgresql://")):
        from huey import PostgresHuey

        return PostgresHuey("work", dsn=url)
    if url.startswith("redis://"):
        from huey import RedisHuey

        return RedisHuey("work", url=url)
    raise ValueError(f"QUEUE_URL must begin with sqlite:///, postgresql:// or redis://, not {url!r}")


def _task(app: Flask, queue: Huey, entry: Job) -> Any:
    def look() -> None:
        with app.app_context():
            try:
                entry.work(clock.now())
            except Exception:
                db.session.rollback()
                app.logger.exception("job %s failed", entry.name)

    look.__name__ = entry.name.replace("-", "_")
    when = crontab(minute=f"*/{entry.minutes}") if entry.hour is None else crontab("0", str(entry.hour))
    queue.periodic_task(when, name=f"{look.__name__}_clock")(look)
    return queue.task(name=look.__name__)(look)


@event.listens_for(Session, "after_commit")
def _send_nudges(session: Session) -> None:
    tasks = current_app.extensions.get("queue_tasks", {}) if current_app else {}
    for name in session.info.pop("nudges", set()):
        if name in tasks:
            try:
                tasks[name]()
            except (
                Exception
            ):  # the row is committed and the clock will find it; a full disk must not undo a 200
                current_app.logger.exception("nudge %s failed", name)


@event.listens_for(Session, "after_rollback")
def _drop_nudges(session: Session) -> None:
    session.info.pop("nudges", None)
