"""The answers of a frozen round as blocks to show: alone, or compared with the round before. Pure.

Receipt, review and the participant's page of a round all read their fields from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from app.curriculum import fields, scalars
from app.curriculum.schema import FieldBase, TableField, Worksheet
from app.lib import diff

NOTHING = Markup("")


@dataclass(frozen=True)
class Answers:
    """One round as it was frozen, with the worksheet it was written on."""

    worksheet: Worksheet
    answers: Mapping[str, Any]
    rendered: Mapping[str, str]  # field id → cleaned HTML of long text


@dataclass(frozen=True)
class ShownField:
    """One field. `kind` 'text' has html, 'table' has columns and rows, 'empty' has neither."""

    id: str
    label: str
    section_id: str
    section_title: str
    kind: str
    html: Markup = NOTHING
    columns: tuple[str, ...] = ()
    rows: tuple[diff.RowChange, ...] = ()
    changed: bool = False
    criteria: tuple[str, ...] = ()
    retired: bool = False

    @property
    def marked(self) -> bool:
        """Whether a row is new or gone, so the table needs a column to say it."""
        return any(row.mark in ("added", "removed") for row in self.rows)


def shown(now: Answers, before: Answers | None = None) -> list[ShownField]:
    """Every field of the round in the order of the worksheet, marked against `before` where there is one.

    A retired field stands only where somebody has written in it.
    """
    found = []
    results = _results(now)
    old_results = _results(before) if before else {}
    for section in now.worksheet.sections:
        for field in section.fields:
            if not _has_place(field, now) and not (before and _has_place(field, before)):
                continue
            if isinstance(field, TableField):
                found.append(_table(section.id, section.title, field, now, before))
                continue
            new_text = results.get(field.id, "") or _plain(field, now)
            html = _alone(field, now, new_text)
            changed = False
            if before is not None:
                old_text = old_results.get(field.id, "") or _plain(field, before)
                changed = old_text != new_text
                html = _compared(field, now, before, old_text, new_text) if changed else html
            found.append(
                ShownField(
                    field.id,
                    field.label,
                    section.id,
                    section.title,
                    "text" if html else "empty",
                    html=html,
                    changed=changed,
                    criteria=field.criteria,
                    retired=field.retired,
                )
            )
    return found


def _has_place(field: FieldBase, source: Answers) -> bool:
    if not field.retired:
        return True
    return fields.is_shown(field, source.answers, fields.calculated(source.worksheet, source.answers))


def _plain(field: FieldBase, source: Answers) -> str:
    return fields.display(field, source.answers.get(field.id))


def _alone(field: FieldBase, source: Answers, text: str) -> Markup:
    if field.type == "long_text" and source.rendered.get(field.id):
        return Markup(source.rendered[field.id])  # noqa: S704  # cleaned when it was frozen
    return _lines(text)


def _lines(text: str) -> Markup:
    return Markup("<p>{}</p>").format(Markup("<br>").join(text.splitlines())) if text else Markup("")


def _compared(field: FieldBase, now: Answers, before: Answers, old: str, new: str) -> Markup:
    if field.type == "long_text":
        old_html = before.rendered.get(field.id) or _lines(old)
        return diff.long_text(old_html, now.rendered.get(field.id) or _lines(new))
    return Markup("<p>{}</p>").format(diff.lines(old, new))


def _table(
    section_id: str, section_title: str, field: TableField, now: Answers, before: Answers | None
) -> ShownField:
    new_rows = _cells(field, now)
    keys = [column.key for column in field.columns]
    old_rows = _cells(field, before) if before else new_rows
    rows = diff.rows(old_rows, new_rows, keys)
    total = fields.table_total(field, now.answers.get(field.id)) if field.total else None
    return ShownField(
        field.id,
        field.label,
        section_id,
        section_title,
        "table" if rows else "empty",
        html=escape(f"Total {scalars.format_number(total, 'currency')}") if total is not None else Markup(""),
        columns=tuple(column.label for column in field.columns),
        rows=tuple(rows),
        changed=before is not None and any(row.mark for row in rows),
        criteria=field.criteria,
        retired=field.retired,
    )


def _cells(field: TableField, source: Answers) -> list[dict[str, str]]:
    """Rows with every cell as people read it. A column the older worksheet did not have is empty there."""
    kinds = {column.key: scalars.Kind.of(column) for column in field.columns}
    rows = fields.filled_rows(field, source.answers.get(field.id))
    return [
        {"id": row["id"]} | {key: scalars.show(kind, row[key]) for key, kind in kinds.items()} for row in rows
    ]


def _results(source: Answers) -> dict[str, str]:
    """Calculated fields as lines of text: 'Break-even: 23 sessions a month'."""
    found = {}
    for field_id, results in fields.calculated(source.worksheet, source.answers).items():
        found[field_id] = "\n".join(f"{one.label}: {one.text or one.missing}" for one in results.values())
    return found
