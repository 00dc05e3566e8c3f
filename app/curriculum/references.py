"""What the parts of a worksheet say about each other: ids, keys, limits, criteria, formulas."""

from collections.abc import Iterable, Iterator
from typing import Any

from app.curriculum.expressions import Call, ExpressionError, Reference, calls, parse
from app.curriculum.expressions import references as references_of
from app.curriculum.field_types import (
    CalculatedField,
    Column,
    Field,
    FileField,
    GroupField,
    NumberField,
    Part,
    TableField,
)
from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded, LoadedModule
from app.curriculum.scalars import NUMERIC, count_words
from app.curriculum.schema import Worksheet
from app.curriculum.unique import twice

GUIDANCE_WORDS = 30
# The lists inside a field whose entries have keys, and what one entry is called.
LISTS = {"options": "option", "items": "item", "columns": "column", "parts": "part", "results": "result"}
Path = tuple[str | int, ...]


def check(folder: Folder, module: LoadedModule, sheet: Loaded[Worksheet]) -> None:
    """Report every id, key, limit and formula of a worksheet that does not fit the rest of it."""
    sections = sheet.value.sections
    twice(folder, sheet, ((s.id, ("sections", n, "id")) for n, s in enumerate(sections)), "section")
    places = list(_places(sheet.value))
    twice(folder, sheet, ((field.id, (*path, "id")) for _, field, path in places), "field")
    earlier: set[str] = set()
    for section_id, field, path in places:
        start = f"{module.number}.{section_id}."
        if not field.id.startswith(start):
            sentence = (
                f"the field “{field.id}” stands in section {section_id}; its id must begin with {start}"
            )
            folder.problem(sheet.file, sheet.line(*path, "id"), f"{sentence} like {start}1.")
        _check_field(folder, sheet, field, path)
        _check_criteria(folder, module, sheet, field, path)
        if isinstance(field, CalculatedField):
            _check_results(folder, sheet, field, path, earlier)


def _places(sheet: Worksheet) -> Iterator[tuple[str, Field, Path]]:
    for s, section in enumerate(sheet.sections):
        for f, field in enumerate(section.fields):
            yield section.id, field, ("sections", s, "fields", f)


def _check_criteria(
    folder: Folder, module: LoadedModule, sheet: Loaded[Worksheet], field: Field, path: Path
) -> None:
    if not module.rubric:
        return
    known = [criterion.key for criterion in module.rubric.value.criteria]
    for number, key in enumerate(field.criteria):
        if key not in known:
            sentence = f"there is no criterion “{key}” in rubric.yaml; the criteria are {', '.join(known)}."
            folder.problem(sheet.file, sheet.line(*path, "criteria", number), sentence)


def _check_field(folder: Folder, sheet: Loaded[Worksheet], field: Field, path: Path) -> None:
    _check_lists(folder, sheet, field, path)
    match field:
        case GroupField():
            for number, part in enumerate(field.parts):
                _check_limits(folder, sheet, part.min, part.max, (*path, "parts", number))
                _check_options(folder, sheet, part, "part", (*path, "parts", number))
        case NumberField():
            _check_limits(folder, sheet, field.min, field.max, path)
        case FileField():
            twice(
                folder, sheet, ((kind, (*path, "accept", n)) for n, kind in enumerate(field.accept)), "type"
            )
        case TableField():
            _check_table(folder, sheet, field, path)


def _check_lists(folder: Folder, sheet: Loaded[Worksheet], owner: Any, path: Path) -> None:
    """What a field, column or part is made of: each with a key and a label of its own, and short guidance."""
    words = count_words(getattr(owner, "guidance", None) or "")
    if words > GUIDANCE_WORDS:
        sentence = (
            f"“guidance” has {words} words; say it in {GUIDANCE_WORDS}, or move the rest into a lesson."
        )
        folder.problem(sheet.file, sheet.line(*path, "guidance"), sentence)
    for name, what in LISTS.items():
        # a reference names the columns it shows by their keys alone
        entries = [pair for pair in enumerate(getattr(owner, name, ())) if not isinstance(pair[1], str)]
        twice(folder, sheet, ((one.key, (*path, name, n, "key")) for n, one in entries), what)
        labels = ((one.label, (*path, name, n, "label")) for n, one in entries)
        twice(folder, sheet, labels, f"{what} label")
        for number, one in entries:
            _check_lists(folder, sheet, one, (*path, name, number))


