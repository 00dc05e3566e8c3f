"""What staff type about money."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, DateField, Field, RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]
from wtforms.validators import DataRequired, Length, ValidationError

from app.lib.forms import Form
from app.lib.words import clean_text
from app.payments.staff_rules import read_cents

A_DAY = "Enter a day, such as 2026-04-25."
AN_AMOUNT = "Enter what arrived, such as 850 or 850.50."


def _clean(text: Any) -> Any:
    return clean_text(text) if isinstance(text, str) else text


class DayField(DateField):
    """A day, picked or typed as 2026-04-25."""

    def process_formdata(self, valuelist: list[str]) -> None:
        self.raw_data = valuelist = [clean_text(text) for text in valuelist]  # what the page shows again
        try:
            super().process_formdata(valuelist)
        except ValueError as error:
            raise ValueError(A_DAY) from error


def _is_amount(_form: Form, field: Field) -> None:
    if read_cents(field.data) is None:
        raise ValidationError(AN_AMOUNT)


class EntryForm(Form):
    source = RadioField(  # type: ignore[call-arg]
        "How it came",
        [DataRequired("Choose one.")],
        choices=[SelectChoice("check", "Paper check"), SelectChoice("transfer", "Bank transfer")],
        invalid_choice_message="Choose one.",
    )
    amount = StringField("Amount", [DataRequired(AN_AMOUNT), _is_amount], filters=[_clean])
    is_more = BooleanField("It is more than what is still to pay, and that is right")
    received_on = DayField("Received on", [DataRequired(A_DAY)])
    reference = StringField(
        "Number of the check, or reference of the transfer",
        [
            DataRequired("Enter what it can be found by."),
            Length(max=40, message="Use at most 40 characters."),
        ],
        filters=[_clean],
        description="It stands on the receipt.",
    )
    note = TextAreaField(
        "Note for METI",
        [Length(max=500, message="Use at most 500 characters.")],
        filters=[_clean],
        description="The person does not see it.",
    )

    @property
    def cents(self) -> int:
        """The amount, once the form is valid."""
        return read_cents(self.amount.data or "") or 0


class MoveForm(Form):
    due_on = DayField(
        "New day", [DataRequired(A_DAY)], description="In the cohort’s time zone, from tomorrow on."
    )


class GraceForm(Form):
    until = DayField("Open until the end of", [DataRequired(A_DAY)])
