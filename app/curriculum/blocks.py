"""The `///` blocks of a text as an author writes them: name, title, keys and what stands inside."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256

FENCE = re.compile(r" {0,3}(/{3,}+)[ \t]*+([a-z_-]*+)[ \t]*+(?:\|(.*))?")
_KEY_LINE = re.compile(r" {4,}\S.*")
LONGEST_QUESTION = 300


@dataclass
class BlockText:
    """One block; `keys` are the `key: value` lines right below its first line, `text` is what follows them."""

    name: str
    title: str
    line: int  # of its first line
    _keys: list[str] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)

    @property
    def keys(self) -> str:
        return textwrap.dedent("\n".join(self._keys))

    @property
    def text(self) -> str:
        return "\n".join(self._text).strip()

    def add(self, line: str) -> None:
        if not self._text and _KEY_LINE.fullmatch(line):
            self._keys.append(line)
        else:
            self._text.append(line)


def blocks_of(lines: Iterable[tuple[int, str]]) -> Iterator[BlockText]:
    """Every block of these numbered lines, also within others, in the order in which they end."""
    open_blocks: list[tuple[str, BlockText]] = []
    for number, line in lines:
        found = FENCE.fullmatch(line.rstrip())
        if found and not found[2] and found[3] is None:
            if open_blocks and open_blocks[-1][0] == found[1]:
                yield open_blocks.pop()[1]
            continue
        for _, block in open_blocks:
            block.add(line)
        if found:
            open_blocks.append((found[1], BlockText(found[2], (found[3] or "").strip(), number)))


def question_key(question: str) -> str:
    """The key under which a note to this question is kept: the same for the same words, however they are punctuated."""
    words = " ".join(re.findall(r"\w+", question.casefold()))
    return sha256(words.encode()).hexdigest()[:12]
