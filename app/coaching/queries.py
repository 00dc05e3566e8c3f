"""The review queue of one coach: two queries, whatever its length. Columns, not rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.accounts.models import User
from app.coaching import rules, statements
from app.coaching.filters import Cell, Choice, Filters, choices, matching, read
from app.coaching.statements import MOST, PAGE
from app.cohorts.models import Cohort
from app.cohorts.queries import dates_of
from app.cohorts.rules import week_of
from app.coursework.models import CELL
from app.coursework.review_rules import lease_is_live, minutes_to_review, review_minutes
from app.curriculum.queries import program_of
from app.lib.database import db
from app.lib.times import at, local_date

BEGINNING = (datetime(1970, 1, 1, tzinfo=UTC), 0)
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class QueueRow:
    """One round that waits, in words."""

    id: int
    name: str
    enrollment_id: int
    practice_name: str
    chapter: str  # '5 Professional competence'
    round_words: str
    words: int
    minutes: int
    flags: tuple[rules.Flag, ...]
    waited: str  # '2 days'
    promised_at: datetime
    until: str
    holder: str  # the colleague who has it open now, or ''
    held_review_id: int | None
    lease_until: datetime | None
    handed_at: datetime | None  # since when every coach is asked to take it up
    is_mine: bool  # this coach has it open
    day: date
    is_overdue: bool  # promised for an earlier day


@dataclass(frozen=True)
class Queue:
    rows: list[QueueRow]
    groups: list[tuple[str, list[QueueRow]]]
    after: str  # the key of the last row when there are more, or ''
    waiting: int  # in all
    minutes: int
    kept: int  # promises kept
    answered: int  # reviews published
    cohorts: list[Cohort]
    filters: Filters
    choices: list[Choice]
    found: int | None  # how many pass the filters, where the counters know

    @property
    def chosen(self) -> list[str]:
        """The filters that are on, in words."""
        return [one.label for choice in self.choices for one in choice.options if one.is_chosen]

    @property
    def next_id(self) -> int | None:
        """The first row nobody else has open: the one next step."""
        return next((row.id for row in self.rows if not row.holder), None)


def queue_of(user: User, now: datetime, args: Mapping[str, str]) -> Queue:
    """One page of what waits in the cohorts this person coaches today, the oldest promise first.

    `args` is the address: `after` is the key of the page before, the others are filters.
    """
    rows = db.session.execute(statements.cells, {"me": user.id, "now": now}).all()
    of_each = {row.Cohort.id: row for row in rows}
    cohorts = [row.Cohort for row in of_each.values()]
    cells = [Cell(*row[1:7]) for row in rows if row.waiting]
    filters = read(args, cohorts)
    wanted = matching(filters, cohorts, cells)
    page = _page(wanted, filters, user, now, read_key(args.get("after", "")) or BEGINNING)
    shown = [_row(one, user, now) for one in page[:PAGE]]
    return Queue(
        rows=shown,
        groups=_groups(shown, local_date(now, user.time_zone)),
        after=key_of(shown[-1]) if len(page) > PAGE else "",
        waiting=sum(cell.waiting for cell in cells),
        minutes=_minutes(cells),
        kept=sum(row.on_time or 0 for row in of_each.values()),
        answered=sum(row.answered or 0 for row in of_each.values()),
        cohorts=cohorts,
        filters=filters,
        choices=choices(filters, cohorts, cells),
        found=sum(cell.waiting for cell in wanted) if filters.are_counted else None,
    )


def version_of(user: User, now: datetime) -> str:
    """Changes whenever something in this person's queue does; every five minutes it changes anyway, for the words
    that tell the time and for what no counter knows."""
    rows = db.session.execute(statements.version, {"me": user.id, "now": now})
    sums = ".".join(f"{cohort_id}-{changes}" for cohort_id, changes in rows)
    return f"{user.id}.{int(now.timestamp()) // 300}.{sums}"


def _minutes(cells: Sequence[Cell]) -> int:
    first = [cell for cell in cells if cell.step == 1]
    later = [cell for cell in cells if cell.step > 1]
    return review_minutes(
        sum(cell.waiting for cell in first),
        sum(cell.words for cell in first),
        sum(cell.waiting for cell in later),
        sum(cell.words for cell in later),
    )


def _page(
    cells: Sequence[Cell], filters: Filters, user: User, now: datetime, after: tuple[datetime, int]
) -> Sequence[Any]:
    if not cells:
        return []
    values: dict[str, Any] = {"now": now, "after_at": after[0], "after_id": after[1]}
    values["before"] = {"late": now, "today": _tomorrow(user, now)}.get(filters.flag, NEVER)
    keys = (
        [cell[:4] for cell in cells]
        if filters.by_cell
        else [(id,) for id in {cell.cohort_id for cell in cells}]
    )
    if filters.whose == "mine" or len(keys) > MOST:
        named = {f"{name}s": list({cell[place] for cell in cells}) for place, name in enumerate(CELL)}
        query = statements.gathered_page(filters.whose)
        return db.session.execute(
            query, values | named | ({"me": user.id} if filters.whose == "mine" else {})
        ).all()
    branches = 1 if len(keys) == 1 else -(-len(keys) // 8) * 8  # few statements to build and to keep
    for number in range(branches):
        key = keys[number] if number < len(keys) else (0, *keys[0][1:])  # no cohort is 0
        values |= {f"{name}_{number}": value for name, value in zip(CELL, key, strict=False)}
    query = statements.merged_page(branches, filters.by_cell, filters.whose == "nobody")
    return db.session.execute(query, values).all()


def _tomorrow(user: User, now: datetime) -> datetime:
    """The midnight with which this person's day ends."""
    return at(local_date(now, user.time_zone) + timedelta(days=1), "00:00", user.time_zone)


