"""What may happen to an exemplar, and how its copy is made and edited. Pure: plain values in, values or Refused out."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, NamedTuple

from app.coursework import masking
from app.curriculum import fields
from app.curriculum.field_types import FieldBase, GroupField, TableField
from app.curriculum.schema import Worksheet
from app.lib.refusal import Refused

CONSENT_VERSION = 1
CONSENT = (
    "I agree that an anonymized copy of this accepted round is shown to participants of this program as an example. "
    "My name, the name of my practice and my files are left out. I see and approve the final text before anybody "
    "else sees it. I can take my consent back at any time, without giving a reason; the copy disappears at once."
)
WISH_LIMIT = 1_000  # characters
TYPED = ("short_text", "long_text")  # what a name can hide in

# verb → status before → status after; None: nobody has offered it yet
_STEPS: dict[str, dict[str | None, str]] = {
    "offer": {None: "offered", "withdrawn": "offered"},
    "prepare": {"offered": "prepared", "prepared": "prepared", "approved": "prepared"},
    "send back": {"prepared": "offered", "approved": "offered"},
    "approve": {"prepared": "approved"},
    "show": {"approved": "shown"},
    "withdraw": dict.fromkeys(("offered", "prepared", "approved", "shown"), "withdrawn"),
}
_WHY_NOT = {
    "offer": "This round is offered as an example already.",
    "prepare": "This example cannot be edited now: the participant has not offered it, or it is shown already.",
    "send back": "There is no text to send back now.",
    "approve": "There is no text to approve now. You will get a mail when there is.",
    "show": "Only what the participant has approved is shown.",
    "withdraw": "This round is not offered as an example.",
}


def next_status(status: str | None, verb: str) -> str:
    """The status after the verb. Raises Refused where the drawing has no such step."""
    after = _STEPS[verb].get(status)
    if after is None:
        raise Refused(_WHY_NOT[verb])
    return after


def check_offer(is_accepted: bool, agrees: bool) -> None:
    """Raise Refused unless the round is the accepted one and the sentence is ticked."""
    if not is_accepted:
        raise Refused("Only a round that was accepted can become an example.")
    if not agrees:
        raise Refused("Tick the sentence first: nothing is shown without your consent.", field="agree")


def check_version(stored: int, read: int) -> None:
    """Raise Refused when the text is another one than was read."""
    if stored != read:
        raise Refused("The text was changed since you opened this page. Read it once more, then decide.")


def check_wish(wish: str) -> str:
    """What the author wants changed, stripped. Raises Refused when there is nothing, or too much."""
    if not wish:
        raise Refused("Say what should be changed, so that your coach knows.", field="wish")
    if len(wish) > WISH_LIMIT:
        raise Refused(f"Keep it below {WISH_LIMIT:,} characters.", field="wish")
    return wish


# --- the copy -------------------------------------------------------------------------------------------------------


class Leaf(NamedTuple):
    """One typed text of a copy, as the editing form names and shows it."""

    name: str  # 't~1.C.1', 't~1.B.1~0~step'
    label: str
    text: str
    is_long: bool


def first_copy(worksheet: Worksheet, answers: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, Any]:
    """The answers without names, files and what was shown of other modules."""
    found: dict[str, Any] = {}
    for field in worksheet.fields():
        answer = masking.mask_answer(answers.get(field.id), names)
        if field.type == "file":
            answer = {"deidentified": "yes", "text": fields.long_text(field, answers.get(field.id))}
            answer = masking.mask_answer(answer, names)
        if field.type not in ("reference", "calculated") and answer is not None:
            found[field.id] = answer
    return fields.tidy(worksheet, found)


def leaves(field: FieldBase, answer: Any) -> Iterator[Leaf]:
    """Every typed text in an answer to this field, in order."""
    name = f"t~{field.id}"
    match field:
        case TableField():
            for number, row in enumerate(answer if isinstance(answer, list) else []):
                for column in field.columns:
                    if column.type in TYPED and row.get(column.key):
                        label = f"{column.label}, row {number + 1}"
                        yield Leaf(
                            f"{name}~{number}~{column.key}", label, row[column.key], column.type == TYPED[1]
                        )
        case GroupField():
            for part in field.parts:
                if part.type in TYPED and isinstance(answer, dict) and answer.get(part.key):
                    yield Leaf(f"{name}~{part.key}", part.label, answer[part.key], part.type == TYPED[1])
        case _ if field.type == "file":
            if isinstance(answer, dict) and answer.get("text"):
                yield Leaf(name, field.label, answer["text"], True)
        case _ if field.type in TYPED and isinstance(answer, str):
            yield Leaf(name, field.label, answer, field.type == TYPED[1])


def edited(
    worksheet: Worksheet, answers: Mapping[str, Any], texts: Mapping[str, str], left_out: Collection[str]
) -> dict[str, Any]:
    """The copy with these texts in the place of its own, without the fields that are left out."""
    found: dict[str, Any] = {}
    for field in worksheet.fields():
        if field.id in answers and field.id not in left_out:
            found[field.id] = _edit(field, answers[field.id], texts)
    return fields.tidy(worksheet, found)


def _edit(field: FieldBase, answer: Any, texts: Mapping[str, str]) -> Any:
    for leaf in list(leaves(field, answer)):
        text = texts.get(leaf.name, leaf.text)
        path = leaf.name.split("~")[2:]
        match path:
            case []:
                answer = {**answer, "text": text} if isinstance(answer, dict) else text
            case [key]:
                answer = {**answer, key: text}
            case [number, key]:
                answer = [{**row, key: text} if str(at) == number else row for at, row in enumerate(answer)]
    return answer
