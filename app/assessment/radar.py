"""The radar of a result as numbers to draw: one axis for each reason, a ring where each band ends. Pure geometry."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import cos, pi, sin

from app.assessment.rules import Standing
from app.curriculum.assessment_types import Band, SelfAssessment

WIDTH, HEIGHT = 560, 470  # of the drawing, in its own units
CENTER, RADIUS = (280, 234), 172
FEWEST = 3  # axes that make an area


@dataclass(frozen=True)
class Axis:
    """One reason: the end of its axis, its point, and where its name stands."""

    standing: Standing
    end: tuple[float, float]
    point: tuple[float, float]
    label: tuple[float, float]
    anchor: str  # 'start', 'middle' or 'end' of the name


@dataclass(frozen=True)
class Ring:
    points: str
    most: int  # the points of the ring
    y: float  # where it crosses the first axis


@dataclass(frozen=True)
class Radar:
    axes: tuple[Axis, ...]
    rings: tuple[Ring, ...]  # the last is the outer one
    area: str
    before: str | None  # the outline of earlier answers


def draw(
    text: SelfAssessment, standings: tuple[Standing, ...], before: Mapping[str, int] | None = None
) -> Radar | None:
    """The radar of these standings, with the outline of earlier points by reason; None with fewer than three axes."""
    count, most = len(standings), text.reason_range[1]
    if count < FEWEST:
        return None
    axes = tuple(_axis(one, number, count, most) for number, one in enumerate(standings))
    rings = tuple(
        Ring(
            _outline([(n, band.most) for n in range(count)], count, most),
            band.most,
            _at(0, count, band.most / most)[1],
        )
        for band in text.bands
    )
    area = _outline([(n, one.score) for n, one in enumerate(standings)], count, most)
    earlier = [(n, before[one.reason.reason]) for n, one in enumerate(standings)] if before else []
    return Radar(axes, rings, area, _outline(earlier, count, most) if earlier else None)


def mark(text: SelfAssessment, band: Band) -> str:
    """How a band is drawn, beside its word: empty for the lowest, solid for the highest, hatched between."""
    place = text.bands.index(band)
    if place == 0 and len(text.bands) > 1:
        return "exposed"
    return "installed" if place == len(text.bands) - 1 else "fragile"


def _axis(standing: Standing, number: int, count: int, most: int) -> Axis:
    x, y = _at(number, count, 1.1)
    side = x - CENTER[0]
    anchor = "middle" if abs(side) < 1 else "start" if side > 0 else "end"
    return Axis(
        standing=standing,
        end=_at(number, count, 1),
        point=_at(number, count, standing.score / most),
        label=(x, y + 5 + (8 if y > CENTER[1] else 0)),
        anchor=anchor,
    )


def _outline(values: list[tuple[int, int]], count: int, most: int) -> str:
    return " ".join("{},{}".format(*_at(number, count, value / most)) for number, value in values)


def _at(number: int, count: int, share: float) -> tuple[float, float]:
    """The point on axis `number` of `count` at this share of its length; the first axis points up."""
    angle = 2 * pi * number / count
    x, y = CENTER[0] + RADIUS * share * sin(angle), CENTER[1] - RADIUS * share * cos(angle)
    return round(x, 1), round(y, 1)
