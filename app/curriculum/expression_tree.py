"""The parts an expression is made of, and the two ways it can go wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

# name → least and most number of values
FUNCTIONS = {
    "sum": (1, 1),
    "count": (1, 1),
    "ceil": (1, 1),
    "floor": (1, 1),
    "round": (1, 2),
    "min": (1, 9),
    "max": (1, 9),
}


class ExpressionError(ValueError):
    """The author's mistake; `position` is the character in the expression, counted from 1."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(f"{message} (at character {position})")
        self.position = position


class Missing(Exception):
    """No result yet; the text is a sentence for the person filling in the worksheet."""


@dataclass(frozen=True)
class Number:
    value: Decimal


@dataclass(frozen=True)
class Reference:
    """`{1.E.2}` or `{1.E.3.price}`: a field, and a part, column or result of it."""

    field: str
    member: str | None
    position: int

    def __str__(self) -> str:
        return f"{{{self.field}.{self.member}}}" if self.member else f"{{{self.field}}}"


@dataclass(frozen=True)
class Negative:
    of: "Node"


@dataclass(frozen=True)
class Operation:
    sign: str
    left: "Node"
    right: "Node"


@dataclass(frozen=True)
class Call:
    function: str
    arguments: tuple["Node", ...]
    position: int


Node = Number | Reference | Negative | Operation | Call


def references(node: Node) -> Iterator[Reference]:
    """Every reference of the tree, from left to right."""
    match node:
        case Reference():
            yield node
        case Negative(of):
            yield from references(of)
        case Operation(_, left, right):
            yield from references(left)
            yield from references(right)
        case Call(_, arguments):
            for argument in arguments:
                yield from references(argument)


def calls(node: Node) -> Iterator[Call]:
    """Every function call of the tree."""
    match node:
        case Negative(of):
            yield from calls(of)
        case Operation(_, left, right):
            yield from calls(left)
            yield from calls(right)
        case Call(_, arguments):
            yield node
            for argument in arguments:
                yield from calls(argument)
