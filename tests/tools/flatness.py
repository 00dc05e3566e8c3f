"""What the pages of all day cost with 1,000 and with 100,000 submissions in the database, beside a minimal Flask page.

Everything is asked in one process and interleaved: a few requests to the floor, the same few to the small database,
the same few to the full one, and again, for several rounds. So whatever else the machine does meets all three alike.
Wall time is what a person waits, CPU time (of this process; PostgreSQL's own is not in it) is what can be repeated.
"""

from __future__ import annotations

import argparse
import contextlib
import gc
import re
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import flask_migrate
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.engine import make_url

import run
from app import create_app
from app.coursework import actions
from app.curriculum.models import Release
from app.curriculum.queries import program_of
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Program
from app.lib.database import begin_write, db
from tests.settings import settings_for
from tests.tools.floor import create_floor
from tests.tools.postgres import NotFound, throwaway_postgres
from tests.tools.volume import NOW, Work, fill

SIZES, QUICK = (1_000, 100_000), (1_000, 10_000)
FLAT = 1.15  # p95 of the full database over p95 of the small one
Ask = Callable[[], int]


@dataclass
class Times:
    """Milliseconds of many requests, and the statements of the last."""

    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: int = 0

    def p(self, share: int, of: str = "wall") -> float:
        return statistics.quantiles(getattr(self, of), n=100, method="inclusive")[share - 1]


