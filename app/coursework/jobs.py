"""What the clock does: files that were taken out are forgotten, history is thinned, promises are watched, and what
waits in a cancelled cohort waits no longer."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.coursework import attachments, handover, history, waiting
from app.files import storage
from app.lib.database import begin_write, db
from app.lib.jobs import job

UNDO = timedelta(days=1)  # so long a file can be put back
BATCH = 100


@job("forget-removed-files", minutes=30)
def forget_removed_files(now: datetime) -> None:
    """Rows first: their bytes are swept days later (files.jobs), so there is never a row without bytes."""
    begin_write()
    digests = attachments.forget_removed(now - UNDO, BATCH)
    db.session.commit()
    for digest in digests:
        storage.let_go(digest)


@job("thin-history", minutes=30)
def thin_history(now: datetime) -> None:
    """A few drafts in each transaction, so that nobody's save waits for it."""
    for _ in range(20):
        begin_write()
        found = history.thin(now)
        db.session.commit()
        if found < history.BATCH:
            break


@job("watch-promises", minutes=60)
def watch_promises(now: datetime) -> None:
    """A promise in danger is handed to every coach. One round, one short transaction; a run may come twice."""
    found = handover.in_danger(now)
    db.session.rollback()
    for submission_id in found:
        begin_write()
        handover.look_after(submission_id, now)
        db.session.commit()


@job("empty-cancelled-queues", minutes=1)
def empty_cancelled_queues(now: datetime) -> None:
    """Nobody answers in a cohort that does not take place, whenever a round was sent. Each in its own transaction."""
    found = waiting.called_off()
    db.session.rollback()
    for system_id in found:
        begin_write()
        waiting.take_back_called_off(system_id, now)
        db.session.commit()
