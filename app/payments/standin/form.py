"""Stripe's request encoding: form fields whose names nest with brackets, such as ``line_items[0][quantity]``."""

import re
from collections.abc import Iterable
from typing import Any

from .errors import wrong

_NAME = re.compile(r"([^\[\]]+)((?:\[[^\[\]]*\])*)")
_BRACKET = re.compile(r"\[([^\[\]]*)\]")

Nested = dict[str, Any]


def unfold(pairs: Iterable[tuple[str, str]]) -> Nested:
    """Nest the pairs. Every leaf stays text, every list a dictionary "0", "1", …: only the types know which is which.

    Raises ApiError for a name that cannot be read or that is both a value and a group.
    """
    tree: Nested = {}
    for name, value in pairs:
        found = _NAME.fullmatch(name)
        if found is None:
            raise wrong(f"Invalid parameter name: {name}", name)
        _put(tree, [found[1], *_BRACKET.findall(found[2])], value, name)
    return tree


def _put(tree: Nested, path: list[str], value: str, name: str) -> None:
    *groups, last = path
    for key in groups:
        tree = tree.setdefault(key or str(len(tree)), {})
        if not isinstance(tree, dict):
            raise wrong(f"Parameter given both as a value and as a group: {name}", name)
    key = last or str(len(tree))
    if key in tree:
        raise wrong(f"Parameter given twice: {name}", name)
    tree[key] = value


def flat_name(path: tuple[str, ...]) -> str:
    """The name as it stood in the form: ('a', '0', 'b') is 'a[0][b]'."""
    head, *rest = path or ("",)
    return head + "".join(f"[{part}]" for part in rest)
