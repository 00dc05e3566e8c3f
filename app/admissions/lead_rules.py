"""What a lead agrees to, how long its secrets and its row live, and which page it came from. Pure."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from app.accounts.rules import safe_next
from app.lib.refusal import Refused

CONFIRM_LIFE = timedelta(days=7)
UNSUBSCRIBE_LIFE = timedelta(days=3 * 365)  # a mail is found again years later, and its link must still work
KEPT_UNCONFIRMED = timedelta(days=30)
MAIL_FORGOTTEN = timedelta(days=30)

# Another sentence is another version; each row keeps the words it was agreed to with.
CONSENT_VERSION = "2026-11"
COHORTS = "cohorts"
MOST_SHOWN = 200


PROMISE = (
    "It is used for nothing else and given to nobody. Every mail has a link that ends this at once, "
    "and so does a reply."
)


def consent(institute: str) -> str:
    """What is agreed to, word for word as it stands beside the box."""
    return f"I agree that {institute} may keep my address and write to me about what I ticked. {PROMISE}"


def check_wants(updates: bool, cohorts: bool) -> None:
    """Refused when nothing was chosen."""
    if not (updates or cohorts):
        raise Refused("Please tick at least one of the two.", "updates")


def source_path(typed: str | None) -> str:
    """The path of the page somebody came from; '' for anything that is no page of this site."""
    path = safe_next(typed)
    return urlsplit(path).path[:MOST_SHOWN] if path else ""
