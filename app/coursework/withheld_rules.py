"""What of a system is withheld because it may hold data about a client. Pure.

Three states: hidden (nobody sees it, and it can be shown again), shown again, and purged (it is gone). A mark on the
system says what and for which rounds; every page of a round, the manual and the search read the marks.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any

from app.lib.refusal import Refused

HIDDEN = "Hidden, because it may hold data about a client."  # stands where a coach's words stood


@dataclass(frozen=True)
class Target:
    """What is meant: the whole round ('round'), one field, one file of a field, or one comment on a field."""

    what: str
    field_id: str = ""
    attachment_id: int | None = None
    comment_id: int | None = None

    def covers(self, other: Target) -> bool:
        """Whether hiding this hides the other as well."""
        if self == other or self.what == "round":
            return True
        return self.what == "field" and other.what in ("file", "comment") and self.field_id == other.field_id

    def takes_out(self, other: Target) -> bool:
        """Whether nothing of the other is left once this is hidden: what a coach wrote on a hidden field is."""
        return self.covers(other) and (other.what != "comment" or self.what != "field")

    @property
    def words(self) -> str:
        """'field 1.C.1', for a sentence."""
        return {
            "round": "everything in it",
            "field": f"field {self.field_id}",
            "file": f"a file in field {self.field_id}",
            "comment": f"a comment on field {self.field_id}",
        }[self.what]


@dataclass(frozen=True)
class Mark:
    """One thing withheld, as it is kept on the system. `through`: of the rounds up to this one."""

    id: int
    target: Target
    through: int
    at: datetime
    purged: bool = False

    def kept(self) -> dict[str, Any]:
        return {
            "id": self.id, **asdict(self.target), "through": self.through, "at": self.at.isoformat(),
            "purged": self.purged,
        }  # fmt: skip

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Mark:
        target = Target(kept["what"], kept["field_id"], kept["attachment_id"], kept["comment_id"])
        at = datetime.fromisoformat(kept["at"])
        return cls(kept["id"], target, kept["through"], at, kept["purged"])


Kept = Sequence[Mapping[str, Any]]


def marks(kept: Kept, number: int = 0) -> list[Mark]:
    """All marks of a system, or those that concern the round with this number."""
    return [one for one in map(Mark.of, kept) if one.through >= number]


def with_mark(kept: Kept, mark: Mark) -> list[dict[str, Any]]:
    return [*(dict(one) for one in kept if one["id"] != mark.id), mark.kept()]


def without_mark(kept: Kept, mark_id: int) -> list[dict[str, Any]]:
    return [dict(one) for one in kept if one["id"] != mark_id]


def as_purged(kept: Kept, mark_id: int, at: datetime) -> list[dict[str, Any]]:
    return [
        replace(one, purged=True, at=at).kept() if one.id == mark_id else one.kept() for one in marks(kept)
    ]


def in_draft(kept: Kept, round_now: int) -> list[Mark]:
    """What the author is to take out of the draft: hidden, and no newer round was sent since."""
    return [one for one in marks(kept, round_now) if not one.purged and one.target.what != "comment"]


def unsafe_fields(kept: Kept, round_now: int, fields: Iterable[str]) -> set[str]:
    """The fields whose draft nothing else may show or copy: search, other modules."""
    found = in_draft(kept, round_now)
    if any(one.target.what == "round" for one in found):
        return set(fields)
    return {one.target.field_id for one in found}


def mark_of(digest: str, kept: Kept, number: int) -> str:
    """A round's digest as whoever keeps pages made of it must know it: another one while something is withheld."""
    found = [one.kept() for one in marks(kept, number) if one.target.what != "comment"]
    if not found:
        return digest
    return hashlib.sha256((digest + json.dumps(found, sort_keys=True)).encode()).hexdigest()


# --- taking out -------------------------------------------------------------------------------------------------


