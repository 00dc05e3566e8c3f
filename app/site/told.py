"""Differences as a page shows them: by module, each with its words marked, as much of it as one page can carry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from markupsafe import Markup

from app.curriculum.differences import Difference, Wording
from app.lib import diff

ROOM = 21_500  # characters of marked text on one page
SHORT = 240  # a text up to this length is compared word by word; a longer one by its changed paragraphs


@dataclass(frozen=True)
class Told:
    """One difference. `texts`: which text it is, and its changed passages; empty where nothing was reworded."""

    difference: Difference
    texts: tuple[tuple[str, tuple[Markup, ...]], ...] = ()
    is_cut: bool = False  # there was no room for all of them


@dataclass(frozen=True)
class Group:
    """The differences of one module; of the program itself when `slug` is empty."""

    number: int | None
    slug: str
    told: tuple[Told, ...]

    @property
    def title(self) -> str:
        return f"Module {self.number}, {self.slug}" if self.slug else "The program and its pages"

    @property
    def is_cut(self) -> bool:
        return any(one.is_cut for one in self.told)


def grouped(differences: Iterable[Difference], only: str | None = None) -> list[Group]:
    """By module, in the order they come; with `only` those of one module ('' for the program itself)."""
    room = ROOM
    groups: dict[str, list[Told]] = {}
    for one in differences:
        if only is not None and one.slug != only:
            continue
        told = _told(one, room)
        room -= sum(len(passage) for _, passages in told.texts for passage in passages)
        groups.setdefault(one.slug, []).append(told)
    return [Group(found[0].difference.number, slug, tuple(found)) for slug, found in groups.items()]


def _told(one: Difference, room: int) -> Told:
    texts: list[tuple[str, tuple[Markup, ...]]] = []
    for wording in one.wordings:
        size = len(wording.old) + len(wording.new)
        if size > room:
            return Told(one, tuple(texts), is_cut=True)
        room -= size
        texts.append((wording.what, _passages(wording)))
    return Told(one, tuple(texts))


def _passages(wording: Wording) -> tuple[Markup, ...]:
    if max(len(wording.old), len(wording.new)) <= SHORT:
        return (diff.words(wording.old, wording.new),)
    return tuple(diff.passages(wording.old, wording.new))
