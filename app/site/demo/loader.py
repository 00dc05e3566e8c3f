"""Load the demo, once. Dates are relative to the day of loading; every state is reached by the verbs people use."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.admissions.models import Application
from app.cohorts import actions as cohorts
from app.cohorts import queries as cohort_queries
from app.cohorts.models import Cohort, Enrollment
from app.coursework import attachments
from app.coursework import queries as coursework_queries
from app.curriculum.queries import program_of
from app.curriculum.schema import Module
from app.lib import times
from app.lib.database import db
from app.payments.price_models import Price, RefundTier
from app.site.demo import (
    asked,
    assessments,
    called_off,
    codes,
    employers,
    leads,
    money,
    moving,
    onboarded,
    quality,
    reports,
    rounds,
    waiting,
    work,
)
from app.site.demo.paper import SampleFile
from app.site.demo.people import (
    APPLICANTS,
    CALLED_OFF,
    CAST,
    COLLEAGUE,
    ENROLLED,
    EVERYBODY,
    FOUNDING,
    LEFT,
    LENA,
    MOVED,
    RUNNING,
    SEATED,
    SIGNING_IN,
    WAITING,
    Person,
)

FOUNDED = date(2026, 2, 28)


@dataclass
class Demo:
    """What the steps below hand on to one another."""

    now: datetime
    release_id: int
    sample: SampleFile
    users: dict[str, User] = field(default_factory=dict)

    @property
    def sam(self) -> User:
        return self.users["sam"]


def is_loaded() -> bool:
    return bool(db.session.scalar(select(func.count()).select_from(User)))


def load(release_id: int, password_hash: str, sample: SampleFile, now: datetime) -> None:
    """Write the whole demo into this transaction. The caller commits."""
    demo = Demo(now, release_id, sample)
    for person in EVERYBODY:
        demo.users[person.key] = _user(person, password_hash, now)
    demo.sam.is_staff = demo.users[LENA.key].is_staff = True
    db.session.flush()
    _founding_cohort(demo)
    _running_cohort(demo)
    _open_cohort(demo)
    _full_cohort(demo)
    _cancelled_cohort(demo)
    moving.moved(demo.sam, demo.users[MOVED.key], now)
    quality.marked_twice(demo.users["cal"], demo.users["cora"], now)
    quality.examples(demo.users["uma"], demo.users["cal"], now)
    _assessments(demo)
    leads.interested(now)
    reports.past_cohort(demo.sam, _saturday(now, weeks=-24), release_id, money.PRICES, now)
    reports.paid_out(now)
    onboarded.set_up(now)


def _user(person: Person, password_hash: str, now: datetime) -> User:
    user = User(
        email=person.email,
        name=person.name,
        time_zone=person.time_zone,
        password_hash=password_hash if person in SIGNING_IN else None,
        created_at=now - timedelta(days=90),
        confirmed_at=now - timedelta(days=90),
    )
    db.session.add(user)
    return user


# --- five cohorts -----------------------------------------------------------------------------------------------


def _founding_cohort(demo: Demo) -> None:
    """The cohort that began it all: finished, its participants take their manuals home; Uma's is complete."""
    cohort = _cohort(demo, "february-2026", FOUNDED, capacity=3, status="finished")
    cohorts.assign_coach(demo.sam, cohort, demo.users["cal"], demo.now)
    program = cohort_queries.program(cohort)
    modules = [one for one in program.modules if one.worksheet]
    with_files, _field = work.field_for_files(program)
    begun = times.at(FOUNDED, "12:00", cohort.time_zone)
    for index, person in enumerate((_person("uma"), *FOUNDING)):
        enrollment = money.enroll(demo.users[person.key], person.practice, cohort, begun - timedelta(days=30))
        for module in modules if person.key == "uma" else modules[:1]:
            if person.key == "uma" and module.slug == with_files.slug:
                _accepted_with_a_file(demo, enrollment, begun)
                continue
            answers = work.answers_of(module, person.practice, person.name, "Jo")
            opened = begun + timedelta(days=module.opens_day, hours=2 + index)
            system = rounds.begin(enrollment, module, opened)
            sent = rounds.send(demo.users[person.key], system, module, answers, opened + timedelta(days=4))
            answered = opened + timedelta(days=8)
            rounds.review(demo.users["cal"], sent, work.acceptance(module), "accepted", answered)
        enrollment.status, enrollment.ended_at = "completed", begun + timedelta(weeks=12)


