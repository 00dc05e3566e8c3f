"""What the files of a curriculum say about each other: ids, keys, formulas, placeholders, sources."""

from collections.abc import Iterable, Iterator
from typing import Any
from zoneinfo import ZoneInfo

from app.curriculum import samples, texts
from app.curriculum.expressions import Call, ExpressionError, Reference, calls, parse
from app.curriculum.expressions import references as references_of
from app.curriculum.field_types import (
    CalculatedField,
    ChecklistField,
    ChoiceField,
    Column,
    Field,
    GroupField,
    MultiChoiceField,
    NumberField,
    TableField,
)
from app.curriculum.folder import Folder
from app.curriculum.loaded import Known, Loaded, LoadedModule, LoadedProgram, ProgramFile
from app.curriculum.scalars import NUMERIC
from app.curriculum.schema import Worksheet


def check(folder: Folder, program: LoadedProgram) -> None:
    """Report every reference that leads nowhere and every key that is used twice."""
    if program.head:
        _check_program(folder, program.head)
    known = Known(program)
    for module in program.modules:
        _check_module(folder, module)
        texts.check_module(folder, module, known)
        samples.check(folder, module)
    texts.check_pages(folder, program, known)
    _check_unique(folder, program)


def _check_program(folder: Folder, head: Loaded[ProgramFile]) -> None:
    try:
        ZoneInfo(head.value.time_zone)
    except (OSError, ValueError, KeyError):  # ZoneInfoNotFoundError is a KeyError
        sentence = f"“{head.value.time_zone}” is not a time zone; write one like America/New_York."
        folder.problem(head.file, head.line("time_zone"), sentence)
    _twice(folder, head, ((call.key, ("calls", n, "key")) for n, call in enumerate(head.value.calls)), "call")
    _twice(
        folder,
        head,
        ((str(p.week), ("weeks_plan", n, "week")) for n, p in enumerate(head.value.weeks_plan)),
        "week",
    )
    weeks = [(call.week, ("calls", n, "week")) for n, call in enumerate(head.value.calls)]
    weeks += [(plan.week, ("weeks_plan", n, "week")) for n, plan in enumerate(head.value.weeks_plan)]
    for week, path in weeks:
        if week > head.value.weeks:
            folder.problem(
                head.file, head.line(*path), f"week {week} is after the last week, {head.value.weeks}."
            )


def _check_unique(folder: Folder, program: LoadedProgram) -> None:
    heads = [module.head for module in program.modules if module.head]
    _once(
        folder, ((one.value.reason_slug, one.file, one.line("reason_slug")) for one in heads), "reason_slug"
    )
    sheets = program.worksheets()
    _once(folder, ((sheet.value.key, sheet.file, sheet.line("key")) for sheet in sheets), "worksheet key")


def _check_module(folder: Folder, module: LoadedModule) -> None:
    head = module.head
    if head and head.value.due_day < head.value.opens_day:
        folder.problem(head.file, head.line("due_day"), "the work is due before the module opens.")
    if module.rubric:
        criteria = [(c.key, ("criteria", n, "key")) for n, c in enumerate(module.rubric.value.criteria)]
        _twice(folder, module.rubric, criteria, "criterion")
    if module.checks:
        days = [(str(c.day), ("checks", n, "day")) for n, c in enumerate(module.checks.value.checks)]
        _twice(folder, module.checks, days, "day")
    if module.worksheet:
        _check_worksheet(folder, module, module.worksheet)


def _check_worksheet(folder: Folder, module: LoadedModule, sheet: Loaded[Worksheet]) -> None:
    sections = sheet.value.sections
    _twice(folder, sheet, ((s.id, ("sections", n, "id")) for n, s in enumerate(sections)), "section")
    places = list(_places(sheet.value))
    _twice(folder, sheet, ((field.id, (*path, "id")) for _, field, path in places), "field")
    earlier: set[str] = set()
    for section_id, field, path in places:
        start = f"{module.number}.{section_id}."
        if not field.id.startswith(start):
            sentence = (
                f"the field “{field.id}” stands in section {section_id}; its id must begin with {start}"
            )
            folder.problem(sheet.file, sheet.line(*path, "id"), f"{sentence} like {start}1.")
        if field.retired and field.required:
            sentence = "a retired field is not asked any more, so it cannot be required; take “required” out."
            folder.problem(sheet.file, sheet.line(*path, "required"), sentence)
        _check_field(folder, sheet, field, path)
        _check_criteria(folder, module, sheet, field, path)
        if isinstance(field, CalculatedField):
            _check_results(folder, sheet, field, path, earlier)


def _places(sheet: Worksheet) -> Iterator[tuple[str, Field, tuple[str | int, ...]]]:
    for s, section in enumerate(sheet.sections):
        for f, field in enumerate(section.fields):
            yield section.id, field, ("sections", s, "fields", f)


