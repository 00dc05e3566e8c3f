"""Words that sound like licensed care, each with what to say instead: wording.yaml as values."""

from typing import Annotated

from pydantic import Field as Constraint

from app.curriculum.field_types import SourceTag, Strict, Text

Phrases = Annotated[tuple[Text, ...], Constraint(min_length=1)]


class CareWord(Strict):
    """`words` are all forms that are looked for; `say` stands in their place; inside a phrase of `fine_in` they are
    right."""

    words: Phrases
    say: Text
    fine_in: tuple[Text, ...] = ()
    sources: tuple[SourceTag, ...] = ()


class Wording(Strict):
    """wording.yaml. `why` is said with every finding; in a phrase of `fine_in` any of the words is right."""

    why: Text = "Such words may imply a service that only licensed people may offer."
    fine_in: tuple[Text, ...] = ()
    care_words: tuple[CareWord, ...] = ()
