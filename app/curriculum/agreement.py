"""What the files of a curriculum say about each other: dates, keys, promises, modules that need each other."""

from collections.abc import Iterator
from difflib import get_close_matches

from app.curriculum import (
    assessment_checks,
    care_words_check,
    glossary_check,
    references,
    samples,
    shown_answers,
    texts,
)
from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.loaded import Loaded, LoadedModule, LoadedProgram, LoadedText, ProgramFile
from app.curriculum.module_types import ModuleFacts
from app.curriculum.schema import HomePageFacts
from app.curriculum.unique import once, twice
from app.lib import times

Head = LoadedText[ModuleFacts]


def check(folder: Folder, program: LoadedProgram) -> None:
    """Report every reference that leads nowhere, every key used twice, and every promise nobody keeps."""
    if program.head:
        _check_program(folder, program.head)
    _check_front(folder, program)
    known = Known(program)
    if program.glossary:
        glossary_check.check(folder, program.glossary, known)
    if program.wording:
        care_words_check.check(folder, program.wording, known)
    for module in program.modules:
        _check_module(folder, module)
        if module.worksheet:
            references.check(folder, module, module.worksheet)
        samples.check(folder, module)
        shown_answers.check(folder, module, known)
    heads = {module.slug: module.head for module in program.modules}
    for slug, head in heads.items():
        if head and program.head:
            _check_days(folder, head, program.head.value.weeks)
        if head:
            _check_needs(folder, slug, head, heads)
    texts.check(folder, program)
    assessment_checks.check(folder, program)
    _check_unique(folder, program)


def _check_program(folder: Folder, head: Loaded[ProgramFile]) -> None:
    facts = head.value
    for name, path in _time_zones(facts):
        if not times.is_zone(name):
            sentence = f"“{name}” is not a time zone; write one like America/New_York."
            folder.problem(head.file, head.line(*path), sentence)
    twice(folder, head, ((call.key, ("calls", n, "key")) for n, call in enumerate(facts.calls)), "call")
    plans = enumerate(facts.weeks_plan)
    twice(folder, head, ((str(plan.week), ("weeks_plan", n, "week")) for n, plan in plans), "week")
    asked = enumerate(facts.application)
    twice(folder, head, ((one.key, ("application", n, "key")) for n, one in asked), "question")
    for number, one in enumerate(facts.application):
        if len(one.options) == 1:
            sentence = (
                f"the question “{one.key}” needs at least two options, or none to be answered in words."
            )
            folder.problem(head.file, head.line("application", number, "options"), sentence)
    weeks = [(call.week, ("calls", n, "week")) for n, call in enumerate(facts.calls)]
    weeks += [(plan.week, ("weeks_plan", n, "week")) for n, plan in enumerate(facts.weeks_plan)]
    for week, where in weeks:
        if week > facts.weeks:
            sentence = f"week {week} is after the last week, {facts.weeks}."
            folder.problem(head.file, head.line(*where), sentence)


def _time_zones(facts: ProgramFile) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    yield facts.time_zone, ("time_zone",)
    for number, name in enumerate(facts.also_shown_in):
        yield name, ("also_shown_in", number)


def _check_front(folder: Folder, program: LoadedProgram) -> None:
    """The drawing of the front page shows no more modules than there are."""
    home = program.pages.get("home")
    art = home.value.facts.art if home and isinstance(home.value, HomePageFacts) else None
    if home is None or art is None or program.head is None:
        return
    modules = len(program.head.value.modules)
    if len(art.states) > modules:
        sentence = f"“states” names {len(art.states)} states, but there are {modules} modules."
        folder.problem(home.file, home.line("facts", "art", "states"), sentence)
    if art.module > modules:
        folder.problem(
            home.file, home.line("facts", "art", "module"), f"there is no module {art.module} to open."
        )


def _check_unique(folder: Folder, program: LoadedProgram) -> None:
    heads = [module.head for module in program.modules if module.head]
    once(folder, ((one.value.reason_slug, one.file, one.line("reason_slug")) for one in heads), "reason_slug")
    sheets = program.worksheets()
    once(folder, ((sheet.value.key, sheet.file, sheet.line("key")) for sheet in sheets), "worksheet key")


# --- one module --------------------------------------------------------------------------------------------------


def _check_module(folder: Folder, module: LoadedModule) -> None:
    if module.rubric:
        criteria = enumerate(module.rubric.value.criteria)
        twice(folder, module.rubric, ((c.key, ("criteria", n, "key")) for n, c in criteria), "criterion")
    if module.checks:
        days = enumerate(module.checks.value.checks)
        twice(folder, module.checks, ((str(c.day), ("checks", n, "day")) for n, c in days), "day")
    if module.head:
        promised = enumerate(module.head.value.documents_promised)
        titles = ((title, ("documents_promised", n)) for n, title in promised)
        twice(folder, module.head, titles, "promised document")
        _check_promises(folder, module, module.head)
    _check_criteria_used(folder, module)