def _check_limits(folder: Folder, sheet: Loaded[Worksheet], least: object, most: object, path: Path) -> None:
    if least is not None and most is not None and least > most:  # type: ignore[operator]
        folder.problem(sheet.file, sheet.line(*path, "max"), f"“max” ({most}) is less than “min” ({least}).")


def _check_table(folder: Folder, sheet: Loaded[Worksheet], field: TableField, path: Path) -> None:
    columns = field.columns
    for number, column in enumerate(columns):
        _check_column(folder, sheet, column, (*path, "columns", number))
    if field.max_rows is not None and field.max_rows < field.min_rows:
        sentence = f"“max_rows” ({field.max_rows}) is less than “min_rows” ({field.min_rows})."
        folder.problem(sheet.file, sheet.line(*path, "max_rows"), sentence)
    if field.total is not None:
        total = field.column(field.total)
        if total is None or total.type not in NUMERIC:
            sentence = f"“total” is “{field.total}”; it must be the key of a column with numbers."
            folder.problem(sheet.file, sheet.line(*path, "total"), sentence)


def _check_column(folder: Folder, sheet: Loaded[Worksheet], column: Column, path: Path) -> None:
    if column.key in ("id", "total"):
        sentence = f"a column cannot be called “{column.key}”; the word is taken. Choose another key."
        folder.problem(sheet.file, sheet.line(*path, "key"), sentence)
    _check_options(folder, sheet, column, "column", path)


def _check_options(
    folder: Folder, sheet: Loaded[Worksheet], spec: Column | Part, what: str, path: Path
) -> None:
    if spec.type == "choice" and len(spec.options) < 2:
        folder.problem(sheet.file, sheet.line(*path), f"the choice “{spec.key}” needs at least two options.")
    if spec.type != "choice" and spec.options:
        sentence = f"only a {what} of type choice has options; “{spec.key}” is {spec.type}."
        folder.problem(sheet.file, sheet.line(*path, "options"), sentence)


# --- formulas ----------------------------------------------------------------------------------------------------


def _check_results(
    folder: Folder,
    sheet: Loaded[Worksheet],
    field: CalculatedField,
    path: Path,
    earlier: set[str],
) -> None:
    for number, result in enumerate(field.results):
        line = sheet.line(*path, "results", number, "expression")
        try:
            tree = parse(result.expression)
        except ExpressionError as error:
            folder.problem(sheet.file, line, f"in the expression of “{result.key}”: {error}.")
        else:
            functions = _functions_around(calls(tree))
            for reference in references_of(tree):
                wrong = reference_problem(sheet.value, reference, functions.get(reference), earlier)
                if wrong:
                    folder.problem(sheet.file, line, f"in the expression of “{result.key}”: {wrong}")
        earlier.add(f"{field.id}.{result.key}")


def _functions_around(found: Iterable[Call]) -> dict[Reference, str]:
    """The function each reference stands directly in."""
    return {one: call.function for call in found for one in call.arguments if isinstance(one, Reference)}


def reference_problem(
    sheet: Worksheet, reference: Reference, function: str | None, earlier: set[str]
) -> str | None:
    """Why an expression cannot use this reference, as a sentence, or None."""
    field, member = sheet.field(reference.field), reference.member
    match field:
        case None:
            return f"{reference} leads nowhere; this worksheet has no field {reference.field}."
        case NumberField():
            return f"{reference} leads nowhere; write {{{field.id}}}." if member else None
        case GroupField():
            part = field.part(member or "")
            if not part:
                return f"{reference} leads nowhere; the parts are {', '.join(p.key for p in field.parts)}."
            return None if part.type in NUMERIC else f"{reference} is not a number."
        case TableField():
            return _column_problem(field, reference, function)
        case CalculatedField():
            known = f"{field.id}.{member}" in earlier
            return None if known else f"{reference} is not a result worked out before this one."
    return f"{reference} is a {field.type}, not a number."


def _column_problem(field: TableField, reference: Reference, function: str | None) -> str | None:
    if reference.member is None:
        return (
            None
            if function == "count"
            else f"{reference} is a whole table; name a column, like {{{field.id}.{field.columns[0].key}}}."
        )
    column = field.column(reference.member)
    if not column:
        return f"{reference} leads nowhere; the columns are {', '.join(c.key for c in field.columns)}."
    if column.type not in NUMERIC and function != "count":
        return f"{reference} is not a column of numbers."
    if function not in ("sum", "count", "min", "max"):
        return f"{reference} is many numbers; write sum({reference})."
    return None
