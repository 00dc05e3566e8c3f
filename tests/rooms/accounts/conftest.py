from __future__ import annotations

import pytest

from tests.rooms.accounts.phone import give_password, give_phone


@pytest.fixture
def production(app):
    """Outside the demo, coaches and staff must have a second factor."""
    app.config["DEMO"] = False
    yield
    app.config["DEMO"] = True


@pytest.fixture
def cora(cast, production, client):
    """Cora's browser: she has a password and nothing else yet."""
    give_password(cast.cora)
    return client


@pytest.fixture
def phone(cast, production, clock):
    """Cora's phone: she has a password, and her second factor is on."""
    give_password(cast.cora)
    return give_phone(cast.cora, clock)
