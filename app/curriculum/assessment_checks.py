"""What the parts of assessment.yaml say about each other and about the modules, and where that does not add up."""

from collections.abc import Sequence
from typing import Any

from app.curriculum.assessment_types import Band, Reading, SelfAssessment
from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded, LoadedProgram
from app.curriculum.unique import twice

File = Loaded[SelfAssessment]


def check(folder: Folder, program: LoadedProgram) -> None:
    """Report every mistake in assessment.yaml, where there is one that can be read."""
    file = program.assessment
    if file is None:
        return
    _check_reasons(folder, file, program)
    _check_scale(folder, file)
    _check_safety(folder, file)
    _check_tie_order(folder, file)
    _check_bands(folder, file, "bands", file.value.bands, "a reason scores", file.value.reason_range)
    _check_bands(folder, file, "readings", file.value.readings, "the total is", file.value.total_range)
    if file.value.lowest > len(file.value.reasons):
        _say(folder, file, ("lowest",), f"there are only {len(file.value.reasons)} reasons to list.")


def _check_reasons(folder: Folder, file: File, program: LoadedProgram) -> None:
    reasons = file.value.reasons
    twice(folder, file, ((r.reason, ("reasons", n, "reason")) for n, r in enumerate(reasons)), "reason")
    keys = (
        (statement.key, ("reasons", n, "statements", s, "key"))
        for n, reason in enumerate(reasons)
        for s, statement in enumerate(reason.statements)
    )
    twice(folder, file, keys, "statement")
    first = len(reasons[0].statements)
    for number, reason in enumerate(reasons):
        count = len(reason.statements)
        if count != first:
            sentence = f"“{reason.reason}” has {count}, the first reason {first}"
            _say(
                folder, file, ("reasons", number, "statements"), f"{sentence}; give each as many statements."
            )
    heads = [module.head for module in program.modules if module.head]
    if program.head is None or len(heads) < len(program.head.value.modules):
        return  # which reasons there are is not known yet
    known = [head.value.reason_slug for head in heads]
    for number, reason in enumerate(reasons):
        if reason.reason not in known:
            sentence = f"no module has the reason_slug “{reason.reason}”; there is {', '.join(known)}."
            _say(folder, file, ("reasons", number, "reason"), sentence)


def _check_scale(folder: Folder, file: File) -> None:
    values = [answer.value for answer in file.value.scale]
    for number in range(1, len(values)):
        if values[number] <= values[number - 1]:
            sentence = (
                f"{values[number]} stands after {values[number - 1]}; write the scale from the least up."
            )
            _say(folder, file, ("scale", number, "value"), sentence)


def _check_safety(folder: Folder, file: File) -> None:
    safety, values = file.value.safety, [answer.value for answer in file.value.scale]
    twice(
        folder,
        file,
        ((s.statement, ("safety", n, "statement")) for n, s in enumerate(safety)),
        "safety statement",
    )
    for number, one in enumerate(safety):
        if file.value.statement(one.statement) is None:
            _say(folder, file, ("safety", number, "statement"), f"there is no statement “{one.statement}”.")
        if not min(values) <= one.at_most < max(values):
            sentence = (
                f"“at_most” is {one.at_most}; from {min(values)} to {max(values) - 1} it says something."
            )
            _say(folder, file, ("safety", number, "at_most"), sentence)


def _check_tie_order(folder: Folder, file: File) -> None:
    order, reasons = file.value.tie_order, [reason.reason for reason in file.value.reasons]
    twice(folder, file, ((slug, ("tie_order", n)) for n, slug in enumerate(order)), "reason")
    for number, slug in enumerate(order):
        if slug not in reasons:
            _say(folder, file, ("tie_order", number), f"“{slug}” is none of the reasons above.")
    for slug in reasons:
        if slug not in order:
            _say(folder, file, ("tie_order",), f"“tie_order” lacks “{slug}”; every reason needs its place.")


def _check_bands(
    folder: Folder, file: File, name: str, bands: Sequence[Band | Reading], what: str, span: tuple[int, int]
) -> None:
    """From the least to the most that can be scored, each number in exactly one band."""
    expected = span[0]
    for number, band in enumerate(bands):
        if band.most < band.least:
            _say(
                folder,
                file,
                (name, number, "most"),
                f"“most” ({band.most}) is less than “least” ({band.least}).",
            )
        if band.least > expected:
            gap = _numbers(expected, band.least - 1)
            _say(
                folder,
                file,
                (name, number, "least"),
                f"nothing is said when {what} {gap}; begin at {expected}.",
            )
        elif band.least < expected:
            start = f"this begins at {band.least}, but the scores that are left begin at {expected}."
            _say(folder, file, (name, number, "least"), start)
        expected = max(expected, band.most + 1)
    if expected <= span[1]:
        gap = _numbers(expected, span[1])
        _say(
            folder,
            file,
            (name, len(bands) - 1, "most"),
            f"nothing is said when {what} {gap}; end at {span[1]}.",
        )
    elif expected > span[1] + 1:
        sentence = f"this ends at {expected - 1}, but the most is {span[1]}."
        _say(folder, file, (name, len(bands) - 1, "most"), sentence)


def _numbers(first: int, last: int) -> str:
    return str(first) if first == last else f"{first} to {last}"


def _say(folder: Folder, file: File, path: tuple[Any, ...], sentence: str) -> None:
    folder.problem(file.file, file.line(*path), sentence)
