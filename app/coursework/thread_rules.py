"""Replies to a coach's comments, and who has read what. Pure: plain values in, an answer or `Refused` out.

A reply is not the answer to a change request: the answer (changed here, or disagree because) stays what the next
review is decided on; replies are what is said about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.lib.refusal import Refused

LONGEST = 4_000  # characters of one reply
MOST = 100  # replies to one comment
SECOND_THOUGHTS = timedelta(minutes=15)  # in which an unread reply can be taken back
CLOSED = "The review was withdrawn, so nothing can be added to what was said about it."


@dataclass(frozen=True)
class Said:
    """One reply. `text` is empty once it was taken back."""

    id: int
    author_id: int
    by: str
    text: str
    at: datetime
    taken_back: bool = False

    @property
    def first_name(self) -> str:
        return self.by.split(" ")[0]


@dataclass(frozen=True)
class Reader:
    """Somebody who has read the comment and its replies up to `reply_id`, last at `at` (UTC)."""

    user_id: int
    name: str
    reply_id: int
    at: datetime

    @property
    def first_name(self) -> str:
        return self.name.split(" ")[0]


@dataclass(frozen=True)
class Thread:
    """What was said about one comment, the oldest first; `owner_id` is the participant, everybody else coaches."""

    comment_id: int
    owner_id: int
    replies: tuple[Said, ...] = ()
    readers: tuple[Reader, ...] = ()
    closed: bool = False

    @property
    def last(self) -> int:
        """The id of the newest reply, 0 without one: up to here it is read by whoever sees this page."""
        return self.replies[-1].id if self.replies else 0

    @property
    def seen(self) -> str:
        """What a form says was on its page: '12~45', this comment up to reply 45."""
        return f"{self.comment_id}~{self.last}"

    def is_unread(self, user_id: int) -> bool:
        """Whether this person has yet to read the comment, or a reply of the other side."""
        mine = next((one for one in self.readers if one.user_id == user_id), None)
        if mine is None and user_id == self.owner_id:
            return True
        return bool(self.unread_replies(user_id))

    def unread_replies(self, user_id: int) -> list[Said]:
        """Replies of the other side that this person has not read; words taken back need no reading."""
        upto = max((one.reply_id for one in self.readers if one.user_id == user_id), default=0)
        of_participant = user_id != self.owner_id
        return [
            one
            for one in self.replies
            if one.id > upto and not one.taken_back and (one.author_id == self.owner_id) == of_participant
        ]

    def readers_of(self, said: Said | None = None) -> list[Reader]:
        """Who of the other side has read this reply, or (None) the comment itself, which is the coach's."""
        by_owner = said is not None and said.author_id == self.owner_id
        upto = said.id if said else 0
        return [
            one for one in self.readers if one.reply_id >= upto and (one.user_id != self.owner_id) == by_owner
        ]

    def receipt_after(self, said: Said) -> list[Reader]:
        """The readers to name below this reply: only below the last one of its side that they have read."""
        later = [
            one.id
            for one in self.replies
            if one.id > said.id and (one.author_id == self.owner_id) == (said.author_id == self.owner_id)
        ]
        return [one for one in self.readers_of(said) if not any(one.reply_id >= number for number in later)]


def reason_closed(review_status: str, *, is_participant: bool, cannot_work: str, may_read: bool) -> str:
    """Why this person can add nothing to a thread now, as a sentence; empty when they can.

    `cannot_work` is the participant's own reason; `may_read` says whether the participant could read a coach's words.
    """
    if review_status != "published":
        return CLOSED
    if is_participant:
        return cannot_work
    return "" if may_read else "This participant can no longer read here, so a reply would reach nobody."


def check_reply(text: str, replies: int) -> None:
    """Raise Refused for a reply with no words, with too many, or one too many in its thread."""
    if not text:
        raise Refused("Write a word or two first; an empty reply is not sent.")
    if len(text) > LONGEST:
        raise Refused(f"A reply has room for {LONGEST:,} characters, and this one has {len(text):,}.")
    if replies >= MOST:
        raise Refused(f"There are {MOST} replies here already. Talk about it in the next live call.")


def reason_kept(said: Said, user_id: int, read: bool, now: datetime) -> str:
    """Why this person cannot take this reply back; empty when they can. `read`: the other side has seen it."""
    if said.author_id != user_id:
        return "Only who wrote a reply can take it back."
    if read:
        return "It has been read already, so it stays. Add a word if it was not meant so."
    if now - said.at > SECOND_THOUGHTS:
        return "A reply can be taken back within 15 minutes. Add a word if it was not meant so."
    return ""


def read_seen(texts: list[str]) -> dict[int, int]:
    """Comment id → the last reply that was on the page, from what a form says ('12~45'); anything else is left out."""
    found: dict[int, int] = {}
    for text in texts[:500]:
        comment, _, reply = text.partition("~")
        if all(part.isascii() and part.isdecimal() and len(part) < 10 for part in (comment, reply)):
            found[int(comment)] = max(int(reply), found.get(int(comment), 0))
    return found
