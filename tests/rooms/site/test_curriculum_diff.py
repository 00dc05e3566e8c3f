"""`curriculum diff`: what would change for which cohort, and for how many people."""

from __future__ import annotations

import pytest

from app.cohorts.models import Cohort
from app.coursework.models import Draft, System
from app.curriculum.queries import current_release
from app.lib.database import db
from tests.cast import NOW
from tests.factories import participant, submitted_system
from tests.rooms.curriculum import small

SHEET = "modules/01-dough/worksheet.yaml"


@pytest.fixture
def bakers(app, folder, cast, write):
    """The spring cohort bakes: Ana drafts, Ben has sent a round, a third person has not begun. The others are over."""
    app.test_cli_runner().invoke(args=["curriculum", "publish"])
    release_id = current_release().id
    with write():
        for cohort_id in (cast.autumn, cast.summer):
            db.session.get_one(Cohort, cohort_id).status = "finished"
        db.session.get_one(Cohort, cast.spring).release_id = release_id
        participant(cast.spring, 1)
        submitted_system(cast.ben_enrollment, module_slug="dough", answers={"1.A.1": "Rye"})
        ana = System(
            enrollment_id=cast.ana_enrollment, module_slug="dough", assignment_key="recipe-book",
            status="drafting", created_at=NOW,
        )  # fmt: skip
        db.session.add(ana)
        db.session.flush()
        db.session.add(Draft(system_id=ana.id, answers={"1.A.1": "Spelt"}, self_rating={}, saved_at=NOW))
    return release_id


def for_whom(app) -> list[str]:
    result = app.test_cli_runner().invoke(args=["curriculum", "diff"])
    assert result.exit_code == 0
    return result.output.split("\n\n")[1].splitlines() if "\n\n" in result.output else []


def test_a_cohort_that_reads_it_already_is_not_named(app, bakers):
    assert for_whom(app) == []


def test_a_changed_task_is_told_with_its_people(app, folder, bakers):
    small.write(folder, {SHEET: small.WORKSHEET.replace("min_rows: 2", "min_rows: 1")})
    assert for_whom(app) == [
        f"For the Cohort of February 28, 2026 (running, release {bakers}), if it is moved:",
        "  System 1, Recipe book. 3 people: 2 get the new task (1 has not begun, 1 is drafting), "
        "1 keeps the worksheet already answered (1 has submitted).",
    ]


def test_what_stands_in_the_way_comes_first_with_its_way_out(app, folder, bakers):
    start = small.WORKSHEET.index('      - id: "1.A.1"')
    end = small.WORKSHEET.index('      - id: "1.A.2"')
    small.write(
        folder,
        {
            SHEET: small.WORKSHEET[:start]
            + small.WORKSHEET[end:].replace(
                "        min_rows: 2\n", "        min_rows: 2\n        criteria: [clarity]\n"
            ),
            "modules/01-dough/module.md": small.MODULE.replace("documents_promised: [Recipe card]\n", ""),
            "modules/01-dough/documents/recipe-card.md": None,
            "modules/01-dough/samples/good.yaml": small.GOOD.replace('  "1.A.1": Plain loaf\n', ""),
        },
    )
    (folder / "modules/01-dough/documents/recipe-card.md").unlink()
    (folder / "modules/01-dough/samples/weak.yaml").unlink()
    assert for_whom(app)[1] == (
        "  NOT POSSIBLE YET. Field 1.A.1 (Name of the bread) is gone, and Ana Morales has an answer in it. "
        "Keep the field and mark it “retired: true”."
    )


def test_moved_dates_are_told_in_the_cohorts_zone(app, folder, bakers):
    late = small.MODULE_2.replace("opens_day: 7", "opens_day: 28").replace("due_day: 12", "due_day: 33")
    longer = small.PROGRAM.replace("weeks: 3", "weeks: 6")
    small.write(folder, {"modules/02-oven/module.md": late, "program.yaml": longer})
    assert for_whom(app)[1:] == [
        "  Module 2, Baking, opens Sat, Mar 28, 11:00 a.m. EDT instead of Sat, Mar 7, 11:00 a.m. EST.",
        "  Module 2, Baking, is due Thu, Apr 2, 11:59 p.m. EDT instead of Thu, Mar 12, 11:59 p.m. EDT.",
        "  Module 2 is open now and would be shut until then.",
    ]


def test_a_page_around_the_modules_concerns_everybody(app, folder, bakers):
    small.write(folder, {"pages/home.md": small.HOME.replace("Three weeks", "Four weeks")})
    assert for_whom(app)[1:] == ["  Only texts around the modules; everybody reads them."]
