"""Checks wording.yaml: words used twice, phrases in which no word stands, sources that are not there."""

from app.curriculum.care_words import Wording
from app.curriculum.folder import Folder
from app.curriculum.known import Known
from app.curriculum.loaded import Loaded


def check(folder: Folder, wording: Loaded[Wording], known: Known) -> None:
    lines: dict[str, int] = {}
    for number, one in enumerate(wording.value.care_words):
        for n, word in enumerate(one.words):
            line = wording.line("care_words", number, "words", n)
            if (first := lines.setdefault(word.casefold(), line)) != line:
                folder.problem(
                    wording.file, line, f"“{word}” is looked for already; the first is in line {first}."
                )
        for n, phrase in enumerate(one.fine_in):
            if not any(word.casefold() in phrase.casefold() for word in one.words):
                line = wording.line("care_words", number, "fine_in", n)
                folder.problem(
                    wording.file,
                    line,
                    f"“{phrase}” holds none of the words above, so nothing is right in it.",
                )
        for n, tag in enumerate(one.sources):
            if known.lacks_source(tag):
                line = wording.line("care_words", number, "sources", n)
                folder.problem(wording.file, line, f"the source {tag} is not in sources.yaml.")
