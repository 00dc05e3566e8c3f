"""Verbs on manuals. None of them commits."""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Enrollment
from app.files.models import StoredFile
from app.lib.database import db
from app.lib.jobs import nudge
from app.lib.refusal import Refused
from app.manual import book, queries
from app.manual.models import Binding


def ask_for_binding(actor: User | None, enrollment: Enrollment, now: datetime) -> Binding:
    """Have the manual bound as it stands. The same work twice is one binding; refused while nothing is accepted."""
    work = queries.work_of(enrollment)
    if not work:
        raise Refused("Nothing is accepted yet. The manual is bound as soon as your first system is.")
    mark = book.fingerprint(work, enrollment.practice_name, enrollment.user.name)
    last = queries.binding_of(enrollment, mark)
    if last and last.status != "failed":
        last.requested_at = now
        return last
    binding = Binding(enrollment_id=enrollment.id, fingerprint=mark, status="waiting", requested_at=now)
    db.session.add(binding)
    db.session.flush()
    record(
        actor,
        f"Asked for {enrollment.user.name}'s manual to be bound",
        ("enrollment", enrollment.id),
        now=now,
    )
    nudge("bind-manuals")
    return binding


def finish(binding: Binding, file: StoredFile, pages: int, now: datetime) -> None:
    binding.status, binding.file_id, binding.pages, binding.bound_at, binding.error = (
        "bound",
        file.id,
        pages,
        now,
        None,
    )


def fail(binding: Binding, error: str) -> None:
    binding.status, binding.error = "failed", error[:500]
