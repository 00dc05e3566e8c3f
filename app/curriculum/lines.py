"""What can be wrong with the lines of a text, whatever they say: headings, HTML, tables, and sizes no page can hold.

The sizes also bound the work of whatever reads the text: turning Markdown into HTML takes time that grows with the
square of a paragraph's length, and a stack as deep as the nesting.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

MAX_TEXT = 40_000  # signs; the longest lesson of a real program has 8,000
MAX_PARAGRAPH = 6_000
MAX_BRACKETS = 100  # in a paragraph
MAX_NESTING = 6  # lists and quotations that begin in one line
MAX_INDENT = 32
MAX_WORD = 70  # signs without a place to break: what a sheet of paper holds between its margins
DEEPEST_HEADING = 5
_TAG = re.compile(r"<(?:/?[A-Za-z][A-Za-z0-9-]*(?=[\s/>])[^<>]*>|!--)")
_HEADING = re.compile(r" {0,3}(#{1,6})(?!#)\s")
_UNDERLINE = re.compile(r"(=+|-+)[ \t]*")
_LINK_TARGET = re.compile(r"\]\([^()\s]*\)")
_BACKTICKS = re.compile(r"(`+)")
_MARKER = re.compile(r"[ \t]{0,32}(?:>|(?:[-*+]|[0-9]{1,9}\.)(?=[ \t]))")
Line = tuple[int, str]  # its number in the file, and its text or what is wrong with it


def problems(lines: Sequence[Line]) -> Iterator[Line]:
    yield from _sizes(lines)
    yield from _headings(lines)
    yield from _tables(lines)
    for number, line in lines:
        for sentence in _in_line(without_code(line)):
            yield number, sentence


def without_code(line: str) -> str:
    """The line with what stands between backticks blanked out, since nothing in there is obeyed."""
    if "`" not in line:
        return line
    parts = _BACKTICKS.split(line)  # text, ticks, text, ticks, … text
    last = {len(ticks): place for place, ticks in enumerate(parts) if place % 2}
    opened = 0
    for place, part in enumerate(parts):
        if opened:
            closes = place % 2 and len(part) == opened
            parts[place] = " " * len(part)
            opened = 0 if closes else opened
        elif place % 2 and last[len(part)] > place:
            opened, parts[place] = len(part), " " * len(part)
    return "".join(parts)


def _in_line(line: str) -> Iterator[str]:
    if found := _TAG.search(line):
        yield f"“{found[0][:40]}” is HTML, which is shown as it stands; write Markdown, or take it out."
    if "![" in line:
        yield "a picture in the running text is not shown; write an image block, its file in the folder “media”."
    if line.lstrip().startswith(("```", "~~~")):
        yield "there are no blocks of program text between ``` or ~~~; indent their lines by four spaces."
    if word := _too_long(line):
        yield f"“{word[:30]}…” has {len(word)} signs without a space; no page is wide enough, so break it."


def _too_long(line: str) -> str:
    if len(line) <= MAX_WORD or _is_rule(line):
        return ""
    return next((word for word in _LINK_TARGET.sub("]", line).split() if len(word) > MAX_WORD), "")


# --- sizes -------------------------------------------------------------------------------------------------------


def _sizes(lines: Sequence[Line]) -> Iterator[Line]:
    length = sum(len(line) + 1 for _, line in lines)
    if length > MAX_TEXT:
        yield lines[0][0], f"this text has {length:,} signs; a page holds at most {MAX_TEXT:,}, so divide it."
    for is_text, group in groupby(lines, key=lambda one: bool(one[1].strip())):
        if is_text:
            yield from _paragraph(list(group))
    for number, line in lines:
        if _nesting(line) > MAX_NESTING or len(line) - len(line.lstrip(" \t")) > MAX_INDENT:
            yield number, "this line is nested too deeply; lists and quotations go a few levels deep."


def _paragraph(lines: Sequence[Line]) -> Iterator[Line]:
    length = sum(len(line) + 1 for _, line in lines)
    brackets = sum(line.count("[") for _, line in lines)
    if length > MAX_PARAGRAPH:
        yield lines[0][0], f"this paragraph has {length:,} signs; the most is {MAX_PARAGRAPH:,}. Divide it."
    if brackets > MAX_BRACKETS:
        yield lines[0][0], f"this paragraph has {brackets} opening brackets; the most is {MAX_BRACKETS}."


def _nesting(line: str) -> int:
    count = at = 0
    while count <= MAX_NESTING and (found := _MARKER.match(line, at)):
        count, at = count + 1, found.end()
    return count


# --- headings ----------------------------------------------------------------------------------------------------


def _headings(lines: Sequence[Line]) -> Iterator[Line]:
    level, before = 1, ""
    for number, line in lines:
        if found := _HEADING.match(line):
            depth = len(found[1])
            if sentence := _heading_problem(depth, level):
                yield number, sentence
            level = depth
        elif before.strip() and _UNDERLINE.fullmatch(line) and before.lstrip()[0] not in "|#>-*+:/":
            yield number, "a line of === or --- makes a title of the line above it; begin a heading with ##."
        before = line


def _heading_problem(depth: int, before: int) -> str | None:
    if depth == 1:
        return "a single # is the page's title, which comes from the front matter; begin with ##."
    if depth > DEEPEST_HEADING:
        return f"headings go from ## to {'#' * DEEPEST_HEADING}; this one has {depth} signs."
    if depth > before + 1:
        return f"this heading skips a level; write {'#' * (before + 1)} here."
    return None


# --- tables ------------------------------------------------------------------------------------------------------


def _tables(lines: Sequence[Line]) -> Iterator[Line]:
    """A row with more cells than its table has columns would lose what stands in them."""
    width, before = 0, ""
    for number, line in lines:
        if "|" not in line:
            width = 0
        elif not width and "|" in before and _is_rule(line):
            width = _cells(before)
            if _cells(line) != width:
                yield number, f"this line draws {_cells(line)}, but the line above it names {width} columns."
        elif width and _cells(line) > width:
            advice = "write \\| for a sign that is no border"
            yield number, f"this row has {_cells(line)} cells, but its table has {width} columns; {advice}."
        before = line


def _is_rule(line: str) -> bool:
    """Whether this is the line below the head of a table."""
    return "-" in line and not line.strip(" \t:|-")


def _cells(row: str) -> int:
    inner = without_code(row).replace("\\|", "  ").strip()
    return inner.removeprefix("|").removesuffix("|").count("|") + 1
