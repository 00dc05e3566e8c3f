"""Verbs of staff and coaches on somebody's system: excuse it, call it back, send it on behalf. None of them commits."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts import extensions
from app.cohorts.actions import hold_release
from app.cohorts.models import Enrollment
from app.cohorts.queries import program
from app.cohorts.rules import WORKING, check_not_over, check_reason, why_over
from app.coursework import actions, forms, other_modules, queries, rules, staff_messages
from app.coursework.improving_rules import is_improving
from app.coursework.models import Draft, Submission, System
from app.curriculum.schema import Module
from app.lib import merging
from app.lib.database import db
from app.lib.refusal import Refused


def excuse(actor: User, enrollment: Enrollment, module: Module, reason: str, now: datetime) -> System:
    """Say that this person need not build this system. Twice is harmless.

    Raises Refused while a round waits, and for a place that is over.
    """
    extensions.lock(enrollment)
    system = _locked(enrollment, module)
    if system and system.status == "excused":
        return system
    check_not_over(enrollment.status, enrollment.cohort.status, "there is nothing to be excused from")
    check_reason(reason)
    if system and is_improving(system.status, system.accepted_round):
        raise Refused("This system is accepted and being improved, so there is nothing to be excused from.")
    status = rules.next_status(system.status if system else "not started", "excuse")
    system = system or _begin(enrollment, module, now)
    system.status, system.excused_because = status, reason.strip()
    said = f"Excused {enrollment.user.name} from System {module.number}: {system.excused_because}"
    record(actor, said, ("system", system.id), now=now)
    staff_messages.excused(system, module, now)
    return system


def call_back(actor: User, enrollment: Enrollment, module: Module, now: datetime) -> None:
    """Undo of `excuse`: the system is to be built after all, from the draft as it was. Twice is harmless.

    Raises Refused for a place that is over.
    """
    extensions.lock(enrollment)
    system = _locked(enrollment, module)
    if system is None or system.status != "excused":
        return
    check_not_over(enrollment.status, enrollment.cohort.status, "nobody is called back to work in it")
    system.status, system.excused_because = rules.next_status(system.status, "call back"), ""
    said = f"Called {enrollment.user.name} back to System {module.number}"
    record(actor, said, ("system", system.id), now=now)
    staff_messages.called_back(system, module, now)


def _locked(enrollment: Enrollment, module: Module) -> System | None:
    found = queries.system_of_module(enrollment.id, module.slug)
    if found:
        db.session.refresh(found, with_for_update={"of": System})
    return found


def _begin(enrollment: Enrollment, module: Module, now: datetime) -> System:
    """The system of somebody who has not begun it, in the release the cohort reads from now on."""
    hold_release(enrollment.cohort)
    held = program(enrollment.cohort).module(module.slug)
    if held is None or held.worksheet is None:
        raise Refused(f"“{module.title}” has no worksheet, so there is nothing to be excused from.")
    system = System(
        enrollment=enrollment, module_slug=held.slug, assignment_key=held.worksheet.key, created_at=now
    )
    db.session.add(system)
    db.session.flush()
    db.session.add(Draft(system_id=system.id, answers={}, self_rating={}, saved_at=now))
    return system


# --- on behalf --------------------------------------------------------------------------------------------------


def why_not_for(enrollment: Enrollment) -> str:
    """Why nothing can be sent for this person, as a sentence to who would send it; empty when it can."""
    why = why_over(enrollment.status, enrollment.cohort.status, WORKING)
    return f"{why}, so nothing can be sent for {enrollment.user.first_name}." if why else ""


def entries_of(sheet: queries.Sheet) -> merging.Entries:
    """The saved draft, as the participant's own form would send it."""
    draft = sheet.draft
    return forms.stored(
        sheet.worksheet, sheet.rubric, draft.answers, draft.self_rating, sheet.request_answers, draft.sending
    )


def freeze_saved(sheet: queries.Sheet) -> actions.Frozen:
    """The saved draft as it will be sent: slow, so before the lock. A rating is the participant's to give, so none."""
    references = other_modules.references_of(sheet)
    return actions.freeze(
        sheet.system.round + 1, sheet.worksheet, sheet.rubric, _answers(sheet), {}, references
    )


def _answers(sheet: queries.Sheet) -> dict[str, Any]:
    found: dict[str, Any] = forms.with_files(sheet.worksheet, entries_of(sheet), sheet.draft.answers)
    return found


def is_same(sheet: queries.Sheet, frozen: actions.Frozen, version: int) -> bool:
    """Whether the draft under the lock is the one that was frozen."""
    return sheet.draft.version == version and sheet.system.round + 1 == frozen.number


def submit_for(
    actor: User, sheet: queries.Sheet, frozen: actions.Frozen, reason: str, now: datetime
) -> Submission:
    """Send the saved draft for its author, who is told. Raises Refused: it must be as complete as from them."""
    if why := why_not_for(sheet.system.enrollment):
        raise Refused(why)
    check_reason(reason)
    actions.check_ready(
        sheet,
        {**entries_of(sheet), **_answers(sheet)},
        is_own=False,
        no_client=False,
        now=now,
        on_behalf=True,
    )
    return actions.submit(actor, sheet, frozen, now, because=reason.strip())
