"""The lessons of the program are as long and as plain as they are meant to be."""

import math
import re
from pathlib import Path

import pytest

from app.curriculum.scalars import count_words

LESSONS = sorted((Path(__file__).parents[2] / "curriculum" / "modules").glob("*/lessons/*.md"))
SENTENCE_END = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n\s*\n|\n(?=\d+\. |- |:   )")
NO_PROSE = ("|", "///", "#")  # tables, blocks and headings
SILENT = {"e": ("le", "ee"), "es": ("ses", "ces", "zes", "xes", "ches", "shes", "ges"), "ed": ("ted", "ded")}


def body(path: Path) -> str:
    return path.read_text(encoding="utf-8").split("\n---\n", 1)[1]


def prose(text: str) -> str:
    """What is read as sentences: without tables, blocks' first lines, headings, citations and marks."""
    text = re.sub(r"\[[A-Z]{1,2}\d+[a-z]?\]", "", text)
    kept = [line for line in text.split("\n") if not line.startswith(NO_PROSE)]
    return re.sub(r"[*_`]", "", "\n".join(kept))


def syllables(word: str) -> int:
    """Groups of vowels, without the usual silent endings."""
    letters = re.sub(r"[^a-z]", "", word.lower())
    count = len(re.findall(r"[aeiouy]+", letters))
    for ending, spoken in SILENT.items():
        if letters.endswith(ending) and not letters.endswith(spoken) and count > 1:
            count -= 1
    return max(1, count)


def smog(text: str) -> float:
    """The US school grade by McLaughlin's SMOG formula, which counts words of three syllables or more."""
    sentences = [one for one in SENTENCE_END.split(text) if re.search("[a-z]", one)]
    long_words = [w for w in re.findall(r"[A-Za-z][A-Za-z’'-]*", text) if syllables(w) >= 3]
    return 1.043 * math.sqrt(len(long_words) * 30 / len(sentences)) + 3.1291


def test_syllables():
    words = {"note": 1, "notes": 1, "table": 2, "walked": 1, "noted": 2, "physician": 3, "a": 1}
    assert {word: syllables(word) for word in words} == words


def test_long_words_in_long_sentences_are_hard_and_short_ones_are_not():
    assert smog("You wait. She calls. The page is there.") < 4
    assert smog("Organizational accountability necessitates comprehensive documentation of physicians.") > 15


@pytest.mark.parametrize("path", LESSONS, ids=lambda path: f"{path.parent.parent.name}/{path.stem}")
def test_a_lesson_is_read_in_ten_minutes_by_anybody_who_finished_school(path):
    """600 to 1,400 words, and US grade 8 to 11: below that it would talk down, above it would tire at ten at night."""
    text = body(path)
    assert 600 <= count_words(text) <= 1_400
    assert 8 <= smog(prose(text)) <= 11.2


def test_there_are_lessons_in_every_module():
    assert len({path.parent.parent.name for path in LESSONS}) == 10
