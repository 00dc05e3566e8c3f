"""A phone with an authenticator app, and what a person keeps on paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pyotp
from sqlalchemy import func, select

from app.accounts import passwords
from app.accounts.models import SecondFactor, User
from app.lib.database import begin_write, db
from app.mail.models import Message

PASSWORD = "correct horse battery"
CORA = "cora@example.com"


@dataclass
class Phone:
    """Shows the code of the given clock's moment."""

    secret: str
    clock: Any

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.secret).at(self.clock.now + timedelta(seconds=30 * steps))

    def wrong(self) -> str:
        """Six digits that fit none of the steps around now."""
        near = {self.code(steps) for steps in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


def give_password(user_id: int) -> None:
    begin_write()
    db.session.get_one(User, user_id).password_hash = passwords.hash_password(PASSWORD)
    db.session.commit()


def give_phone(user_id: int, clock: Any, since: datetime | None = None) -> Phone:
    """Switch this person's second factor on without the pages."""
    phone = Phone(pyotp.random_base32(), clock)
    begin_write()
    row = SecondFactor(user_id=user_id, secret=phone.secret, last_step=0, switched_on_at=since or clock.now)
    db.session.add(row)
    db.session.commit()
    return phone


def scan(page: str, clock: Any) -> Phone:
    """Read the key that a set-up page shows."""
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', page)
    assert found, "no key on this page"
    return Phone(found.group(1).replace(" ", ""), clock)


def recovery_codes(page: str) -> list[str]:
    return re.findall(r"<li><code>([a-z2-9-]{19})</code></li>", page)


def sign_in_by_password(client: Any, email: str, **more: str) -> Any:
    return client.post("/sign-in", data={"email": email, "password": PASSWORD, **more})


def asked(client: Any) -> Any:
    """The browser after Cora's password: the code is asked."""
    assert sign_in_by_password(client, CORA).location == "/sign-in/code"
    return client


def is_in(client: Any) -> bool:
    return bool(client.get("/account").status_code == 200)


def subjects() -> list[str]:
    """Of all mails, the oldest first."""
    found = list(db.session.scalars(select(Message.subject).order_by(Message.id)))
    db.session.rollback()
    return found


def count(model: Any) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    db.session.rollback()
    return found or 0
