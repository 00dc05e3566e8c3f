from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wtforms import (
    BooleanField,
    EmailField,
    Field,
    HiddenField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, Optional

from app.accounts.forms import ADDRESS, strip, time_zones
from app.admissions.question_rules import LONGEST, Asked
from app.lib.forms import Form
from app.lib.words import clean_text

ASKED = "asked_"  # what the names of a cohort's questions begin with, so that they meet no other name


def clean(text: Any) -> Any:
    return clean_text(text) if isinstance(text, str) else text


def one_line(text: Any) -> Any:
    """A name as it may stand in a mail: one line, nothing that cannot be shown or that turns the line around."""
    kept = "".join(
        c for c in str(text or "") if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn")
    )
    return " ".join(kept.split())


class ApplicationForm(Form):
    """What every cohort asks. Somebody who is signed in is known: the first three fields are taken off then."""

    questions: Sequence[Asked] = ()
    name = StringField("Your name", [DataRequired("Please enter your name.")], filters=[clean])
    email = EmailField("Email", ADDRESS, filters=[clean])
    # The stubs of WTForms are older than the library: they know neither plain strings as choices nor the message.
    time_zone = SelectField(  # type: ignore[call-arg]
        "Your time zone",
        choices=time_zones,
        invalid_choice_message="Please choose from the list.",
    )
    practice_name = StringField(
        "Name of your practice",
        [Length(max=160, message="Please use at most 160 characters.")],
        filters=[clean],
    )

    def asked(self) -> Iterator[tuple[Asked, Field]]:
        """The cohort's own questions, each with its field."""
        return ((question, self[ASKED + question.key]) for question in self.questions)

    def show(self, entries: Mapping[str, str]) -> None:
        """Put what is kept into the fields; a choice that the cohort does not offer any more is not made."""
        for name, text in entries.items():
            if name in self and text:
                self[name].data = text

    def answers(self) -> dict[str, str]:
        return {question.key: str(field.data or "") for question, field in self.asked()}


def application_form(questions: Sequence[Asked]) -> ApplicationForm:
    """The application of a cohort that asks these questions."""
    fields = {ASKED + question.key: _field(question) for question in questions}
    kind = type("AskedForm", (ApplicationForm,), {"questions": tuple(questions), **fields})
    form: ApplicationForm = kind()
    return form


def _field(question: Asked) -> Any:
    if question.kind != "choice":
        words = (
            "Please answer this." if question.kind == "short" else "Please answer this in a sentence or two."
        )
        needed = DataRequired(words) if question.required else Optional()
        most = LONGEST[question.kind]
        length = Length(max=most, message=f"Please use at most {most:,} characters.")
        kind = StringField if question.kind == "short" else TextAreaField
        return kind(question.question, [needed, length], filters=[clean])
    sentence = "Please choose one; a guess is fine."
    return RadioField(  # type: ignore[call-arg]
        question.question,
        [DataRequired(sentence) if question.required else Optional()],
        choices=list(question.options),  # type: ignore[arg-type]
        invalid_choice_message=sentence,
        validate_choice=True,
    )


def plan_number(typed: str | None) -> int:
    """The number of installments in an address or a form; 1 for what is no number."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) < 4 else 1


class LeadForm(Form):
    """Hearing from us. The address is the only thing that must be typed."""

    name = StringField(
        "Your name", [Length(max=120, message="Please use at most 120 characters.")], filters=[one_line]
    )
    email = EmailField("Email", ADDRESS, filters=[strip])
    cohorts = BooleanField("Tell me when the next cohort opens")
    updates = BooleanField("Send me updates")
    agree = BooleanField(
        "Your consent", [DataRequired("Please tick this box; without it we may not write to you.")]
    )
    source = HiddenField()


class CheckoutForm(Form):
    """The plan that is agreed to, with the day its first installment was shown for and the code that lowered it."""

    plan = HiddenField()
    first = HiddenField()
    code = HiddenField()  # the discount code the amounts were shown with
    agree = BooleanField(
        "Your agreement", [DataRequired("Please tick this box, so that we know you have read it.")]
    )

    def installments(self) -> int:
        return plan_number(self.plan.data)


class CodeForm(Form):
    """A discount code to try; an empty one takes away the one that is used."""

    plan = HiddenField()
    code = StringField(
        "Discount code", [Length(max=60, message="A code has at most 40 characters.")], filters=[clean]
    )
