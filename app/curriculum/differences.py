"""What one version of the program changes against another, as values: the command line and the staff's page draw them.

The structure of an assignment (what answers and marks depend on) and its wording are told apart: who is at work is
touched by the first and only reads the second.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.curriculum.schema import Criterion, Field, Module, Program, SelfAssessment, Strict, structure_hash

_PARTS = {"lessons": "lesson", "documents": "document", "samples": "sample"}
# Parts of a program whose entries are named one by one.
_TOLD_APART = ("modules", "pages", "sources", "glossary", "assessment")
_WHOLE = (
    "worksheet", "rubric", "checks", "lessons", "media", "documents", "samples", "number", "slug",
)  # fmt: skip
_DATES = ("opens_day", "due_day", "review_days", "release_time", "due_time", "weeks")
_ASSIGNMENT = ("worksheet", "section", "field", "criterion")
_NAMES = {
    "opens_day": "opening day",
    "due_day": "due day",
    "review_days": "days until the review",
    "release_time": "opening hour",
    "due_time": "due hour",
}
_SAID = {
    "text": "text",
    "task": "task changed",
    "schedule": "dates changed",
    "new": "new",
    "removed": "removed",
    "vanished": "vanished",
}


@dataclass(frozen=True)
class Wording:
    """One text that differs: which of a part's texts it is, and how it reads in both; '' where there is none."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Difference:
    """One part that differs.

    `part`: program, page, source, module, lesson, document, sample, checks, worksheet, section, field or criterion.
    `kind`: text, schedule, task (answers or marks depend on it), new, removed, or vanished: an id that answers or
    marks may stand under. `number` and `slug` are the module's; the program itself has none.
    """

    part: str
    kind: str
    name: str = ""  # its slug, id or key
    title: str = ""
    number: int | None = None
    slug: str = ""
    wordings: tuple[Wording, ...] = ()

    @property
    def is_task(self) -> bool:
        """Whether it changes the structure of an assignment."""
        return self.part in _ASSIGNMENT and self.kind != "text"

    @property
    def said(self) -> str:
        """Its kind in words."""
        return _SAID[self.kind]

    @property
    def what(self) -> str:
        """'field 1.A.2 (Ingredients)', 'lesson weigh-it', 'opening day'."""
        if self.part in ("program", "module"):  # one of its facts
            return _NAMES.get(self.name, self.name.replace("_", " "))
        name = f"{self.part} {self.name}".strip()
        return f"{name} ({self.title})" if self.title and self.part in ("field", "criterion") else name

    def __str__(self) -> str:
        """The line of the command line."""
        where = f"module {self.number} {self.slug}" if self.slug else "program"
        if not self.slug and self.part != "program":
            return f"{self.what}: {self.said}"
        days = "; ".join(f"{one.old} → {one.new}" for one in self.wordings if self.kind == "schedule")
        return ": ".join(one for one in (where, self.what, self.said, days) if one)


def differences(old: Program, new: Program) -> list[Difference]:
    """Everything that differs, in the order of the new program; what is gone comes last."""
    found = list(_program(old, new))
    before, after = {m.slug: m for m in old.modules}, {m.slug: m for m in new.modules}
    for slug, module in after.items():
        if slug in before:
            found += _module(before[slug], module)
        else:
            found.append(_in(module, "module", "new", title=module.title))
    gone = (module for slug, module in before.items() if slug not in after)
    return found + [_in(module, "module", "removed", title=module.title) for module in gone]


def _in(module: Module, part: str, kind: str, **more: Any) -> Difference:
    return Difference(part, kind, number=module.number, slug=module.slug, **more)


def _program(old: Program, new: Program) -> Iterator[Difference]:
    yield from _facts("program", old, new, _TOLD_APART, Difference)
    yield from _named("page", {p.slug: p for p in old.pages}, {p.slug: p for p in new.pages}, Difference)
    yield from _named("source", old.sources, new.sources, Difference)
    yield from _named(
        "term", {t.slug: t for t in old.glossary}, {t.slug: t for t in new.glossary}, Difference
    )
    yield from _assessment(old.assessment, new.assessment)


def _assessment(old: SelfAssessment | None, new: SelfAssessment | None) -> Iterator[Difference]:
    if old is None or new is None:
        if old is not new:
            yield Difference("assessment", "new" if new else "removed")
        return
    if old.structure_hash() != new.structure_hash():
        why = "new answers are no longer compared with those given so far"
        yield Difference("assessment", "task", name=why)
    if wordings := _wordings(old, new):
        yield Difference("assessment", "text", wordings=wordings)


def _module(old: Module, new: Module) -> Iterator[Difference]:
    def make(part: str, kind: str, **more: Any) -> Difference:
        return _in(new, part, kind, **more)

    yield from _facts("module", old, new, _WHOLE, make)
    if old.number != new.number:
        yield make(
            "module",
            "schedule",
            name="number",
            wordings=(Wording("number", str(old.number), str(new.number)),),
        )
    for name, word in _PARTS.items():
        before = {one.slug: one for one in getattr(old, name)}
        yield from _named(word, before, {one.slug: one for one in getattr(new, name)}, make)
    yield from _named("file", {m.name: m for m in old.media}, {m.name: m for m in new.media}, make)
    yield from _assignment(old, new, make)
    if old.checks != new.checks:
        yield make("checks", "text", wordings=_wordings(old.checks, new.checks))


