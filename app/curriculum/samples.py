"""Checks that the filled-in samples fit their worksheet: a sample teaches, so it must be right in every field."""

import re
from typing import Any

from app.curriculum.field_types import Field, FileField, GroupField, TableField
from app.curriculum.fields import clean, missing
from app.curriculum.folder import Folder
from app.curriculum.loaded import Loaded, LoadedModule
from app.curriculum.module_types import SampleFacts
from app.curriculum.schema import Worksheet

_ROW = re.compile(r"Row ([0-9]{1,6})[,:] ")


def check(folder: Folder, module: LoadedModule) -> None:
    """The answers are held against the worksheet; their values only where nothing is wrong with the worksheet."""
    for sample in module.samples.values():
        if module.worksheet:
            is_sure = all(problem.file != module.worksheet.file for problem in folder.problems)
            _check_sample(folder, sample, module.worksheet.value, is_sure)
        elif not module.has_worksheet:
            folder.problem(sample.file, 1, "there is a sample but no worksheet it could fill in.")


def _check_sample(folder: Folder, sample: Loaded[SampleFacts], sheet: Worksheet, is_sure: bool) -> None:
    answers = sample.value.answers
    for field_id, answer in answers.items():
        field = sheet.field(field_id)
        line = sample.line("answers", field_id)
        if field is None:
            folder.problem(sample.file, line, f"the worksheet has no field {field_id}.")
        elif not field.takes_answer:
            why = "calculated" if field.type == "calculated" else "only shown"
            folder.problem(sample.file, line, f"{field_id} is {why}; leave it out of the answers.")
        elif shape := _shape_problem(field, answer):
            folder.problem(sample.file, line, f"the answer to {field_id} {shape}")
        elif is_sure:
            _check_answer(folder, sample, field, answer)
    if sample.value.kind == "good":
        for field in sheet.fields():
            if field.required and field.id not in answers and field.takes_answer:
                sentence = f"a good sample is complete, but {field.id} ({field.label}) is missing."
                folder.problem(sample.file, sample.line("answers"), sentence)


def _check_answer(folder: Folder, sample: Loaded[SampleFacts], field: Field, answer: Any) -> None:
    """A weak sample may lack things, and only its good sister must be complete; both must be readable."""
    _value, problems = clean(field, answer)
    sentences = missing(field, answer) if sample.value.kind == "good" else problems
    for sentence in sentences:
        line = sample.line("answers", field.id, *_row(sentence, answer))
        folder.problem(sample.file, line, f"{field.id}: {sentence}")


def _row(sentence: str, answer: Any) -> list[int]:
    """The index of the row a sentence speaks of, if it does; blank rows are not numbered."""
    found = _ROW.match(sentence)
    if not found or not isinstance(answer, list):
        return []
    filled = [index for index, row in enumerate(answer) if any(row[key] for key in row if key != "id")]
    return filled[int(found[1]) - 1 : int(found[1])]


def _shape_problem(field: Field, answer: Any) -> str | None:
    match field:
        case TableField():
            known = [column.key for column in field.columns]
            if not isinstance(answer, list) or not all(isinstance(row, dict) for row in answer):
                return "must be a list of rows, each with its columns."
            unknown = [key for row in answer for key in row if key not in (*known, "id")]
            flat = all(value is None or isinstance(value, str) for row in answer for value in row.values())
        case GroupField():
            known = [part.key for part in field.parts]
            if not isinstance(answer, dict):
                return f"must have its parts: {', '.join(known)}."
            unknown = [key for key in answer if key not in known]
            flat = all(value is None or isinstance(value, str) for value in answer.values())
        case FileField():
            known = ["deidentified", *(["text"] if field.or_text else [])]
            if not isinstance(answer, dict):
                return f"must be written as {' and '.join(known)}; a sample has no files."
            unknown = [key for key in answer if key not in known]
            flat = all(value is None or isinstance(value, str) for value in answer.values())
        case _ if field.type in ("multi_choice", "checklist"):
            good = isinstance(answer, list) and all(isinstance(key, str) for key in answer)
            return None if good else "must be a list of keys in [ ]."
        case _:
            return None if isinstance(answer, str) else "must be a text; put it in quotes."
    if unknown:
        return f"names “{unknown[0]}”, which does not exist; there is {', '.join(known)}."
    return None if flat else "holds a list where a text should be; put the text in quotes."
