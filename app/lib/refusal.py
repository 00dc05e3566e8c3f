"""How a rule says no."""

from __future__ import annotations


class Refused(Exception):
    """A rule does not allow this. Its text is a sentence for the person, shown as it stands.

    `field` names the form field it belongs to, where there is one.
    """

    def __init__(self, sentence: str, field: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
