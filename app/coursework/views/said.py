"""What the views of pages with comments share: what a form says and says was seen; what to change first."""

from __future__ import annotations

from datetime import datetime

from flask import request

from app.accounts.models import User
from app.accounts.sessions import get_user
from app.coursework import change_rules, forms, rules, threads
from app.coursework.assignments import Assignment
from app.coursework.changes import changes_of
from app.coursework.models import Submission
from app.coursework.queries import lock_system
from app.coursework.review_shown import ReviewView
from app.coursework.thread_rules import read_seen
from app.lib import merging
from app.lib.database import begin_write
from app.lib.web import wants_json


def changes_of_round(
    submission: Submission, view: ReviewView | None, task: Assignment
) -> change_rules.Changes | None:
    """What to change first, on the page of the newest reviewed round; None on others and once it is accepted."""
    if view is None or view.accepted or submission.number != submission.system.round:
        return None
    asked = [
        change_rules.Asked(
            one.id,
            one.field_id,
            one.kind,
            rules.is_answer(one.answer, one.answer_text)
            and change_rules.answer_counts(one.answered_at, view.published_at),
            one.below,
            one.text,
        )
        for one in (*view.earlier, *view.requests)
        if not one.settled
    ]
    return changes_of(asked, task.worksheet, task.rubric)


# --- what a form says ------------------------------------------------------------------------------------------


def mark(user: User, system_id: int, now: datetime) -> int:
    """Note what the form of this request says was on its page; returns how many comments that was news of."""
    return threads.mark_read(user, system_id, read_seen(request.form.getlist("read")), now)


def text_of(comment_id: int) -> str:
    """The reply typed to this comment."""
    return forms.clean_text(
        request.form.get(f"reply~{comment_id}", "") or request.form.get("text", "")
    ).strip()


def hold(system_id: int) -> None:
    """Begin to write, with the system held: replies and receipts of one system come one after the other."""
    begin_write()
    lock_system(system_id)


def with_worksheet(system_id: int, now: datetime) -> str:
    """The reply sent with the worksheet's form, and what was seen on its page; where on the page to go back to."""
    if wants_json():
        return ""
    mark(get_user(), system_id, now)
    comment_id = merging.read_int(request.form, "reply")
    if not comment_id:
        return ""
    comment = threads.comment_in(system_id, comment_id)
    threads.reply(get_user(), comment, text_of(comment_id), now)
    return f"request-{comment_id}"
