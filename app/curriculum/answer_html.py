"""One answer as safe HTML, in a line of text or as a block of its own."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from dataclasses import field as default
from typing import Any

from markupsafe import Markup, escape

from app.curriculum import scalars
from app.curriculum.calculation import ResultValue
from app.curriculum.field_types import (
    CalculatedField,
    ChecklistField,
    Column,
    Field,
    FileField,
    GroupField,
    MultiChoiceField,
    TableField,
)
from app.curriculum.fields import FileFacts, clean, display, filled_rows, html, is_answered, table_total
from app.curriculum.file_answers import file_words
from app.curriculum.placeholders import Placeholder
from app.curriculum.scalars import Kind
from app.lib.markdown import user_html


@dataclass(frozen=True)
class Filled:
    """Everything a document can be filled from."""

    fields: Mapping[str, Field]
    answers: Mapping[str, Any]
    results: Mapping[str, Mapping[str, ResultValue]]
    rendered: Mapping[str, str] = default(
        default_factory=dict
    )  # field id → cleaned HTML, where a text has it already


PAGE_WIDTH = 108  # characters of a table that a printed page holds side by side
READABLE = 20  # characters in a line, below which sentences in a column are no longer read

_LINE = Markup(
    '<span class="blank"><span aria-hidden="true">____________</span><span class="hide">{}</span></span>'
)
_RULES = Markup('<p class="blank__line" aria-hidden="true">____________________________</p>') * 2


def blank(label: str) -> Markup:
    """A ruled blank in a sentence; its label is there for those who cannot see the rule."""
    return _LINE.format(f"(still blank: {label})")


def blank_block(placeholder: Placeholder, field: Field, label: str) -> Markup:
    """Room to write by hand; a table keeps its headings and gets empty rows. Nothing for an optional field."""
    if not field.required and field.type != "calculated":
        return Markup("")
    name = Markup('<p class="blank__label">{}: still to be written</p>').format(label)
    if isinstance(field, TableField) and not placeholder.is_total:
        columns = _columns(field, placeholder.columns)
        head = Markup("").join(_header(column) for column in columns)
        rows = Markup("<tr>{}</tr>").format(Markup("<td>&nbsp;</td>") * len(columns)) * max(3, field.min_rows)
        table = Markup('<table class="answer"><thead><tr>{}</tr></thead><tbody>{}</tbody></table>').format(
            head, rows
        )
        return Markup('<div class="blank blank--block">{}{}</div>').format(name, table)
    return Markup('<div class="blank blank--block">{}{}</div>').format(name, _RULES)


def has_answer(placeholder: Placeholder, field: Field, filled: Filled) -> bool:
    """Whether there is anything to put in the placeholder's place."""
    if field.type == "calculated":
        results = filled.results.get(field.id, {})
        wanted = [placeholder.member] if placeholder.member else list(results)
        return any(key in results and results[key].number is not None for key in wanted)
    answer = filled.answers.get(field.id)
    if placeholder.member and isinstance(answer, Mapping):
        return bool(answer.get(placeholder.member))
    return is_answered(field, answer)


def inline(placeholder: Placeholder, field: Field, filled: Filled) -> Markup:
    """The answer within a sentence: text only, lines kept."""
    return _lines(_text(placeholder, field, filled), "; ")


def block(placeholder: Placeholder, field: Field, filled: Filled) -> Markup:
    """The answer on its own: a table as a table, a long text with its paragraphs, a checklist with its boxes."""
    value, _problems = clean(field, filled.answers.get(field.id))
    match field:
        case FileField():
            return _files(value["files"]) + _written(field, value, filled)
        case _ if placeholder.member is None and (written := _written(field, value, filled)):
            return written
        case GroupField() if (part := field.part(placeholder.member or "")) and part.type == "long_text":
            return Markup('<div class="answer">{}</div>').format(user_html(value[part.key]))
        case TableField() if not placeholder.is_total:
            return _table(field, value, placeholder.columns)
        case ChecklistField():
            return _ticks(field, value)
        case MultiChoiceField():
            return Markup("<ul>{}</ul>").format(
                Markup("").join(Markup("<li>{}</li>").format(field.option_label(key)) for key in value)
            )
        case GroupField() if placeholder.member is None:
            return _pairs(
                (part.label, scalars.show(Kind.of(part), value[part.key]), part.type in scalars.NUMERIC)
                for part in field.parts
                if value[part.key]
            )
        case CalculatedField() if placeholder.member is None:
            results = filled.results.get(field.id, {}).values()
            return _pairs((one.label, one.text, True) for one in results if one.number is not None)
    return Markup("<p>{}</p>").format(_lines(_text(placeholder, field, filled), "; "))


def _text(placeholder: Placeholder, field: Field, filled: Filled) -> str:
    answer = filled.answers.get(field.id)
    match field:
        case CalculatedField():
            results = filled.results.get(field.id, {})
            if placeholder.member:
                return results[placeholder.member].text if placeholder.member in results else ""
            return "\n".join(f"{one.label}: {one.text}" for one in results.values() if one.number is not None)
        case TableField() if placeholder.is_total:
            total = table_total(field, answer)
            column = field.column(field.total or "")
            return scalars.format_number(total, column.type) if total is not None and column else ""
        case TableField() if placeholder.columns:
            columns = _columns(field, placeholder.columns)
            rows = filled_rows(field, answer)
            return "\n".join(", ".join(text for c in columns if (text := _cell(c, row))) for row in rows)
        case GroupField() if placeholder.member:
            part = field.part(placeholder.member)
            value, _problems = clean(field, answer)
            return scalars.show(Kind.of(part), value[part.key]) if part else ""
    return display(field, answer)


