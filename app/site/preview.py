"""The curriculum's folder as it is now, read and prepared for pages; nothing of it is published or stored.

The same for METI on the server and for an author at home (`curriculum preview`), who has neither account nor database.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from threading import Lock
from typing import Any

from app.accounts.models import User
from app.cohorts import rules as cohort_rules
from app.cohorts.models import Cohort, Enrollment
from app.cohorts.rules import ModuleDates
from app.coursework import forms
from app.coursework.models import Draft, System
from app.coursework.queries import Sheet
from app.coursework.sheet import Page
from app.curriculum.folder import MAX_FILES
from app.curriculum.problems import CurriculumErrors, Problem
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Module, Program, Sample
from app.lib import times


@dataclass(frozen=True)
class Preview:
    """What the folder holds: a program, or everything that is wrong with it."""

    mark: str  # equal while no file changed
    program: Program | None
    problems: tuple[Problem, ...] = ()


_kept: dict[Path, Preview] = {}  # the last folder that was read, and only that one
_reading = Lock()


def preview_of(folder: Path) -> Preview:
    """The folder as it is at this moment; read and rendered, half a second, once for each change of any file in it."""
    with _reading:
        mark = folder_mark(folder)
        kept = _kept.get(folder)
        if kept is None or kept.mark != mark:
            kept = _read(folder, mark)
            _kept.clear()
            _kept[folder] = kept
        return kept


def _read(folder: Path, mark: str) -> Preview:
    try:
        return Preview(mark, rendered(read(folder)))
    except CurriculumErrors as errors:
        return Preview(mark, None, tuple(errors.problems))


def folder_mark(folder: Path) -> str:
    """SHA-256 over the name, size and time of every file below the folder; at most as many as are ever read."""
    told = hashlib.sha256()
    for number, (name, size, changed) in enumerate(sorted(_files(folder, folder))):
        if number > MAX_FILES:
            break
        told.update(f"{name}\x1f{size}\x1f{changed}\x1e".encode("utf-8", "surrogateescape"))
    return told.hexdigest()


def _files(folder: Path, root: Path) -> Iterator[tuple[str, int, int]]:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files(Path(entry.path), root)
            continue
        try:
            found = entry.stat()
        except OSError:  # a link that leads nowhere, or a file that is gone by now
            continue
        yield os.path.relpath(entry.path, root), found.st_size, found.st_mtime_ns


# --- what pages need besides ------------------------------------------------------------------------------------


def first_day(program: Program, now: datetime) -> date:
    """The next Saturday: when a cohort that is not there would begin, so that a page can show dates."""
    today = times.local_date(now, program.time_zone)
    return today + timedelta(days=(5 - today.weekday()) % 7)


def dates_of(program: Program, module: Module, now: datetime) -> ModuleDates:
    """The dates of a module in that cohort."""
    return cohort_rules.module_dates(
        first_day(program, now),
        0,
        program.time_zone,
        module.opens_day,
        module.due_day,
        program.release_time,
        program.due_time,
    )


def sample_of(module: Module, slug: str) -> Sample | None:
    return next((one for one in module.samples if one.slug == slug), None)


def worksheet_page(program: Program, module: Module, sample: Sample | None, now: datetime) -> Page:
    """The worksheet as a participant would see it, empty or with a sample in it. Of nobody: never stored."""
    assert module.worksheet is not None
    cohort = Cohort(time_zone=program.time_zone, holidays=[], status="running")
    enrollment = Enrollment(
        status="active", cohort=cohort, extensions={}, user=User(name="", time_zone=program.time_zone)
    )
    system = System(enrollment=enrollment, status="drafting", round=0, withheld=[])
    answers: dict[str, Any] = sample.answers if sample else {}
    sheet = Sheet(
        system=system,
        draft=Draft(answers=answers, self_rating={}, sending={}, version=1, saved_at=now),
        program=program,
        module=module,
        worksheet=module.worksheet,
        rubric=module.rubric,
        release_id=0,
        dates=dates_of(program, module, now),
        rounds=[],
    )
    return Page(sheet, forms.stored(module.worksheet, module.rubric, answers, {}, {}), now)
