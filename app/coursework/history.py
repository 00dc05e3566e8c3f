"""The history of a draft: states are kept here, found here, and thinned here. Nothing in this module commits.

One shape for the worksheet of a participant and for the review of a coach. Saving pays at most one INSERT, and
decides on that from the row it has locked anyway.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import abort
from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update

from app.coursework import forms, history_rules
from app.coursework.models import Draft, KeptState
from app.coursework.review_merge import ReviewMerge
from app.coursework.review_merge import text_of as review_text
from app.coursework.review_models import Review
from app.coursework.review_queries import text_of
from app.coursework.review_rules import ReviewText
from app.curriculum import fields
from app.curriculum.scalars import count_words
from app.curriculum.schema import Worksheet
from app.lib import merging
from app.lib.database import db

PAGE = 20
BATCH = 50  # drafts thinned in one transaction

# --- what is kept -----------------------------------------------------------------------------------------------


def draft_content(draft: Draft) -> dict[str, Any]:
    return {"answers": dict(draft.answers), "self_rating": dict(draft.self_rating)}


def review_content(text: ReviewText) -> dict[str, Any]:
    said = [dict(vars(one)) for one in text.remarks if one.text]
    written = {"strength": text.strength, "note": text.note}
    return written | {"marks": dict(text.marks), "settled": dict(text.settled), "comments": said}


def words_of(worksheet: Worksheet, answers: Mapping[str, Any]) -> int:
    """The words of these answers as people read them; of an answer with files the text counts, not their names."""
    return sum(
        count_words(fields.long_text(one, answers[one.id]) or fields.display(one, answers[one.id]))
        for one in worksheet.fields()
        if one.id in answers
    )


# --- keeping ----------------------------------------------------------------------------------------------------


def keep_due(draft: Draft, worksheet: Worksheet, merged: merging.Merge, now: datetime) -> None:
    """Before the draft is changed by this save: keep it as it stands, where the ladder has a rung here."""
    loses = any(
        history_rules.loses_much(draft.answers.get(key), merged.entries[key]) for key in merged.changed
    )
    why = "merge" if merged.overruled and draft.kept_version != draft.version else _why(draft, loses, now)
    if why:
        keep_draft(draft, worksheet, why, now)
    if merged.given_up:
        _keep_given_up(draft, worksheet, merged, now)


def keep_draft(draft: Draft, worksheet: Worksheet, why: str, now: datetime) -> None:
    """Keep the draft as it stands, unless this version is kept already or says nothing."""
    has_words = any(history_rules.words_in(value) for value in draft.answers.values())
    words = words_of(worksheet, draft.answers) if has_words else 0
    _keep(draft, why, draft_content(draft), words, now, system_id=draft.system_id)


def _keep_given_up(draft: Draft, worksheet: Worksheet, merged: merging.Merge, now: datetime) -> None:
    """What was typed here and is given up for the text saved elsewhere stands nowhere else: keep it too."""
    typed = {key: merged.mine[key] for key in merged.given_up if worksheet.field(key)}
    answers = draft.answers | forms.with_files(worksheet, typed, draft.answers)
    content = {"answers": answers, "self_rating": dict(draft.self_rating)}
    newest = select(KeptState.content).where(KeptState.system_id == draft.system_id)
    if typed and db.session.scalar(newest.order_by(KeptState.id.desc()).limit(1)) != content:
        state = KeptState(system_id=draft.system_id, version=draft.version, content=content, why="merge")
        state.words, state.saved_at, state.kept_at = words_of(worksheet, answers), now, now
        db.session.add(state)


def keep_review_due(review: Review, loses: bool, overrules: bool, now: datetime) -> None:
    """The same for a coach's draft; `loses`: a text of it is emptied or cut by this save."""
    why = "merge" if overrules and review.kept_version != review.version else _why(review, loses, now)
    if why:
        keep_review(review, why, now)


def keep_review(review: Review, why: str, now: datetime) -> None:
    """Keep a coach's draft as it stands, unless this version is kept already or says nothing."""
    content = review_content(text_of(review, review.comments))
    _keep(review, why, content, _review_words(content), now, review_id=review.id)