def _accepted_with_a_file(demo: Demo, enrollment: Enrollment, begun: datetime) -> None:
    """The system whose worksheet takes a file, sent with one instead of the text."""
    user, sample = enrollment.user, demo.sample
    module, field = work.field_for_files(cohort_queries.program(enrollment.cohort))
    at = begun + timedelta(days=module.opens_day, hours=3)
    system = rounds.begin(enrollment, module, at)
    sheet = coursework_queries.sheet_for(user, system.id)
    answers = work.answers_of(module, enrollment.practice_name, user.name, "Jo")
    sheet.draft.answers = answers | {field.id: {"deidentified": "yes", "text": ""}}
    attachments.attach(user, sheet, field, sample.file, sample.digest, at + timedelta(days=3))
    sent = rounds.send(user, system, module, sheet.draft.answers, at + timedelta(days=4))
    said = work.acceptance_of_records(module, field.id)
    rounds.review(demo.users["cal"], sent, said, "accepted", at + timedelta(days=6))


def _running_cohort(demo: Demo) -> None:
    """A cohort in week 4, with one participant in each of the states a system can be in."""
    saturday = _saturday(demo.now, weeks=-3)
    people = (_person("ana"), _person("ben"), *RUNNING, MOVED)
    cohort = _cohort(demo, _slug(saturday), saturday, capacity=len(people), status="running")
    cohorts.assign_coach(demo.sam, cohort, demo.users["cora"], demo.now)
    begun = times.at(saturday, "12:00", cohort.time_zone)
    # Ben, Ruth and Mia pay in three: the second of theirs is paid, the second of hers was declined.
    plans = {"ben": (3, 2), MOVED.key: (3, 2), "mia": (3, 1)}
    enrollments = {
        one.key: money.enroll(
            demo.users[one.key], one.practice, cohort, begun - timedelta(days=20), *plans.get(one.key, (1,))
        )
        for one in people
    }
    money.decline(enrollments["mia"])
    reports.card_that_ends(money.order_of(enrollments["ben"]), demo.now)
    module, cora = _first_module(cohort), demo.users["cora"]
    thursday, tuesday = begun + timedelta(days=5), begun + timedelta(days=10, hours=3)

    def answers(key: str, helper: str) -> work.Answers:
        return work.answers_of(module, enrollments[key].practice_name, demo.users[key].name, helper)

    for key, helper in (("grace", "Bea"), (MOVED.key, "Ole")):
        system = rounds.begin(enrollments[key], module, begun + timedelta(hours=1))
        sent = rounds.send(demo.users[key], system, module, answers(key, helper), thursday)
        rounds.review(cora, sent, work.acceptance(module), "accepted", tuesday)

    for key, helper, hours in (("ana", "Rosa", 1), ("luis", "Ines", 2)):
        system = rounds.begin(enrollments[key], module, begun + timedelta(hours=hours))
        weak = work.first_round(answers(key, helper))
        sent = rounds.send(demo.users[key], system, module, weak, thursday + timedelta(hours=hours))
        asked = work.changes_asked(module, "Cora")
        rounds.review(cora, sent, asked, "changes requested", tuesday + timedelta(hours=hours))
        if key == "luis":
            rounds.answer_requests(system, tuesday + timedelta(days=2))
            rounds.send(
                demo.users[key], system, module, answers(key, helper), demo.now - timedelta(days=1, hours=4)
            )

    ben = rounds.begin(enrollments["ben"], module, begun + timedelta(days=1))
    rounds.send(demo.users["ben"], ben, module, answers("ben", "Lou"), demo.now - timedelta(hours=5))

    rounds.reads(enrollments["ana"], module, begun + timedelta(hours=2))

    mia = rounds.begin(enrollments["mia"], module, begun + timedelta(days=2))
    sheet = coursework_queries.sheet_for(demo.users["mia"], mia.id)
    started = answers("mia", "Kim")
    sheet.draft.answers = {key: value for key, value in started.items() if key < "1.C"}
    sheet.draft.version, sheet.draft.saved_at = 2, demo.now - timedelta(days=2)


def _open_cohort(demo: Demo) -> None:
    """A cohort that takes applications and has few seats left."""
    saturday = _saturday(demo.now, weeks=6)
    cohort = _cohort(demo, _slug(saturday), saturday, capacity=len(ENROLLED) + 3, status="open")
    cohorts.assign_coach(demo.sam, cohort, demo.users["cora"], demo.now)
    codes.made(demo.sam, cohort, demo.now)
    for index, person in enumerate(ENROLLED):
        plan = (6, 1) if index in (2, 6) else (1,)  # two of them pay in six
        money.enroll(
            demo.users[person.key], person.practice, cohort, demo.now - timedelta(days=25 - 2 * index), *plan
        )
    left = money.enroll(demo.users[LEFT.key], LEFT.practice, cohort, demo.now - timedelta(days=20), 3, 1)
    money.leave(demo.sam, left, demo.now)
    for days, person in zip((2, 1), APPLICANTS, strict=True):
        _application(
            demo.users[person.key], cohort, "submitted", demo.now - timedelta(days=days), person.practice
        )


