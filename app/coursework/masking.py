"""Names taken out of a round, for somebody who must not know whose it is. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import escape

from app.coursework.frozen import Answers, Reference
from app.curriculum.schema import Worksheet

PERSON, PRACTICE = "[participant]", "[practice]"
SHORTEST = 3  # letters: shorter names would take the middle out of common words
_TAG = re.compile(r"(<[^>]*>)")


def names_of(person: str, practice: str) -> dict[str, str]:
    """What identifies this participant in their own text → what stands in its place."""
    found = {practice.strip(): PRACTICE}
    found |= dict.fromkeys((person.strip(), *person.split()), PERSON)
    return {name: instead for name, instead in found.items() if len(name) >= SHORTEST}


def mask(text: str, names: Mapping[str, str]) -> str:
    """The text with every one of these names replaced, as a whole word and however it is written."""
    if not names:
        return text
    known = {name.casefold(): instead for name, instead in names.items()}
    longest_first = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    pattern = re.compile(rf"(?<!\w)(?:{longest_first})(?!\w)", re.IGNORECASE)
    return pattern.sub(lambda found: known.get(found[0].casefold(), PERSON), text)


def mask_html(html: str, names: Mapping[str, str]) -> str:
    """The same in cleaned HTML: tags stay as they are."""
    escaped = {str(escape(name)): instead for name, instead in names.items()}
    return "".join(part if part.startswith("<") else mask(part, escaped) for part in _TAG.split(html) if part)


def mask_answer(value: Any, names: Mapping[str, str]) -> Any:
    """A stored answer without the names; a file keeps its kind and loses its name."""
    match value:
        case str():
            return mask(value, names)
        case {"sha256": str(), "name": str()}:
            return {**value, "name": f"A file ({value.get('type', 'file')})"}
        case dict():
            return {key: mask_answer(one, names) for key, one in value.items()}
        case list():
            return [mask_answer(one, names) for one in value]
    return value


def masked(
    worksheet: Worksheet,
    answers: Mapping[str, Any],
    rendered: Mapping[str, str],
    references: Mapping[str, Mapping[str, Any]],
    names: Mapping[str, str],
) -> Answers:
    """A frozen round as blocks to show, without these names."""
    return Answers(
        worksheet,
        {key: mask_answer(value, names) for key, value in answers.items()},
        {key: mask_html(html, names) for key, html in rendered.items()},
        {
            key: Reference.of_round({**kept, "html": mask_html(kept["html"], names)})
            for key, kept in references.items()
        },
    )