def _check_criteria(
    folder: Folder, module: LoadedModule, sheet: Loaded[Worksheet], field: Field, path: tuple[str | int, ...]
) -> None:
    if not module.rubric:
        return
    known = [criterion.key for criterion in module.rubric.value.criteria]
    for number, key in enumerate(field.criteria):
        if key not in known:
            sentence = f"there is no criterion “{key}” in rubric.yaml; the criteria are {', '.join(known)}."
            folder.problem(sheet.file, sheet.line(*path, "criteria", number), sentence)


def _check_field(folder: Folder, sheet: Loaded[Worksheet], field: Field, path: tuple[str | int, ...]) -> None:
    match field:
        case ChoiceField() | MultiChoiceField():
            _twice(
                folder,
                sheet,
                ((o.key, (*path, "options", n, "key")) for n, o in enumerate(field.options)),
                "option",
            )
        case ChecklistField():
            _twice(
                folder,
                sheet,
                ((o.key, (*path, "items", n, "key")) for n, o in enumerate(field.items)),
                "item",
            )
        case GroupField():
            _twice(
                folder,
                sheet,
                ((p.key, (*path, "parts", n, "key")) for n, p in enumerate(field.parts)),
                "part",
            )
            for number, part in enumerate(field.parts):
                _check_limits(folder, sheet, part.min, part.max, (*path, "parts", number))
        case NumberField():
            _check_limits(folder, sheet, field.min, field.max, path)
        case TableField():
            _check_table(folder, sheet, field, path)


def _check_limits(
    folder: Folder, sheet: Loaded[Worksheet], least: object, most: object, path: tuple[str | int, ...]
) -> None:
    if least is not None and most is not None and least > most:  # type: ignore[operator]
        folder.problem(sheet.file, sheet.line(*path, "max"), f"“max” ({most}) is less than “min” ({least}).")


def _check_table(
    folder: Folder, sheet: Loaded[Worksheet], field: TableField, path: tuple[str | int, ...]
) -> None:
    columns = field.columns
    _twice(folder, sheet, ((c.key, (*path, "columns", n, "key")) for n, c in enumerate(columns)), "column")
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


def _check_column(
    folder: Folder, sheet: Loaded[Worksheet], column: Column, path: tuple[str | int, ...]
) -> None:
    if column.key in ("id", "total"):
        sentence = f"a column cannot be called “{column.key}”; the word is taken. Choose another key."
        folder.problem(sheet.file, sheet.line(*path, "key"), sentence)
    if column.type == "choice" and len(column.options) < 2:
        folder.problem(
            sheet.file, sheet.line(*path), f"the choice “{column.key}” needs at least two options."
        )
    if column.type != "choice" and column.options:
        sentence = f"only a column of type choice has options; “{column.key}” is {column.type}."
        folder.problem(sheet.file, sheet.line(*path, "options"), sentence)
    _twice(
        folder, sheet, ((o.key, (*path, "options", n, "key")) for n, o in enumerate(column.options)), "option"
    )


# --- formulas ----------------------------------------------------------------------------------------------------


def _check_results(
    folder: Folder,
    sheet: Loaded[Worksheet],
    field: CalculatedField,
    path: tuple[str | int, ...],
    earlier: set[str],
) -> None:
    _twice(
        folder, sheet, ((r.key, (*path, "results", n, "key")) for n, r in enumerate(field.results)), "result"
    )
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
                wrong = wrong or (None if field.retired else _retired_problem(sheet.value, reference))
                if wrong:
                    folder.problem(sheet.file, line, f"in the expression of “{result.key}”: {wrong}")
        earlier.add(f"{field.id}.{result.key}")


def _retired_problem(sheet: Worksheet, reference: Reference) -> str | None:
    field = sheet.field(reference.field)
    if field is None or not field.retired:
        return None
    return f"{reference} is retired, so nobody fills it in any more; retire this result too, or write it without."


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


# --- keys used twice ---------------------------------------------------------------------------------------------


def _twice(
    folder: Folder,
    loaded: Loaded[Any],
    keys: Iterable[tuple[str, tuple[str | int, ...]]],
    what: str,
) -> None:
    _once(folder, ((key, loaded.file, loaded.line(*path)) for key, path in keys), what)


def _once(folder: Folder, keys: Iterable[tuple[str, str, int]], what: str) -> None:
    first: dict[str, tuple[str, int]] = {}
    for key, file, line in keys:
        if key in first:
            where = f"in line {first[key][1]}" if first[key][0] == file else f"in {first[key][0]}"
            folder.problem(file, line, f"the {what} “{key}” is used twice; the first is {where}.")
        else:
            first[key] = (file, line)
