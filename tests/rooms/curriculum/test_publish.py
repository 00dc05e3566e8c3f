"""Publishing a release: from the command line and as a verb; reading it back; what would change."""

from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.audit.models import Entry
from app.curriculum import media_folder
from app.curriculum.actions import publish
from app.curriculum.differences import differences
from app.curriculum.models import Release
from app.curriculum.problems import CurriculumErrors
from app.curriculum.queries import current_release, program_of
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.files import folder as folder_store
from app.files import storage
from app.lib.database import begin_write, db
from tests.cast import NOW
from tests.rooms.curriculum import media, small

SHEET = "modules/01-dough/worksheet.yaml"


@pytest.fixture
def folder(app, tmp_path, monkeypatch):
    monkeypatch.setitem(app.config, "CURRICULUM_DIR", small.write(tmp_path))
    return tmp_path


def run(app, *words):
    return app.test_cli_runner().invoke(args=["curriculum", *words])


def releases():
    return db.session.scalar(select(func.count()).select_from(Release))


def test_publish_makes_a_release_that_reads_back_as_the_program(app, folder, cast):
    program = rendered(read(folder))
    begin_write()
    release = publish(None, program, NOW, "First loaf")
    db.session.commit()
    assert current_release().id == release.id
    assert release.hash == program.content_hash()
    assert release.created_at == NOW
    assert program_of(release.id) == program
    assert program_of(release.id) is program_of(release.id)
    assert '<aside class="callout">' in program_of(release.id).module("dough").lessons[0].html
    entry = db.session.scalars(select(Entry).order_by(Entry.id.desc())).first()
    assert entry.sentence == (
        f"Published release {release.id} of the curriculum ({release.hash[:12]}): First loaf"
    )
    assert (entry.about_kind, entry.about_id, entry.actor_name) == ("release", release.id, "The system")


def test_the_same_content_is_the_same_release(app, folder):
    before = releases()
    first = run(app, "publish", "--note", "First")
    entries = db.session.scalar(select(func.count()).select_from(Entry))
    second = run(app, "publish", "--note", "Second")
    release = current_release()
    said = f"Release {release.id} ({release.hash[:12]})"
    assert (first.exit_code, first.output) == (0, f"{said} is published.\n")
    assert (second.exit_code, second.output) == (
        0,
        f"{said} is this curriculum already; nothing was published.\n",
    )
    assert release.note == "First"
    assert releases() == before + 1
    assert db.session.scalar(select(func.count()).select_from(Entry)) == entries


def test_no_release_and_an_unknown_one(app):
    with pytest.raises(LookupError, match="no release 999"):
        program_of(999)


def test_check_counts_what_is_there(app, folder, tmp_path):
    result = run(app, "check")
    said = "2 modules, 1 lesson, 7 fields, 4 statements: clean. Still open: 1 point; --strict lists them.\n"
    assert (result.exit_code, result.output) == (0, said)
    small.write(folder)
    (folder / "assessment.yaml").unlink()
    assert run(app, "check").output.startswith("2 modules, 1 lesson, 7 fields: clean.")


def test_check_of_another_folder_prints_every_problem_and_fails(app, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    small.write(
        tmp_path / "other",
        {SHEET: small.WORKSHEET.replace("min_rows", "minrows"), "modules/02-oven/module.md": "no head"},
    )
    result = run(app, "check", "other")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        f"other/{SHEET}:16: there is no key “minrows” in entry 2 of “fields”; did you mean “min_rows”?",
        "other/modules/02-oven/module.md:1: the file must begin with a line of three dashes (---), then title: "
        "and so on.",
        "2 problems.",
    ]


def test_publish_refuses_a_broken_curriculum(app, folder):
    before = releases()
    small.write(folder, {SHEET: "key: ["})
    result = run(app, "publish")
    assert result.exit_code == 1
    assert result.output.endswith("1 problem.\n")
    assert releases() == before


def test_diff_says_text_only_or_structure(app, folder):
    run(app, "publish")
    release = current_release()
    assert run(app, "diff").output.splitlines()[0] == f"Nothing differs from release {release.id}."
    small.write(
        folder,
        {
            SHEET: small.WORKSHEET.replace("min_rows: 2", "min_rows: 1"),
            "modules/01-dough/lessons/01-weigh-it.md": small.LESSON.replace("Two percent", "Three percent"),
            "modules/02-oven/module.md": small.MODULE_2.replace("title: Know", "title: Understand"),
            "program.yaml": small.PROGRAM.replace("weeks: 3", "weeks: 4"),
        },
    )
    first, *_for_whom = run(app, "diff").output.split("\n\n")
    assert first.splitlines() == [
        f"Compared with release {release.id} ({release.hash[:12]}):",
        "  program: weeks: dates changed: 3 → 4",
        "  module 1 dough: lesson weigh-it: text",
        "  module 1 dough: field 1.A.2 (Ingredients): task changed",
        "  module 2 oven: title: text",
    ]