def _row(one: Any, user: User, now: datetime) -> QueueRow:
    module = program_of(one.release_id).module(one.module_slug)
    live = lease_is_live(one.lease_coach_id, one.lease_until, now)
    is_mine = live and one.lease_coach_id == user.id
    day, today = local_date(one.promised_at, user.time_zone), local_date(now, user.time_zone)
    return QueueRow(
        id=one.id,
        name=one.name,
        enrollment_id=one.enrollment_id,
        practice_name=one.practice_name,
        chapter=f"{module.number} {module.chapter}" if module else one.module_slug,
        round_words=rules.round_words(one.number, one.asked),
        words=one.words,
        minutes=minutes_to_review(one.words, one.number),
        flags=rules.flags(
            critical=bool(module and module.critical),
            step=one.step,
            is_quiet=one.is_quiet,
            is_late=one.promised_at < now,
            is_due_today=day == today,
        ),
        waited=rules.waited(one.submitted_at, now),
        promised_at=one.promised_at,
        until=rules.until(one.promised_at, now, (day - today).days),
        holder=one.holder if live and not is_mine else "",
        held_review_id=one.held_review_id,
        lease_until=one.lease_until if live else None,
        handed_at=one.handed_at,
        is_mine=is_mine,
        day=day,
        is_overdue=day < today,
    )


def _groups(rows: Sequence[QueueRow], today: date) -> list[tuple[str, list[QueueRow]]]:
    grouped: dict[str, list[QueueRow]] = {}
    for row in rows:
        grouped.setdefault(rules.day_title(row.day, today), []).append(row)
    return list(grouped.items())


def key_of(row: QueueRow) -> str:
    """Where the next page begins: the promise and the id of this row."""
    return f"{row.promised_at.isoformat()}~{row.id}"


def read_key(text: str) -> tuple[datetime, int] | None:
    """The promise and id of a key made by `key_of`; None for anything else."""
    moment, _, number = text.rpartition("~")
    try:
        at = datetime.fromisoformat(moment)
        found = int(number)
        return (at.astimezone(UTC), found) if at.tzinfo and 0 < found < 2**31 else None
    except (ValueError, OverflowError):
        return None


def next_due(cohorts: Sequence[Cohort], now: datetime) -> tuple[datetime, str] | None:
    """The next moment a module is due in any of these cohorts, and the module's chapter. From the release, no query."""
    coming = [
        (dates_of(cohort, module).due_at, module.chapter)
        for cohort in cohorts
        for module in program_of(cohort.release_id).modules
        if module.worksheet is not None and dates_of(cohort, module).due_at > now
    ]
    return min(coming, default=None)


def running_head(cohorts: Sequence[Cohort], today: date) -> str:
    """'Cohort of February 28, 2026 · Week 4', or how many cohorts it is."""
    if len(cohorts) != 1:
        return f"{len(cohorts)} cohorts" if cohorts else "No cohort"
    week = week_of(cohorts[0].starts_on, cohorts[0].shift_days, today)
    return f"{cohorts[0].title} · Week {week}" if week > 0 else cohorts[0].title
