"""The answers of a frozen round as blocks to show: alone, or compared with the round before. Pure.

Receipt, review and the participant's page of a round all read their fields from here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup, escape

from app.coursework.anchors import FieldText
from app.curriculum import fields, scalars
from app.curriculum.schema import FieldBase, FileField, Sample, TableField, Worksheet
from app.files.rules import size_words, type_name
from app.lib import diff
from app.lib.text_blocks import blocks

# what says in a draft how its text will look: headings, list items, quotes, emphasis
_MARKDOWN = re.compile(r"^[ \t]*(?:#{1,6}|[-*+>]|\d{1,3}[.)])[ \t]+|\*{1,2}|`", re.MULTILINE)

SAMPLES = 60  # kept ready in each process
NOTHING = Markup("")


@dataclass(frozen=True)
class Reference:
    """An answer of another module as it stood: `state` is 'accepted', 'draft', 'empty' or 'not begun'.

    `at` is when it was accepted or saved (UTC). `href` leads the participant there; a round does not keep it.
    """

    field_id: str
    label: str
    module: str  # 'Module 2, Practice focus plan'
    state: str
    html: Markup = NOTHING
    at: datetime | None = None
    round: int | None = None
    href: str = ""

    def kept(self) -> dict[str, Any]:
        """What a round keeps of it, as JSON."""
        return {
            "field_id": self.field_id,
            "label": self.label,
            "module": self.module,
            "state": self.state,
            "html": str(self.html),
            "at": self.at.isoformat() if self.at else None,
            "round": self.round,
        }

    @classmethod
    def of_round(cls, kept: Mapping[str, Any]) -> Reference:
        at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
        html = Markup(kept["html"])  # noqa: S704 - rendered by us when the round was sent
        return cls(kept["field_id"], kept["label"], kept["module"], kept["state"], html, at, kept["round"])


@dataclass(frozen=True)
class Answers:
    """One round as it was frozen, with the worksheet it was written on."""

    worksheet: Worksheet
    answers: Mapping[str, Any]
    rendered: Mapping[str, str]  # field id → cleaned HTML of long text
    references: Mapping[str, Reference] = field(default_factory=dict)  # field id → what was shown with it
    withheld: Mapping[str, str] = field(
        default_factory=dict
    )  # field id ('' for all of it) → the sentence in its place


@dataclass(frozen=True)
class ShownFile:
    """One file of an answer; `mark` is 'added' or 'removed' since the round before, or ''."""

    id: int
    name: str
    about: str  # 'PDF, 120 KB'
    sha256: str
    at: datetime  # when it came, UTC
    mark: str = ""


@dataclass(frozen=True)
class ShownField:
    """One field. `kind`: 'text' has html, 'table' columns and rows, 'file' files and perhaps html, 'reference' only
    what it refers to, 'empty' nothing."""

    id: str
    label: str
    section_id: str
    section_title: str
    kind: str
    html: Markup = NOTHING
    columns: tuple[str, ...] = ()
    rows: tuple[diff.RowChange, ...] = ()
    files: tuple[ShownFile, ...] = ()
    reference: Reference | None = None
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
    if "" in now.withheld:
        return [_withheld(now)]
    results = _results(now)
    old_results = _results(before) if before else {}
    found = []
    for section in now.worksheet.sections:
        for one in section.fields:
            if one.id in now.withheld and one.type != "file":
                bare = ShownField(one.id, one.label, section.id, section.title, "text", retired=one.retired)
                found.append(replace(bare, html=lines(now.withheld[one.id]), criteria=one.criteria))
                continue
            if not _has_place(one, now) and not (before and _has_place(one, before)):
                continue
            reference = now.references.get(one.id)
            bare = ShownField(one.id, one.label, section.id, section.title, "empty", reference=reference)
            bare = replace(bare, criteria=one.criteria, retired=one.retired)
            match one:
                case TableField():
                    found.append(_table(bare, one, now, before))
                case FileField():
                    found.append(_files(bare, one, now, before))
                case _ if one.type == "reference":
                    found.append(_reference(bare, before))
                case _:
                    found.append(_text(bare, one, now, before, results, old_results))
    return found


def text_of(one: FieldBase, source: Answers) -> FieldText:
    """An answer as the plain text that comments are anchored in: the same of a draft and of the round it becomes."""
    if isinstance(one, TableField):
        keys = [column.key for column in one.columns]
        rows = {row["id"]: " ".join(row[key] for key in keys if row[key]) for row in _cells(one, source)}
        return FieldText(" ".join(rows.values()), rows)
    if html := source.rendered.get(one.id):
        return FieldText(" ".join(block.text for block in blocks(html)))
    if one.type == "calculated":
        return FieldText(_results(source).get(one.id, ""))
    plain = _plain(one, source)
    return FieldText(_MARKDOWN.sub("", plain) if one.type == "long_text" else plain)


def _withheld(now: Answers) -> ShownField:
    """A round of which nothing is shown, as one block that says why."""
    section = now.worksheet.sections[0]
    return ShownField("all", now.worksheet.title, section.id, section.title, "text", lines(now.withheld[""]))


def _has_place(field: FieldBase, source: Answers) -> bool:
    if not field.retired:
        return True
    return fields.is_shown(field, source.answers, fields.calculated(source.worksheet, source.answers))


def shown_files(answer: Any, mark: str = "") -> tuple[ShownFile, ...]:
    """The files of a stored answer, in its order."""
    return tuple(_shown_file(one, mark) for one in fields.files_of(answer))


_samples: dict[int, tuple[Sample, list[ShownField]]] = {}


def sample_fields(worksheet: Worksheet, sample: Sample) -> list[ShownField]:
    """The answers of a sample as blocks to show; samples never change, so each process renders one once.

    The sample is kept beside its blocks, so that its identity, which is the key, is given to no other meanwhile.
    """
    if id(sample) not in _samples:
        while len(_samples) >= SAMPLES:
            _samples.pop(next(iter(_samples)), None)
        written = fields.rendered(worksheet, sample.answers)
        _samples[id(sample)] = sample, shown(Answers(worksheet, sample.answers, written))
    return _samples[id(sample)][1]


# --- one field ---------------------------------------------------------------------------------------------------


def _text(
    bare: ShownField,
    one: FieldBase,
    now: Answers,
    before: Answers | None,
    results: Mapping[str, str],
    old_results: Mapping[str, str],
) -> ShownField:
    new_text = results.get(one.id, "") or _plain(one, now)
    html = _alone(one, now, new_text)
    changed = False
    if before is not None:
        old_text = old_results.get(one.id, "") or _plain(one, before)
        changed = old_text != new_text
        html = _compared(one, now, before, old_text, new_text) if changed else html
    return replace(bare, kind="text" if html else "empty", html=html, changed=changed)


def _plain(one: FieldBase, source: Answers) -> str:
    """The answer as text; of an answer with files its text alone."""
    answer = source.answers.get(one.id)
    return fields.long_text(one, answer) if one.type == "file" else fields.display(one, answer)


def _alone(one: FieldBase, source: Answers, text: str) -> Markup:
    if source.rendered.get(one.id):
        return Markup(source.rendered[one.id])  # noqa: S704  # cleaned when it was frozen
    return lines(text)


def lines(text: str) -> Markup:
    """Plain text as one paragraph, its lines kept."""
    return Markup("<p>{}</p>").format(Markup("<br>").join(text.splitlines())) if text else Markup("")


def _compared(one: FieldBase, now: Answers, before: Answers, old: str, new: str) -> Markup:
    if one.id in now.rendered or one.id in before.rendered:
        old_html = before.rendered.get(one.id) or lines(old)
        return diff.long_text(old_html, now.rendered.get(one.id) or lines(new))
    return Markup("<p>{}</p>").format(diff.lines(old, new))


def _files(bare: ShownField, one: FileField, now: Answers, before: Answers | None) -> ShownField:
    found = _text(bare, one, now, before, {}, {})
    files = shown_files(now.answers.get(one.id))
    if before is not None:
        old = shown_files(before.answers.get(one.id))
        known, kept = ({(file.name, file.sha256) for file in some} for some in (old, files))
        files = tuple(
            file if (file.name, file.sha256) in known else replace(file, mark="added") for file in files
        ) + tuple(replace(file, mark="removed") for file in old if (file.name, file.sha256) not in kept)
    changed = found.changed or any(file.mark for file in files)
    if one.id in now.withheld:
        found = replace(found, kind="text", html=found.html + lines(now.withheld[one.id]))
    return replace(found, kind="file" if files else found.kind, files=files, changed=changed)


def _shown_file(one: fields.FileFacts, mark: str) -> ShownFile:
    about = f"{type_name(one['type'])}, {size_words(one['size'])}"
    return ShownFile(one["id"], one["name"], about, one["sha256"], datetime.fromisoformat(one["at"]), mark)


def _reference(bare: ShownField, before: Answers | None) -> ShownField:
    old = before.references.get(bare.id) if before else None
    changed = before is not None and (old.html if old else NOTHING) != (bare.reference or _NONE).html
    return replace(bare, kind="reference" if bare.reference else "empty", changed=changed)


_NONE = Reference("", "", "", "empty")


def _table(bare: ShownField, one: TableField, now: Answers, before: Answers | None) -> ShownField:
    new_rows = _cells(one, now)
    keys = [column.key for column in one.columns]
    old_rows = _cells(one, before) if before else new_rows
    rows = diff.rows(old_rows, new_rows, keys)
    total = fields.table_total(one, now.answers.get(one.id)) if one.total else None
    return replace(
        bare,
        kind="table" if rows else "empty",
        html=escape(f"Total {scalars.format_number(total, 'currency')}") if total is not None else NOTHING,
        columns=tuple(column.label for column in one.columns),
        rows=tuple(rows),
        changed=before is not None and any(row.mark for row in rows),
    )


def _cells(one: TableField, source: Answers) -> list[dict[str, str]]:
    """Rows with every cell as people read it. A column the older worksheet did not have is empty there."""
    kinds = {column.key: scalars.Kind.of(column) for column in one.columns}
    rows = fields.filled_rows(one, source.answers.get(one.id))
    return [
        {"id": row["id"]} | {key: scalars.show(kind, row[key]) for key, kind in kinds.items()} for row in rows
    ]


def _results(source: Answers) -> dict[str, str]:
    """Calculated fields as lines of text: 'Break-even: 23 sessions a month'."""
    found = {}
    for field_id, results in fields.calculated(source.worksheet, source.answers).items():
        found[field_id] = "\n".join(f"{one.label}: {one.text or one.missing}" for one in results.values())
    return found
