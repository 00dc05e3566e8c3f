"""What changed between two texts, for somebody who has read the first one. Pure; everything it returns is escaped.

Paragraphs and list items are paired first, then the words inside a pair are compared, so a moved sentence does not
color a whole page. Table rows are paired by their stable id.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from markupsafe import Markup, escape

from app.lib.text_blocks import Block, blocks

MOST_WORDS = 2_500  # above this a pair is shown as taken out and put in: comparing would cost seconds
MOST_PAIRS = 1_600  # candidate pairs of one changed passage that are weighed against each other
BARELY = 0.001  # weight of a pair that shares nothing but its place
ALIKE = 0.34  # less than this in common is not the same paragraph rewritten, but another one

_TOKEN = re.compile(r"\S+")
_BLANK_LINE = re.compile(r"\n\s*\n")
_LIST_STARTS = {"": Markup(""), "ul": Markup("<ul>"), "ol": Markup("<ol>")}
_LIST_ENDS = {"": Markup(""), "ul": Markup("</ul>"), "ol": Markup("</ol>")}
_AROUND = {
    "p": Markup("<p>{}</p>"),
    "li": Markup("<li>{}</li>"),
    "h3": Markup("<h3>{}</h3>"),
    "h4": Markup("<h4>{}</h4>"),
    "blockquote": Markup("<blockquote>{}</blockquote>"),
}


def words(old: str, new: str) -> Markup:
    """The new text with what was taken out in <del> and what was put in in <ins>."""
    before, after = _TOKEN.findall(old), _TOKEN.findall(new)
    if before == after:
        return escape(" ".join(after))
    parts: list[Markup] = []
    for verb, taken, put in _runs(before, after):
        if verb == "equal":
            parts.append(escape(" ".join(put)))
            continue
        if taken:
            parts.append(Markup("<del>{}</del>").format(" ".join(taken)))
        if put:
            parts.append(Markup("<ins>{}</ins>").format(" ".join(put)))
    return Markup(" ").join(parts)


def lines(old: str, new: str) -> Markup:
    """The same for short plain text of several lines (one per item or part); lines are kept apart by <br>."""
    pairs = _pairs(
        [Block("p", line) for line in old.splitlines()], [Block("p", line) for line in new.splitlines()]
    )
    return Markup("<br>").join(_block_words(before, after) for before, after in pairs)


def passages(old: str, new: str) -> list[Markup]:
    """Of two plain texts the paragraphs that changed, word by word; a run of equal ones is told in one line."""
    found: list[Markup] = []
    pairs = _pairs(_paragraphs(old), _paragraphs(new))
    for is_same, run in groupby(pairs, key=lambda pair: pair[0] == pair[1]):
        if is_same:
            found.append(_the_same(len(list(run))))
        else:
            found += [_block_words(before, after) for before, after in run]
    return found


def _paragraphs(text: str) -> list[Block]:
    return [Block("p", one.strip()) for one in _BLANK_LINE.split(text) if one.strip()]


def _the_same(count: int) -> Markup:
    words_of = "one paragraph is" if count == 1 else f"{count} paragraphs are"
    return Markup('<i class="same">{}</i>').format(f"{words_of} the same")


def long_text(old_html: str, new_html: str) -> Markup:
    """Two rendered long texts as one, block by block. Emphasis and links inside a block are shown as plain text."""
    return _assemble(_pairs(blocks(old_html), blocks(new_html)))


@dataclass(frozen=True)
class RowChange:
    """One row of a table: its id, its cells, and 'added', 'removed', 'changed' or ''.

    'same' stands for several rows that are the same as before; its one cell says how many.
    """

    id: str
    cells: tuple[Markup, ...]
    mark: str = ""


def rows(
    old: Sequence[Mapping[str, str]], new: Sequence[Mapping[str, str]], columns: Sequence[str]
) -> list[RowChange]:
    """The new rows, each with what changed in it; a removed row stands where it stood."""
    before = {row["id"]: row for row in old}
    kept = {row["id"] for row in new}
    changes: list[RowChange] = []
    follow: dict[str, list[RowChange]] = {}
    anchor = ""
    for row in old:  # a removed row follows the last row before it that is still there
        if row["id"] in kept:
            anchor = row["id"]
        else:
            follow.setdefault(anchor, []).append(RowChange(row["id"], _gone(row, columns), "removed"))
    changes += follow.get("", [])
    for row in new:
        changes.append(_row(before.get(row["id"]), row, columns))
        changes += follow.get(row["id"], [])
    return changes


def only_changed(changes: Sequence[RowChange]) -> tuple[RowChange, ...]:
    """The rows with every run of more than two unchanged ones told in one line."""
    found: list[RowChange] = []
    for is_same, run in groupby(changes, key=lambda row: not row.mark):
        rows_of = list(run)
        if is_same and len(rows_of) > 2:
            rows_of = [RowChange("", (escape(f"{len(rows_of)} rows are the same"),), "same")]
        found += rows_of
    return tuple(found)


def _row(old: Mapping[str, str] | None, new: Mapping[str, str], columns: Sequence[str]) -> RowChange:
    if old is None:
        return RowChange(new["id"], _plain(new, columns), "added")
    same = all(old.get(key, "") == new.get(key, "") for key in columns)
    cells = tuple(words(old.get(key, ""), new.get(key, "")) for key in columns)
    return RowChange(new["id"], cells, "" if same else "changed")


def _plain(row: Mapping[str, str], columns: Sequence[str]) -> tuple[Markup, ...]:
    return tuple(escape(row.get(key, "")) for key in columns)


def _gone(row: Mapping[str, str], columns: Sequence[str]) -> tuple[Markup, ...]:
    return tuple(Markup("<del>{}</del>").format(row[key]) if row.get(key) else Markup("") for key in columns)


# --- words ------------------------------------------------------------------------------------------------------


def _runs(before: list[str], after: list[str]) -> list[tuple[str, list[str], list[str]]]:
    """('equal' | 'changed', words before, words after), in order, easy to read: no islands of one small word."""
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    runs: list[tuple[str, list[str], list[str]]] = [("equal", before[:head], after[:head])]
    runs += _middle(old, new)
    runs.append(("equal", before[len(before) - tail :], after[len(after) - tail :]))
    return _without_islands([run for run in runs if run[1] or run[2]])


def _middle(old: list[str], new: list[str]) -> list[tuple[str, list[str], list[str]]]:
    if not old or not new or max(len(old), len(new)) > MOST_WORDS:
        return [("changed", old, new)]
    codes = SequenceMatcher(None, old, new).get_opcodes()  # its "autojunk" is what keeps this fast
    return [("equal" if code == "equal" else "changed", old[a:b], new[c:d]) for code, a, b, c, d in codes]


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        count += 1
    return count


def _without_islands(runs: list[tuple[str, list[str], list[str]]]) -> list[tuple[str, list[str], list[str]]]:
    """Join changes that only a word or two separates: “<del>a</del> the <ins>b</ins>” reads worse than one change."""
    joined: list[tuple[str, list[str], list[str]]] = []
    for index, (verb, old, new) in enumerate(runs):
        inside = 0 < index < len(runs) - 1
        if verb == "equal" and inside and len(new) <= 2:
            around = len(runs[index - 1][2]) + len(runs[index + 1][2])
            verb = "changed" if around > 2 * len(new) else verb
        if joined and joined[-1][0] == verb:
            joined[-1] = (verb, joined[-1][1] + old, joined[-1][2] + new)
        else:
            joined.append((verb, old, new))
    return joined


# --- blocks -----------------------------------------------------------------------------------------------------

Pair = tuple[Block | None, Block | None]


def _pairs(old: list[Block], new: list[Block]) -> list[Pair]:
    """Each block beside what became of it; None on one side where it is new or gone."""
    found: list[Pair] = []
    matcher = SequenceMatcher(None, [block.text for block in old], [block.text for block in new])
    for code, a, b, c, d in matcher.get_opcodes():
        if code == "equal":
            found += zip(old[a:b], new[c:d], strict=True)
        else:
            found += _weigh(old[a:b], new[c:d])
    return found


def _weigh(old: list[Block], new: list[Block]) -> Iterator[Pair]:
    """Pair the blocks of a changed passage, in order, so that together they have most in common."""
    if len(old) == len(new) == 1:  # one for one is a rewrite, however little is left of it
        yield old[0], new[0]
        return
    if len(old) * len(new) > MOST_PAIRS:
        yield from ((block, None) for block in old)
        yield from ((None, block) for block in new)
        return
    alike = _likenesses(old, new)
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for j in range(len(new) - 1, -1, -1):
            paired = best[i + 1][j + 1] + alike[i][j] if alike[i][j] else 0.0
            best[i][j] = max(best[i + 1][j], best[i][j + 1], paired)
    i = j = 0
    while i < len(old) and j < len(new):
        if alike[i][j] and best[i][j] == best[i + 1][j + 1] + alike[i][j]:
            yield old[i], new[j]  # first, so that what was taken out stands where the new text begins
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield old[i], None
            i += 1
        else:
            yield None, new[j]
            j += 1
    yield from ((block, None) for block in old[i:])
    yield from ((None, block) for block in new[j:])


def _likenesses(old: list[Block], new: list[Block]) -> list[list[float]]:
    """How much each old block has in common with each new one; 0 for what should not be paired."""
    bags = [Counter(block.text.split()) for block in new]
    return [[_likeness(one, other, bag) for other, bag in zip(new, bags, strict=True)] for one in old]


def _likeness(one: Block, other: Block, bag: Counter[str]) -> float:
    own = Counter(one.text.split())
    total = own.total() + bag.total()
    found = 2 * (own & bag).total() / total if total else 0.0
    if found >= ALIKE:
        return found
    # A rewritten item stays an item of its list, unless something else is more like it.
    return BARELY if (one.tag, one.within) == (other.tag, other.within) else 0.0


def _block_words(before: Block | None, after: Block | None) -> Markup:
    if before is None:
        return Markup("<ins>{}</ins>").format(after.text if after else "")
    if after is None:
        return Markup("<del>{}</del>").format(before.text)
    return words(before.text, after.text)


def _assemble(pairs: Sequence[Pair]) -> Markup:
    parts: list[Markup] = []
    open_list = ""
    for before, after in pairs:
        block = after or before
        assert block is not None
        if block.within != open_list:
            parts += [_LIST_ENDS[open_list], _LIST_STARTS[block.within]]
            open_list = block.within
        parts.append(_AROUND[block.tag].format(_block_words(before, after)))
    parts.append(_LIST_ENDS[open_list])
    return Markup("").join(parts)
