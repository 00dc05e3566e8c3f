"""Who in the demo asked to hear from us: some confirmed, one has not yet, one had enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.admissions import lead_rules, leads
from app.admissions.lead_models import Lead
from app.lib.imprint import imprint

# Name, what they ticked, from which page, how it went on.
PEOPLE = (
    ("Rosa Delgado", "cohorts updates", "/reasons/lack-of-focus", "confirmed"),
    ("Terry Mwangi", "cohorts", "/cohorts", "confirmed"),
    ("Lena Fischer", "updates", "/program", "unsubscribed"),
    ("Owen Price", "cohorts", "/", "asked"),
)


def interested(now: datetime) -> None:
    for days, (name, ticked, source, went_on) in enumerate(PEOPLE, 1):
        at = now - timedelta(days=days)
        wish = leads.Wish(
            name=name, updates="updates" in ticked, cohorts="cohorts" in ticked, source=source,
            consent=lead_rules.consent(imprint().short_name),
        )  # fmt: skip
        lead = leads.ask(f"{name.split()[0].lower()}@example.com", wish, at)
        if went_on != "asked":
            _confirm(lead, wish, at + timedelta(minutes=4))
        if went_on == "unsubscribed":
            leads.unsubscribe(lead, at + timedelta(hours=3))


def _confirm(lead: Lead, wish: leads.Wish, at: datetime) -> None:
    """The mail keeps its secret, so a link of its own is pressed."""
    token = leads.make_link(lead, "confirm", at, wish).rsplit("/", 1)[1]
    link = leads.find_link(token, "confirm", at)
    assert link is not None
    leads.confirm(link, at)
