"""Terms in a lesson: explained once, in place and in a list below; and what `check` says about marks and links."""

import re
from pathlib import Path

import pytest

from app.curriculum.markdown import render
from app.curriculum.markdown_terms import Terms
from app.curriculum.reader import read
from app.curriculum.rendering import rendered
from app.curriculum.schema import Term
from tests.rooms.curriculum import small
from tests.rules.test_curriculum_glossary import problems

LESSON = "modules/01-dough/lessons/01-weigh-it.md"
GLOSSARY = (
    Term(term="AED", slug="aed", meaning="A <device> & more"),
    Term(term="SOP", slug="sop", also=("Standard operating procedure",), meaning="One page."),
    Term(term="Waiver", slug="waiver", meaning="A contract."),
    Term(term="Client", slug="client", meaning="A person.", marked_only=True),
)


def html(text, unexplained=()):
    return render(text, {}, {"1.A.1": "A waiver"}, terms=Terms(GLOSSARY, unexplained))


def explained(text, **more):
    """The words that are links to an explanation, with the term each leads to."""
    found = re.findall(r'<a [^>]*class="term"[^>]*href="#t-([^"]*)"[^>]*>([^<]*)</a>', html(text, **more))
    return [f"{words} → {slug}" for slug, words in found]


def test_the_first_time_is_a_link_and_a_list_below_explains_it():
    found = html("Bring the AED. The AED again.")
    assert found == (
        '<p>Bring the <a aria-describedby="d-aed" class="term" href="#t-aed" id="u-aed" rel="noopener">AED</a>. '
        "The AED again.</p>"
        '<section class="terms"><h2 id="h-terms">Terms on this page</h2><dl>'
        '<div><dt id="t-aed"><a href="#u-aed" rel="noopener">AED</a></dt>'
        '<dd id="d-aed">A &lt;device&gt; &amp; more</dd></div></dl>'
        '<p><a href="/glossary" rel="noopener">All terms</a></p></section>'
    )


def test_without_a_term_there_is_no_list():
    assert html("Nothing here.") == "<p>Nothing here.</p>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Two SOPs, a waiver *and an AED*, then **more waivers**.", ["SOPs → sop", "waiver → waiver", "AED → aed"]),
        ("- one waiver\n- an AED", ["waiver → waiver", "AED → aed"]),
        ("/// callout | The AED\nA waiver, an AED.\n///", ["waiver → waiver", "AED → aed"]),
        ("/// checklist\n- [ ] The AED\n///", ["AED → aed"]),
        ("## The AED\n\nNo more.", []),
        ("## The AED\n\nAn AED.", ["AED → aed"]),
        ("[the AED](/program), `AED`, then AED", ["AED → aed"]),
        ("    AED in a block of code", []),
        ("/// build | 1.A.1\nA waiver.\n///", []),
        ("| AED | SOP |\n|---|---|\n| x | SOP |", ["SOP → sop"]),
        ("/// example | An AED\n| Line | Sum |\n|---|---|\n| AED | 5 |\n///", []),
        ("AED\n:   the AED", ["AED → aed"]),
        ("A client, the client.", []),
        ("A client, the [[client]].", ["client → client"]),
        ("A waiver, the [[waiver|signed page]].", ["signed page → waiver"]),
        ("[[waiver]], [[Waivers]]", ["waiver → waiver"]),
        ("`[[waiver]]` and \\[[waiver]]", ["waiver → waiver"]),
        ("[[no such term]]", []),
        ("A self-waiver and SOP-07.", []),
        ("AED\\* and *AED*", ["AED → aed"]),
    ],
)  # fmt: skip
def test_what_is_explained(text, expected):
    assert explained(text) == expected


def test_what_a_lesson_explains_itself_is_left_alone_even_where_the_glossary_would_speak():
    assert explained("An AED and SOPs.", unexplained=("standard operating procedure",)) == ["AED → aed"]


def test_the_words_of_the_text_are_all_there_in_their_order():
    text = "An AED, a *waiver* and [[client|people]]; SOP, AED, waiver, `SOP`."
    body = html(text).split("<section")[0]
    assert re.sub(r"<[^>]*>", "", body) == "An AED, a waiver and people; SOP, AED, waiver, SOP."


def test_a_lesson_of_a_program_explains_its_glossary(tmp_path):
    lesson = small.LESSON.replace("Two percent.", "Feed the wild yeast.")
    dough = rendered(read(small.write(tmp_path, {LESSON: lesson}))).module("dough")
    assert 'href="#t-starter"' in dough.lessons[0].html
    assert "Flour and water that rise by themselves." in dough.lessons[0].html
    quiet = lesson.replace("sources: [M2]", "sources: [M2]\nunexplained: [Starter]")
    dough = rendered(read(small.write(tmp_path, {LESSON: quiet}))).module("dough")
    assert "#t-starter" not in dough.lessons[0].html