def cut_answers(answers: Mapping[str, Any], target: Target, field_ids: Collection[str]) -> dict[str, Any]:
    """Answers without what is meant; of a file only that file, of a comment nothing."""
    if target.what == "file":
        answer = answers.get(target.field_id)
        if not isinstance(answer, dict) or not isinstance(answer.get("files"), list):
            return dict(answers)
        left = [one for one in answer["files"] if one.get("id") != target.attachment_id]
        return {**answers, target.field_id: {**answer, "files": left}}
    return cut_keys(answers, target, field_ids)


def cut_keys(kept: Mapping[str, Any], target: Target, field_ids: Collection[str]) -> dict[str, Any]:
    """A mapping by field id without the fields that are meant; all of it, when the whole round is."""
    if target.what == "round":
        return {}
    if target.what != "field":
        return dict(kept)
    return {key: value for key, value in kept.items() if key not in field_ids}


def cut_shown(shown: Mapping[str, Any], field_ids: Collection[str]) -> dict[str, Any]:
    """What stood beside a round of other modules, without the text of these fields."""
    return {
        key: {**one, "html": "", "state": "empty"} if one.get("field_id") in field_ids else one
        for key, one in shown.items()
    }


def cut_sent_with(sent: Mapping[str, Any], target: Target, field_ids: Collection[str]) -> dict[str, Any]:
    """What went with a round (`sending.SentWith`), without the notes to findings in these fields."""
    if target.what == "round":
        return {}
    if target.what == "comment" or "notes" not in sent:
        return dict(sent)
    return {**sent, "notes": [one for one in sent["notes"] if one["field_id"] not in field_ids]}


def cut_kept_review(kept: Mapping[str, Any], target: Target, field_ids: Collection[str]) -> dict[str, Any]:
    """A kept state of a review (`history.review_content`), without what is meant and without words of these fields."""
    whole = target.what == "round"
    said = [
        {
            **one,
            **(_without_quote(one, field_ids) if target.what != "comment" or _names(one, target) else {}),
            **({"text": HIDDEN} if whole or _names(one, target) else {}),
        }
        for one in kept.get("comments", ())
    ]
    spoken = {"strength": HIDDEN, "note": HIDDEN} if whole else {}
    return {**kept, **{key: words for key, words in spoken.items() if kept.get(key)}, "comments": said}


def _names(one: Mapping[str, Any], target: Target) -> bool:
    return target.what == "comment" and one["key"] == str(target.comment_id)


def _without_quote(one: Mapping[str, Any], field_ids: Collection[str]) -> dict[str, str]:
    if one["field_id"] not in field_ids:
        return {}
    return {name: "" for name in ("quote", "prefix", "suffix") if name in one}


def taken(before: Any, left: Any) -> Any:
    """What was taken out: of a mapping the entries that changed, of a text all of it; None for nothing."""
    if before == left:
        return None
    if isinstance(before, Mapping):
        return {key: value for key, value in before.items() if key not in left or left[key] != value}
    return before


def put_back(now: Any, was: Any) -> Any:
    """Undo of `taken`: what was written meanwhile stays."""
    if isinstance(was, Mapping):
        return {**now, **was}
    return was if now in ("", HIDDEN) else now


# --- who may, when ----------------------------------------------------------------------------------------------


def check_shown_again(status: str, target: Target, others: Iterable[Target]) -> None:
    """Raise Refused where showing it again is no longer possible. `others` are hidden now in the same rounds."""
    if status == "purged":
        raise Refused("This was purged. Nobody has it any more, so it cannot be shown again.")
    if any(one.covers(target) for one in others):
        raise Refused("It is also hidden as part of something larger. Show that again first.")


def may_purge(is_staff: bool, is_hider: bool) -> bool:
    """Staff, or the coach who hid it: a colleague asks one of them."""
    return is_staff or is_hider


def check_purge(status: str, name: str, typed: str) -> None:
    """Raise Refused unless it is hidden now and the person's name was typed to confirm it."""
    if status == "shown again":
        raise Refused("It is shown again, so there is nothing to purge. Hide it first.")
    if " ".join(typed.split()).casefold() != " ".join(name.split()).casefold():
        raise Refused(f"Type the name exactly: {name}. Nothing was deleted.", field="name")
