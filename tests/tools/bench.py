"""`python3 run.py bench`: what every page costs, on the demo's data: queries, CPU time, bytes before and after gzip.

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


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        environment, printed = run.prepare_demo(Path(folder), run.wanted_port())
        people = sign_ins(printed)
        os.environ.update(environment)
        bench, wrong = Bench(people), []
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
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except run.Stop as stop:
        sys.exit(f"bench: {stop}")
