"""Verbs of setting up, each one item of the list. None of them commits. What is complete is so for good."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.accounts import actions as accounts
from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import onboarding_rules as rules
from app.cohorts.models import Call, Enrollment, Onboarding
from app.cohorts.rules import may_work
from app.lib.database import db
from app.lib.refusal import Refused

ANEW = ("enrollment_id", "items", "comes")  # what is not carried over to another place as it is


def told_by(enrollment: Enrollment) -> Onboarding | None:
    """What this person has told so far."""
    return db.session.get(Onboarding, enrollment.id)


def call_to_come(cohort_id: int, now: datetime) -> Call | None:
    """The first live call of the cohort that has not begun."""
    query = select(Call).where(Call.cohort_id == cohort_id, Call.starts_at > now)
    return db.session.scalar(query.order_by(Call.starts_at).limit(1))


def set_zone(user: User, enrollment: Enrollment, time_zone: str, now: datetime) -> None:
    """Dates are shown in this zone from now on. The caller has checked that there is such a zone."""
    row = _held(enrollment)
    accounts.change_profile(user, user.name, time_zone, now)
    _settle(user, enrollment, row, "zone", "done", now)


def set_profile(user: User, enrollment: Enrollment, profile: rules.Profile, now: datetime) -> None:
    """Keep what was told about the practice; its name is the one that stands on the manual."""
    row = _held(enrollment)
    enrollment.practice_name = profile.practice_name
    row.setting, row.years, row.certifications = profile.setting, profile.years, profile.certifications
    row.hardest = profile.hardest
    record(user, "Told about their practice", ("enrollment", enrollment.id), now=now)
    _settle(user, enrollment, row, "profile", "done", now)


def agree(user: User, enrollment: Enrollment, version: str, institute: str, now: datetime) -> None:
    """Keep the words of the agreement with the moment. Refused when the page showed other words than today's."""
    row = _held(enrollment)
    if version != rules.AGREEMENT_VERSION:
        raise Refused(
            "The words have changed since you opened this page. Please read them once more.", "agree"
        )
    if row.agreed_at is None or row.agreement_version != version:
        row.agreement = "\n\n".join(rules.agreement(institute))
        row.agreement_version, row.agreed_at = version, now
        sentence = f"Agreed to the privacy rules, version {version}"
        record(user, sentence, ("enrollment", enrollment.id), now=now)
    _settle(user, enrollment, row, "privacy", "done", now)


def answer_call(user: User, enrollment: Enrollment, comes: bool, now: datetime) -> None:
    """Whether this person will be at the first call. Refused when none is to come."""
    row = _held(enrollment)
    if call_to_come(enrollment.cohort_id, now) is None:
        raise Refused("The last call of this cohort is over, so there is nothing to answer.")
    row.comes = comes
    sentence = f"Said that they {'come' if comes else 'cannot come'} to the first call"
    record(user, sentence, ("enrollment", enrollment.id), now=now)
    _settle(user, enrollment, row, "call", "done", now)


def note_calendar(user: User, enrollment: Enrollment, now: datetime) -> None:
    """The dates are in their calendar. Nothing is noted of who is not setting up."""
    if enrollment.is_onboarding:
        _settle(user, enrollment, _held(enrollment), "calendar", "done", now)


def skip(user: User, enrollment: Enrollment, item: str, now: datetime) -> None:
    """Pass one item over. Refused for the agreement."""
    row = _held(enrollment)
    _settle(user, enrollment, row, item, "skipped", now)
    record(user, f"Skipped a step of setting up: {item}", ("enrollment", enrollment.id), now=now)


def _held(enrollment: Enrollment) -> Onboarding:
    """The row of this person under the lock of their enrollment. Refused for who has nothing to set up."""
    db.session.refresh(enrollment, with_for_update={"of": Enrollment})
    if enrollment.onboarding_since is None or not may_work(enrollment.status):
        raise Refused("There is nothing for you to set up here.")
    row = told_by(enrollment)
    if row is None:
        row = Onboarding(enrollment_id=enrollment.id, items={})
        db.session.add(row)
    return row


def _settle(
    user: User, enrollment: Enrollment, row: Onboarding, item: str, state: str, now: datetime
) -> None:
    row.items = rules.after(row.items, item, state)
    items = rules.checklist(row.items, call_to_come(enrollment.cohort_id, now) is not None)
    finish(user, enrollment, items, now)


def finish(actor: User | None, enrollment: Enrollment, items: Sequence[rules.Item], now: datetime) -> None:
    """Call it finished where nothing is open any more, also because the last call is over. Twice is harmless."""
    if enrollment.onboarded_at is None and rules.is_complete(items):
        enrollment.onboarded_at = now
        record(actor, "Finished setting up", ("enrollment", enrollment.id), now=now)


def carry(old: Enrollment, new: Enrollment) -> None:
    """What was told in the place they leave, for the one they go on in; its calendar and first call are other ones."""
    row = told_by(old)
    if row is None:
        return
    told = {one.name: getattr(row, one.name) for one in Onboarding.__table__.columns if one.name not in ANEW}
    items = {key: state for key, state in row.items.items() if key not in ("calendar", "call")}
    items = {key: state for key, state in items.items() if state == "done"}
    db.session.add(Onboarding(enrollment_id=new.id, items=items, **told))
