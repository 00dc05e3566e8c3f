"""A database as full as wanted: cohorts, people, systems, drafts, rounds, reviews and comments, always the same ones.

Written past the verbs, because a hundred thousand of them would take an hour; the counters are then counted. What is
measured stands apart from the crowd and is the same at every size: one worksheet, one round under review.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from app.accounts.models import SignIn, User
from app.cohorts.models import Cohort, CohortCoach, Enrollment
from app.coursework import actions, counts, rules
from app.coursework.models import Draft, Submission, System
from app.coursework.review_models import Comment, Review
from app.lib.database import begin_write, db
from app.lib.tokens import hash_token

NOW = datetime(2026, 4, 15, 15, 0, tzinfo=UTC)
SEED = 20260228
OWN = 2  # cohorts of the coach who is measured
SHARE = 0.8  # of all systems are in those: their queue is where volume would hurt
BATCH = 5_000
LEVELS = ("meets", "exceeds", "not_yet")


@dataclass(frozen=True)
class Work:
    """What is sent for one module."""

    module_slug: str
    key: str
    frozen: actions.Frozen
    field_id: str  # of a long text: what comments are about, and what autosave changes
    criteria: tuple[str, ...]

    def short(self) -> actions.Frozen:
        """The crowd sends the beginning of it, so that the file stays small."""
        answers = {self.field_id: str(self.frozen.answers[self.field_id])[:1500]}
        kept = {one: html[:1500] for one, html in self.frozen.rendered.items() if one == self.field_id}
        return actions.Frozen(
            1, answers, kept, {}, "0" * 64, self.frozen.self_rating, 240, self.frozen.structure_hash
        )


@dataclass(frozen=True)
class Sample:
    """What the measuring opens: tokens of two sign-ins, a worksheet, a review."""

    coach_token: str
    participant_token: str
    coach_id: int
    system_id: int
    review_id: int
    field_id: str
    module_slug: str
    submissions: int
    waiting: int  # of the coach


class Filler:
    """Rows by table, sent in batches: `executemany` on SQLite, COPY on PostgreSQL."""

    def __init__(self) -> None:
        self.rows: dict[type, list[dict]] = {}
        self.ids: dict[type, int] = {}
        self.lite = db.engine.dialect.name == "sqlite"

    def add(self, table: type, **values) -> int:
        self.ids[table] = self.ids.get(table, 0) + 1
        if "id" in table.__table__.c:
            values = {"id": self.ids[table], **values}
        rows = self.rows.setdefault(table, [])
        rows.append(values)
        if table is Comment and len(rows) >= BATCH:
            self.send()
        return self.ids[table]

    def send(self) -> None:
        """Everything collected, the tables others point to first."""
        driver = db.session.connection().connection.driver_connection
        cursor = driver.cursor()
        order = [one.name for one in db.metadata.sorted_tables]
        for table in sorted(self.rows, key=lambda one: order.index(one.__tablename__)):
            rows = self.rows[table]
            if not rows:
                continue
            names = list(rows[0])
            values = [tuple(self._plain(row[name]) for name in names) for row in rows]
            into = f'"{table.__tablename__}" ({", ".join(names)})'
            if self.lite:
                cursor.executemany(f"INSERT INTO {into} VALUES ({', '.join('?' * len(names))})", values)
            else:
                with cursor.copy(f"COPY {into} FROM STDIN") as copy:
                    for row in values:
                        copy.write_row(row)
            rows.clear()

    def _plain(self, value):
        if isinstance(value, datetime):
            return value.strftime("%Y-%m-%d %H:%M:%S.%f") if self.lite else value
        return value.isoformat() if self.lite and isinstance(value, date) else value

    def finish(self) -> None:
        self.send()
        if not self.lite:  # what is added later goes on counting from here
            for table, last in self.ids.items():
                if "id" in table.__table__.c:
                    sequence = f"pg_get_serial_sequence('\"{table.__tablename__}\"', 'id')"
                    db.session.execute(text(f"SELECT setval({sequence}, {last})"))


def fill(release_id: int, works: list[Work], submissions: int, people: int = 50) -> Sample:
    """Fill an empty database that has this release; commits. The first of `works` is the one that is measured; `people`
    are in each cohort but those of the coach who measures."""
    crowd = Crowd(release_id, works, random.Random(SEED), people)
    begin_write()
    sample = crowd.measured()
    while crowd.ids[Submission] < submissions:
        crowd.system()
    crowd.finish()
    counts.recount()
    db.session.commit()
    if not crowd.lite:
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", writes=True) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")
    waiting = db.session.execute(
        text(
            "SELECT count(*) FROM submission WHERE status IN ('waiting', 'in review') AND cohort_id <= :own"
        ),
        {"own": OWN},
    ).scalar_one()
    db.session.rollback()
    return Sample(**sample, submissions=crowd.ids[Submission], waiting=waiting)


class Crowd(Filler):
    def __init__(self, release_id: int, works: list[Work], lot: random.Random, people: int) -> None:
        super().__init__()
        self.release_id, self.works, self.lot, self.people = release_id, works, lot, people
        self.short = [self._dumped(one.short()) for one in works]
        self.whole = self._dumped(works[0].frozen)
        self.coach = self._user("Cora Bennett", is_coach=True)
        self.colleague = self._user("Theo Marsh", is_coach=True)
        for _ in range(OWN):
            self._cohort(self.coach, self.colleague)
        self.places: list[tuple[int, int, int]] = []  # (enrollment, cohort, next work) still to be filled
        self.own = 1  # enrollments in the cohorts of the coach
        self.elsewhere: list[int] = []  # places left in the newest of the other cohorts

    @staticmethod
    def _dumped(frozen: actions.Frozen) -> dict:
        return {
            "answers": json.dumps(frozen.answers), "rendered": json.dumps(frozen.rendered), "shown": "{}",
            "digest": frozen.digest, "self_rating": json.dumps(frozen.self_rating), "words": frozen.words,
            "structure_hash": frozen.structure_hash,
        }  # fmt: skip

    def _user(self, name: str, is_coach: bool = False) -> int:
        number = self.ids.get(User, 0) + 1
        return self.add(
            User, email=f"person{number}@example.com", name=name, time_zone="America/New_York", is_coach=is_coach,
            is_staff=False, created_at=NOW - timedelta(days=90), confirmed_at=NOW - timedelta(days=90),
        )  # fmt: skip

    def _cohort(self, *coaches: int) -> int:
        number = self.ids.get(Cohort, 0) + 1
        cohort = self.add(
            Cohort, slug=f"cohort-{number}", title=f"Cohort {number}", starts_on=date(2026, 2, 28),
            time_zone="America/New_York", capacity=50, status="running", release_id=self.release_id, shift_days=0,
            holidays="[]", created_at=NOW - timedelta(days=90),
        )  # fmt: skip
        for coach in coaches:
            self.add(CohortCoach, cohort_id=cohort, user_id=coach)
        return cohort

    def _enrollment(self, cohort: int) -> int:
        user = self._user(f"Person {self.ids[User] + 1}")
        return self.add(
            Enrollment, user_id=user, cohort_id=cohort, status="active", practice_name=f"Practice {user}",
            created_at=NOW - timedelta(days=60), activated_at=NOW - timedelta(days=60),
        )  # fmt: skip

    def measured(self) -> dict:
        """A system in its second round, which the coach has begun to review; and two people who are signed in."""
        enrollment = self._enrollment(1)
        system = self._system(enrollment, 0, "in review", 2, self.whole)
        first = self._round(system, 1, 1, 0, NOW - timedelta(days=6), "decided", self.whole)
        self._review(first, 0, self.coach, "changes requested", NOW - timedelta(days=4))
        lease = {
            "lease_coach_id": self.coach,
            "lease_token": "t" * 40,
            "lease_until": NOW + timedelta(minutes=20),
        }
        second = self._round(system, 1, 2, 0, NOW - timedelta(days=2), "in review", self.whole, **lease)
        review = self._review(second, 0, self.coach, None, None)
        tokens = {"coach_token": "coach" * 9, "participant_token": "participant" * 4}
        for user, token in (
            (self.coach, tokens["coach_token"]),
            (self.ids[User], tokens["participant_token"]),
        ):
            self.add(
                SignIn, token_hash=hash_token(token), user_id=user, device="Bench", created_at=NOW, last_used_at=NOW,
                expires_at=NOW + timedelta(days=30),
            )  # fmt: skip
        return {
            **tokens, "coach_id": self.coach, "system_id": system, "review_id": review,
            "field_id": self.works[0].field_id, "module_slug": self.works[0].module_slug,
        }  # fmt: skip

    def system(self) -> None:
        """One more system, with one to three rounds; it waits, or was answered."""
        enrollment, cohort, place = self._place()
        rounds = self.lot.choice((1, 1, 1, 2, 2, 3))
        waits = self.lot.random() < (0.65 if cohort <= OWN else 0.3)
        status = "submitted" if waits else self.lot.choice(("accepted", "changes requested"))
        system = self._system(enrollment, place, status, rounds, self.short[place])
        sent = NOW - timedelta(days=3 * rounds, minutes=self.lot.randrange(4 * 24 * 60))
        for number in range(1, rounds + 1):
            is_last = number == rounds
            more, state = {}, "decided"
            if is_last and waits:
                state = "waiting"
                if self.lot.random() < 0.05:
                    state = "in review"
                    more = {"lease_coach_id": self.colleague, "lease_token": "t" * 40,
                            "lease_until": NOW + timedelta(minutes=self.lot.randrange(-30, 30))}  # fmt: skip
            round_id = self._round(system, cohort, number, place, sent, state, self.short[place], **more)
            verdict = status if is_last else "changes requested"
            if state == "decided":
                at = sent + timedelta(hours=self.lot.randrange(1, 99))
                self._review(round_id, place, self.colleague, verdict, at)
            elif state == "in review":
                self._review(round_id, place, self.colleague, None, None)
            sent += timedelta(days=3)

    def _place(self) -> tuple[int, int, int]:
        if not self.places:
            if self.ids[Enrollment] * SHARE >= self.own:
                self.own += 1
                cohort = self.lot.randint(1, OWN)
            else:
                if not self.elsewhere:
                    cohort = self._cohort(self._user("Another Coach", is_coach=True))
                    self.elsewhere = [cohort] * self.people
                cohort = self.elsewhere.pop()
            enrollment = self._enrollment(cohort)
            self.places = [(enrollment, cohort, place) for place in range(len(self.works))]
        return self.places.pop()

    def _system(self, enrollment: int, place: int, status: str, rounds: int, dumped: dict) -> int:
        work, accepted = self.works[place], status == "accepted"
        system = self.add(
            System, enrollment_id=enrollment, module_slug=work.module_slug, assignment_key=work.key, status=status,
            round=rounds, created_at=NOW - timedelta(days=30), accepted_at=NOW if accepted else None,
            accepted_round=rounds if accepted else None,
        )  # fmt: skip
        self.add(
            Draft, system_id=system, answers=dumped["answers"], self_rating="{}", version=1,
            saved_at=NOW - timedelta(days=2),
        )  # fmt: skip
        return system

    def _round(
        self,
        system: int,
        cohort: int,
        number: int,
        place: int,
        sent: datetime,
        status: str,
        dumped: dict,
        **lease,
    ) -> int:
        lease = lease or {"lease_coach_id": None, "lease_token": None, "lease_until": None}
        return self.add(
            Submission, system_id=system, cohort_id=cohort, number=number, release_id=self.release_id, **dumped,
            module_slug=self.works[place].module_slug, step=rules.step(number), is_quiet=self.lot.random() < 0.3,
            asked=1 if number > 1 else 0, status=status, submitted_at=sent,
            promised_at=sent.replace(hour=22, minute=0) + timedelta(days=3), **lease,
        )  # fmt: skip

    def _review(self, round_id: int, place: int, coach: int, verdict: str | None, at: datetime | None) -> int:
        work = self.works[place]
        review = self.add(
            Review, submission_id=round_id, coach_id=coach, status="published" if verdict else "draft",
            marks=json.dumps({key: LEVELS[number % 3] for number, key in enumerate(work.criteria)}),
            strength="The path is complete, and a stranger could walk it." * 2, note="", settled="{}",
            verdict=verdict, version=1, created_at=at or NOW, saved_at=at or NOW, published_at=at,
        )  # fmt: skip
        for position in range(1, 4):
            kind = "required" if position == 1 and verdict != "accepted" else "suggested"
            self.add(
                Comment, review_id=review, field_id=work.field_id, kind=kind, position=position, quote="",
                text="Who decides, on what, and where is it logged? Write it so that it works without you.",
                answer="changed" if verdict else None, answer_text="Done." if verdict else "",
                answered_at=at + timedelta(days=1) if at else None,
                settled_at=at + timedelta(days=3) if at and round_id > 1 else None,
            )  # fmt: skip
        return review
