"""Which rounds get a blind second review, and what it must hold. Pure: plain values in, an answer or `Refused` out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from app.coursework.review_rules import LEVEL_WORDS, VERDICTS
from app.lib.refusal import Refused
from app.lib.words import count

ONE_IN = 10
LASTS = timedelta(days=10)
REASON_LIMIT = 500  # characters


def is_drawn(digest: str) -> bool:
    """Whether the round with this receipt (SHA-256, hex) gets a second look.

    The receipt is fixed when the round is sent, before anybody knows who reviews it: no coach can choose.
    """
    return int(digest[:12], 16) % ONE_IN == 0


def is_open(status: str, expires_at: datetime, now: datetime) -> bool:
    return status == "offered" and now < expires_at


def check_open(status: str, expires_at: datetime, first_stands: bool, now: datetime) -> None:
    """Raise Refused when it can be neither marked nor declined any more."""
    if status == "done":
        raise Refused("This blind review is done already; what you marked stands.")
    if status == "declined":
        raise Refused("You declined this blind review.")
    if now >= expires_at:
        raise Refused(
            "This blind review was open for ten days and is over now. Nothing is missing because of it."
        )
    if not first_stands:
        raise Refused("The first review was withdrawn meanwhile, so there is nothing to compare with.")


def check_marks(
    criteria: Iterable[tuple[str, str]], marks: Mapping[str, str], verdict: str
) -> dict[str, str]:
    """The marks of these (key, title) criteria. Raises Refused unless all are marked and the verdict follows."""
    known = list(criteria)
    kept = {key: marks[key] for key, _ in known if marks.get(key) in LEVEL_WORDS}
    if left := len(known) - len(kept):
        said = count(left, "criterion has", "criteria have")
        raise Refused(f"{said[:1].upper()}{said[1:]} no level yet. Give each one.", field="marks")
    if verdict not in VERDICTS:
        raise Refused("Choose what you would have answered.", field="verdict")
    if verdict == "accepted" and "not_yet" in kept.values():
        raise Refused("With a criterion at Not yet the work would have been returned.", field="verdict")
    return kept


def check_reason(reason: str) -> str:
    """Why it is declined, stripped. Raises Refused when there is none, or too much."""
    reason = reason.strip()
    if not reason:
        raise Refused("Say in a few words why not.", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Refused(f"Keep it below {REASON_LIMIT} characters.", field="reason")
    return reason
