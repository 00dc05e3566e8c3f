"""What happens to the work in a cohort that moves to another release. Pure: plain values in, a plan out.

Wording flows to everybody. A changed task reaches only systems of which nothing has been sent; a system with a round
keeps the worksheet and rubric it answered. What would make a typed answer unreadable is refused, with the way out.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.curriculum.differences import differences
from app.curriculum.fields import is_answered, survives
from app.curriculum.schema import Module, Program
from app.lib.refusal import Refused
from app.lib.words import count

MOVABLE = frozenset({"draft", "open", "closed", "running"})  # what a cohort must be
NAMED = 3  # people named in one sentence


@dataclass(frozen=True)
class Work:
    """One system of the cohort; of one without a round also what its draft holds."""

    system_id: int
    person: str
    present: bool  # of somebody who is at work in the cohort, or may come back to it
    module_slug: str
    assignment_key: str
    status: str
    rounds: int  # sent so far, those taken back included
    pinned_to: int | None  # the release its worksheet and rubric come from; None: the cohort's
    answers: Mapping[str, Any] = field(default_factory=dict)
    self_rating: Mapping[str, str] = field(default_factory=dict)

    @property
    def group(self) -> str:
        """How far it is, in the words of a count."""
        if self.status in ("accepted", "excused", "not started"):
            return self.status
        return "submitted" if self.rounds else "drafting"


_GROUPS = {
    "not started": ("has not begun", "have not begun"),
    "drafting": ("is drafting", "are drafting"),
    "submitted": ("has submitted", "have submitted"),
    "accepted": ("is accepted", "are accepted"),
    "excused": ("is excused", "are excused"),
}


@dataclass(frozen=True)
class People:
    """So many people in each state of one module."""

    groups: tuple[tuple[str, int], ...]  # in the order of `_GROUPS`, empty ones left out

    @classmethod
    def of(cls, count: Mapping[str, int]) -> People:
        return cls(tuple((group, count[group]) for group in _GROUPS if count.get(group)))

    @property
    def total(self) -> int:
        return sum(number for _, number in self.groups)

    def __str__(self) -> str:
        """'5 have not begun, 1 is drafting'"""
        return ", ".join(f"{number} {_GROUPS[group][number != 1]}" for group, number in self.groups)


@dataclass(frozen=True)
class Effect:
    """What the move does in one module, and for whom. `kind`: text, task, new or removed."""

    number: int
    slug: str
    system: str
    kind: str
    gets: People
    keeps: People  # who keeps the worksheet they answered

    @property
    def arithmetic(self) -> str:
        """'12 people: 9 get the new task (5 have not begun, 4 are drafting), 3 keep the worksheet …'"""
        total = self.gets.total + self.keeps.total
        people = f"{total} {'person' if total == 1 else 'people'}"
        if self.kind == "removed":
            return f"{people}, and nobody has begun it."
        gets = f"{self.gets.total} {'gets' if self.gets.total == 1 else 'get'}"
        news = {"task": "the new task", "new": "it"}.get(self.kind, "the new text")
        parts = [f"{gets} {news} ({self.gets})"] if self.gets.total else []
        if self.keeps.total:
            keeps = f"{self.keeps.total} {'keeps' if self.keeps.total == 1 else 'keep'}"
            parts.append(f"{keeps} the worksheet already answered ({self.keeps})")
        return f"{people}: {', '.join(parts)}." if parts else f"{people}."


@dataclass(frozen=True)
class Obstacle:
    """Why the move is refused, and what the author can do instead."""

    sentence: str
    way_out: str

    def __str__(self) -> str:
        return f"{self.sentence} {self.way_out}"


@dataclass(frozen=True)
class Plan:
    """What moving comes to. `pins`: system id → the release it is pinned to afterwards, for those that change."""

    effects: tuple[Effect, ...]
    pins: Mapping[int, int | None]
    obstacles: tuple[Obstacle, ...]
    keeping: int  # systems that keep an older worksheet afterwards

    @property
    def mark(self) -> str:
        """Equal for equal plans: what the confirming form carries, so that nothing else is done than was read."""
        told = repr((self.effects, sorted(self.pins.items()), self.obstacles, self.keeping))
        return hashlib.sha256(told.encode("utf-8", "replace")).hexdigest()[:16]


def pin_after(rounds: int, reads: int, structure: str, new_structure: str) -> int | None:
    """The release a system is pinned to after the move; None: it reads what its cohort reads.

    `reads` is the release its worksheet comes from now, `structure` that worksheet's structure hash.
    """
    return None if rounds == 0 or structure == new_structure else reads


def plan(
    old_id: int,
    new: Program,
    programs: Mapping[int, Program],
    people: int,
    work: Sequence[Work],
) -> Plan:
    """What moving a cohort from release `old_id` to the program `new` comes to.

    `programs` holds the old release and every one that a system is pinned to. `people` counts those present.
    """
    old = programs[old_id]
    pins = {one.system_id: _pin(one, old_id, new, programs) for one in work}
    before = {one.system_id: one.pinned_to for one in work}
    return Plan(
        effects=tuple(_effects(old, new, people, work, pins)),
        pins={system_id: pin for system_id, pin in pins.items() if pin != before[system_id]},
        obstacles=tuple(_obstacles(old, new, work)),
        keeping=sum(1 for pin in pins.values() if pin is not None),
    )


def check_move(status: str, title: str, found: Plan, mark: str) -> None:
    """Raise Refused unless the cohort may be moved, by exactly this plan (`mark`), now."""
    if status not in MOVABLE:
        raise Refused(f"{title} is {status}. It stays on the release its people worked with.")
    if found.obstacles:
        raise Refused(f"Nothing was moved. {found.obstacles[0]}")
    if found.mark != mark:
        raise Refused("Somebody began or sent work since this page was opened. Here is how it stands now.")


def outcome(found: Plan) -> str:
    """What the audit says of it."""
    if not found.keeping:
        return "everybody reads it"
    return f"{count(found.keeping, 'system keeps', 'systems keep')} the worksheet already answered"


def _pin(one: Work, old_id: int, new: Program, programs: Mapping[int, Program]) -> int | None:
    reads = one.pinned_to or old_id
    own, coming = programs[reads].module_of(one.assignment_key), new.module_of(one.assignment_key)
    if own is None or coming is None:  # an obstacle, told below
        return one.pinned_to
    return pin_after(one.rounds, reads, own.assignment_hash, coming.assignment_hash)


# --- for whom ---------------------------------------------------------------------------------------------------


def _effects(
    old: Program, new: Program, people: int, work: Sequence[Work], pins: Mapping[int, int | None]
) -> Iterator[Effect]:
    changed: dict[str, str] = {}
    for one in differences(old, new):
        if one.slug and one.kind != "schedule":
            kind = one.kind if one.part == "module" and one.kind in ("new", "removed") else "text"
            changed[one.slug] = "task" if one.is_task else changed.get(one.slug, kind)
    for slug, kind in changed.items():
        module = new.module(slug) or old.module(slug)
        assert module is not None
        yield _effect(module, kind, people, [one for one in work if one.module_slug == slug], pins)


def _effect(
    module: Module, kind: str, people: int, work: Sequence[Work], pins: Mapping[int, int | None]
) -> Effect:
    """Nobody who has sent something ever gets another task: pinned, or reading theirs with the cohort again."""
    present = [one for one in work if one.present]
    keeping = [one for one in present if pins[one.system_id] is not None or (kind == "task" and one.rounds)]
    keeps = Counter(one.group for one in keeping)
    gets = Counter(one.group for one in present if one not in keeping)
    gets["not started"] += people - len(present)
    return Effect(module.number, module.slug, module.system, kind, People.of(gets), People.of(keeps))


# --- what stands in the way -------------------------------------------------------------------------------------


def _obstacles(old: Program, new: Program, work: Sequence[Work]) -> Iterator[Obstacle]:
    for module in old.modules:
        begun = [one for one in work if one.module_slug == module.slug]
        if not begun:
            continue
        coming = new.module(module.slug)
        found = _gone(module, coming, begun)
        if found:
            yield found
        elif coming and coming.assignment_hash != module.assignment_hash:
            yield from _lost(module, coming, [one for one in begun if not one.rounds])


def _gone(module: Module, coming: Module | None, begun: Sequence[Work]) -> Obstacle | None:
    """The module, its assignment or its place is no longer there."""
    who = _who(begun)
    if coming and coming.number != module.number:
        return Obstacle(
            f"Module {module.number} ({module.slug}) would become module {coming.number}, and {who} begun it.",
            "Keep its place, and let the new order begin with the next cohort.",
        )
    keys = {one.assignment_key for one in begun}
    if coming and coming.worksheet and keys == {coming.worksheet.key}:
        return None
    return Obstacle(
        f"System {module.number}, {module.system}, is not in this release, and {who} begun it.",
        f"Keep the folder {module.number:02}-{module.slug} with its worksheet and the worksheet’s key.",
    )


def _lost(module: Module, coming: Module, drafts: Sequence[Work]) -> Iterator[Obstacle]:
    """Answers and self-ratings of drafts that the new worksheet and rubric would no longer show."""
    if module.worksheet is None or coming.worksheet is None:
        return
    for was in module.worksheet.fields():
        holds = [one for one in drafts if is_answered(was, one.answers.get(was.id))]
        named = f"Field {was.id} ({was.label})"
        now = coming.worksheet.field(was.id)
        if now is None and holds:
            yield Obstacle(
                f"{named} is gone, and {_who(holds)} an answer in it.",
                "Keep the field and mark it “retired: true”.",
            )
        elif now:
            unfit = [one for one in holds if not survives(was, now, one.answers[was.id])]
            if unfit:
                yield Obstacle(
                    f"{named} changed, and {_who(unfit)} an answer in it that no longer fits.",
                    "Keep it as it was and mark it “retired: true”; ask the new question under the next free id.",
                )
    kept = {one.key for one in coming.rubric.criteria} if coming.rubric else set()
    for criterion in module.rubric.criteria if module.rubric else ():
        rated = [one for one in drafts if one.self_rating.get(criterion.key)]
        if rated and criterion.key not in kept:
            yield Obstacle(
                f"The criterion {criterion.key} ({criterion.title}) is gone, and {_who(rated)} a rating by it.",
                "Keep the criterion; its words may change.",
            )


def _who(work: Sequence[Work]) -> str:
    """'Ana Morales has', 'Ana Morales, Ben Carter and 4 more have'."""
    names = [one.person for one in work]
    more = len(names) - NAMED
    said = [*names[:NAMED], f"{more} more"] if more > 0 else names
    if len(said) == 1:
        return f"{said[0]} has"
    return f"{', '.join(said[:-1])} and {said[-1]} have"
