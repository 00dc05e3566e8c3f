"""What publishing would change: which modules, lessons and worksheets, and whether only the text or the structure."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.curriculum.schema import Module, Program, SelfAssessment, structure_hash

# Parts of a program whose entries are named one by one.
_TOLD_APART = ("modules", "pages", "sources", "glossary", "assessment")
_PARTS = {"lessons": "lesson", "documents": "document", "samples": "sample"}
_WHOLE = (
    "worksheet", "rubric", "checks", "lessons", "media", "documents", "samples", "number", "opening_html",
)  # fmt: skip


def differences(old: Program, new: Program) -> list[str]:
    """One line per thing that differs, in the order of the program; empty if nothing does."""
    lines = list(_program_lines(old, new))
    before, after = {m.slug: m for m in old.modules}, {m.slug: m for m in new.modules}
    for slug in [*after, *(slug for slug in before if slug not in after)]:
        if slug not in before:
            lines.append(f"module {after[slug].number} {slug}: new")
        elif slug not in after:
            lines.append(f"module {before[slug].number} {slug}: removed")
        else:
            lines += [
                f"module {after[slug].number} {slug}: {line}"
                for line in _module_lines(before[slug], after[slug])
            ]
    return lines


def _program_lines(old: Program, new: Program) -> Iterator[str]:
    for name in type(new).model_fields:
        if name not in _TOLD_APART and getattr(old, name) != getattr(new, name):
            yield f"program: “{name}” changed"
    yield from _named("page", {p.slug: p.body for p in old.pages}, {p.slug: p.body for p in new.pages})
    yield from _named("source", old.sources, new.sources)
    yield from _named("term", {t.slug: t for t in old.glossary}, {t.slug: t for t in new.glossary})
    yield from _assessment_lines(old.assessment, new.assessment)


def _assessment_lines(old: SelfAssessment | None, new: SelfAssessment | None) -> Iterator[str]:
    if old is None or new is None:
        if old is not new:
            yield "assessment: new" if new else "assessment: removed"
        return
    if old.structure_hash() != new.structure_hash():
        yield "assessment: STRUCTURE changed (new answers are no longer compared with those given so far)"
    for name in type(new).model_fields:
        if name != "reasons" and getattr(old, name) != getattr(new, name):
            yield f"assessment: “{name}” changed"
    before, after = ({one.reason: (one.name, one.action) for one in each.reasons} for each in (old, new))
    yield from (f"assessment {line}" for line in _named("reason", before, after))
    before_each, after_each = ({one.key: one.text for one in each.statements()} for each in (old, new))
    yield from (f"assessment {line}" for line in _named("statement", before_each, after_each))


def _module_lines(old: Module, new: Module) -> Iterator[str]:
    for name in type(new).model_fields:
        if name not in _WHOLE and getattr(old, name) != getattr(new, name):
            yield f"“{name}” changed"
    if old.number != new.number:
        yield f"was module {old.number}"
    for name, word in _PARTS.items():
        before, after = getattr(old, name), getattr(new, name)
        yield from _named(word, {o.slug: _source(o) for o in before}, {o.slug: _source(o) for o in after})
    yield from _named("file", {m.name: m.sha256 for m in old.media}, {m.name: m.sha256 for m in new.media})
    yield from _worksheet_lines(old, new)
    if old.checks != new.checks:
        yield "in-practice checks changed"


def _worksheet_lines(old: Module, new: Module) -> Iterator[str]:
    if old.worksheet is None or new.worksheet is None:
        if old.worksheet is not new.worksheet:
            yield "worksheet: new" if new.worksheet else "worksheet: removed"
        return
    if structure_hash(old.worksheet, old.rubric) != structure_hash(new.worksheet, new.rubric):
        yield "worksheet and rubric: STRUCTURE changed (answers and marks depend on it)"
        before = {field.id: field.structure() for field in old.worksheet.fields()}
        after = {field.id: field.structure() for field in new.worksheet.fields()}
        yield from (f"worksheet {line}" for line in _named("field", before, after))
    elif old.worksheet != new.worksheet or old.rubric != new.rubric:
        yield "worksheet or rubric: text only"


def _named(word: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in [*new, *(name for name in old if name not in new)]:
        if name not in old:
            yield f"{word} {name}: new"
        elif name not in new:
            yield f"{word} {name}: removed"
        elif old[name] != new[name]:
            yield f"{word} {name}: changed"


def _source(part: Any) -> dict[str, Any]:
    """A part without what was rendered from it."""
    return {name: value for name, value in part.model_dump().items() if not name.endswith("html")}
