"""Small charts as numbers to draw: bars over time, and shares of a bar. Pure geometry, in the drawing's own units.

The words beside them are text of the page, which does not shrink with the drawing on a phone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 600, 120
FULL = 0.76  # of its place that a bar takes


@dataclass(frozen=True)
class Bars:
    """One bar for each place, left to right: `solid` and `tint` stand on the zero line, `below` hangs from it."""

    solid: str  # paths; empty where there is nothing to draw
    tint: str
    below: str
    zero: float  # where the line is, from above
    most: int  # what the highest bar stands for
    least: int  # what the deepest one stands for; 0 or more


def bars(solid: Sequence[int], tint: Sequence[int] = (), below: Sequence[int] = ()) -> Bars | None:
    """Bars of these amounts, none of them negative; None where all are 0."""
    count = len(solid)
    tint, below = tint or [0] * count, below or [0] * count
    most, least = max(map(sum, zip(solid, tint, strict=True)), default=0), max(below, default=0)
    if most + least <= 0:
        return None
    scale = HEIGHT / (most + least)
    zero = most * scale
    return Bars(
        _path([(n, zero - one * scale, one * scale) for n, one in enumerate(solid)], count),
        _path([(n, zero - (solid[n] + one) * scale, one * scale) for n, one in enumerate(tint)], count),
        _path([(n, zero, one * scale) for n, one in enumerate(below)], count),
        round(zero, 1),
        most,
        least,
    )


def _path(places: Sequence[tuple[int, float, float]], count: int) -> str:
    """Rectangles as one path: (place, top, height) of each; what has an amount is at least a hairline."""
    room = WIDTH / count
    drawn = []
    for place, top, height in places:
        if height > 0:
            x, width = place * room + room * (1 - FULL) / 2, room * FULL
            drawn.append(f"M{x:.1f} {top:.1f}h{width:.1f}v{max(height, 0.8):.1f}h{-width:.1f}z")
    return "".join(drawn)


def shares(parts: Sequence[int], most: int) -> list[tuple[float, float]]:
    """Where each part of a bar begins and how wide it is, in percent of the bar that stands for `most`."""
    found, at = [], 0.0
    for part in parts:
        width = 100 * max(0, part) / most if most > 0 else 0.0
        found.append((round(at, 1), round(width, 1)))
        at += width
    return found
