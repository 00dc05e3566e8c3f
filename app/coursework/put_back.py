"""Putting a kept state back, whole or in one part: a change of the draft like any other, so that it can be undone.

The draft as it stands is kept first. Nothing in this module commits.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.accounts.models import User
from app.audit.actions import record
from app.cohorts.rules import may_work
from app.coursework import actions, forms, history, looks, review_actions, review_merge, rules
from app.coursework.history_page import review_text
from app.coursework.models import KeptState
from app.coursework.queries import Sheet
from app.coursework.review_form import Known
from app.coursework.review_models import Review
from app.coursework.review_queries import text_of, whose
from app.coursework.review_rules import ReviewText
from app.lib import merging, times
from app.lib.refusal import Refused

NOT_ASKED = "This worksheet does not ask that any more, so it has no place to go. Copy the text instead."
SAME = "It stands like this already; nothing was changed."


def into_draft(actor: User, sheet: Sheet, state: KeptState, key: str, now: datetime) -> None:
    """Put one part (`key`) of a worksheet's draft back, or with '' all that still has a place. The sheet is locked.

    Files are no text: they stay as they are, and are put back at their field. Who puts something back has seen it.
    Raises Refused.
    """
    system = sheet.system
    rules.check_may_write(system.enrollment.status, may_work(system.enrollment.status), system.status)
    then = forms.stored(
        sheet.worksheet, sheet.rubric, state.content["answers"], state.content["self_rating"], {}
    )
    today = forms.stored(sheet.worksheet, sheet.rubric, sheet.draft.answers, sheet.draft.self_rating, {})
    if key and key not in then:
        raise Refused(NOT_ASKED)
    wanted = {key: then[key]} if key else then
    changed = [name for name, value in wanted.items() if merging.mark(value) != merging.mark(today[name])]
    if not changed:
        raise Refused(SAME)
    history.keep_draft(sheet.draft, sheet.worksheet, "put back", now)
    state.put_back_at = now
    actions.save(actor, system, sheet.draft, merging.Merge(today | wanted, changed=changed), now)
    if sheet.look:
        looks.record(sheet, actor.id, sheet.look.marks | merging.marks(wanted), now)
    _record(actor, state, key, ("system", system.id), now)


def into_review(coach: User, review: Review, state: KeptState, key: str, now: datetime) -> None:
    """The same for a coach's own draft, which is locked. Comments made since then go when all of it is put back."""
    stored, then = text_of(review, review.comments), review_text(state.content)
    then, key = _known_again(then, stored, key)
    known = Known((), (), {}, ())
    today, before = review_merge.entries_of(stored, known), review_merge.entries_of(then, known)
    if key and key not in before:
        before[key] = {} if key.startswith(review_merge.COMMENT) else ""
    gone = {
        name: {} if isinstance(value, dict) else "" for name, value in today.items() if name not in before
    }
    wanted = {key: before[key]} if key else before | gone
    if all(merging.mark(value) == merging.mark(today.get(name)) for name, value in wanted.items()):
        raise Refused(SAME)
    on = {one.key: one.field_id for one in (*stored.remarks, *then.remarks)}
    text: ReviewText = review_merge.text_of(today | wanted, on)
    history.keep_review(review, "put back", now)
    state.put_back_at = now
    review_actions.save(coach, review, text, now)
    _record(coach, state, whose(review.submission), ("review", review.id), now)


def _known_again(then: ReviewText, stored: ReviewText, key: str) -> tuple[ReviewText, str]:
    """A comment that was removed and put back has another id: the kept state and the part (`key`) under that one."""
    ids, old = ({one.key for one in text.remarks} for text in (stored, then))
    again = review_merge.twins(
        [one for one in then.remarks if one.key not in ids],
        [one for one in stored.remarks if one.key not in old],
    )
    remarks = tuple(replace(one, key=again.get(one.key, one.key)) for one in then.remarks)
    comment = key.removeprefix(review_merge.COMMENT)
    return replace(
        then, remarks=remarks
    ), f"{review_merge.COMMENT}{again[comment]}" if comment in again else key


def _record(actor: User, state: KeptState, what: str, about: tuple[str, int], now: datetime) -> None:
    when = times.moment(state.saved_at, actor.time_zone)
    record(actor, f"Put back {what or 'a draft'} as it was on {when}", about, now=now)
