"""What a new participant sets up before the first day, and what may be passed over. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app.lib.refusal import Refused
from app.lib.words import clean_text

# In the order they are asked.
ITEMS = {
    "zone": "Your time zone",
    "profile": "Your practice",
    "privacy": "No client in anything you write",
    "calendar": "Your dates in your calendar",
    "call": "The first call",
}
NEEDED = frozenset({"privacy"})  # the one that cannot be passed over
NUDGE_AFTER = timedelta(days=3)
NUDGE_UNTIL = timedelta(days=14)  # who was asked longer ago is left alone
FEED_LIFE = timedelta(days=90)  # after the cohort's last day

SETTINGS = {
    "own": "In a room of my own",
    "rented": "In space I rent, in a gym or studio",
    "employed": "Employed, in a gym, studio or clinic",
    "clinic": "In a clinic, on my own account",
    "homes": "In clients’ homes",
    "online": "Online",
    "not yet": "I do not work with clients yet",
}
MOST_YEARS, LONGEST_NAME, LONGEST_CERTIFICATIONS = 70, 160, 300

# Another sentence is another version; each row keeps the words that were agreed to.
AGREEMENT_VERSION = "2026-11"


def agreement(institute: str) -> tuple[str, ...]:
    """What is agreed to, paragraph by paragraph, word for word as it stands beside the box."""
    return (
        "I name no client. Nothing that I write, upload or say in a call identifies a client, a relative, an employer "
        "or a household member; examples are made up, or changed until nobody could be found by them.",
        "What others in the cohort show or tell stays in the cohort.",
        f"{institute} keeps what I write here to run the cohort. My coaches and the staff of {institute} read it; "
        "nobody else does unless I say yes to that first. My own work is mine, and I can take it along at any time.",
    )


@dataclass(frozen=True)
class Item:
    """One thing to set up. `state`: 'done', 'skipped', or '' while it is open."""

    key: str
    label: str
    state: str
    is_next: bool = False

    @property
    def may_skip(self) -> bool:
        return self.key not in NEEDED and not self.state


def checklist(states: Mapping[str, str], has_call: bool) -> list[Item]:
    """Everything that is asked, in order; the first that is open is next. Without a call to come none is asked for."""
    asked = [key for key in ITEMS if key != "call" or has_call or key in states]
    first = next((key for key in asked if not states.get(key)), None)
    return [Item(key, ITEMS[key], states.get(key, ""), key == first) for key in asked]


def is_complete(items: Sequence[Item]) -> bool:
    return all(one.state == "done" or (one.state == "skipped" and one.key not in NEEDED) for one in items)


def after(states: Mapping[str, str], key: str, state: str) -> dict[str, str]:
    """The states once this item is 'done' or 'skipped'. What was done stays done. Refused for what must be done."""
    if key not in ITEMS:
        raise Refused("There is nothing of that name to set up.")
    if state == "skipped" and states.get(key) == "done":
        return dict(states)
    if state == "skipped" and key in NEEDED:
        raise Refused("This one cannot be skipped: it protects the people you work with.", "agree")
    return {**states, key: state}


@dataclass(frozen=True)
class Profile:
    """What somebody tells about their practice, checked."""

    practice_name: str
    setting: str
    years: int | None
    certifications: str
    hardest: str


def profile(
    practice_name: str, setting: str, years: str, certifications: str, hardest: str, modules: Sequence[str]
) -> Profile:
    """What was typed, as it is kept. Refused, at its field, for what is missing, too long, or not in the list."""
    practice_name = " ".join(clean_text(practice_name).split())
    certifications = " ".join(clean_text(certifications).split())
    if len(practice_name) > LONGEST_NAME:
        raise Refused(f"Please use at most {LONGEST_NAME} characters.", "practice_name")
    if setting not in SETTINGS:
        raise Refused("Please choose the one that fits best.", "setting")
    if len(certifications) > LONGEST_CERTIFICATIONS:
        raise Refused(f"Please use at most {LONGEST_CERTIFICATIONS} characters.", "certifications")
    if hardest not in modules:
        raise Refused("Please choose one; you can change it later.", "hardest")
    return Profile(practice_name, setting, _years(years), certifications, hardest)


def _years(typed: str) -> int | None:
    typed = typed.strip()
    if not typed:
        return None
    if not (typed.isascii() and typed.isdigit() and len(typed) < 4 and int(typed) <= MOST_YEARS):
        raise Refused(f"Please give whole years, from 0 to {MOST_YEARS}, or leave it empty.", "years")
    return int(typed)


def is_feed_over(last_day: date, today: date) -> bool:
    """Whether the calendar address of a cohort that ended on that day answers no more."""
    return today > last_day + FEED_LIFE


def wants_nudge(since: datetime | None, onboarded_at: datetime | None, now: datetime) -> bool:
    """Three days after they were asked, and not weeks later, when another mail would only be noise."""
    if since is None or onboarded_at is not None:
        return False
    return NUDGE_AFTER <= now - since < NUDGE_UNTIL
