"""The cast: the same people in every test and in the demo. See DESIGN: Ana and Ben (participants, same cohort),
Uma (another cohort), Cora (their coach), Cal (coach of another cohort), Pat (prospect), Wes (waitlisted), Sam (staff).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from app.accounts.models import User
from app.admissions.models import Application, SeatHold
from app.cohorts import actions as cohorts
from app.cohorts.models import Cohort, Enrollment
from app.curriculum.models import Release
from app.lib.database import begin_write, db
from app.payments.price_models import Price, RefundTier
from tests.programs import small_program

NOW = datetime(2026, 3, 25, 15, 0, tzinfo=UTC)  # Wednesday of week 4 of the spring cohort
PEOPLE = {
    "ana": ("Ana Morales", "America/Denver"),
    "ben": ("Ben Carter", "America/New_York"),
    "uma": ("Uma Reyes", "America/Chicago"),
    "cora": ("Cora Bennett", "America/New_York"),
    "cal": ("Cal Whitman", "America/Los_Angeles"),
    "pat": ("Pat Lindqvist", "America/New_York"),
    "wes": ("Wes Ibarra", "America/New_York"),
    "sam": ("Sam Whitlock", "America/New_York"),
}


@dataclass(frozen=True)
class Cast:
    """Ids, not rows: a row belongs to one session, an id to every test."""

    ana: int
    ben: int
    uma: int
    cora: int
    cal: int
    pat: int
    wes: int
    sam: int
    spring: int  # cohort in week 4: Ana, Ben; Cora
    autumn: int  # another cohort: Uma; Cal
    summer: int  # open for enrollment, 3 seats
    ana_enrollment: int
    ben_enrollment: int
    uma_enrollment: int


def make_cast() -> Cast:
    """Write the cast into an empty database, with one release and three cohorts, and commit."""
    begin_write()
    program = small_program()
    release = Release(hash=program.content_hash(), content=program.canonical_json(), created_at=NOW)
    db.session.add(release)
    people = {key: _user(key, name, zone) for key, (name, zone) in PEOPLE.items()}
    people["sam"].is_staff = True
    db.session.add_all(people.values())
    db.session.flush()
    cohorts_by_name = {
        "spring": _cohort("spring-2026", date(2026, 2, 28), 24, release.id, "running"),
        "autumn": _cohort("autumn-2026", date(2026, 9, 5), 24, release.id, "running"),
        "summer": _cohort("summer-2026", date(2026, 6, 6), 3, release.id, "open"),
    }
    cohorts.assign_coach(people["sam"], cohorts_by_name["spring"], people["cora"], NOW)
    cohorts.assign_coach(people["sam"], cohorts_by_name["autumn"], people["cal"], NOW)
    enrollments = {
        "ana": _enroll(people["ana"], cohorts_by_name["spring"], "Northgate Medical Exercise", 1),
        "ben": _enroll(people["ben"], cohorts_by_name["spring"], "Carter Medical Fitness", 2),
        "uma": _enroll(people["uma"], cohorts_by_name["autumn"], "Reyes Exercise Practice", 1),
    }
    db.session.add(
        Application(
            user_id=people["wes"].id,
            cohort_id=cohorts_by_name["summer"].id,
            status="waitlisted",
            practice_name="Ibarra Strength",
            answers={},
            submitted_at=NOW - timedelta(days=2),
        )
    )
    db.session.flush()
    ids = {key: person.id for key, person in people.items()}
    ids |= {key: cohort.id for key, cohort in cohorts_by_name.items()}
    ids |= {f"{key}_enrollment": row.id for key, row in enrollments.items()}
    cast = Cast(**ids)
    db.session.commit()
    return cast


def _user(key: str, name: str, zone: str) -> User:
    return User(
        email=f"{key}@example.com",
        name=name,
        time_zone=zone,
        created_at=NOW - timedelta(days=60),
        confirmed_at=NOW,
    )


def _cohort(slug: str, starts_on: date, capacity: int, release_id: int, status: str) -> Cohort:
    cohort = cohorts.open_cohort(
        None,
        slug=slug,
        title=f"Cohort of {starts_on:%B} {starts_on.day}, {starts_on.year}",
        starts_on=starts_on,
        capacity=capacity,
        release_id=release_id,
        now=NOW,
        status=status,
    )
    db.session.add(Price(cohort_id=cohort.id, label="Full price", amount_cents=240000, currency="usd"))
    db.session.add(RefundTier(cohort_id=cohort.id, until=starts_on - timedelta(days=14), share_percent=100))
    db.session.add(RefundTier(cohort_id=cohort.id, until=starts_on + timedelta(days=7), share_percent=50))
    return cohort


def _enroll(user: User, cohort: Cohort, practice: str, seat: int) -> Enrollment:
    enrollment = cohorts.enroll(None, user, cohort, practice, NOW)
    cohorts.activate(None, enrollment, NOW)
    enrollment.onboarded_at = NOW
    db.session.add(
        SeatHold(
            cohort_id=cohort.id,
            user_id=user.id,
            seat=seat,
            status="converted",
            because="enrolled",
            created_at=NOW,
        )
    )
    return enrollment
