"""Documents of the practice manual: a template of the curriculum filled with one person's answers, as safe HTML.

The template is rendered first, with marks in the place of answers; then each mark is replaced by its answer, already
escaped or cleaned. An answer can therefore never become part of the template: no heading, tag, mark or placeholder
in it is obeyed. What is not answered yet shows as a ruled blank, so a printed sheet can be completed by hand.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from markupsafe import Markup

from app.curriculum import answer_html, markdown
from app.curriculum.answer_html import Filled
from app.curriculum.calculation import Results, calculated
from app.curriculum.field_types import CalculatedField, Field, GroupField
from app.curriculum.placeholders import BRACES, Placeholder, parse
from app.curriculum.schema import Document, Worksheet

# A mark is a number between two private-use signs, which the reader refuses in the curriculum's own text.
_MARK = re.compile("<p>\ue000([0-9]+)\ue001</p>|\ue000([0-9]+)\ue001")
# A condition on a line of its own takes that line with it; within a sentence it takes nothing but itself.
_CONDITION = re.compile(
    r"(?:^[ \t]*\{\{\?([^{}]*)\}\}[ \t]*\n|\{\{\?([^{}]*)\}\})(.*?)(?:^[ \t]*\{\{/\?\}\}[ \t]*(?:\n|\Z)|\{\{/\?\}\})",
    re.DOTALL | re.MULTILINE,
)


def render(
    document: Document, worksheets: Worksheet | Sequence[Worksheet], answers: Mapping[str, Any]
) -> Markup:
    """The document as safe HTML, without its title.

    `worksheets`: the document's own, or several if it also uses answers of other modules; `answers` of all of them
    together by field id (ids are unique in a program).
    """
    sheets = [worksheets] if isinstance(worksheets, Worksheet) else list(worksheets)
    filled = _filled(sheets, answers)
    kept = _CONDITION.sub(lambda found: _kept(found, filled), document.body)
    places: list[str] = []

    def mark(found: re.Match[str]) -> str:
        places.append(found[1])
        return f"\ue000{len(places) - 1}\ue001"

    template = _template_html(BRACES.sub(mark, kept.replace("\ue000", "").replace("\ue001", "")))
    html = _MARK.sub(lambda found: _answer(found, places, filled), template)
    return Markup(_raised(html))  # noqa: S704 - every part is safe


def _raised(html: str) -> str:
    """Headings of an answer begin at h3, below those of the document; where none of these stands above, at h2."""
    before, h2, after = html.partition("<h2")
    for level in (3, 4):
        before = re.sub(f"<(/?)h{level}>", rf"<\1h{level - 1}>", before)
    return f"{before}{h2}{after}"


def unanswered(
    document: Document, worksheets: Worksheet | Sequence[Worksheet], answers: Mapping[str, Any]
) -> list[str]:
    """The labels of the fields this document uses that have no answer yet, in its order, each once."""
    sheets = [worksheets] if isinstance(worksheets, Worksheet) else list(worksheets)
    filled = _filled(sheets, answers)
    kept = _CONDITION.sub(lambda found: _kept(found, filled), document.body)
    found = [parse(inside) for inside in BRACES.findall(kept)]
    labels = [_label(one, filled) for one in found if one and _is_open(one, filled)]
    return list(dict.fromkeys(labels))


@lru_cache(maxsize=512)
def _template_html(template: str) -> str:
    """The same template serves every participant; with its conditions decided there are few variants of it."""
    return markdown.render(template, {}, {})


def _filled(sheets: Sequence[Worksheet], answers: Mapping[str, Any]) -> Filled:
    fields: dict[str, Field] = {}
    results: Results = {}
    for sheet in sheets:
        fields |= {field.id: field for field in sheet.fields()}
        results |= calculated(sheet, answers)
    return Filled(fields, answers, results)


def _kept(found: re.Match[str], filled: Filled) -> str:
    condition = parse(found[1] if found[1] is not None else found[2])
    return found[3] if condition and _has_answer(condition, filled) else ""


def _has_answer(placeholder: Placeholder, filled: Filled) -> bool:
    field = filled.fields.get(placeholder.field)
    return field is not None and answer_html.has_answer(placeholder, field, filled)


def _is_open(placeholder: Placeholder, filled: Filled) -> bool:
    """Whether an answer is still to be written; a retired field waits for none."""
    field = filled.fields.get(placeholder.field)
    return not (field and field.retired) and not _has_answer(placeholder, filled)


def _label(placeholder: Placeholder, filled: Filled) -> str:
    """What is asked for, in the words of the worksheet: the part or result if one is named."""
    field = filled.fields.get(placeholder.field)
    if field is None:
        return placeholder.field
    if isinstance(field, GroupField) and (part := field.part(placeholder.member or "")):
        return part.label
    if isinstance(field, CalculatedField) and (result := field.result(placeholder.member or "")):
        return result.label
    return field.label


def _answer(found: re.Match[str], places: list[str], filled: Filled) -> str:
    """The HTML for one mark; a mark alone in its paragraph becomes a block of its own."""
    is_block = found[1] is not None
    placeholder = parse(places[int(found[1] or found[2])])
    field = filled.fields.get(placeholder.field) if placeholder else None
    if placeholder is None or field is None:
        return str(answer_html.blank(placeholder.field if placeholder else ""))
    if _has_answer(placeholder, filled):
        html = answer_html.block if is_block else answer_html.inline
        return str(html(placeholder, field, filled))
    if field.retired:
        return ""
    label = _label(placeholder, filled)
    return str(answer_html.blank_block(placeholder, field, label) if is_block else answer_html.blank(label))
