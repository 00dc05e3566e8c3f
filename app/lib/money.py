"""Money is an integer number of the currency's smallest unit (cents), never a float."""

from __future__ import annotations

SIGNS = {"usd": "$", "eur": "€", "gbp": "£", "cad": "CA$", "aud": "A$"}


def money(cents: int, currency: str = "usd") -> str:
    """'$2,400' or '$2,400.50'; negative amounts with a minus sign; unknown currencies by their code."""
    whole, rest = divmod(abs(cents), 100)
    amount = f"{whole:,}" + (f".{rest:02d}" if rest else "")
    sign = SIGNS.get(currency.lower())
    text = f"{sign}{amount}" if sign else f"{currency.upper()} {amount}"
    return f"−{text}" if cents < 0 else text