def test_a_reworded_worksheet_is_text_only(tmp_path):
    old = read(small.write(tmp_path))
    new = read(
        small.write(tmp_path, {SHEET: small.WORKSHEET.replace("label: Ingredients", "label: What is in it")})
    )
    assert [str(one) for one in differences(old, new)] == [
        "module 1 dough: field 1.A.2 (What is in it): text"
    ]


def test_modules_pages_and_sources_come_and_go(tmp_path):
    old = read(small.write(tmp_path / "old", {"assessment.yaml": None}))
    new = read(
        small.write(
            tmp_path / "new",
            {
                "program.yaml": small.PROGRAM.replace("02-oven", "02-heat"),
                "modules/02-oven/module.md": None,
                "modules/02-heat/module.md": small.MODULE_2.replace("cold-oven", "cold-stove"),
                "pages/home.md": small.HOME.replace("Three weeks", "Three short weeks"),
                "pages/reasons/cold-oven.md": None,
                "pages/reasons/cold-stove.md": small.PAGE,
                "assessment.yaml": None,
                "sources.yaml": small.SOURCES + "F3: {text: New}\n",
                "modules/01-dough/module.md": small.MODULE.replace("documents_promised: [Recipe card]\n", ""),
                "modules/01-dough/documents/recipe-card.md": None,
            },
        )
    )
    assert [str(one) for one in differences(old, new)] == [
        "page home: text",
        "page reasons/cold-stove: new",
        "page reasons/cold-oven: removed",
        "source F3: new",
        "module 1 dough: documents promised: text",
        "module 1 dough: document recipe-card: removed",
        "module 2 heat: new",
        "module 2 oven: removed",
    ]


# --- files ---------------------------------------------------------------------------------------------------------


def test_publishing_keeps_the_bytes_of_every_file(app, folder):
    small.write(folder, media.files())
    assert run(app, "publish").exit_code == 0
    dough = program_of(current_release().id).module("dough")
    assert {one.name: storage.get(one.sha256) for one in dough.media} == media.FILES
    assert run(app, "publish").output.endswith("nothing was published.\n")


def test_a_release_whose_bytes_are_not_kept_is_not_published(app, folder):
    small.write(folder, media.files(loaf_png=media.picture(size=(3, 3))))
    program = rendered(read(folder))
    begin_write()
    with pytest.raises(FileNotFoundError):
        publish(None, program, NOW)
    db.session.rollback()


def test_a_file_that_changes_meanwhile_stops_publishing(app, folder):
    small.write(folder, media.files())
    program = rendered(read(folder))
    (folder / media.FOLDER / "loaf.png").write_bytes(media.picture(size=(4, 4)))
    with pytest.raises(CurriculumErrors, match="changed while it was being published"):
        media_folder.keep(folder, program)
    (folder / media.FOLDER / "loaf.png").unlink()
    with pytest.raises(CurriculumErrors, match="this file is missing"):
        media_folder.keep(folder, program)


def test_a_large_file_is_kept_part_by_part(app, tmp_path):
    data = b"0123456789" * 250_000
    (tmp_path / "film").write_bytes(data)
    digest = storage.put_file(tmp_path / "film")
    assert digest == storage.put(data)
    assert storage.path_of(digest).read_bytes() == data
    assert storage.put_file(tmp_path / "film") == digest
    with pytest.raises(FileNotFoundError):
        storage.path_of("0" * 64)


def test_what_was_not_copied_whole_leaves_nothing(app, tmp_path, monkeypatch):
    (tmp_path / "film").write_bytes(b"film")
    root = Path(app.config["STORAGE_URL"])
    before = sorted(root.rglob("*"))

    def full(_handle):
        raise OSError("no room")

    monkeypatch.setattr(folder_store.os, "fsync", full)
    with pytest.raises(OSError, match="no room"):
        storage.put_file(tmp_path / "film")
    assert sorted(root.rglob("*")) == before


def test_what_changed_in_the_assessment_is_named(tmp_path):
    old = read(small.write(tmp_path / "old"))

    def changed(*words):
        text = small.ASSESSMENT
        for before, after in words:
            assert before in text
            text = text.replace(before, after, 1)
        found = differences(old, read(small.write(tmp_path / "new", {"assessment.yaml": text})))
        return [str(one) for one in found]

    assert changed(("I weigh the flour.", "I weigh flour."), ("Buy a thermometer.", "Lend one.")) == [
        "assessment: text"
    ]
    assert changed(("key: r1", "key: r3")) == [
        "assessment new answers are no longer compared with those given so far: task changed",
        "assessment: text",
    ]
    without = read(small.write(tmp_path / "without", {"assessment.yaml": None}))
    assert [str(one) for one in differences(old, without)] == ["assessment: removed"]
    assert [str(one) for one in differences(without, old)] == ["assessment: new"]