def _full_cohort(demo: Demo) -> None:
    """A small one later in the year, for whose last seat four people stand in line; the latest was not read yet."""
    saturday = _saturday(demo.now, weeks=18)
    capacity = len(SEATED) + employers.SEATS + 1
    cohort = _cohort(demo, _slug(saturday), saturday, capacity=capacity, status="open")
    asked.of_its_own(demo.sam, cohort.slug, demo.now)
    cohorts.assign_coach(demo.sam, cohort, demo.users["cora"], demo.now)
    for index, person in enumerate(SEATED):
        money.enroll(demo.users[person.key], person.practice, cohort, demo.now - timedelta(days=30 - index))
    employers.bought(demo.sam, cohort, demo.users[COLLEAGUE.key], COLLEAGUE.practice, demo.now)
    elin, amara, hugo = WAITING
    people = ((12, elin, "waitlisted"), (9, amara, "waitlisted"), (7, _person("wes"), "waitlisted"))
    waiting.in_line(
        [
            _application(demo.users[one.key], cohort, status, demo.now - timedelta(days=days), one.practice)
            for days, one, status in (*people, (1, hugo, "submitted"))
        ],
        demo.now,
    )


def _cancelled_cohort(demo: Demo) -> None:
    """One that does not take place: too few had asked for a seat."""
    saturday = _saturday(demo.now, weeks=12)
    cohort = _cohort(demo, _slug(saturday), saturday, capacity=12, status="open")
    enrolled = [
        money.enroll(demo.users[one.key], one.practice, cohort, demo.now - timedelta(days=18 - index), *plan)
        for index, (one, plan) in enumerate(zip(CALLED_OFF[:3], ((1,), (3, 1), (1,)), strict=True))
    ]
    asked = [
        _application(demo.users[one.key], cohort, "submitted", demo.now - timedelta(days=5), one.practice)
        for one in CALLED_OFF[3:]
    ]
    called_off.cancelled(demo.sam, demo.users[LENA.key], cohort, enrolled, asked, demo.now)


def _assessments(demo: Demo) -> None:
    text = program_of(demo.release_id).assessment
    if text is None:
        return
    week_12 = times.at(FOUNDED + timedelta(days=82), "20:00", "America/Chicago")
    for key, steps, at in (
        ("uma", assessments.BEFORE, week_12 - timedelta(days=90)),
        ("uma", assessments.AFTER, week_12),
        ("pat", assessments.PROSPECT, demo.now - timedelta(days=6)),
    ):
        assessments.answered(demo.users[key], demo.release_id, text, steps, at)


# --- the steps they are made of ---------------------------------------------------------------------------------


def _cohort(demo: Demo, slug: str, starts_on: date, capacity: int, status: str) -> Cohort:
    cohort = cohorts.open_cohort(
        demo.sam,
        slug=slug,
        title=f"Cohort of {starts_on:%B} {starts_on.day}, {starts_on.year}",
        starts_on=starts_on,
        capacity=capacity,
        release_id=demo.release_id,
        now=demo.now,
        status=status,
    )
    for number, cents in money.PRICES.items():
        label = "Full price" if number == 1 else f"{number} installments"
        plan = Price(
            cohort_id=cohort.id, label=label, amount_cents=cents, currency="usd", installments=number
        )
        db.session.add(plan)
    for days, share in ((-14, 100), (7, 50)):
        db.session.add(
            RefundTier(cohort_id=cohort.id, until=starts_on + timedelta(days=days), share_percent=share)
        )
    db.session.add(RefundTier(cohort_id=cohort.id, until=None, share_percent=100))
    moving.rule(cohort)
    return cohort


def _application(user: User, cohort: Cohort, status: str, at: datetime, practice: str) -> Application:
    answers = {
        "clients": "Adults after knee or hip replacement, mostly 55 to 75, two or three sessions a week.",
        "why_now": "I have a full calendar and nothing written down. I was ill in spring and the practice stood still.",
        "hours": "Four or five hours",
    }
    application = Application(
        user_id=user.id,
        cohort_id=cohort.id,
        status=status,
        practice_name=practice,
        answers=answers,
        submitted_at=at,
    )
    db.session.add(application)
    db.session.flush()
    return application


def _first_module(cohort: Cohort) -> Module:
    """The first module that can be built."""
    return next(one for one in cohort_queries.program(cohort).modules if one.worksheet)


def _person(key: str) -> Person:
    return next(one for one in CAST if one.key == key)


def _saturday(now: datetime, weeks: int) -> date:
    """The Saturday of this week (Saturday to Friday, US Eastern time), so many weeks away."""
    today = times.local_date(now, "America/New_York")
    return today - timedelta(days=(today.weekday() - 5) % 7) + timedelta(weeks=weeks)


def _slug(saturday: date) -> str:
    return f"{saturday:%B}-{saturday.day}-{saturday.year}".lower()
