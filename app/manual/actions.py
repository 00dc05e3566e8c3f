"""Verbs on manuals. None of them commits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.models import Enrollment
from app.coursework.withheld_holders import Scope
from app.files import actions as files
from app.lib.database import db
from app.lib.jobs import nudge
from app.lib.refusal import Refused
from app.manual import queries
from app.manual.models import Binding, SampleFile


@dataclass(frozen=True)
class Made:
    """One file: stored, and not yet written down."""

    digest: str  # SHA-256
    size: int  # bytes
    pages: int | None


def ask_for_binding(actor: User | None, enrollment: Enrollment, now: datetime) -> Binding:
    """Have the manual bound as it stands. The same work twice is one binding; refused while nothing is accepted."""
    if not queries.work_of(enrollment):
        raise Refused("Nothing is accepted yet. The manual is bound as soon as your first system is.")
    mark = queries.mark_of(enrollment)
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


def finish(binding: Binding, mark: str, error: str, now: datetime) -> None:
    """Its files are there, made of the work with this fingerprint; `error` says why one is not."""
    binding.fingerprint, binding.bound_at = mark, now
    binding.status, binding.error = ("failed" if error else "bound"), error[:500] or None


def forget_bindings(scope: Scope) -> list[str]:
    """What was bound of a practice something is purged of. Returns the hashes nobody needs. It is bound anew."""
    rows = select(Binding).where(Binding.enrollment_id == scope.system.enrollment_id)
    found = list(db.session.scalars(rows))
    bound = [file for one in found for file in (one.file, one.word_file) if file]
    for one in found:
        db.session.delete(one)
    db.session.flush()
    return files.forget(bound)


def keep_sample(
    release_id: int, module_slug: str, document_slug: str, kind: str, made: Made | None, now: datetime
) -> None:
    """Write down a file of the sample practice; one that could not be made waits for the next release."""
    place = {
        "release_id": release_id,
        "module_slug": module_slug,
        "document_slug": document_slug,
        "kind": kind,
    }
    if db.session.scalar(
        select(exists().where(*(getattr(SampleFile, name) == value for name, value in place.items())))
    ):
        return
    about = {"sha256": made.digest, "size": made.size, "pages": made.pages} if made else {}
    db.session.add(SampleFile(**place, **about, made_at=now))
