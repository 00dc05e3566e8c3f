"""A participant's dates behind a secret address that calendar programs read by themselves."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import current_app
from sqlalchemy import select

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import queries
from app.cohorts.feed_models import CalendarFeed
from app.cohorts.models import Enrollment
from app.cohorts.onboarding_rules import is_feed_over
from app.cohorts.rules import why_over
from app.lib import times
from app.lib.database import db
from app.lib.ics import Event
from app.lib.tokens import hash_token, new_token

SHORT = timedelta(minutes=15)  # a moment, drawn so that it can be seen


def make(actor: User, enrollment: Enrollment, now: datetime) -> CalendarFeed:
    """A new secret address; the one before it, if there is one, answers no more."""
    db.session.refresh(enrollment, with_for_update={"of": Enrollment})
    row = db.session.get(CalendarFeed, enrollment.id) or CalendarFeed(enrollment_id=enrollment.id)
    row.nonce, row.made_at = new_token(), now
    row.token_hash = hash_token(_token(row.nonce))
    db.session.add(row)
    record(actor, "Made an address for their calendar", ("enrollment", enrollment.id), now=now)
    return row


def end(actor: User, enrollment: Enrollment, now: datetime) -> None:
    """The address answers no more. Twice is harmless."""
    row = db.session.get(CalendarFeed, enrollment.id)
    if row is not None:
        db.session.delete(row)
        record(actor, "Ended the address for their calendar", ("enrollment", enrollment.id), now=now)


def feed_of(enrollment: Enrollment) -> CalendarFeed | None:
    return db.session.get(CalendarFeed, enrollment.id)


def path_of(row: CalendarFeed) -> str | None:
    """Where the feed is read; None when the site has another key than when it was made."""
    token = _token(row.nonce)
    return f"/calendar/{token}.ics" if hash_token(token) == row.token_hash else None


def _token(nonce: str) -> str:
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"calendar-feed:{nonce}".encode(), hashlib.sha256).hexdigest()


def find(token: str, now: datetime) -> Enrollment | None:
    """Whose dates are behind this secret; None for one that is over, ended, or never was."""
    query = select(Enrollment).join(CalendarFeed, CalendarFeed.enrollment_id == Enrollment.id)
    found = db.session.scalar(query.where(CalendarFeed.token_hash == hash_token(token)))
    if found is None or found.user.suspended_at or why_over(found.status, found.cohort.status):
        return None
    today = times.local_date(now, found.cohort.time_zone)
    return None if is_feed_over(queries.ends_on(found.cohort), today) else found


def events_of(enrollment: Enrollment) -> Iterator[Event]:
    """Everything of this cohort that has a date, as this person is told it. One query."""
    cohort, base = enrollment.cohort, current_app.config["BASE_URL"]
    program = queries.program(cohort)

    def uid(kind: str, key: str) -> str:
        return f"{kind}-{key}.{cohort.slug}@{urlsplit(base).hostname}"

    first, last = cohort.starts_on + timedelta(days=cohort.shift_days), queries.ends_on(cohort)
    for kind, day, word in (("start", first, "begins"), ("end", last, "ends")):
        title = f"{program.title} {word}"
        yield Event(uid("day", kind), title, day, day + timedelta(days=1), cohort.title, f"{base}/dashboard")
    for call in queries.calls_of(cohort):
        ends = call.starts_at + timedelta(minutes=call.minutes)
        room = call.room_url or ""
        yield Event(
            uid("call", call.key), call.title, call.starts_at, ends, f"Live call of the {cohort.title}",
            f"{base}/dashboard", room, is_busy=True,
        )  # fmt: skip
    for module in program.modules:
        dates, url = queries.dates_for(enrollment, module), f"{base}/modules/{module.slug}"
        opens = f"Module {module.number} opens: {module.chapter}"
        yield Event(uid("opens", module.slug), opens, dates.opens_at, dates.opens_at + SHORT, url, url)
        if module.worksheet is None:
            continue
        due = f"Due: {module.system}"
        late = f"Late is fine; it is read after the work that came on time.\n{url}"
        yield Event(uid("due", module.slug), due, dates.due_at - SHORT, dates.due_at, late, url)
        if dates.closes_at:
            closing = f"Last version due: {module.system}"
            closes = dates.closes_at
            yield Event(uid("closes", module.slug), closing, closes - SHORT, closes, url, url)
