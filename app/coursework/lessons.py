"""What a participant keeps of a lesson: that it is read, and private notes. Only their own pages ask for it.

Neither is anything others act on, and a note saves itself every few seconds, so no audit entry is written.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select

from app.cohorts.models import Enrollment
from app.coursework import rules
from app.coursework.models import LessonRead, Reflection
from app.lib.database import db
from app.lib.merging import Merge

TEXT = "text"  # the one entry of a note's form


def read_at(enrollment: Enrollment) -> dict[tuple[str, str], datetime]:
    """When this participant marked which lesson as read, by (module slug, lesson slug)."""
    rows = select(LessonRead.module_slug, LessonRead.lesson_slug, LessonRead.read_at)
    found = db.session.execute(rows.where(LessonRead.enrollment_id == enrollment.id))
    return {(module, lesson): at for module, lesson, at in found}


def notes_of(enrollment: Enrollment, module_slug: str, lesson_slug: str) -> dict[str, Reflection]:
    """This participant's notes in one lesson by the keys of their questions, in the order they were begun."""
    rows = select(Reflection).where(
        Reflection.enrollment_id == enrollment.id,
        Reflection.module_slug == module_slug,
        Reflection.lesson_slug == lesson_slug,
    )
    return {one.key: one for one in db.session.scalars(rows.order_by(Reflection.id))}


def lock(enrollment: Enrollment) -> None:
    """Let nobody else change what this enrollment keeps before we commit; read it after this."""
    db.session.execute(select(Enrollment.id).where(Enrollment.id == enrollment.id).with_for_update())


def mark_read(enrollment: Enrollment, module_slug: str, lesson_slug: str, now: datetime) -> None:
    """Twice is harmless: the first time stays."""
    lock(enrollment)
    if db.session.get(LessonRead, (enrollment.id, module_slug, lesson_slug)) is None:
        db.session.add(
            LessonRead(
                enrollment_id=enrollment.id, module_slug=module_slug, lesson_slug=lesson_slug, read_at=now
            )
        )


def mark_unread(enrollment: Enrollment, module_slug: str, lesson_slug: str) -> None:
    db.session.execute(
        delete(LessonRead).where(
            LessonRead.enrollment_id == enrollment.id,
            LessonRead.module_slug == module_slug,
            LessonRead.lesson_slug == lesson_slug,
        )
    )


def new_note(
    enrollment: Enrollment, module_slug: str, lesson_slug: str, key: str, question: str
) -> Reflection:
    """A note with nothing in it, not kept before `save_note` has something to keep."""
    return Reflection(
        enrollment_id=enrollment.id,
        module_slug=module_slug,
        lesson_slug=lesson_slug,
        key=key,
        question=question,
        text="",
        version=0,
    )


def save_note(note: Reflection, merged: Merge, now: datetime) -> None:
    """Keep what was changed; a save that changes nothing leaves version and time as they are. Refused when too long."""
    if not merged.changed:
        return
    rules.check_note(merged.entries[TEXT])
    note.text = merged.entries[TEXT]
    note.version += 1
    note.saved_at = now
    db.session.add(note)