class Place:
    """One application on one filled database, with the two people who ask it."""

    def __init__(self, url: str, folder: Path, program: Program, submissions: int) -> None:
        settings = settings_for(url, folder, TESTING=False, CLOCK=lambda: NOW)
        self.app, self.statements = create_app(settings), 0
        began = time.perf_counter()
        with self.app.app_context():
            flask_migrate.upgrade()
            program_of.cache_clear()
            self.sample = fill(_published(program), works_of(program), submissions)
            event.listen(db.engine, "before_cursor_execute", self._count)
            self.engine = db.engine
            db.session.remove()
        self.filled_in = time.perf_counter() - began
        self.coach = self._browser(self.sample.coach_token)
        self.participant = self._browser(self.sample.participant_token)

    def _count(self, connection, cursor, statement, *_) -> None:
        self.statements += not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "SET "))

    def _browser(self, token: str):
        browser = self.app.test_client()
        with browser.session_transaction() as session:
            session["sign_in"] = token
        return browser

    def scenarios(self) -> dict[str, Ask]:
        sheet = f"/systems/{self.sample.system_id}"
        return {
            "queue, first page": self._page(self.coach, "/coaching/queue"),
            "queue, middle page": self._page(self.coach, f"/coaching/queue?after={self._middle()}"),
            "queue, one module": self._page(self.coach, f"/coaching/queue?module={self.sample.module_slug}"),
            "queue, later and quiet": self._page(self.coach, "/coaching/queue?round=later&flag=quiet"),
            "queue, unchanged (304)": self._unchanged(),
            "worksheet": self._page(self.participant, sheet),
            "review": self._page(self.coach, f"/reviews/{self.sample.review_id}"),
            "autosave": self._autosave(sheet),
        }

    def _page(self, browser, path: str) -> Ask:
        def ask() -> int:
            with browser.get(path) as answer:
                return answer.status_code

        return ask

    def _middle(self) -> str:
        """The key of the round in the middle of the coach's queue."""
        with self.app.app_context():
            query = (
                "SELECT promised_at, id FROM submission WHERE cohort_id <= 2 AND status IN ('waiting', 'in review') "
                "ORDER BY promised_at, id LIMIT 1 OFFSET :half"
            )
            at, row_id = db.session.execute(text(query), {"half": self.sample.waiting // 2}).one()
            db.session.remove()
        moment = str(at).split(".")[0].split("+")[0].replace(" ", "T")
        return f"{moment}%2B00:00~{row_id}"

    def _unchanged(self) -> Ask:
        version = self.coach.get("/coaching/queue/list").headers["ETag"]

        def ask() -> int:
            with self.coach.get("/coaching/queue/list", headers={"If-None-Match": version}) as answer:
                return 200 if answer.status_code == 304 else answer.status_code

        return ask

    def _autosave(self, sheet: str) -> Ask:
        page = self.participant.get(sheet).get_data(as_text=True)
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)[1]
        form = {"csrf_token": token, "version": re.search(r'name="version" value="(\d+)"', page)[1]}
        number = 0

        def ask() -> int:
            nonlocal number
            number += 1
            form[self.sample.field_id] = f"{number}. " + "Nobody is charged for the first cancellation. " * 80
            with self.participant.post(
                f"{sheet}/draft", data=form, headers={"Accept": "application/json"}
            ) as answer:
                form["version"] = str(answer.get_json().get("version", form["version"]))
                return answer.status_code

        return ask


def _published(program: Program) -> int:
    begin_write()
    release = Release(hash=program.content_hash(), content=program.canonical_json(), created_at=NOW)
    db.session.add(release)
    db.session.flush()
    release_id = release.id
    db.session.commit()
    return release_id


def works_of(program: Program) -> list[Work]:
    """The good sample of every module, as it would be sent."""
    found = []
    for module in program.modules:
        sample = next((one for one in module.samples if one.kind == "good"), None)
        if sample is None or module.worksheet is None:
            continue
        texts = [
            one.id
            for one in module.worksheet.fields()
            if one.type == "long_text" and one.id in sample.answers
        ]
        criteria = tuple(one.key for one in (module.rubric.criteria if module.rubric else ()))
        rating = dict.fromkeys(criteria, "meets")
        frozen = actions.freeze(2, module.worksheet, module.rubric, sample.answers, rating)
        found.append(Work(module.slug, module.worksheet.key, frozen, texts[0], criteria))
    return found


def ask(what: Ask, times: int, into: Times) -> None:
    for _ in range(times):
        cpu, wall = time.process_time(), time.perf_counter()
        status = what()
        into.wall.append((time.perf_counter() - wall) * 1000)
        into.cpu.append((time.process_time() - cpu) * 1000)
        if status != 200:
            raise SystemExit(f"answered {status}")


def measure(places: dict[int, Place], floor: Ask, rounds: int, requests: int) -> dict[str, dict[int, Times]]:
    """Times by scenario and size; the floor's are under size 0."""
    asks = {size: place.scenarios() for size, place in places.items()}
    names = list(next(iter(asks.values())))
    found: dict[str, dict[int, Times]] = {name: {size: Times() for size in (0, *places)} for name in names}
    for name in names:  # templates, statements and plans are made
        for size in places:
            ask(asks[size][name], 12, Times())
    ask(floor, 12, Times())
    gc.collect()
    gc.freeze()  # what lives from here on is what one request leaves
    for _ in range(rounds):
        for name in names:
            for _ in range(requests // 5):
                ask(floor, 5, found[name][0])
                for size, place in places.items():
                    ask(asks[size][name], 5, found[name][size])
                    place.statements = 0
            for size, place in places.items():
                asks[size][name]()
                found[name][size].statements, place.statements = place.statements, 0
    return found


def report(engine: str, found: dict[str, dict[int, Times]], places: dict[int, Place]) -> Iterator[str]:
    small, full = places
    for place in places.values():
        sample = place.sample
        yield (
            f"{engine}, {sample.submissions:,} submissions, {sample.waiting:,} of them in this coach's queue "
            f"(written in {place.filled_in:.0f} s)"
        )
    yield ""
    yield (
        f"| {engine} | SQL | p50 ms, {small:,} | p50 ms, {full:,} | p95 ms, {small:,} | p95 ms, {full:,} "
        "| CPU ms | × floor | p95 ratio, CPU | p95 ratio, wall |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    for name, by_size in found.items():
        floor, few, many = by_size[0], by_size[small], by_size[full]
        cpu, wall = (many.p(95, of) / few.p(95, of) for of in ("cpu", "wall"))
        yield (
            f"| {name} | {many.statements} | {few.p(50):.2f} | {many.p(50):.2f} | {few.p(95):.2f} | {many.p(95):.2f} "
            f"| {many.p(50, 'cpu'):.2f} | {many.p(50, 'cpu') / floor.p(50, 'cpu'):.1f} | {cpu:.2f} | {wall:.2f} |"
        )
    floors = [one for by_size in found.values() for one in by_size[0].cpu]
    yield f"| the floor | 2 | | | | | {statistics.median(floors):.2f} | 1 | | |"
    yield ""
    over = [n for n, by in found.items() if by[full].p(95, "cpu") > FLAT * by[small].p(95, "cpu")]
    yield (
        f"Above {FLAT}: {', '.join(over)}."
        if over
        else f"Every page is flat: no ratio of CPU time above {FLAT}."
    )


@contextlib.contextmanager
def databases(postgres: bool, folder: Path) -> Iterator[Callable[[int], str]]:
    """The address of an empty database for each size, gone afterwards."""
    if not postgres:
        yield lambda size: f"sqlite:///{folder}/{size}.db"
        return
    with throwaway_postgres() as server:
        import psycopg

        made = []

        def create(size: int) -> str:
            made.append(f"bench_{size}_{uuid.uuid4().hex[:8]}")
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f'CREATE DATABASE "{made[-1]}"')
            url = make_url(server).set(drivername="postgresql+psycopg", database=made[-1])
            return url.render_as_string(hide_password=False)

        try:
            yield create
        finally:
            with psycopg.connect(server, autocommit=True) as connection:
                for name in made:
                    connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def floor_of(place: Place) -> Ask:
    app: Flask = create_floor(place.engine)
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["sign_in"] = place.sample.coach_token

    def ask_it() -> int:
        return browser.get("/").status_code

    return ask_it


def compare(postgres: bool, sizes: tuple[int, ...], rounds: int, requests: int) -> Iterator[str]:
    program = rendered(read(run.ROOT / "curriculum"))
    with tempfile.TemporaryDirectory() as name, databases(postgres, Path(name)) as url_of:
        places = {size: Place(url_of(size), Path(name), program, size) for size in sizes}
        found = measure(places, floor_of(places[sizes[0]]), rounds, requests)
        yield from report("PostgreSQL" if postgres else "SQLite", found, places)
        for place in places.values():
            place.engine.dispose()


def main(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="run.py bench", description=__doc__)
    parser.add_argument("--postgres", action="store_true", help="on PostgreSQL as well, when it is installed")
    parser.add_argument(
        "--quick", action="store_true", help=f"{QUICK[1]:,} submissions at most, and fewer requests"
    )
    wanted = parser.parse_args(words)
    sizes, rounds, requests = (QUICK, 5, 20) if wanted.quick else (SIZES, 6, 60)
    for postgres in (False, True) if wanted.postgres else (False,):
        try:
            for line in compare(postgres, sizes, rounds, requests):
                print(line, flush=True)
        except NotFound as missing:
            print(f"PostgreSQL is left out: {missing}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
