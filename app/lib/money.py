"""Money is an integer number of the currency's smallest unit (cents), never a float."""

from __future__ import annotations

import re

_AMOUNT = re.compile(r"(\d{1,3}(,\d{3})+|\d{1,9})(\.\d{1,2})?")

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$"}


def money(cents: int, currency: str = "usd") -> str:
    """'$2,400' or '$2,400.50'; negative amounts with a minus sign; unknown currencies by their code."""
    whole, rest = divmod(abs(cents), 100)
    amount = f"{whole:,}" + (f".{rest:02d}" if rest else "")
    sign = SIGNS.get(currency.lower())
    text = f"{sign}{amount}" if sign else f"{currency.upper()} {amount}"
    return f"−{text}" if cents < 0 else text


def cents(typed: str) -> int | None:
    """'2,400', '$2,400.5' or '2400.50' in cents; None for whatever is no amount in dollars."""
    text = typed.strip().removeprefix("$").strip()
    if not text.isascii() or not _AMOUNT.fullmatch(text):
        return None
    whole, _, rest = text.replace(",", "").partition(".")
    return int(whole) * 100 + int(rest.ljust(2, "0") or 0)
