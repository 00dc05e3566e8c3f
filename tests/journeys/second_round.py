"""`python -m tests.journeys.second_round`: somebody's second round waits for Cora, and another's first round after it.

Round 1 was returned with three requested changes; each is answered. Prints that somebody's name.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.accounts.models import User
from app.cohorts.models import Cohort, CohortCoach
from app.curriculum.queries import program_of
from app.lib import clock
from app.lib.database import begin_write, db
from app.site.demo import work
from tests.factories import answer_request, next_round, participant, published_review, submitted_system
from wsgi import app

ASKED = (
    ("1.C.1", "required", "Write the exception so that it works on a day you are not there."),
    ("1.C.3", "required", "Hand the page over once more and write down the first question."),
    ("1.E.6", "suggested", "Compare a second scenario."),
)


def prepare() -> str:
    begin_write()
    now = clock.now()
    coached = select(CohortCoach.cohort_id).join(User, User.id == CohortCoach.user_id)
    coached = coached.where(User.email == "cora@example.com")
    cohort = db.session.scalars(
        select(Cohort).where(Cohort.id.in_(coached), Cohort.status == "running").order_by(Cohort.id)
    ).first()
    cora = db.session.scalar(select(User).where(User.email == "cora@example.com"))
    assert cohort and cora
    module = program_of(cohort.release_id).modules[0]
    rating = work.rating(module)
    taken = db.session.scalar(select(func.count(User.id))) or 0
    first_number = 900 + taken
    for number in (first_number, first_number + 1):
        enrollment = participant(cohort.id, number, now)
        answers = work.answers_of(module, f"Practice {number}", f"Person {number}", "Rosa")
        due = now + timedelta(minutes=number)
        first = submitted_system(
            enrollment.id,
            answers=work.first_round(answers) if number == first_number else answers,
            module_slug=module.slug,
            self_rating=rating,
            now=now - timedelta(days=9),
            promised_at=due,
        )
        if number == first_number:
            marks = dict(work.changes_asked(module, "Cora").marks)
            review = published_review(
                first, cora.id, comments=ASKED, marks=marks, now=now - timedelta(days=7)
            )
            for comment in review.comments:
                answer_request(comment, now=now - timedelta(days=1))
            next_round(first.system, answers=answers, self_rating=rating, now=now, promised_at=due)
    db.session.commit()
    return f"Person {first_number}"


if __name__ == "__main__":
    with app.app_context():
        print(prepare())