Make = Callable[..., Difference]


def _facts(part: str, old: Strict, new: Strict, besides: Iterable[str], make: Make) -> Iterator[Difference]:
    """The plain facts of a program or module, one by one."""
    for name in type(new).model_fields:
        before, after = getattr(old, name), getattr(new, name)
        if name in besides or name.endswith("html") or before == after:
            continue
        kind = "schedule" if name in _DATES else "text"
        yield make(part, kind, name=name, wordings=_wordings({name: before}, {name: after}))


def _named(part: str, old: Mapping[str, Any], new: Mapping[str, Any], make: Make) -> Iterator[Difference]:
    """Parts that have a name of their own: new ones, changed ones, then those that are gone."""
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield make(part, "new", name=name, title=_title(after))
        elif before != after and (wordings := _wordings(before, after)):
            yield make(part, "text", name=name, title=_title(after), wordings=wordings)
    yield from (
        make(part, "removed", name=name, title=_title(one)) for name, one in old.items() if name not in new
    )


def _title(part: Any) -> str:
    return str(getattr(part, "title", None) or getattr(part, "label", None) or "")


# --- worksheet and rubric ---------------------------------------------------------------------------------------


def _assignment(old: Module, new: Module, make: Make) -> Iterator[Difference]:
    if old.worksheet is None or new.worksheet is None:
        sheet = new.worksheet or old.worksheet
        if sheet:
            kind = "new" if new.worksheet else "vanished"
            yield make("worksheet", kind, name=sheet.key, title=sheet.title)
        return
    found = [*_worksheet(old, new, make), *_structured("field", _fields(old), _fields(new), make)]
    found += _structured("criterion", _criteria(old), _criteria(new), make)
    if _structure(old) != _structure(new) and not any(one.is_task for one in found):
        found.append(make("worksheet", "task", name="order of fields and criteria"))
    yield from found


def _structure(module: Module) -> str:
    assert module.worksheet is not None
    return structure_hash(module.worksheet, module.rubric)


def _worksheet(old: Module, new: Module, make: Make) -> Iterator[Difference]:
    """The worksheet's own words and those of its sections; what is in the sections is compared field by field."""
    before, after = old.worksheet, new.worksheet
    if before is None or after is None:
        return
    if before.key != after.key:
        yield make("worksheet", "vanished", name=before.key, title=before.title)
    heads = [{"title": one.title, "intro": one.intro} for one in (before, after)]
    if wordings := _wordings(*heads):
        yield make("worksheet", "text", name=after.key, title=after.title, wordings=wordings)
    old_sections, new_sections = ({s.id: s for s in one.sections} for one in (before, after))
    for name, section in new_sections.items():
        was = old_sections.get(name)
        if was is None:
            yield make("section", "new", name=name, title=section.title)
        elif wordings := _wordings(*(one.model_dump(exclude={"fields"}) for one in (was, section))):
            yield make("section", "text", name=name, title=section.title, wordings=wordings)
    gone = [one for name, one in old_sections.items() if name not in new_sections]
    yield from (make("section", "removed", name=one.id, title=one.title) for one in gone)


def _fields(module: Module) -> dict[str, Field]:
    return {field.id: field for field in module.worksheet.fields()} if module.worksheet else {}


def _criteria(module: Module) -> dict[str, Criterion]:
    return {one.key: one for one in module.rubric.criteria} if module.rubric else {}


def _structured(
    part: str, old: Mapping[str, Any], new: Mapping[str, Any], make: Make
) -> Iterator[Difference]:
    """Like `_named`, for ids that answers or marks stand under."""
    for name, after in new.items():
        before = old.get(name)
        if before is None:
            yield make(part, "new", name=name, title=_title(after))
        elif before != after:
            kind = "text" if before.structure() == after.structure() else "task"
            yield make(part, kind, name=name, title=_title(after), wordings=_wordings(before, after))
    yield from (
        make(part, "vanished", name=name, title=_title(one)) for name, one in old.items() if name not in new
    )


# --- texts ------------------------------------------------------------------------------------------------------


def _wordings(old: Any, new: Any) -> tuple[Wording, ...]:
    """Every single text that differs, by its way through the part: 'label', 'options gym label'."""
    before, after = dict(_texts(old)), dict(_texts(new))
    names = dict.fromkeys([*after, *before])
    return tuple(
        Wording(name, before.get(name, ""), after.get(name, ""))
        for name in names
        if before.get(name, "") != after.get(name, "")
    )


def _texts(part: Any, way: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """What was rendered from a text is left out, and so is what says nothing."""
    if isinstance(part, Strict):
        part = part.model_dump()
    if isinstance(part, Mapping):
        for name, value in part.items():
            if not str(name).endswith("html"):
                yield from _texts(value, (*way, str(name)))
    elif isinstance(part, list | tuple):
        for index, value in enumerate(part, start=1):
            yield from _texts(value, (*way, _own_name(value) or str(index)))
    elif part is not None and part is not False and part != "":
        yield " ".join(way), str(part)


def _own_name(value: Any) -> str:
    """How an item of a list is known: by its key, id or slug, wherever it stands."""
    if isinstance(value, Strict):
        value = value.model_dump()
    known = value if isinstance(value, Mapping) else {}
    return str(next((known[name] for name in ("key", "id", "slug") if known.get(name)), ""))
