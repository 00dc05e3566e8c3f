"""Applications that are being written: kept by the server while somebody types, for nobody else to read.

Nothing here commits. Every write holds the row, or the cohort where there is none yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select

from app.accounts.models import User
from app.admissions import draft_rules, seats
from app.admissions.forms import ASKED
from app.admissions.models import Application
from app.admissions.question_rules import Asked
from app.audit.actions import record
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.rules import READING
from app.lib import merging
from app.lib.database import db
from app.lib.merging import Entries, Form, Merge
from app.lib.refusal import Refused
from app.lib.words import clean_text

PRACTICE = "practice_name"
SENT = "You have sent this application already, so nothing was changed. Reload the page to see what you sent."
SEATED = "You have a seat in this cohort already, so there is nothing to apply for."
TOO_LONG = f"One of the answers is longer than {draft_rules.LONGEST:,} characters; please shorten it."


def stored(draft: Application | None, asked: Sequence[Asked]) -> Entries:
    """What is kept, by the names of the form: every entry that the page shows is there."""
    answers = draft.answers if draft else {}
    found: Entries = {PRACTICE: draft.practice_name if draft else ""}
    return found | {ASKED + one.key: answers.get(one.key, "") for one in asked}


def posted(form: Form, asked: Sequence[Asked]) -> Entries:
    """What this form holds of them. What it does not hold stays as it is: a choice that nobody made says nothing."""
    names = [PRACTICE, *(ASKED + one.key for one in asked)]
    return {name: clean_text(form[name]) for name in names if name in form}


def locked(user: User, cohort: Cohort) -> Application | None:
    """This person's draft, held; None where there is none yet. Refused when they have applied, or are in."""
    found = _live(user, cohort)
    if found is None:
        seats.lock(cohort.id)  # of two tabs that both begin, the second finds what the first wrote
        found = _live(user, cohort)
        enrolled = select(Enrollment.id).where(
            Enrollment.user_id == user.id, Enrollment.cohort_id == cohort.id, Enrollment.status.in_(READING)
        )
        if found is None and db.session.scalar(enrolled) is not None:
            raise Refused(SEATED)
    if found is not None and found.status != "draft":
        raise Refused(SENT)
    return found


def _live(user: User, cohort: Cohort) -> Application | None:
    query = select(Application).where(
        Application.user_id == user.id,
        Application.cohort_id == cohort.id,
        Application.status.not_in(("declined", "withdrawn")),
    )
    query = query.with_for_update(of=Application).execution_options(populate_existing=True)
    return db.session.scalar(query)


def merged(draft: Application | None, form: Form, asked: Sequence[Asked]) -> Merge:
    """This form put into what is kept now; `keep~…` says which text to take of those that were asked about."""
    keep = {key: form.get(f"keep~{key}", "") for key in form.get("asked", "").split()}
    is_current = merging.read_int(form, "version") == (draft.version if draft else 0)
    return merging.merge(
        stored(draft, asked), posted(form, asked), merging.read_marks(form), is_current=is_current, keep=keep
    )


def save(
    user: User, cohort: Cohort, draft: Application | None, what: Merge, now: datetime
) -> Application | None:
    """Keep what was changed. A save that changes nothing leaves version and time as they are, and begins nothing."""
    if not what.changed:
        return draft
    values: Mapping[str, str] = {key: what.entries[key] for key in what.changed}
    if any(len(text) > draft_rules.LONGEST for text in values.values()):
        raise Refused(TOO_LONG)
    if len(values.get(PRACTICE, "")) > draft_rules.LONGEST_NAME:
        raise Refused(f"The name of your practice has at most {draft_rules.LONGEST_NAME} characters.")
    if draft is None:
        draft = Application(user=user, cohort=cohort, status="draft", answers={}, version=0)
        db.session.add(draft)
        db.session.flush()
        record(user, f"Began an application for {cohort.title}", ("application", draft.id), now=now)
    draft.practice_name = values.get(PRACTICE, draft.practice_name)
    typed = {key.removeprefix(ASKED): text for key, text in values.items() if key.startswith(ASKED)}
    draft.answers = {**draft.answers, **typed}
    draft.version += 1
    draft.saved_at, draft.reminded_at = now, None
    return draft


def throw_away(user: User, cohort: Cohort, now: datetime) -> None:
    """Delete the draft for good. Twice is harmless; what was sent is not touched."""
    draft = _live(user, cohort)
    if draft is not None and draft.status == "draft":
        record(user, f"Threw their draft away: {cohort.title}", ("application", draft.id), now=now)
        db.session.delete(draft)
