"""Improving a system that is accepted: a new round, while the accepted one stays what counts. None of these commits.

The invariant, for everybody who reads `System`: **`accepted_round` is the round that the manual shows, whatever happens
later, until a later round is accepted.** `status` says what is being done with the system now; a system with an
accepted round and another status than 'accepted' is being improved. Only publishing and withdrawing an acceptance
touch `accepted_at` and `accepted_round`.
"""

from __future__ import annotations

from datetime import datetime

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.rules import check_not_over, may_work, why_over
from app.coursework import improving_rules as improving
from app.coursework import rules
from app.coursework.assignments import assignment_of
from app.coursework.models import System
from app.lib.refusal import Refused
from app.mail.actions import post


def improve(participant: User, system: System, now: datetime) -> None:
    """Begin a new round of an accepted system. While it is being improved already this changes nothing."""
    enrollment = system.enrollment
    if reason := rules.reason_no_work(enrollment.status, may_work(enrollment.status)):
        raise Refused(reason)
    if improving.is_improving(system.status, system.accepted_round):
        return
    system.status = rules.next_status(system.status, "reopen")
    record(participant, f"Began to improve {_named(system)}", ("system", system.id), now=now)


def reopen(coach: User, system: System, reason: str, now: datetime) -> None:
    """Ask a participant to improve what is accepted, with the reason, by mail. Twice is harmless."""
    improving.check_reason(reason)
    if improving.is_improving(system.status, system.accepted_round):
        return
    place = system.enrollment
    check_not_over(place.status, place.cohort.status, "nobody can be asked to improve what was built in it")
    system.status = rules.next_status(system.status, "reopen")
    person = place.user
    named = _named(system)
    record(coach, f"Reopened {named} of {person.name}: {reason}", ("system", system.id), now=now)
    post(
        "coursework/reopened",
        person,
        f"{coach.first_name} asks you to improve {named}",
        key=f"reopened:{system.id}:{system.round}:{now:%Y%m%d%H%M%S}",
        now=now,
        first_name=person.first_name,
        coach_name=coach.name,
        named=named,
        round=system.accepted_round,
        reason=reason,
        path=f"/systems/{system.id}",
    )


def may_reopen(system: System) -> bool:
    """Whether a coach may ask for that now. The page asks the same."""
    place = system.enrollment
    return system.status == "accepted" and not why_over(place.status, place.cohort.status)


def stop(participant: User, system: System, now: datetime) -> None:
    """Back to accepted as it was: rounds, reviews and the draft are kept. Twice is harmless."""
    enrollment = system.enrollment
    if reason := rules.reason_no_work(enrollment.status, may_work(enrollment.status)):
        raise Refused(reason)
    if system.status == "accepted":
        return
    improving.check_accepted_once(system.accepted_round)
    system.status = rules.next_status(system.status, "stop improving")
    record(participant, f"Stopped improving {_named(system)}", ("system", system.id), now=now)


def _named(system: System) -> str:
    return f"System {assignment_of(system).module.number}"
