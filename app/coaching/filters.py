"""What a coach narrows the queue to. Kept in the address; what stands in it and means nothing is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

from app.cohorts.models import Cohort
from app.curriculum.queries import program_of
from app.curriculum.schema import Module

ROUNDS = {"first": "First rounds", "later": "Later rounds", "third": "Third rounds and later"}
FLAGS = {
    "critical": "Safety-critical modules",
    "quiet": "People who had gone quiet",
    "today": "Promised today, or late",
    "late": "Promise missed",
}
WHOSE = {"mine": "Open with me", "nobody": "Open with nobody"}
STEPS = {"": (1, 2, 3), "first": (1,), "later": (2, 3), "third": (3,)}


class Cell(NamedTuple):
    """How many rounds of one kind wait, as the counters say."""

    cohort_id: int
    module_slug: str
    step: int
    is_quiet: bool
    waiting: int
    words: int


class Option(NamedTuple):
    value: str
    label: str
    waiting: int | None  # how many wait in all; None where nobody counts them
    is_chosen: bool


class Choice(NamedTuple):
    """One select of the form."""

    name: str
    label: str
    every: str  # the word for no choice
    options: list[Option]


@dataclass(frozen=True)
class Filters:
    cohort: str = ""
    module: str = ""
    round: str = ""
    flag: str = ""
    whose: str = ""

    @property
    def args(self) -> dict[str, str]:
        """As they stand in an address."""
        return {one.name: value for one in fields(self) if (value := getattr(self, one.name))}

    @property
    def are_counted(self) -> bool:
        """Whether the counters know how many rounds there are: they know neither the hour nor who is reading."""
        return not self.whose and self.flag in ("", "critical", "quiet")

    @property
    def by_cell(self) -> bool:
        """Whether these tell one cell of a cohort from another."""
        return bool(self.module or self.round or self.flag in ("critical", "quiet"))


def read(args: Mapping[str, str], cohorts: Sequence[Cohort]) -> Filters:
    """The filters of an address, as far as they mean something in these cohorts."""

    def known(name: str, values: Iterable[str]) -> str:
        given = args.get(name, "")
        return given if given in values else ""

    return Filters(
        cohort=known("cohort", [one.slug for one in cohorts]),
        module=known("module", [one.slug for one in _modules(cohorts)]),
        round=known("round", ROUNDS),
        flag=known("flag", FLAGS),
        whose=known("whose", WHOSE),
    )


def matching(filters: Filters, cohorts: Sequence[Cohort], cells: Iterable[Cell]) -> list[Cell]:
    """The cells in which a row that passes may be found."""
    wanted = {one.id for one in cohorts if filters.cohort in ("", one.slug)}
    critical = _critical(cohorts) if filters.flag == "critical" else frozenset()
    return [
        cell
        for cell in cells
        if cell.cohort_id in wanted
        and filters.module in ("", cell.module_slug)
        and cell.step in STEPS[filters.round]
        and (filters.flag != "quiet" or cell.is_quiet)
        and (filters.flag != "critical" or (cell.cohort_id, cell.module_slug) in critical)
    ]


def choices(filters: Filters, cohorts: Sequence[Cohort], cells: Iterable[Cell]) -> list[Choice]:
    """The selects of the form, each option with how many wait in all."""
    counts = _counts(cells, _critical(cohorts))
    found = [
        Choice("module", "Module", "Every module", [
            Option(one.slug, f"{one.number} {one.chapter}", counts["module", one.slug], one.slug == filters.module)
            for one in _modules(cohorts)
        ]),
        Choice("round", "Round", "Every round", _fixed("round", ROUNDS, filters.round, counts)),
        Choice("flag", "Flag", "With or without", _fixed("flag", FLAGS, filters.flag, counts)),
        Choice("whose", "Open with", "Anybody or nobody", _fixed("", WHOSE, filters.whose, counts)),
    ]  # fmt: skip
    if len(cohorts) > 1:
        options = [
            Option(one.slug, one.title, counts["cohort", str(one.id)], one.slug == filters.cohort)
            for one in cohorts
        ]
        found.insert(0, Choice("cohort", "Cohort", "Every cohort", options))
    return found


def _fixed(
    name: str, labels: Mapping[str, str], chosen: str, counts: Counter[tuple[str, str]]
) -> list[Option]:
    counted = name and name != "flag"
    return [
        Option(
            value,
            label,
            counts[name, value] if counted or value in ("critical", "quiet") else None,
            value == chosen,
        )
        for value, label in labels.items()
    ]


def _counts(cells: Iterable[Cell], critical: frozenset[tuple[int, str]]) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for cell in cells:
        found["cohort", str(cell.cohort_id)] += cell.waiting
        found["module", cell.module_slug] += cell.waiting
        found["round", "first" if cell.step == 1 else "later"] += cell.waiting
        found["round", "third"] += cell.waiting * (cell.step == 3)
        found["flag", "quiet"] += cell.waiting * cell.is_quiet
        found["flag", "critical"] += cell.waiting * ((cell.cohort_id, cell.module_slug) in critical)
    return found


def _modules(cohorts: Sequence[Cohort]) -> list[Module]:
    """The modules with work to send, of the newest cohort that has them, by number."""
    found = {
        one.slug: one
        for release_id in dict.fromkeys(cohort.release_id for cohort in cohorts)
        for one in program_of(release_id).modules
        if one.worksheet is not None
    }
    return sorted(found.values(), key=lambda one: one.number)


def _critical(cohorts: Sequence[Cohort]) -> frozenset[tuple[int, str]]:
    """(cohort, module) of every module with a criterion that alone decides."""
    return frozenset(
        (cohort.id, one.slug)
        for cohort in cohorts
        for one in program_of(cohort.release_id).modules
        if one.critical
    )
