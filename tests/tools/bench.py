"""`python3 run.py bench`: what every page costs, on the demo's data: queries, CPU time, bytes before and after gzip.

Before it, what the curriculum costs: reading and checking its files, rendering its texts, and taking up a release.
After it, what the pages of all day cost with 1,000 and with 100,000 submissions (`tests/tools/flatness.py`): alone with
`--flat`, less of it with `--quick`, on PostgreSQL as well with `--postgres`.

Through Flask's test client in one process, so the numbers do not depend on the network or on other processes;
the time is CPU time of this process, the median of several requests after two that warm it up.
"""

import gzip
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

import run
from tests.tools import flatness
from tests.tools.pages import NOBODY, PAGES, STATUS, NoWay, Page, address_of, sign_in_form, sign_ins

WARM_UP, MEASURED = 2, 7


class Bench:
    """One app on fresh demo data, one signed-in client for each person, one counter of queries."""

    def __init__(self, people):
        from sqlalchemy import Engine, event

        from app import create_app

        self.app, self.people, self.clients, self.queries = create_app(), people, {}, 0
        event.listen(Engine, "before_cursor_execute", self._count)

    def _count(self, connection, cursor, statement, *_):
        if not statement.startswith(("BEGIN", "COMMIT", "PRAGMA", "SAVEPOINT", "RELEASE", "SET ")):
            self.queries += 1

    def client(self, who):
        if who not in self.clients:
            client = self.clients[who] = self.app.test_client()
            if who != NOBODY:
                email, password = self.people[who]
                action, hidden = sign_in_form(client.get("/sign-in").get_data(as_text=True))
                answer = client.post(action, data={**hidden, "email": email, "password": password})
                if answer.status_code not in (302, 303):
                    raise SystemExit(f"{who} could not sign in: {answer.status}")
        return self.clients[who]

    def measure(self, page: Page):
        """One line of the table, and whether the page answered as it should."""
        client, times = self.client(page.who), []
        try:
            address = address_of(page, lambda path: client.get(path).get_data(as_text=True))
        except NoWay as error:
            return f"{page.name:<16} {error}", False
        for _ in range(WARM_UP + MEASURED):
            self.queries = 0
            began = time.process_time()
            answer = client.get(address)
            times.append((time.process_time() - began) * 1000)
            body, status, queries = answer.get_data(), answer.status_code, self.queries
            answer.close()
            if status >= 500:
                break  # once is enough to see it fail
        milliseconds = statistics.median(times[WARM_UP:] or times)
        sizes = f"{len(body) / 1000:8.1f} {len(gzip.compress(body, 6)) / 1000:8.1f}"
        line = f"{page.name:<16} {status:>6} {queries:>7} {milliseconds:>8.1f} {sizes}   {address}"
        return line, status == STATUS.get(page.name, 200)


def curriculum():
    """One line for each thing that is done with the whole curriculum: CPU milliseconds, the median of several."""
    from app.curriculum.reader import read
    from app.curriculum.rendering import rendered
    from app.curriculum.schema import Program

    program = rendered(read(run.ROOT / "curriculum"))
    content = program.canonical_json()
    steps = {
        "read and checked (check, publish)": lambda: read(run.ROOT / "curriculum"),
        "rendered (check, publish)": lambda: rendered(program),
        "hashed (publish)": program.content_hash,
        "taken up by a process, once for a release": lambda: Program.model_validate_json(content),
    }
    yield f"The curriculum, {len(content) / 1e6:.1f} MB as a release: CPU ms"
    for name, step in steps.items():
        times = []
        for _ in range(MEASURED):
            began = time.process_time()
            step()
            times.append((time.process_time() - began) * 1000)
        yield f"{name:<42} {statistics.median(times):>7.1f}"


def main(words: list[str]) -> int:
    wrong = [] if "--flat" in words else pages()
    flatness.main([one for one in words if one != "--flat"])
    return 1 if wrong else 0


def pages() -> list[str]:
    """Print the table of all pages; the names of those that did not answer as they should."""
    with tempfile.TemporaryDirectory() as folder:
        environment, printed = run.prepare_demo(Path(folder), run.wanted_port())
        people = sign_ins(printed)
        os.environ.update(environment)
        bench, wrong = Bench(people), []
        print()
        for line in curriculum():
            print(line, flush=True)
        print(
            f"\n{'page':<16} {'status':>6} {'queries':>7} {'CPU ms':>8} {'HTML KB':>8} {'gzip KB':>8}   address"
        )
        for page in (one for one in PAGES if not one.press and not one.paper):
            line, good = bench.measure(page)
            print(line, flush=True)
            if not good:
                wrong.append(page.name)
    if wrong:
        print(f"\nDid not answer as they should: {', '.join(wrong)}.")
    return wrong


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except run.Stop as stop:
        sys.exit(f"bench: {stop}")
