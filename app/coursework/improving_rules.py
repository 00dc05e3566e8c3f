"""What it means that an accepted system is being improved. Pure."""

from __future__ import annotations

from app.lib.refusal import Refused

LONGEST_REASON = 400  # characters: it stands in the audit and in a mail


def is_improving(status: str, accepted_round: int | None) -> bool:
    """An accepted round stands in the manual, and a later one is being written, waits, or was returned."""
    return accepted_round is not None and status not in ("accepted", "excused")


def words(status: str, accepted_round: int | None, last_round: int) -> str:
    """'Accepted; improving, round 3 in review': the state of an improving system in words; '' for any other.

    `last_round` is the number of the last round sent.
    """
    if not is_improving(status, accepted_round):
        return ""
    said = {
        "submitted": f"round {last_round} waiting for review",
        "in review": f"round {last_round} in review",
        "changes requested": f"changes requested in round {last_round}",
    }
    return f"Accepted; improving, {said.get(status, f'drafting round {last_round + 1}')}"


def check_accepted_once(accepted_round: int | None) -> None:
    """Raise Refused for a system that was never accepted: there is nothing to go back to."""
    if accepted_round is None:
        raise Refused("This system is not accepted yet, so there is no accepted round to go back to.")


def check_reason(reason: str) -> None:
    """Raise Refused when a coach asks for a better system without saying why, or at too great a length."""
    if not reason:
        raise Refused("Say in a sentence why; it goes into the mail.", field="reason")
    if len(reason) > LONGEST_REASON:
        raise Refused(
            f"The reason has room for {LONGEST_REASON} characters, and this one has {len(reason)}.",
            field="reason",
        )
