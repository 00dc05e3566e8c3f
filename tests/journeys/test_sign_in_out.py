"""Signing in by password and by mail, and out so that it really ends."""

from __future__ import annotations

from tests.journeys.conftest import Comes
from tests.journeys.people import Somebody


def test_a_password_signs_in_and_signing_out_really_ends_it(comes: Comes) -> None:
    uma = comes(Somebody, "uma")
    uma.signs_in_with_password()
    uma.tab.is_at("Lakeline Exercise Practice")
    uma.signs_out()
    uma.tab.goes_to("/dashboard")
    uma.tab.is_at("Sign in")
