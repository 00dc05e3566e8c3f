"""`python -m tests.journeys.counted EMAIL`: what the database holds of this person's newest system, as JSON.

The system's status; rounds and reviews by their status; required changes of published reviews, open and settled.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from typing import Any

from sqlalchemy import select

from app.accounts.models import User
from app.cohorts.models import Enrollment
from app.coursework.models import Submission, System
from app.coursework.review_models import Comment, Review
from app.lib.database import db
from wsgi import app


def counted(email: str) -> dict[str, Any]:
    of_person = select(System).join(Enrollment).join(User).where(User.email == email)
    system = db.session.scalars(of_person.order_by(System.id.desc()).limit(1)).one()
    of_system = Submission.system_id == system.id
    rounds = db.session.scalars(select(Submission.status).where(of_system))
    reviews = db.session.scalars(select(Review.status).join(Submission).where(of_system))
    required = select(Comment.settled_at).join(Review).join(Submission)
    required = required.where(of_system, Review.status == "published", Comment.kind == "required")
    settled = ["settled" if one else "open" for one in db.session.scalars(required)]
    return {
        "system": system.status,
        "rounds": Counter(rounds),
        "reviews": Counter(reviews),
        "required": Counter(settled),
    }


if __name__ == "__main__":
    with app.app_context():
        print(json.dumps(counted(sys.argv[1])))
