"""What was received in one round, counted: for the receipt on the page and in the mail. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.coursework.frozen import ShownFile, shown_files
from app.coursework.models import Submission
from app.coursework.sending import GRACE


@dataclass(frozen=True)
class Received:
    fields: int  # answered
    words: int
    files: tuple[ShownFile, ...]
    back_until: datetime  # UTC; until then the round can be pulled back whoever reads it


def received(submission: Submission) -> Received:
    files = tuple(file for answer in submission.answers.values() for file in shown_files(answer))
    return Received(len(submission.answers), submission.words, files, submission.submitted_at + GRACE)
