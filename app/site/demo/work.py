"""What the demo's participants wrote: Harborline's answers in their own names, and what was weak in a first round."""

from __future__ import annotations

import copy
import json
from typing import Any

from app.coursework.review_rules import Remark, ReviewText
from app.coursework.sending import SentWith
from app.curriculum.schema import FileField, Module, Program

Answers = dict[str, Any]
PRIVATE_NOTE = (
    "The Thursday in October when the front desk let a new client onto the floor before I had read her form. "
    "Nobody had done anything wrong. There was nothing they could have looked at."
)


def answers_of(module: Module, practice: str, owner: str, helper: str) -> Answers:
    """The good sample of the module, as if this practice had written it."""
    sample = next(one for one in module.samples if one.kind == "good")
    text = json.dumps(sample.answers, ensure_ascii=False)
    for old, new in (
        ("Harborline Medical Exercise", practice),
        ("Dana Okafor", owner),
        ("Dana", owner.split()[0]),
    ):
        text = text.replace(old, new)
    found: Answers = json.loads(text.replace("Priya", helper))
    return found


def first_round(answers: Answers) -> Answers:
    """The same work as it was first sent: an exception left to mood, and one procedure nobody else has tried."""
    weak = copy.deepcopy(answers)
    rule: str = weak["1.C.1"]
    head, mark, _exceptions = rule.partition("### Exceptions")
    weak["1.C.1"] = f"{head}{mark}\nIllness is at my discretion." if mark else rule
    for row in weak["1.C.3"]:
        row["unclear"] = "Nothing"
    return weak


def changes_asked(module: Module, coach_first: str) -> ReviewText:
    """The first review: two required changes and a suggestion, and what is good about the work."""
    return ReviewText(
        marks=_marks(module, sops="not_yet"),
        strength=(
            "Your client path is the clearest I have read this month. What stands between you and acceptance is one "
            "exception written as a rule, and a second person who has really used the payment procedure."
        ),
        remarks=(
            Remark(
                "new-1",
                "1.C.1",
                "required",
                "“At my discretion” means nobody else can apply this rule. Who decides, on what, and where is it "
                "logged? Write the exception so that it works on a day you are not there.",
                quote="Illness is at my discretion.",
                prefix="Exceptions",
            ),
            Remark(
                "new-2",
                "1.C.3",
                "required",
                "“Nothing” was unclear in either test? Hand the page over once more, stay silent, and write down the "
                "first question that is asked.",
            ),
            Remark(
                "new-3", "1.E.6", "suggested", "Compare a second scenario before you announce the new price."
            ),
        ),
    )


def acceptance(module: Module, settled: tuple[int, ...] = ()) -> ReviewText:
    """The review that accepts the work; the praise is for the first module's emergency plan."""
    praise = Remark("new-1", "1.D.1", "praise", "The address stands as it must be spoken. Exactly right.")
    plan = module.worksheet and module.worksheet.field(praise.field_id)
    strength = "Somebody who has never met you could run a Tuesday from these pages."
    return ReviewText(
        marks=_marks(module, numbers="exceeds"),
        strength=f"{strength} Print the emergency plan today." if plan else strength,
        settled={str(comment_id): "settled" for comment_id in settled},
        remarks=(praise,) if plan else (),
    )


def acceptance_of_records(module: Module, field_id: str) -> ReviewText:
    """The review that accepts the records system, with a word on the file that was sent."""
    return ReviewText(
        marks=_marks(module, audit="exceeds"),
        strength="Twelve records, each with its day and its place. A colleague could take over this client tomorrow.",
        remarks=(
            Remark("new-1", field_id, "praise", "Complete, and nobody could tell from it who this might be."),
        ),
    )


def _marks(module: Module, **levels: str) -> dict[str, str]:
    assert module.rubric is not None
    marks = {one.key: "meets" for one in module.rubric.criteria}
    return marks | {key: level for key, level in levels.items() if key in marks}


def field_for_files(program: Program) -> tuple[Module, FileField]:
    """The field that takes the most files, and its module: a whole record is sent as files, a form as its text."""
    found = [
        (module, field)
        for module in program.modules
        if module.worksheet
        for field in module.worksheet.fields()
        if isinstance(field, FileField)
    ]
    return max(found, key=lambda one: one[1].max_files)


def sent_with(program: Program) -> SentWith:
    """The line of intention and the sentences agreed to, as every round of the demo has them."""
    said = program.statements
    return SentWith("the next inquiry comes in", "open this chapter first", (), (said.own, said.privacy))


def rating(module: Module) -> dict[str, str]:
    """How a participant rates their own work: the last criterion lower than the coach will."""
    assert module.rubric is not None
    keys = [one.key for one in module.rubric.criteria]
    return dict.fromkeys(keys, "meets") | {keys[0]: "exceeds"}
