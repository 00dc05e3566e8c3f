"""What a cohort asks its applicants: begun as a copy of the program's questions, changed one at a time. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from app.lib.refusal import Refused
from app.lib.words import clean_text

KINDS = {"short": "One line", "long": "A few sentences", "choice": "One of a list"}
LONGEST = {"short": 200, "long": 3000}  # characters of an answer
MOST, MOST_OPTIONS = 20, 12
LONGEST_QUESTION, LONGEST_HINT, LONGEST_OPTION = 300, 500, 120

Way = Literal["up", "down"]


@dataclass(frozen=True)
class Asked:
    """One question. Its `key` is used once and for all: an answer finds its question by it, whatever the words become.

    `is_asked` False: taken out, with its key kept, so that it can be put back over the answers it has had.
    """

    key: str
    question: str
    hint: str = ""
    required: bool = True
    kind: str = "long"
    options: tuple[str, ...] = ()
    is_asked: bool = True

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Asked:
        return cls(**{**row, "options": tuple(row.get("options", ()))})

    def row(self) -> dict[str, Any]:
        return {**asdict(self), "options": list(self.options)}


def of_program(questions: Iterable[Any]) -> list[Asked]:
    """The program's own questions (`curriculum.Question`) as a cohort begins with them."""
    return [
        Asked(
            one.key,
            one.question,
            one.hint or "",
            one.required,
            "choice" if one.options else "long",
            tuple(one.options),
        )
        for one in questions
    ]


def in_use(questions: Iterable[Asked]) -> list[Asked]:
    """Those that are asked, in order."""
    return [one for one in questions if one.is_asked]


def read(key: str, typed: Mapping[str, str], is_asked: bool) -> Asked:
    """A question as its fields of the form have it; nothing is refused here."""
    kind = typed.get("kind", "")
    options = (" ".join(clean_text(line).split()) for line in typed.get("options", "").splitlines())
    return Asked(
        key=key,
        question=" ".join(clean_text(typed.get("question", "")).split()),
        hint=" ".join(clean_text(typed.get("hint", "")).split()),
        required=typed.get("required", "") == "yes",
        kind=kind if kind in KINDS else "long",
        options=tuple(dict.fromkeys(one for one in options if one)),
        is_asked=is_asked,
    )


def check(questions: Sequence[Asked]) -> None:
    """Refused, at its field, for the first question that nobody could answer. Those taken out may be anything."""
    asked = in_use(questions)
    if not asked:
        raise Refused("Ask at least one question.")
    if len(asked) > MOST:
        raise Refused(f"Ask at most {MOST} questions; three to six is what people answer.")
    for one in asked:
        _check(one)


def _check(one: Asked) -> None:
    if not one.question:
        raise Refused("Please write the question.", f"{one.key}~question")
    if len(one.question) > LONGEST_QUESTION:
        raise Refused(f"Please use at most {LONGEST_QUESTION} characters.", f"{one.key}~question")
    if len(one.hint) > LONGEST_HINT:
        raise Refused(f"Please use at most {LONGEST_HINT} characters.", f"{one.key}~hint")
    if one.kind != "choice":
        return
    if not 2 <= len(one.options) <= MOST_OPTIONS:
        raise Refused(f"Please give 2 to {MOST_OPTIONS} answers, one to a line.", f"{one.key}~options")
    if any(len(option) > LONGEST_OPTION for option in one.options):
        raise Refused(f"An answer may have at most {LONGEST_OPTION} characters.", f"{one.key}~options")


def moved(questions: Sequence[Asked], key: str, way: Way) -> list[Asked]:
    """One place up or down among those that are asked; at the end of the list nothing changes."""
    asked, rest = in_use(questions), [one for one in questions if not one.is_asked]
    place = next((n for n, one in enumerate(asked) if one.key == key), None)
    other = place + (-1 if way == "up" else 1) if place is not None else None
    if place is not None and other is not None and 0 <= other < len(asked):
        asked[place], asked[other] = asked[other], asked[place]
    return [*asked, *rest]


def taken_out(questions: Sequence[Asked], key: str) -> list[Asked]:
    """Not asked any more; it stands last, to be put back."""
    return _set(questions, key, is_asked=False)


def put_back(questions: Sequence[Asked], key: str) -> list[Asked]:
    """Asked again, as the last."""
    return _set(questions, key, is_asked=True)


def _set(questions: Sequence[Asked], key: str, *, is_asked: bool) -> list[Asked]:
    changed = [replace(one, is_asked=is_asked) for one in questions if one.key == key]
    others = [one for one in questions if one.key != key]
    kept = [one for one in others if one.is_asked] + (changed if is_asked else [])
    return [*kept, *(one for one in others if not one.is_asked), *([] if is_asked else changed)]