def _check_promises(folder: Folder, module: LoadedModule, head: Head) -> None:
    """Every document has its place in the manual, and every promise its document once the module can be built."""
    promised = {title.casefold(): n for n, title in enumerate(head.value.documents_promised)}
    written = {document.value.title.casefold() for document in module.documents.values()}
    for document in module.documents.values():
        title = document.value.title
        if not module.has_worksheet:
            sentence = "there is a document but no worksheet.yaml whose answers would fill it."
            folder.problem(document.file, 1, sentence)
        elif title.casefold() not in promised:
            sentence = (
                f"“{title}” is not among the documents_promised of module.md; add it there or remove it."
            )
            folder.problem(document.file, document.line("title"), sentence)
    unread = any(problem.file == f"{module.folder}/documents" for problem in folder.problems)
    # One that cannot be read may be the one promised.
    complete = not unread and len(module.documents) == module.documents_found
    for key, number in promised.items() if module.has_worksheet and complete else ():
        if key not in written:
            title = head.value.documents_promised[number]
            sentence = f"“{title}” is promised, but no file in documents/ has this title."
            folder.problem(head.file, head.line("documents_promised", number), sentence)


def _check_criteria_used(folder: Folder, module: LoadedModule) -> None:
    if not module.rubric or not module.worksheet:
        return
    used = {key for field in module.worksheet.value.fields() for key in field.criteria}
    for number, criterion in enumerate(module.rubric.value.criteria):
        if criterion.key not in used:
            sentence = f"no field of the worksheet names “{criterion.key}” among its criteria; name it, or remove it."
            folder.problem(module.rubric.file, module.rubric.line("criteria", number, "key"), sentence)


# --- modules among each other ------------------------------------------------------------------------------------


def _check_days(folder: Folder, head: Head, weeks: int) -> None:
    facts = head.value
    if facts.due_day < facts.opens_day:
        folder.problem(head.file, head.line("due_day"), "the work is due before the module opens.")
    if facts.closes_day is not None and facts.closes_day <= facts.due_day:
        sentence = "“closes_day” is the day of the last version; it must come after “due_day”."
        folder.problem(head.file, head.line("closes_day"), sentence)
    for name in ("opens_day", "due_day", "closes_day"):
        day = getattr(facts, name)
        if day is not None and day >= weeks * 7:
            sentence = f"day {day} is after the program, whose last day is {weeks * 7 - 1} ({weeks} weeks from day 0)."
            folder.problem(head.file, head.line(name), sentence)


def _check_needs(folder: Folder, slug: str, head: Head, heads: dict[str, Head | None]) -> None:
    for name in ("needs", "pairs_with"):
        named = getattr(head.value, name)
        twice(folder, head, ((other, (name, n)) for n, other in enumerate(named)), "module")
        for number, other in enumerate(named):
            if wrong := _need_problem(name, slug, other, head, heads):
                folder.problem(head.file, head.line(name, number), wrong)


def _need_problem(name: str, slug: str, other: str, head: Head, heads: dict[str, Head | None]) -> str | None:
    """Why a module cannot need, or stand beside, this other one."""
    if other not in heads:
        close = get_close_matches(other, heads, n=1, cutoff=0.6)
        advice = f"did you mean {close[0]}?" if close else f"the modules are {', '.join(heads)}."
        return f"there is no module “{other}”; {advice}"
    if other == slug:
        return "a module cannot name itself here."
    found = heads[other]
    if found is None or name == "pairs_with":
        return None
    if other in head.value.pairs_with or slug in found.value.pairs_with:
        return f"“{other}” is a pair with this module; that says it all, so take it out of “needs”."
    if found.value.opens_day > head.value.opens_day:
        return f"“{other}” opens later, on day {found.value.opens_day}; what a module needs comes before it."
    circle = next(_circles(slug, other, heads), None)
    return f"the modules need each other in a circle: {' → '.join(circle)}." if circle else None


def _circles(slug: str, other: str, heads: dict[str, Head | None]) -> Iterator[list[str]]:
    """The ways from `other` back to `slug` by what each needs; where the days differ, that is said already."""
    left, seen = [[slug, other]], {other}
    while left:
        way = left.pop()
        if way[-1] == slug:
            yield way
            continue
        head = heads.get(way[-1])
        for step in head.value.needs if head else ():
            if step not in seen and _same_day(head, heads.get(step)):
                seen.add(step)
                left.append([*way, step])


def _same_day(one: Head | None, other: Head | None) -> bool:
    return bool(one and other and one.value.opens_day == other.value.opens_day)
