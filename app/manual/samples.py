"""The manual of the sample practice: what the curriculum's own good samples become, for everybody to read.

It belongs to nobody, has no dates, and is the same for everyone, so each process composes it once for a release.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache

from sqlalchemy import select

from app.curriculum.queries import program_of
from app.lib.database import db
from app.manual import book
from app.manual.book import Book, Imprint, Work
from app.manual.models import SampleFile

_NO_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # shown nowhere: a sample is in force on no day


@lru_cache(maxsize=4)
def book_of(release_id: int, release_hash: str) -> Book:
    """The sample manual of a release; no chapter is bound where the program has no good samples.

    A release never changes; the hash tells two databases apart.
    """
    program = program_of(release_id)
    good = [
        (module, sample) for module in program.modules for sample in module.samples if sample.kind == "good"
    ]
    work = [
        Work(module.slug, sample.answers, f"{release_hash} {sample.slug}", 1, _NO_DAY, "")
        for module, sample in good
    ]
    imprint = Imprint(program.sample_practice or f"{program.title}: sample practice", "", is_sample=True)
    return book.compose(program, {}, work, imprint)


def files_of(release_id: int, module_slug: str, document_slug: str) -> dict[str, SampleFile]:
    """What there is of this document to take along, by kind."""
    rows = select(SampleFile).where(
        SampleFile.release_id == release_id,
        SampleFile.module_slug == module_slug,
        SampleFile.document_slug == document_slug,
        SampleFile.sha256.is_not(None),
    )
    return {row.kind: row for row in db.session.scalars(rows)}


def made(release_id: int) -> set[tuple[str, str, str]]:
    """Module, document and kind of everything that was made, or tried."""
    rows = select(SampleFile.module_slug, SampleFile.document_slug, SampleFile.kind).where(
        SampleFile.release_id == release_id
    )
    return {(row[0], row[1], row[2]) for row in db.session.execute(rows)}


def digests() -> set[str]:
    """The SHA-256 of every file there is: none of them has a row among the stored files, for nobody owns them."""
    return {
        one
        for one in db.session.scalars(select(SampleFile.sha256).where(SampleFile.sha256.is_not(None)))
        if one
    }
