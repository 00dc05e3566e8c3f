"""Runs of hypothesis's state machines, shared out among the processes of a test run."""

from __future__ import annotations

import os
from collections.abc import Callable

from hypothesis import HealthCheck, seed, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def play(machine: Callable[[], RuleBasedStateMachine], part: int, runs: int, steps: int) -> None:
    """One part of the runs: with CI=true the same ones each time, and in each part others; else new ones.

    Without a seed of its own each part would play the same runs there: they are drawn from the source of `machine`.
    """

    def one() -> RuleBasedStateMachine:
        return machine()

    if os.environ.get("CI") == "true":
        seed(part)(one)
    how = settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
    )
    run_state_machine_as_test(one, settings=how)  # type: ignore[arg-type]  # it takes a function as well
