"""The glossary as values: the terms of the field, each with what it means in this program."""

import re

from app.curriculum.field_types import Flag, Slug, SourceTag, Strict, Text


class TermFacts(Strict):
    """One entry of glossary.yaml. `also` are other spellings that mean the same; `meaning` is plain text.

    A lesson explains a term where it occurs first; one that is `marked_only`, such as “client”, only where the author
    has marked it.
    """

    term: Text
    also: tuple[Text, ...] = ()
    meaning: Text
    sources: tuple[SourceTag, ...] = ()
    marked_only: Flag = False

    @property
    def spellings(self) -> tuple[str, ...]:
        return (self.term, *self.also)


class Term(TermFacts):
    """A term of the program; `slug` is its anchor on the glossary page."""

    slug: Slug


class GlossaryFile(Strict):
    """glossary.yaml."""

    terms: tuple[TermFacts, ...]


def slug_of(term: str) -> str:
    """The words of a term as a part of an address; empty when it has no letter or digit."""
    return "-".join(re.findall(r"[a-z0-9]+", term.lower()))[:60].strip("-")