# --- what `check` says ------------------------------------------------------------------------------------------

PAGE, MODULE, CARD = (
    "pages/home.md",
    "modules/01-dough/module.md",
    "modules/01-dough/documents/recipe-card.md",
)
WRITE = "write https://…, mailto:… or an address like /program."
ONLY = "terms are explained in lessons only; write the words without brackets."
SHOWN = "a picture in the running text is not shown; write an image block, its file in the folder “media”."


def gone(target: str, why: str) -> str:
    return f"the link to “{target}” leads nowhere; {why}"


def near(target: str, known: str) -> str:
    return gone(target, f"this site has no such page; did you mean {known}")


# file, what is written at its end, problem
BROKEN = {
    "an unknown term": (LESSON, "[[gluten]]", "“[[gluten]]”: “gluten” is not in glossary.yaml."),
    "a mark in a heading": (
        LESSON, "## The [[crumb]]", "“[[crumb]]” stands in a heading; mark the term in the text below it."),
    "a mark outside a lesson": (PAGE, "A [[crumb]].", f"“[[crumb]]”: {ONLY}"),
    "a mark in a document": (CARD, "A [[crumb]].", f"“[[crumb]]”: {ONLY}"),
    "a picture in a line": (LESSON, "![A loaf](loaf.png)", SHOWN),
    "a picture of another host": (
        PAGE, "![A loaf](http://example.org/loaf.png)", SHOWN),
    "no such module": (LESSON, "[x](/modules/cake)", near("/modules/cake", "/modules/oven?")),
    "no such lesson": (
        MODULE, "[x](/modules/dough/bake#h-a)", near("/modules/dough/bake#h-a", "/modules/dough?")),
    "a lesson of no module": (
        LESSON, "[x](/modules/cake/weigh-it)", near("/modules/cake/weigh-it", "/modules/dough/weigh-it?")),
    "no such reason": (PAGE, "[x](/reasons/no-oven)", near("/reasons/no-oven", "/reasons/cold-oven?")),
    "no such term": (
        LESSON, "[x](/glossary#gluten)", gone("/glossary#gluten", "the glossary has no term at “gluten”.")),
    "no such heading": (
        LESSON, "[x](#h-salt)", "the link to “#h-salt” leads nowhere; no heading there is called “h-salt”."),
    "another host in disguise": (LESSON, "[x](//evil.example)", f"the link to “//evil.example” leads nowhere; {WRITE}"),
    "a relative path": (LESSON, "[x](02-bake-it.md)", f"the link to “02-bake-it.md” leads nowhere; {WRITE}"),
}  # fmt: skip


@pytest.mark.parametrize(("file", "line", "problem"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_told_with_its_line(tmp_path: Path, file, line, problem):
    text = small.FILES[file] + "\n" + line + "\n"
    number = text.rstrip("\n").count("\n") + 1
    assert problems(small.write(tmp_path, {file: text})) == [f"{file}:{number}: {problem}"]


def test_good_links_and_marks_are_no_problem(tmp_path: Path):
    more = """
## Salt & water

[a](#h-salt-water) [b](/modules/oven) [c](/modules/dough/weigh-it) [d](/reasons/no-recipe) [e](/glossary#starter)
[f](/glossary) [g](/program) [h](mailto:a@example.org) [i](https://example.org) [[crumb]] [[Wild yeasts|yeast]]
"""
    assert read(small.write(tmp_path, {LESSON: small.LESSON + more}))


def test_an_unknown_word_under_unexplained(tmp_path: Path):
    text = small.LESSON.replace("sources: [M2]", "sources: [M2]\nunexplained: [Crumb, Gluten]")
    assert problems(small.write(tmp_path, {LESSON: text})) == [
        f"{LESSON}:6: “unexplained” names “Gluten”, which is not in glossary.yaml."
    ]


def test_what_cannot_be_read_is_one_problem_not_one_per_mention(tmp_path: Path):
    more = "\n[[crumb]] [a](/glossary#crumb) [b](/modules/dough/bake-it)\n"
    found = problems(
        small.write(
            tmp_path,
            {
                "glossary.yaml": "terms: [",
                LESSON: small.LESSON + more,
                "modules/01-dough/lessons/02-bake-it.md": "no head",
            },
        )
    )
    assert [line.split(":")[0] for line in found] == [
        "glossary.yaml",
        "modules/01-dough/lessons/02-bake-it.md",
    ]