def keep_given_up_review(review: Review, merged: ReviewMerge, now: datetime) -> None:
    """What a coach typed and gives up for the text saved elsewhere: keep it too."""
    if not merged.merge.given_up:
        return
    typed = {key: merged.merge.mine[key] for key in merged.merge.given_up}
    content = review_content(review_text(merged.merge.entries | typed, merged.on))
    newest = select(KeptState.content).where(KeptState.review_id == review.id)
    if db.session.scalar(newest.order_by(KeptState.id.desc()).limit(1)) != content:
        state = KeptState(review_id=review.id, version=review.version, content=content, why="merge")
        state.words, state.saved_at, state.kept_at = _review_words(content), now, now
        db.session.add(state)


def _review_words(content: dict[str, Any]) -> int:
    return history_rules.words_in(
        [content["strength"], content["note"], *(one["text"] for one in content["comments"])]
    )


def _why(row: Draft | Review, loses: bool, now: datetime) -> str:
    return history_rules.why_keep(
        version=row.version,
        saved_at=row.saved_at,
        kept_version=row.kept_version,
        kept_at=row.kept_at,
        loses=loses,
        now=now,
    )


def _keep(
    row: Draft | Review, why: str, content: dict[str, Any], words: int, now: datetime, **owner: int
) -> None:
    if row.kept_version == row.version:
        return
    row.kept_version, row.kept_at = row.version, now
    if words or any(content.get(part) for part in ("answers", "marks", "settled")):
        state = KeptState(content=content, version=row.version, words=words, why=why, **owner)
        state.saved_at, state.kept_at = row.saved_at, now
        db.session.add(state)


# --- finding ----------------------------------------------------------------------------------------------------


def _of(row: Draft | Review) -> ColumnElement[bool]:
    if isinstance(row, Draft):
        return KeptState.system_id == row.system_id
    return KeptState.review_id == row.id


def states_of(row: Draft | Review, before: int = 0) -> tuple[list[KeptState], KeptState | None]:
    """One page of kept states, the newest first, older than the one with the id `before`; and that one itself."""
    query = select(KeptState).where(_of(row)).order_by(KeptState.id.desc()).limit(PAGE + 2)
    found = list(db.session.scalars(query.where(KeptState.id <= before) if before else query))
    return (found[1:], found[0]) if before and found else (found, None)


def state_of(row: Draft | Review, state_id: int) -> KeptState:
    """One kept state of this draft; 404 for any other's."""
    return db.session.scalar(select(KeptState).where(_of(row), KeptState.id == state_id)) or abort(404)


# --- thinning ---------------------------------------------------------------------------------------------------


def thin(now: datetime, batch: int = BATCH) -> int:
    """Thin the history of some drafts that need it; the number of these drafts."""
    due = or_(
        and_(KeptState.step == 0, KeptState.kept_at < now - history_rules.EVERY),
        and_(KeptState.step == 1, KeptState.kept_at < now - history_rules.HOURLY),
    )
    owner = (KeptState.system_id, KeptState.review_id)
    crowded = select(*owner).where(KeptState.step == 0).group_by(*owner)
    crowded = crowded.having(func.count() > history_rules.MOST_FRESH)
    owners = set(db.session.execute(select(*owner).where(due).distinct().limit(batch)))
    owners |= set(db.session.execute(crowded.limit(batch)))
    for system_id, review_id in owners:
        _thin(KeptState.system_id == system_id if system_id else KeptState.review_id == review_id, now)
    return len(owners)


def _thin(of: ColumnElement[bool], now: datetime) -> None:
    rows = db.session.execute(
        select(KeptState.id, KeptState.kept_at, KeptState.put_back_at, KeptState.step).where(of)
    ).all()
    states = [history_rules.Kept(row.id, row.kept_at, row.put_back_at is not None) for row in rows]
    dropped = set(history_rules.to_drop(states, now))
    if dropped:
        db.session.execute(delete(KeptState).where(KeptState.id.in_(dropped)))
    for step in (1, 2):
        ids = [
            row.id
            for row in rows
            if row.id not in dropped and row.step != step and history_rules.step_of(row.kept_at, now) == step
        ]
        if ids:
            db.session.execute(update(KeptState).where(KeptState.id.in_(ids)).values(step=step))
