"""The menus: what each person finds where."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Flask, request, url_for

from app.cohorts.queries import count_along, current_enrollment
from app.lib.imprint import imprint
from app.lib.login import current_user
from app.lib.words import in_words
from app.payments.staff_queries import open_tasks

PARTICIPANT = (
    ("Dashboard", "site.dashboard", ("site.dashboard",)),
    (
        "Modules",
        "site.modules",
        ("site.modules", "site.module", "site.lesson", "site.example", "coursework."),
    ),
    ("Manual", "manual.manual", ("manual.",)),
    ("Calendar", "site.calendar", ("site.calendar",)),
    ("Payments", "site.payments", ("site.payments", "payments.")),
    ("Search", "site.find", ("site.find",)),
)
QUALITY = tuple(
    f"coaching.{name}"
    for name in (
        *("quality", "blind_review", "mark_blind", "decline_blind"),
        *("exemplar_list", "exemplar", "prepare_exemplar"),
    )
)
COACHED = ("Quality", "coaching.quality", QUALITY)
QUEUE = tuple(
    f"coaching.{name}"
    for name in (
        "queue",
        "one_round",
        "hand_over",
        "another_day",
        "opinions",
        "ask_opinion",
        "answer_opinion",
    )
)
REVIEWING = tuple(
    f"reviews.{name}"
    for name in ("review", "save_review", "preview", "publish_draft", "open_review", "client_data")
)
COACH = (("Queue", "coaching.queue", (*QUEUE, *REVIEWING)), COACHED)
BANK = (
    ("Comments", "reviews.comments", ("reviews.comments", "reviews.keep_comment", "reviews.change_comment")),
)
PEOPLE = (("People", "people.people_list", ("people.",)),)
CURRICULUM = tuple(
    f"site.{name}"
    for name in ("curriculum", "release", "confirm_move", "move_cohort", "confirm_publish", "publish")
)
ORDER = tuple(
    f"money.{name}"
    for name in (
        *("order", "entry", "enter_payment", "take_back_payment"),
        *("part", "move", "waive", "ask_again", "grace"),
    )
)
MONEY = (
    "Money",
    "money.tasks",
    tuple(f"money.{name}" for name in ("tasks", "close_task", "reopen_task", "webhooks")),
)
STAFF = (
    ("Cohorts", "site.staff", ("site.staff", "admissions.", *ORDER)),
    MONEY,
    ("Reports", "site.reports", ("site.reports", "reports.")),
    ("Codes", "payments.codes", ("payments.",)),
    ("Leads", "leads.listing", ("leads.",)),
    ("Curriculum", "site.curriculum", ("preview.", *CURRICULUM)),
    COACHED,
)
PROSPECT = (
    ("Dashboard", "site.dashboard", ("site.dashboard", "admissions.")),
    ("Payments", "site.payments", ("site.payments", "payments.")),
)
PUBLIC = (
    ("The {number} reasons", "site.reasons", ("site.reasons", "site.reason")),
    ("The program", "site.program", ("site.program",)),
    ("Dates and price", "site.cohorts_list", ("site.cohorts_list", "site.cohort")),
)
FOOTER = (
    ("Hear from us", "leads.subscribe", ("leads.",)),
    ("Dates and price", "site.cohorts_list", ("site.cohorts_list", "site.cohort")),
    ("Self-assessment", "assessment.start", ("assessment.",)),
)


def init_app(app: Flask) -> None:
    app.context_processor(
        lambda: {
            "navigation": LazyMenu(menu),
            "public_navigation": LazyMenu(public_menu),
            "footer_navigation": LazyMenu(footer_menu),
        }
    )


class LazyMenu:
    """A menu that is made when a layout draws it, so that an error page does not ask the database for one."""

    def __init__(self, make: Any) -> None:
        self.make = make
        self.items: list[dict[str, Any]] | None = None

    def __iter__(self) -> Any:
        if self.items is None:
            self.items = self.make()
        return iter(self.items)


def menu() -> list[dict[str, Any]]:
    """The signed-in person's menu; a coach or a member of staff may be a participant too."""
    if not current_user.is_authenticated:
        return []
    entries: tuple[Any, ...] = ()
    counts = {}
    if current_user.is_staff:
        entries += STAFF
        counts[MONEY[0]] = count_along(current_user, open_tasks())
    if current_user.is_coach:
        entries += COACH
    if entries:
        entries += PEOPLE
        entries += BANK
    if not entries or current_enrollment(current_user):
        entries += PARTICIPANT if current_enrollment(current_user) else PROSPECT
    return _drawn(tuple(dict.fromkeys(entries)), counts)


def public_menu() -> list[dict[str, Any]]:
    number = in_words(imprint().modules)
    return _drawn(tuple((label.format(number=number), *rest) for label, *rest in PUBLIC))


def footer_menu() -> list[dict[str, Any]]:
    """What the footer shows besides its own: on a phone it is the public pages' menu."""
    return _drawn(FOOTER)


def _drawn(entries: tuple[Any, ...], counts: Mapping[str, int] | None = None) -> list[dict[str, Any]]:
    here = request.endpoint or ""
    return [
        {
            "label": label,
            "count": (counts or {}).get(label, 0),
            "href": url_for(endpoint),
            "current": any(
                here == place or (place.endswith(".") and here.startswith(place)) for place in places
            ),
        }
        for label, endpoint, places in entries
    ]
