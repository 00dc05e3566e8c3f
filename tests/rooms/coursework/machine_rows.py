"""What the machine compares: every row that one run has made, as the database keeps it, and what may change in them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from sqlalchemy import bindparam, event, func, select, text

from app.audit.models import Entry
from app.cohorts.models import Enrollment, Extension
from app.coursework.models import Draft, KeptState, QueueCell, Submission, System, Withholding
from app.coursework.quality_models import Opinion, PromiseWatch
from app.coursework.review_models import Comment, CommentRead, Reply, Review, ReviewTally
from app.lib.database import db
from app.mail.models import Message

Snapshot = dict[str, list[Any]]  # table → its rows

MODELS = (
    System, Draft, Submission, Review, Comment, Reply, CommentRead, KeptState, Withholding, Opinion, PromiseWatch,
    Enrollment, Extension, QueueCell, ReviewTally,
)  # fmt: skip
OWN = (
    "draft",
    "withholding",
)  # with the states kept of a draft: what the author alone sees, and what is hidden
APPEND_ONLY = ("submission", "review", "reply", "withholding", "opinion", "extension", "audit_entry")
DECIDES = ("publish accepted", "withdraw")
CUTS = ("hide", "show again", "purge")
# column → the verbs that may change it once its row is there; whatever else is tried leaves it alone
CHANGED_BY: dict[str, tuple[str, ...]] = {
    "system.accepted_round": DECIDES,
    "system.accepted_at": DECIDES,
    "system.withheld": CUTS,
    "system.excused_because": ("excuse", "call back"),
    "submission.number": (),
    "submission.digest": (),
    "submission.self_rating": (),
    "submission.submitted_at": (),
    "submission.submitted_by_id": (),
    "submission.submitted_because": (),
    "submission.answers": CUTS,
    "submission.rendered": CUTS,
    "submission.promised_at": ("show again",),
    "submission.instead_at": ("name another day",),
    "submission.handed_at": ("hand over", "the clock strikes"),
    "review.verdict": ("publish accepted", "publish changes requested"),
    "review.published_at": ("publish accepted", "publish changes requested"),
    "review.withdrawn_at": ("withdraw",),
    "comment.answer": ("save",),
    "comment.answer_text": ("save", *CUTS),
    "comment.settled_at": ("publish accepted", "publish changes requested", "withdraw", "purge"),
    "reply.comment_id": (),
    "reply.author_id": (),
    "reply.created_at": (),
    "reply.taken_back_at": ("take a reply back",),
    "reply.text": ("take a reply back", *CUTS),
    "withholding.status": ("show again", "purge"),
    "opinion.question": CUTS,
    "opinion.answer": ("answer a colleague", *CUTS),
    "opinion.answered_by_id": ("answer a colleague",),
    "enrollment.extensions": ("extend",),
    "audit_entry.sentence": (),
    "message.to_address": (),
}
WRITES = re.compile(r"""\s*(INSERT INTO|UPDATE|DELETE FROM)\s+"?(\w+)""")
WORD = re.compile(r"zq\d+z")


class Rows:
    """Reads the rows made after this was, by their keys, which only grow."""

    def __init__(self) -> None:
        newest = {
            name: db.session.scalar(select(func.max(model.id))) or 0
            for name, model in {one.__tablename__: one for one in (*MODELS, Entry, Message)}.items()
            if hasattr(model, "id")
        }
        of_others = {"draft": "system", "comment_read": "comment", "promise_watch": "submission"}
        self.after = newest | {name: newest[other] for name, other in of_others.items()}
        self.queries = {one.__tablename__: self._query(one.__table__, text("*")) for one in MODELS}
        told = ("id", "actor_id", "sentence"), ("id", "key", "kind", "to_address", "status")
        for model, columns in zip((Entry, Message), told, strict=True):
            named = [model.__table__.c[name] for name in columns]
            self.queries[model.__tablename__] = self._query(model.__table__, *named)
        self.touched: set[str] = set()
        event.listen(db.engine, "before_cursor_execute", self._note)

    def _query(self, table: Any, *columns: Any) -> Any:
        query = select(*columns).select_from(table).order_by(*table.primary_key.columns)
        if table.name not in self.after:
            return query
        first: Any = next(iter(table.primary_key.columns))
        return query.where(first > bindparam("after"))

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        """What is written to is read again; after a DELETE everything, as other rows may go with those."""
        if written := WRITES.match(statement):
            self.touched |= {written[2]} if written[1] != "DELETE FROM" else set(self.queries)

    def read(self, before: Snapshot) -> Snapshot:
        """As they are in this transaction; what nobody wrote to since `before` was read is taken from there."""
        db.session.flush()
        names = [name for name in self.queries if name in self.touched or name not in before]
        self.touched.clear()
        return before | {
            name: list(
                db.session.execute(
                    self.queries[name], {"after": self.after[name]} if name in self.after else {}
                )
            )
            for name in names
        }

    def close(self) -> None:
        event.remove(db.engine, "before_cursor_execute", self._note)

    def mails(self, *, sent: bool) -> set[str]:
        """The marked words in mails; of those that were sent as well, or only of those that wait."""
        query = select(Message.text, Message.html).where(Message.id > self.after["message"])
        rows = db.session.execute(query if sent else query.where(Message.status != "sent"))
        return set(words(tuple(row) for row in rows))


def words(values: Iterable[Any]) -> Iterator[str]:
    """The marked words in anything: each is written once, so that it is known wherever it comes up."""
    for value in values:
        yield from WORD.findall(repr(value))


def seen_by_others(rows: Snapshot) -> set[str]:
    """The words in everything but what the author alone sees."""
    found = set(words(rows[name] for name in rows if name not in (*OWN, "kept_state")))
    return found | set(words(row for row in rows["kept_state"] if row.review_id is not None))


def everywhere(rows: Snapshot) -> set[str]:
    return set(words(rows.values()))


def check_changes(before: Snapshot, after: Snapshot, verb: str) -> None:
    """Nothing written down is gone, and each column was changed by a verb that may."""
    for name in APPEND_ONLY:
        assert {row.id for row in before[name]} <= {row.id for row in after[name]}, (
            f"{verb}: a {name} is gone"
        )
    for column, verbs in CHANGED_BY.items():
        table, name = column.split(".")
        if verb in verbs or after[table] is before[table]:
            continue
        key = "key" if table == "message" else "id"  # a mail that is written anew may get any number
        now = {getattr(row, key): getattr(row, name) for row in after[table]}
        was = {getattr(row, key): getattr(row, name) for row in before[table]}
        changed = [one for one in was if one in now and now[one] != was[one]]
        assert not changed, f"“{verb}” changed {column} of {changed}"
    read = {(row.comment_id, row.user_id): row.reply_id for row in after["comment_read"]}
    for row in before["comment_read"]:
        assert read[row.comment_id, row.user_id] >= row.reply_id, f"{verb}: what was read is unread"


def told(before: Snapshot, after: Snapshot) -> tuple[list[str], Counter[str]]:
    """The audit's new sentences, and how many new mails there are of each kind. A drawn blind review is a fact of
    its own."""
    old = {row.id for row in before["audit_entry"]}
    said = [row.sentence for row in after["audit_entry"] if row.id not in old]
    keys = {row.key for row in before["message"]}
    mails = Counter(row.kind for row in after["message"] if row.key not in keys)
    del mails["coursework/blind_offered"]
    return [one for one in said if "for a blind second review" not in one], mails
