"""From the text of an expression to its tree. Length and depth are bounded; mistakes are told with their position."""

import re
from dataclasses import dataclass
from decimal import Decimal

from app.curriculum.expression_tree import (
    FUNCTIONS,
    Call,
    ExpressionError,
    Negative,
    Node,
    Number,
    Operation,
    Reference,
)

MAX_LENGTH = 500
MAX_DEPTH = 30

_TOKEN = re.compile(r"\s*(?:([0-9]+(?:\.[0-9]+)?)|([a-z]+)|\{([^{}]*)\}|([-+*/(),]))")
_REFERENCE = re.compile(r"([1-9][0-9]?\.[A-Z]{1,2}\.[1-9][0-9]?)(?:\.([a-z0-9]+(?:[_-][a-z0-9]+)*))?")


def parse(text: str) -> Node:
    """The expression as a tree. Raises ExpressionError."""
    if len(text) > MAX_LENGTH:
        raise ExpressionError(
            f"an expression has at most {MAX_LENGTH} characters, this one {len(text)}", MAX_LENGTH
        )
    parser = _Parser(_tokens(text), len(text) + 1)
    tree = parser.sum(0)
    if parser.ahead is not None:
        raise ExpressionError(
            f"“{parser.ahead.text}” was not expected here; an operator is missing", parser.position
        )
    return tree


@dataclass(frozen=True)
class _Token:
    kind: str
    text: str
    position: int


def _tokens(text: str) -> list[_Token]:
    tokens, at = [], 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if not found:
            start = at + len(text[at:]) - len(text[at:].lstrip())
            raise ExpressionError(f"“{text[start]}” is not part of an expression", start + 1)
        kind = ("number", "name", "reference", "sign")[(found.lastindex or 1) - 1]
        tokens.append(_Token(kind, found[found.lastindex or 1], found.start(found.lastindex or 1) + 1))
        at = found.end()
    return tokens


class _Parser:
    """Recursive descent over the tokens: sum → product → factor."""

    def __init__(self, tokens: list[_Token], end: int) -> None:
        self._tokens = tokens
        self._next = 0
        self._end = end

    @property
    def ahead(self) -> _Token | None:
        return self._tokens[self._next] if self._next < len(self._tokens) else None

    @property
    def position(self) -> int:
        return self.ahead.position if self.ahead else self._end

    def sum(self, depth: int) -> Node:
        left = self._product(depth)
        while sign := self._accept("+", "-"):
            left = Operation(sign, left, self._product(depth))
        return left

    def _product(self, depth: int) -> Node:
        left = self._factor(depth)
        while sign := self._accept("*", "/"):
            left = Operation(sign, left, self._factor(depth))
        return left

    def _factor(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise ExpressionError(f"more than {MAX_DEPTH} levels of brackets", self.position)
        if self._accept("-"):
            return Negative(self._factor(depth + 1))
        if self._accept("("):
            inner = self.sum(depth + 1)
            self._expect(")")
            return inner
        token = self.ahead
        if token is None or token.kind == "sign":
            raise ExpressionError("a number, a reference in braces or a bracket is missing", self.position)
        self._next += 1
        if token.kind == "number":
            return Number(Decimal(token.text))
        return self._call(token, depth) if token.kind == "name" else _reference(token)

    def _call(self, name: _Token, depth: int) -> Node:
        if name.text not in FUNCTIONS:
            known = ", ".join(FUNCTIONS)
            raise ExpressionError(
                f"there is no function “{name.text}”; the functions are {known}", name.position
            )
        self._expect("(")
        arguments = [self.sum(depth + 1)]
        while self._accept(","):
            arguments.append(self.sum(depth + 1))
        self._expect(")")
        least, most = FUNCTIONS[name.text]
        if not least <= len(arguments) <= most:
            raise ExpressionError(f"{name.text}() was given {len(arguments)} values", name.position)
        return Call(name.text, tuple(arguments), name.position)

    def _accept(self, *signs: str) -> str | None:
        token = self.ahead
        if token is None or token.kind != "sign" or token.text not in signs:
            return None
        self._next += 1
        return token.text

    def _expect(self, sign: str) -> None:
        if not self._accept(sign):
            raise ExpressionError(f"“{sign}” is missing", self.position)


def _reference(token: _Token) -> Reference:
    found = _REFERENCE.fullmatch(token.text.strip())
    if not found:
        raise ExpressionError(
            f"“{{{token.text}}}” is not a reference; write {{1.E.2}} or {{1.E.3.price}}", token.position
        )
    return Reference(found[1], found[2], token.position)
