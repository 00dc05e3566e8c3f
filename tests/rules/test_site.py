"""What a participant does next, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.coursework.change_rules import Asked, to_change
from app.site.rules import Chapter, next_step

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)


def chapter(
    number: int, status: str = "not started", opens: int = -7, due: int = 2, written: bool = True
) -> Chapter:
    return Chapter(
        number=number,
        slug=f"module-{number}",
        title=f"Chapter {number}",
        system=f"System {number}",
        status=status,
        round=1,
        opens_at=NOW + timedelta(days=opens),
        due_at=NOW + timedelta(days=due),
        written=written,
    )


@pytest.mark.parametrize(
    ("chapters", "kind", "number"),
    [
        ([chapter(1)], "begin", 1),
        ([chapter(1, "drafting"), chapter(2)], "continue", 1),
        ([chapter(1, "drafting"), chapter(2, "changes requested")], "answer", 2),
        ([chapter(1, "changes requested", due=3), chapter(2, "changes requested", due=1)], "answer", 2),
        ([chapter(1, "drafting", due=1), chapter(2, "drafting", due=1)], "continue", 1),
        ([chapter(1, "submitted"), chapter(2, opens=3)], "wait", 1),
        ([chapter(1, "in review"), chapter(2)], "begin", 2),
        ([chapter(1, "accepted"), chapter(2, opens=3), chapter(3, opens=10)], "opens", 2),
        ([chapter(1, "accepted"), chapter(2, "excused")], "done", None),
        ([chapter(1, "accepted"), chapter(2, written=False)], "done", None),
        ([chapter(1, "drafting", opens=1)], "opens", 1),
        ([], "done", None),
    ],
)
def test_the_one_next_step(chapters, kind, number):
    step = next_step(chapters, may_work=True, now=NOW)
    assert (step.kind, step.chapter.number if step.chapter else None) == (kind, number)


def improving(number: int, status: str, **more) -> Chapter:
    return replace(chapter(number, status), accepted_round=1, **more)


def asking(one: Chapter) -> Chapter:
    """Its required change has no answer."""
    return replace(one, changes=to_change([Asked(1, "1.A.1", "required", False)], {}, []))


@pytest.mark.parametrize(
    ("chapters", "kind", "number"),
    [
        (
            [asking(chapter(1, "drafting")), chapter(2, "changes requested", due=3)],
            "answer",
            1,
        ),  # also once begun
        ([chapter(1, "drafting"), asking(chapter(2, "drafting", due=3))], "answer", 2),
        (
            [asking(chapter(1, "submitted")), chapter(2)],
            "begin",
            2,
        ),  # a round waits: nothing is asked meanwhile
        (
            [improving(1, "changes requested"), chapter(2)],
            "begin",
            2,
        ),  # the manual has it: first what it lacks
        ([improving(1, "reopened"), chapter(2, "submitted")], "continue", 1),
        ([improving(1, "changes requested"), improving(2, "drafting")], "answer", 1),
        ([improving(1, "in review")], "wait", 1),
        ([improving(1, "accepted")], "done", None),
    ],
)
def test_improving_comes_after_what_is_not_accepted_yet(chapters, kind, number):
    test_the_one_next_step(chapters, kind, number)


def test_a_better_version_is_wanted_by_the_closing_day():
    closing = NOW + timedelta(days=56)
    growing = improving(1, "drafting", closes_at=closing)
    assert growing.wanted_by == closing
    assert replace(growing, accepted_round=None).wanted_by == growing.due_at
    assert (growing.is_accepted, growing.improving) == (True, "Accepted; improving, drafting round 2")


def test_who_may_not_work_is_told_so_and_nothing_else():
    assert next_step([chapter(1, "changes requested")], may_work=False, now=NOW).kind == "suspended"


def test_the_earliest_promise_is_named_first_while_waiting():
    late = replace(chapter(1, "submitted"), promised_at=NOW + timedelta(days=3))
    early = replace(chapter(2, "submitted"), promised_at=NOW + timedelta(days=1))
    assert next_step([late, early], may_work=True, now=NOW).chapter is early
