"""What the kept tallies come to: promises kept, median turnaround, agreement of two coaches. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from app.coursework.rules import TURNAROUND

ENOUGH = 10  # pairs: below this a kappa would say nothing
Pair = tuple[str, str]  # the level of the first coach, of the second
LEVELS = ("not_yet", "meets", "exceeds")  # from the lowest


class Column(NamedTuple):
    """How many answers took so long: longer than the column before allows, at most as long as `words` says."""

    label: str  # '36 h', '2 d', '14+'
    words: str
    answered: int
    height: int  # of the drawing, in percent of the highest column
    holds_median: bool


@dataclass
class Sum:
    """Answers in force. `within` counts them by the bound of their turnaround in hours; 0 is beyond the last."""

    answered: int = 0
    on_time: int = 0
    within: Counter[int] = field(default_factory=Counter)

    def add(self, hours: int, answered: int, on_time: int) -> None:
        self.answered += answered
        self.on_time += on_time
        self.within[hours] += answered

    @property
    def share(self) -> int:
        """Promises kept, in whole percent: 100 only when every one was."""
        if not self.answered:
            return 0
        found = round(100 * self.on_time / self.answered)
        return 99 if found == 100 and self.on_time < self.answered else found

    @property
    def median(self) -> int | None:
        """The bound in hours within which half of the answers came; 0 beyond the last bound, None without answers."""
        return median(self.within)

    @property
    def median_words(self) -> str:
        return span(self.median)

    @property
    def median_share(self) -> int:
        """The median on a scale whose end is a week, in percent: the length of its bar."""
        found = self.median
        return 0 if found is None else min(100, round(100 * (found or WEEK) / WEEK))

    @property
    def columns(self) -> list[Column]:
        """How long answers took, the quickest first; empty columns are there too. Without answers: none."""
        highest, middle = max(self.within.values(), default=0), self.median
        return [
            Column(
                label(hours),
                span(hours),
                self.within[hours],
                -(-100 * self.within[hours] // highest),
                hours == middle,
            )
            for hours in ((*TURNAROUND, 0) if highest else ())
        ]


WEEK = 168  # hours


def median(within: Mapping[int, int]) -> int | None:
    """The smallest bound that holds half of what was counted (the lower middle one of an even number)."""
    total = sum(within.values())
    if not total:
        return None
    seen = 0
    for bound in (*TURNAROUND, 0):
        seen += within.get(bound, 0)
        if 2 * seen >= total:
            return bound
    return 0


def span(hours: int | None) -> str:
    """'within 4 hours', 'within 2 days', 'more than 14 days'."""
    if hours is None:
        return "no answer yet"
    if not hours:
        return f"more than {TURNAROUND[-1] // 24} days"
    if hours <= 36 and hours != 24:
        return f"within {hours} hours"
    days = hours // 24
    return "within a day" if days == 1 else f"within {days} days"


def label(hours: int) -> str:
    """The bound in a column's width: '8 h', '2 d' (with a narrow space), and '14+' beyond the last."""
    if not hours:
        return f"{TURNAROUND[-1] // 24}+"
    return f"{hours}\u202fh" if hours % 24 else f"{hours // 24}\u202fd"


@dataclass(frozen=True)
class Agreement:
    """How two coaches marked the same rounds on one criterion."""

    pairs: int
    same: int
    near: int  # one level apart; the rest are two apart
    kappa: float | None  # only from `ENOUGH` pairs on

    @property
    def share(self) -> int:
        return round(100 * self.same / self.pairs) if self.pairs else 0

    @property
    def share_within_one(self) -> int:
        """The same level or the next one, in whole percent: how far the two parts of the bar reach together."""
        return round(100 * (self.same + self.near) / self.pairs) if self.pairs else 0


def agreement(counted: Mapping[Pair, int]) -> Agreement:
    """Exact agreement, and Cohen's kappa where there are enough pairs."""
    total = sum(counted.values())
    apart: Counter[int] = Counter()
    for (first, second), number in counted.items():
        apart[abs(LEVELS.index(first) - LEVELS.index(second))] += number
    return Agreement(total, apart[0], apart[1], kappa(counted) if total >= ENOUGH else None)


def kappa(counted: Mapping[Pair, int]) -> float | None:
    """Agreement beyond chance: (po - pe) / (1 - pe), po the share of equal pairs, pe the one expected by chance.

    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1),
    1960, pp. 37-46. None where it is not defined: no pairs, or both gave everything the same level.
    """
    total = sum(counted.values())
    if not total:
        return None
    first, second = _margins(counted, 0), _margins(counted, 1)
    observed = sum(number for (one, other), number in counted.items() if one == other) / total
    expected = sum(first[level] * second[level] for level in first) / total**2
    return None if expected >= 1 else (observed - expected) / (1 - expected)


def _margins(counted: Mapping[Pair, int], side: int) -> Counter[str]:
    found: Counter[str] = Counter()
    for pair, number in counted.items():
        found[pair[side]] += number
    return found


def together(sums: Iterable[Sum]) -> Sum:
    """All of them as one."""
    whole = Sum()
    for one in sums:
        whole.answered += one.answered
        whole.on_time += one.on_time
        whole.within += one.within
    return whole
