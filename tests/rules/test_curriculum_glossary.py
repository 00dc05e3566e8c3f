"""The glossary: read from its file, every mistake told; and where a text says one of its terms."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.curriculum.glossary import TermFacts, slug_of
from app.curriculum.problems import CurriculumErrors
from app.curriculum.reader import read
from app.curriculum.terms import Finder
from tests.rooms.curriculum import small

FILE = "glossary.yaml"


def problems(directory: Path) -> list[str]:
    with pytest.raises(CurriculumErrors) as errors:
        read(directory)
    return [str(problem) for problem in errors.value.problems]


def test_the_terms_are_read_in_the_order_of_the_alphabet_with_their_addresses(tmp_path):
    program = read(small.write(tmp_path))
    assert [(one.term, one.slug) for one in program.glossary] == [
        ("Bakery", "bakery"), ("Crumb", "crumb"), ("DDT", "ddt"), ("Starter", "starter"),
    ]  # fmt: skip
    assert program.glossary[3].also == ("Sourdough", "Wild yeast")
    assert program.glossary[3].meaning == "Flour and water that rise by themselves."


def test_a_program_needs_no_glossary(tmp_path):
    assert read(small.write(tmp_path, {FILE: None})).glossary == ()


# what stands there, what is written instead, all problems
BROKEN = {
    "no meaning": ("meaning: Flour and water that rise by themselves.", "meaning:",
        [f"{FILE}:4: “meaning” is empty; write its value or remove the line."]),
    "a blank meaning": ("The soft inside of a loaf.", '"  "',
        [f"{FILE}:6: “meaning” is empty; write its text or remove the line."]),
    "a meaning left out": ("{term: Crumb, meaning: The soft inside of a loaf.}", "{term: Crumb}",
        [f"{FILE}:6: “meaning” is missing in entry 2 of “terms”."]),
    "a term twice": ("term: Crumb", "term: starter",
        [f"{FILE}:6: “starter” is used twice; the first is in line 2."]),
    "a term that is another's spelling": ("term: Crumb", "term: WILD  YEAST",
        [f"{FILE}:6: “WILD  YEAST” is used twice; the first is in line 3."]),
    "one address for two terms": ("{term: DDT,", "{term: Crumb!,",
        [f"{FILE}:7: “Crumb!” and “Crumb” would have the same address; change one of them."]),
    "no letters": ("term: Crumb", 'term: "???"',
        [f"{FILE}:6: “???” has no letter from a to z and no digit."]),
    "brackets": ("[Sourdough, Wild yeast]", '["Sour[dough", "a|b"]',
        [f"{FILE}:3: “Sour[dough” holds [, ] or |; a term cannot.",
         f"{FILE}:3: “a|b” holds [, ] or |; a term cannot."]),
    "unknown source": ("sources: [F1]", "sources: [F1, F9]",
        [f"{FILE}:5: the source F9 is not in sources.yaml."]),
    "no source tag": ("sources: [F1]", "sources: [a book]",
        [f"{FILE}:5: entry 1 of “sources” is “a book”; write a source tag like F22."]),
    "unknown key": ("also:", "aka:",
        [f"{FILE}:3: there is no key “aka” in entry 1 of “terms”; remove it or correct its name."]),
    "not a flag": ("marked_only: true", "marked_only: yes",
        [f"{FILE}:8: “marked_only” is “yes”: write true or false."]),
    "no list": ("terms:\n", "words:\n",
        [f"{FILE}:1: there is no key “words” here; remove it or correct its name.",
         f"{FILE}:1: “terms” is missing here."]),
}  # fmt: skip


@pytest.mark.parametrize(("old", "new", "expected"), BROKEN.values(), ids=BROKEN)
def test_a_mistake_is_told_with_its_line(tmp_path, old, new, expected):
    assert old in small.GLOSSARY
    found = problems(small.write(tmp_path, {FILE: small.GLOSSARY.replace(old, new, 1)}))
    assert found == expected


# --- finding -----------------------------------------------------------------------------------------------------

TERMS = [
    TermFacts(term="AED", also=("Automated external defibrillator",), meaning="x"),
    TermFacts(term="PAR-Q+", meaning="x"),
    TermFacts(term="SOP", meaning="x"),
    TermFacts(term="Scope", meaning="x"),
    TermFacts(term="Scope of practice", meaning="x"),
    TermFacts(term="Covered entity", meaning="x"),
    TermFacts(term="Assessment", meaning="x"),
    TermFacts(term="Waiver", meaning="x"),
    TermFacts(term="Progress", meaning="x"),
]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("An AED hangs here.", ["AED"]),
        ("Two AEDs, and aeds, and AEDX, and TAED.", ["AED"]),
        ("The paed wing; an aed.", []),
        ("The scope of practice, and its scope.", ["Scope of practice", "Scope"]),
        ("SCOPE OF\n  PRACTICE", ["Scope of practice"]),
        ("Most covered entities; a Covered entity’s duty", ["Covered entity", "Covered entity"]),
        ("a self-assessment and a re-assessment", []),
        ("assessment-like, waiver-free", []),
        ("Assessment, (waivers), “waiver”; waiver.", ["Assessment", "Waiver", "Waiver", "Waiver"]),
        ("SOP-07 and the SOP", ["SOP"]),
        ("the PAR-Q+ of this year; PAR-Q+s; par-q+", ["PAR-Q+"]),
        ("progresses, microscopes", ["Progress"]),
        ("an automated external defibrillator", ["AED"]),
        ("", []),
    ],
)
def test_a_term_is_found_as_a_whole_word(text, expected):
    assert [one.term.term for one in Finder(TERMS).find(text)] == expected


def test_where_it_stands():
    (found,) = Finder(TERMS).find("Look: two waivers.")
    assert (found.start, found.end) == (10, 17)


def test_no_terms_are_found_by_an_empty_glossary():
    assert list(Finder([]).find("anything (?!) at all")) == []


@given(st.text(max_size=60))
def test_any_text_can_be_searched_and_any_word_can_be_a_term(text):
    for found in Finder(TERMS).find(text):
        assert Finder(TERMS).term(text[found.start : found.end]) is found.term
    if text.strip():
        finder = Finder([TermFacts(term=text, meaning="x")])
        assert all(one.term.meaning == "x" for one in finder.find(f"a {text.strip()} b"))


@given(st.text(max_size=200))
def test_an_address_is_short_and_plain(term):
    slug = slug_of(term)
    assert len(slug) <= 60
    assert slug == "" or slug.replace("-", "").isalnum()
    assert not slug.startswith("-") and not slug.endswith("-")
