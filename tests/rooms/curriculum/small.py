"""A small valid curriculum of quite another program, as files; tests write it out and break it in one place."""

from pathlib import Path

PROGRAM = """\
title: Bread for Beginners
institute: School of Baking
language: en-US
weeks: 3
time_zone: Europe/Vienna
hedges:
  - Ovens are hot.
release_time: "11:00"
due_time: "23:59"
modules:
  - 01-dough
  - 02-oven
calls:
  - {key: week-1, week: 1, title: First evening, day: 0, starts: "18:00", minutes: 60}
weeks_plan:
  - {week: 2, title: Rest week}
"""

SOURCES = """\
F1: {text: "Baker, A book of bread, 2020", quality: A}
M2: {text: A talk about flour}
"""

GLOSSARY = """\
terms:
  - term: Starter
    also: [Sourdough, Wild yeast]
    meaning: Flour and water that rise by themselves.
    sources: [F1]
  - {term: Crumb, meaning: The soft inside of a loaf.}
  - {term: DDT, meaning: "Desired dough temperature, in degrees."}
  - {term: Bakery, meaning: A place that bakes., marked_only: true}
"""

MODULE = """\
---
title: Make the dough
reason: No recipe
reason_slug: no-recipe
system: Recipe book
chapter: Recipes
opens_day: 0
due_day: 5
problem: Every loaf is different.
outcomes:
  - Write a recipe
documents_promised: [Recipe card]
---
Flour, water, salt[F1].
"""

MODULE_2 = """\
---
title: Know the oven
reason: Cold oven
reason_slug: cold-oven
system: Oven log
chapter: Baking
opens_day: 7
due_day: 12
problem: The crust is pale.
outcomes: [Read a thermometer]
needs: [dough]
---
Heat it first.
"""

LESSON = """\
---
title: Weigh it
action: Weigh one loaf
feeds: ["1.A.2"]
sources: [M2]
---
A cup is not a weight[F1].

/// callout | Salt
Two percent.
///

/// build | 1.A.2
///
"""

WORKSHEET = """\
key: recipe-book
title: Recipe book
sections:
  - id: A
    title: Costs
    fields:
      - id: "1.A.1"
        label: Name of the bread
        type: short_text
        required: true
        criteria: [clarity]
      - id: "1.A.2"
        label: Ingredients
        type: table
        required: true
        min_rows: 2
        total: cost
        columns:
          - {key: item, label: Item, type: short_text}
          - {key: cost, label: Cost, type: currency}
          - key: organic
            label: Organic
            type: choice
            required: false
            options:
              - {key: no, label: "No"}
              - {key: yes, label: "Yes"}
      - id: "1.A.3"
        label: Price
        type: group
        required: true
        parts:
          - {key: price, label: Price, type: currency, min: 1, max: 50}
          - {key: note, label: Note, type: short_text, required: false}
      - id: "1.A.4"
        label: Margin
        type: calculated
        results:
          - {key: margin, label: Margin, expression: "{1.A.3.price} - sum({1.A.2.cost})", format: currency}
          - {key: share, label: Share, expression: "{1.A.4.margin} / {1.A.3.price}", format: percent}
  - id: B
    title: Method
    fields:
      - id: "1.B.1"
        label: Steps
        type: long_text
        required: true
        headings: [Mix, Bake]
        min_words: 3
      - id: "1.B.2"
        label: Where
        type: choice
        options:
          - {key: home, label: At home}
          - {key: shop, label: In the shop}
      - id: "1.B.3"
        label: Cleaned
        type: checklist
        items:
          - {key: board, label: The board}
"""

# Of the second module, which has no worksheet unless a test gives it this one.
WORKSHEET_2 = """\
key: oven-log
title: Oven log
sections:
  - id: A
    title: Heat
    fields:
      - {id: "2.A.1", label: Recipes, type: reference, to: "1.A.2", columns: [item, cost]}
      - id: "2.A.2"
        label: Log
        type: file
        required: true
        shows: "1.A.2 | total"
        max_files: 2
        accept: [pdf, txt]
        or_text: true
        headings: [Day, Heat]
        min_words: 3
        criteria: [clarity]
"""

