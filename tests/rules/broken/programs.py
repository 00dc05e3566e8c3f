"""What the files of a program get wrong about each other: modules, dates, promises, sources, the front page."""

from tests.rules.broken.case import CARD, HOME, MODULE, OVEN, PAGE, PROGRAM, SOURCES, put, swap

SECOND_SHEET = """\
key: recipe-book
title: Oven log
sections:
  - id: A
    title: Heat
    fields:
      - {id: "2.A.1", label: Degrees, type: number, criteria: [heat]}
"""
SECOND_RUBRIC = """\
criteria:
  - key: heat
    title: Heat
    levels: {not_yet: Cold, meets: Hot, exceeds: Even}
"""
ART = """\
  art:
    practice: Anna’s oven
    caption: In week 2.
    about: a list of flours
    states: [accepted]
    module: 3
    title: Flours
    columns: [Flour, Weight, Price, Good?]
    rows: [{cells: [Rye, 1 kg, "2.10", yes]}]
    signed: Anna
"""

BROKEN = {
    "module not there": swap(PROGRAM, "02-oven", "02-stove",
        "modules/02-oven:1: “02-oven” is not listed under “modules” in program.yaml.",
        f"{PROGRAM}:12: there is no folder modules/02-stove; make it or take it off the list."),
    "modules in another order": swap(PROGRAM, "  - 01-dough\n  - 02-oven", "  - 02-oven\n  - 01-dough",
        f"{PROGRAM}:11: “02-oven” stands at place 1; its folder must be called 01-oven.",
        f"{PROGRAM}:12: “01-dough” stands at place 2; its folder must be called 02-dough."),
    "module listed twice": swap(PROGRAM, "  - 02-oven", "  - 02-oven\n  - 02-oven",
        f"{PROGRAM}:13: “02-oven” is listed twice."),
    "name of a module": swap(PROGRAM, "  - 02-oven", "  - 02-oven\n  - oven",
        f"{PROGRAM}:13: “oven” is not the name of a module's folder; write it like 01-systems."),
    "modules not a list": swap(PROGRAM, "modules:\n  - 01-dough\n  - 02-oven", "modules: 01-dough",
        f"{PROGRAM}:10: “modules” must be a list, each item on its own line after “- ”."),
    "time zone": swap(PROGRAM, "Europe/Vienna", "Europe/Wien-Mitte",
        f"{PROGRAM}:5: “Europe/Wien-Mitte” is not a time zone; write one like America/New_York."),
    "other time zone": swap(PROGRAM, "hedges:", "also_shown_in: [Vienna]\nhedges:",
        f"{PROGRAM}:6: “Vienna” is not a time zone; write one like America/New_York."),
    "language": swap(PROGRAM, "language: en-US", "language: English",
        f"{PROGRAM}:3: “language” is “English”; write a language like en-US."),
    "first day of the week": swap(PROGRAM, "weeks: 3", "weeks: 3\nweek_begins: Saturday",
        f"{PROGRAM}:5: “week_begins” is “Saturday”; it must be monday, tuesday, wednesday, thursday, "
         "friday, saturday or sunday."),
    "week after the end": swap(PROGRAM, "week: 2", "week: 9",
        f"{PROGRAM}:16: week 9 is after the last week, 3."),
    "week planned twice": swap(
        PROGRAM,
        "  - {week: 2, title: Rest week}",
        "  - {week: 2, title: Rest week}\n  - {week: 2, title: Again}",
        f"{PROGRAM}:17: the week “2” is used twice; the first is in line 16."),
    "call twice": swap(
        PROGRAM,
        "calls:\n",
        'calls:\n  - {key: week-1, week: 1, title: Again, day: 0, starts: "18:00", minutes: 60}\n',
        f"{PROGRAM}:15: the call “week-1” is used twice; the first is in line 14."),
    "call of no length": swap(PROGRAM, "minutes: 60", "minutes: 0",
        f"{PROGRAM}:14: “minutes” is 0; the least is 5."),
    "no hedge": swap(PROGRAM, "hedges:\n  - Ovens are hot.", "hedges: []",
        f"{PROGRAM}:6: “hedges” needs at least 1; it has 0."),
    "question with one option": swap(
        PROGRAM,
        "hedges:",
        "application:\n  - {key: oven, question: Have you an oven?, options: [Yes]}\nhedges:",
        f"{PROGRAM}:7: the question “oven” needs at least two options, or none to be answered in words."),
    "question twice": swap(
        PROGRAM,
        "hedges:",
        "application:\n  - {key: oven, question: An oven?}\n  - {key: oven, question: A stove?}\nhedges:",
        f"{PROGRAM}:8: the question “oven” is used twice; the first is in line 7."),
    "due before it opens": swap(OVEN, "due_day: 12", "due_day: 3",
        f"{OVEN}:8: the work is due before the module opens."),
    "opens after the end": swap(OVEN, "opens_day: 7\ndue_day: 12", "opens_day: 21\ndue_day: 25",
        f"{OVEN}:7: day 21 is after the program, whose last day is 20 (3 weeks from day 0).",
        f"{OVEN}:8: day 25 is after the program, whose last day is 20 (3 weeks from day 0)."),
    "closes before it is due": swap(MODULE, "due_day: 5", "due_day: 5\ncloses_day: 5",
        f"{MODULE}:9: “closes_day” is the day of the last version; it must come after “due_day”."),
    "closes after the end": swap(MODULE, "due_day: 5", "due_day: 5\ncloses_day: 21",
        f"{MODULE}:9: day 21 is after the program, whose last day is 20 (3 weeks from day 0)."),
    "needs an unknown module": swap(OVEN, "needs: [dough]", "needs: [doug]",
        f"{OVEN}:11: there is no module “doug”; did you mean dough?"),
    "needs itself": swap(OVEN, "needs: [dough]", "needs: [oven]",
        f"{OVEN}:11: a module cannot name itself here."),
    "needs a later module": swap(MODULE, "due_day: 5", "due_day: 5\nneeds: [oven]",
        f"{MODULE}:9: “oven” opens later, on day 7; what a module needs comes before it."),
    "needs in a circle": swap(MODULE, "opens_day: 0\ndue_day: 5", "opens_day: 7\ndue_day: 12\nneeds: [oven]",
        f"{MODULE}:9: the modules need each other in a circle: dough → oven → dough.",
        f"{OVEN}:11: the modules need each other in a circle: oven → dough → oven."),
    "needs a module twice": swap(OVEN, "needs: [dough]", "needs: [dough, dough]",
        f"{OVEN}:11: the module “dough” is used twice; the first is in line 11."),
    "needs its pair": swap(OVEN, "needs: [dough]", "needs: [dough]\npairs_with: [dough]",
        f"{OVEN}:11: “dough” is a pair with this module; that says it all, so take it out of “needs”."),
    "pair that does not exist": swap(OVEN, "needs: [dough]", "pairs_with: [stove]",
        f"{OVEN}:11: there is no module “stove”; did you mean oven?"),
    "reason twice": swap(OVEN, "reason_slug: cold-oven", "reason_slug: no-recipe",
        "assessment.yaml:17: no module has the reason_slug “cold-oven”; there is no-recipe, no-recipe.",
        f"{OVEN}:4: the reason_slug “no-recipe” is used twice; the first is in modules/01-dough/module.md.",
        "pages/reasons/cold-oven.md:1: no module has the reason_slug “cold-oven”; rename the file or "
         "correct the module."),
    "no outcomes": swap(OVEN, "outcomes: [Read a thermometer]", "outcomes: []",
        f"{OVEN}:10: “outcomes” needs at least 1; it has 0."),
    "document not promised": swap(MODULE, "documents_promised: [Recipe card]\n", "",
        f"{CARD}:2: “Recipe card” is not among the documents_promised of module.md; add it there or remove "
         "it."),
    "document promised by another name": swap(MODULE, "[Recipe card]", "[Recipe sheet]",
        f"{CARD}:2: “Recipe card” is not among the documents_promised of module.md; add it there or remove "
         "it.",
        f"{MODULE}:12: “Recipe sheet” is promised, but no file in documents/ has this title."),
    "promise without a document": swap(MODULE, "[Recipe card]", "[Recipe card, Shopping list]",
        f"{MODULE}:12: “Shopping list” is promised, but no file in documents/ has this title."),
    "promise twice": swap(MODULE, "[Recipe card]", "[Recipe card, Recipe card]",
        f"{MODULE}:12: the promised document “Recipe card” is used twice; the first is in line 12."),
    "key of a worksheet twice": put(
        {"modules/02-oven/worksheet.yaml": SECOND_SHEET, "modules/02-oven/rubric.yaml": SECOND_RUBRIC},
        "modules/02-oven/worksheet.yaml:1: the worksheet key “recipe-book” is used twice; the first is in "
         "modules/01-dough/worksheet.yaml."),
    "odd source": swap(SOURCES, "quality: A", "quality: best",
        f"{SOURCES}:1: “quality” is “best”; it must be A, B or C."),
    "odd tag of a source": swap(SOURCES, "M2:", "m2:",
        f"{SOURCES}:2: “m2” cannot be a key here; write one like F22."),
    "source without its braces": swap(SOURCES, "M2: {text: A talk about flour}", "M2: A talk about flour",
        f"{SOURCES}:2: “M2” must be a list of “key: value” lines."),
    "front page without its title": swap(HOME, "  hero_title: Bread that somebody else can bake\n", "",
        f"{HOME}:3: “hero_title” is missing in “facts”."),
    "front page with an unknown text": swap(HOME, "hero_title", "herotitle",
        f"{HOME}:3: “hero_title” is missing in “facts”.",
        f"{HOME}:4: there is no key “herotitle” in “facts”; did you mean “hero_title”?"),
    "question without an answer": swap(HOME, "{q: Is it hot?, a: It is.}", "{q: Is it hot?}",
        f"{HOME}:6: “a” is missing in entry 1 of “questions”."),
    "drawing with too few bands": swap(HOME, "  questions:\n", ART + "  questions:\n",
        f"{HOME}:9: “states” has 1 of 2 bands; write one state for each module.",
        f"{HOME}:10: there is no module 3 to open."),
    "page with texts that nothing shows": swap(PAGE, "title: No recipe", "title: No recipe\nfacts: {number: 1}",
        f"{PAGE}:3: there is no key “number” in “facts”; remove it or correct its name."),
}  # fmt: skip