def _lines(text: str, joint: str) -> Markup:
    """Escaped; lines are joined, because a sentence has one line."""
    return escape(joint).join(escape(line) for line in text.split("\n") if line.strip())


def _columns(field: TableField, keys: tuple[str, ...]) -> list[Column]:
    return [column for key in keys if (column := field.column(key))] if keys else list(field.columns)


def _cell(column: Column, row: Mapping[str, str]) -> str:
    return scalars.show(Kind.of(column), row.get(column.key, ""))


def _table(field: TableField, value: Any, keys: tuple[str, ...]) -> Markup:
    columns = _columns(field, keys)
    if _room(columns, filled_rows(field, value)) > PAGE_WIDTH:
        return _records(field, columns, value)
    head = Markup("").join(_header(column) for column in columns)
    body = Markup("").join(_row(columns, row) for row in filled_rows(field, value))
    return Markup('<table class="answer"><thead><tr>{}</tr></thead><tbody>{}</tbody>{}</table>').format(
        head, body, _foot(field, columns, value)
    )


def _room(columns: list[Column], rows: list[dict[str, str]]) -> int:
    """How many characters side by side this table needs: its longest words, and something for its sentences."""
    return sum(
        max(
            max(len(word) for text in texts for word in [*text.split(), ""]),
            min(READABLE, max(len(text) for text in texts)),
        )
        for texts in ([column.label, *(_cell(column, row) for row in rows)] for column in columns)
    )


def _records(field: TableField, columns: list[Column], value: Any) -> Markup:
    """A table too wide for a page: a block for each row, its first column as the title."""
    first, others = columns[0], columns[1:]
    blocks = [
        (_cell(first, row), [(one.label, text, False) for one in others if (text := _cell(one, row))])
        for row in filled_rows(field, value)
    ]
    total, column = table_total(field, value), field.column(field.total or "")
    if total is not None and column in others:
        blocks.append(("Total", [(_label(column), scalars.format_number(total, column.type), False)]))
    return Markup('<div class="records">{}</div>').format(
        Markup("").join(
            Markup('<p class="record"><strong>{}</strong></p>{}').format(_lines_kept(title), _pairs(pairs))
            for title, pairs in blocks
        )
    )


def _label(column: Column) -> str:
    return f"{column.label} ({column.unit})" if column.unit else column.label


def _header(column: Column) -> Markup:
    number = Markup(' class="n"') if column.type in scalars.NUMERIC else ""
    return Markup('<th scope="col"{}>{}</th>').format(number, _label(column))


def _row(columns: list[Column], row: Mapping[str, str]) -> Markup:
    cells = Markup("").join(
        Markup("<td{}>{}</td>").format(
            Markup(' class="n"') if column.type in scalars.NUMERIC else "",
            _lines_kept(scalars.show(Kind(column.type, Kind.of(column).options), row.get(column.key, ""))),
        )
        for column in columns
    )
    return Markup("<tr>{}</tr>").format(cells)


def _lines_kept(text: str) -> Markup:
    return Markup("<br>").join(escape(line) for line in text.split("\n"))


def _foot(field: TableField, columns: list[Column], value: Any) -> Markup:
    """The sum under its column, if that column is shown and has numbers."""
    total, keys = table_total(field, value), [column.key for column in columns]
    if total is None or field.total not in keys or keys[0] == field.total:
        return Markup("")
    place = keys.index(field.total)
    after = Markup("<td></td>") * (len(keys) - place - 1)
    return Markup(
        '<tfoot><tr class="sum"><th scope="row" colspan="{}">Total</th><td class="n">{}</td>{}</tr></tfoot>'
    ).format(place, scalars.format_number(total, columns[place].type), after)


def _written(field: Field, value: Any, filled: Filled) -> Markup:
    """What is written in Markdown; rendered only where that was not done before."""
    known = filled.rendered.get(field.id)
    written = Markup(known) if known else html(field, value)  # noqa: S704 - cleaned when it was rendered
    return Markup('<div class="answer">{}</div>').format(written) if written else Markup("")


def _files(files: list[FileFacts]) -> Markup:
    """By name, size and hash: what is printed must be found again in the file."""
    items = Markup("").join(
        Markup('<li>{}<br><span class="hash">SHA-256 {}</span></li>').format(file_words(one), one["sha256"])
        for one in files
    )
    return Markup('<ul class="files">{}</ul>').format(items) if items else Markup("")


def _ticks(field: ChecklistField, value: list[str]) -> Markup:
    items = Markup("").join(
        Markup('<li><span aria-hidden="true">{}</span> <span class="hide">{}</span>{}</li>').format(
            "☑" if item.key in value else "☐", "done: " if item.key in value else "open: ", item.label
        )
        for item in field.items
    )
    return Markup('<ul class="ticks">{}</ul>').format(items)


def _pairs(pairs: Iterable[tuple[str, str, bool]]) -> Markup:
    """Label and text of each, and whether it is a number."""
    rows = Markup("").join(
        Markup('<tr><th scope="row">{}</th><td{}>{}</td></tr>').format(
            label, Markup(' class="n"') if is_number else "", _lines_kept(text)
        )
        for label, text, is_number in pairs
    )
    return Markup('<table class="answer pairs"><tbody>{}</tbody></table>').format(rows)
