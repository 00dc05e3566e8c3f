from __future__ import annotations

from typing import Any

from wtforms import BooleanField, EmailField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from app.accounts.forms import ADDRESS, time_zones
from app.admissions.rules import clean_text
from app.lib.forms import Form

# What an application asks, by the key its answer is kept under.
QUESTIONS = {
    "clients": "Who do you work with, and where?",
    "why_now": "Why now? What do you want to build first?",
    "hours": "How many hours a week can you keep free?",
}
HOURS = ["One to three hours", "Four or five hours", "Six hours or more"]


def _clean(text: Any) -> Any:
    return clean_text(text) if isinstance(text, str) else text


class ApplicationForm(Form):
    """Somebody who is signed in is known: the first three fields are taken off then."""

    name = StringField("Your name", [DataRequired("Please enter your name.")], filters=[_clean])
    email = EmailField("Email", ADDRESS, filters=[_clean])
    # The stubs of WTForms are older than the library: they know neither plain strings as choices nor the message.
    time_zone = SelectField(  # type: ignore[call-arg]
        "Your time zone",
        choices=time_zones,
        invalid_choice_message="Please choose from the list.",
    )
    practice_name = StringField(
        "Name of your practice",
        [Length(max=160, message="Please use at most 160 characters.")],
        filters=[_clean],
    )
    clients = TextAreaField(
        QUESTIONS["clients"],
        [
            DataRequired("Please tell us in a sentence or two who you work with."),
            Length(max=3000, message="Please use at most 3,000 characters."),
        ],
        filters=[_clean],
    )
    why_now = TextAreaField(
        QUESTIONS["why_now"],
        [
            DataRequired("Please tell us in a sentence or two why now."),
            Length(max=3000, message="Please use at most 3,000 characters."),
        ],
        filters=[_clean],
    )
    hours = RadioField(  # type: ignore[call-arg]
        QUESTIONS["hours"],
        [DataRequired("Please choose one; a guess is fine.")],
        choices=HOURS,  # type: ignore[arg-type]
        invalid_choice_message="Please choose one; a guess is fine.",
    )

    def answers(self) -> dict[str, str]:
        return {key: str(self[key].data) for key in QUESTIONS}


class CheckoutForm(Form):
    agree = BooleanField("agree", [DataRequired("Please tick this box, so that we know you have read it.")])