RUBRIC = """\
criteria:
  - key: clarity
    title: Clarity
    critical: true
    levels:
      not_yet: Nobody else could bake it.
      meets: Another person baked it.
      exceeds: A child baked it.
"""

CHECKS = """\
checks:
  - day: 30
    evidence: [Four loaves]
"""

DOCUMENT = """\
---
title: Recipe card
kind: sheet
intro: Hang it on the wall.
---
Bread: {{ 1.A.1 }}, {{ 1.A.3.price }} each, margin {{ 1.A.4.margin }}.

{{ 1.A.2 | item, cost }}

Together {{ 1.A.2 | total }}.

{{? 1.B.2 }}
Baked {{ 1.B.2 }}.
{{/?}}

{{ 1.B.1 }}
"""

GOOD = """\
kind: good
title: A plain loaf
why: It is *complete*.
answers:
  "1.A.1": Plain loaf
  "1.A.2":
    - {item: Flour, cost: "1.50", organic: no}
    - {id: r2, item: Salt, cost: "0.10"}
  "1.A.3": {price: "4"}
  "1.B.1": Mix, wait and bake.
"""

WEAK = """\
kind: weak
title: A guess
why: No costs.
answers:
  "1.A.1": Some bread
"""

HOME = """\
---
title: Bread for Beginners
facts:
  hero_title: Bread that somebody else can bake
  questions:
    - {q: Is it hot?, a: It is.}
---
Three weeks and a recipe book.
"""

# Two reasons, a scale from 1 to 3, two bands: nothing of it but the shape is like METI's.
ASSESSMENT = """\
title: How do you bake?
lead: Four statements.
frame: Think of your last five loaves.
minutes: 2
note: Written by a baker.
scale:
  - {value: 1, label: Never}
  - {value: 2, label: Now and then}
  - {value: 3, label: Each time}
reasons:
  - reason: no-recipe
    name: Recipe
    action: Write one down.
    statements:
      - {key: r1, text: I weigh the flour.}
      - {key: r2, text: I write down what I did.}
  - reason: cold-oven
    name: Oven
    action: Buy a thermometer.
    statements:
      - {key: o1, text: I measure the heat.}
      - {key: o2, text: I wear gloves.}
safety:
  - {statement: o2, at_most: 1, title: Bare hands, action: Buy gloves first.}
bands:
  - {least: 2, most: 4, title: Cold, advice: warm it up}
  - {least: 5, most: 6, title: Hot, meaning: it bakes, advice: go on}
readings:
  - {least: 4, most: 8, title: Dough, advice: Begin with the oven.}
  - {least: 9, most: 12, title: Bread, advice: Eat it.}
tie_order: [cold-oven, no-recipe]
lowest: 1
"""

PAGE = """\
---
title: No recipe
---
Every loaf is different[M2].
"""

FILES = {
    "program.yaml": PROGRAM,
    "sources.yaml": SOURCES,
    "glossary.yaml": GLOSSARY,
    "modules/01-dough/module.md": MODULE,
    "modules/01-dough/lessons/01-weigh-it.md": LESSON,
    "modules/01-dough/worksheet.yaml": WORKSHEET,
    "modules/01-dough/rubric.yaml": RUBRIC,
    "modules/01-dough/checks.yaml": CHECKS,
    "modules/01-dough/documents/recipe-card.md": DOCUMENT,
    "modules/01-dough/samples/good.yaml": GOOD,
    "modules/01-dough/samples/weak.yaml": WEAK,
    "modules/02-oven/module.md": MODULE_2,
    "assessment.yaml": ASSESSMENT,
    "pages/home.md": HOME,
    "pages/program.md": PAGE,
    "pages/reasons/no-recipe.md": PAGE,
    "pages/reasons/cold-oven.md": PAGE,
}


def write(directory: Path, files: dict[str, str | bytes | None] | None = None) -> Path:
    """The small curriculum in this folder; `files` replaces some of it, None leaves a file out."""
    for name, text in (dict(FILES) | (files or {})).items():
        if text is None:
            continue
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return directory
