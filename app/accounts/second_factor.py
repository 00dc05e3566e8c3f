"""Verbs on the second factor: switched on, given at sign-in, renewed, switched off. None of them commits."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select

from app.accounts import messages, rules, sessions, throttle
from app.accounts.models import RecoveryCode, SecondFactor, SignIn, User
from app.audit.actions import record
from app.lib.database import db
from app.lib.refusal import Refused
from app.lib.tokens import hash_token

RECOVERY_CODES = 10
# Wrong codes only: a right one is taken back. With three codes right at a time, thirty guesses a day are one chance
# in 11,000; recovery codes are counted apart, so that guessing cannot shut out the owner who has them on paper.
APP_LIMITS = ((5, timedelta(minutes=15)), (30, timedelta(days=1)))
RECOVERY_LIMITS = ((5, timedelta(minutes=15)),)
ALREADY_ON = "Your second factor is on already."
OFF = "Your second factor is off. Nothing was asked of it."


def count_try(user: User, typed: str, now: datetime) -> bool:
    """Count a try before the code is looked at; False when there were too many wrong ones (the owner gets a mail).

    Must commit even then, in a transaction of its own.
    """
    answers = [
        throttle.allow(key, limit, per, now) for key, limit, per in _limits(user, typed)
    ]  # each is counted
    if all(answers):
        return True
    messages.codes_guessed(user, now)
    return False


def give_code(user: User, typed: str, now: datetime) -> None:
    """Take a code of the app, or a recovery code, once. Refused when it does not fit or was used already."""
    factor = _locked(user)
    if rules.is_app_code(typed):
        factor.last_step = rules.step_of_code(factor.secret, typed, factor.last_step, now)
    else:
        _use_recovery_code(user, typed, now)
    for key, _, per in _limits(user, typed):
        throttle.take_back(key, per, now)


def switch_on(user: User, secret: str, typed: str, device: SignIn, now: datetime) -> list[str]:
    """Keep the secret of an app that has shown the right code; every other device is signed out.

    Returns the recovery codes, which are never to be seen again. Refused for a wrong code, or when it is on already.
    """
    db.session.get(User, user.id, with_for_update=True)  # two tabs at once: the second one is told
    if db.session.get(SecondFactor, user.id):
        raise Refused(ALREADY_ON, "code")
    step = rules.step_of_code(secret, typed, -1, now)
    db.session.add(SecondFactor(user_id=user.id, secret=secret, last_step=step, switched_on_at=now))
    db.session.flush()
    sessions.end_all(user, now, but=device)
    messages.switched_on(user, now)
    record(user, "Switched the second factor on", ("user", user.id), now=now)
    return _replace_recovery_codes(user)


def move(user: User, secret: str, typed: str, device: SignIn, now: datetime) -> list[str]:
    """Put another phone in the place of the present one. Returns new recovery codes; the old ones are worthless."""
    factor = _locked(user)
    factor.last_step = rules.step_of_code(secret, typed, -1, now)
    factor.secret, factor.switched_on_at = secret, now
    sessions.end_all(user, now, but=device)
    messages.moved(user, now)
    record(user, "Moved the second factor to another phone", ("user", user.id), now=now)
    return _replace_recovery_codes(user)


def make_recovery_codes(user: User, typed: str, now: datetime) -> list[str]:
    """Ten new recovery codes, for a code; the old ones are worthless."""
    give_code(user, typed, now)
    messages.recovery_codes_made(user, now)
    record(user, "Made new recovery codes", ("user", user.id), now=now)
    return _replace_recovery_codes(user)


def switch_off(user: User, typed: str, device: SignIn, demo: bool, now: datetime) -> None:
    """Switch it off, for a code; every other device is signed out. Refused for coaches and staff."""
    rules.check_switch_off(user.is_coach or user.is_staff, demo)
    give_code(user, typed, now)
    _forget(user, now, but=device)
    messages.switched_off(user, now)
    record(user, "Switched the second factor off", ("user", user.id), now=now)


def take_away(user: User, now: datetime) -> None:
    """For somebody who lost both phone and recovery codes, or after a leak: off, and signed out everywhere."""
    _forget(user, now)
    messages.switched_off(user, now)
    record(None, f"Took the second factor of {user.name} away", ("user", user.id), now=now)


def recovery_codes_left(user: User) -> int:
    unused = select(func.count()).where(RecoveryCode.user_id == user.id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


def _limits(user: User, typed: str) -> list[tuple[str, int, timedelta]]:
    kind, limits = ("code", APP_LIMITS) if rules.is_app_code(typed) else ("recovery-code", RECOVERY_LIMITS)
    return [(f"{kind}:{user.id}:{per // timedelta(minutes=1)}", limit, per) for limit, per in limits]


def _locked(user: User) -> SecondFactor:
    factor = db.session.scalar(select(SecondFactor).where(SecondFactor.user_id == user.id).with_for_update())
    if factor is None:  # switched off in another tab
        raise Refused(OFF, "code")
    return factor


def _use_recovery_code(user: User, typed: str, now: datetime) -> None:
    kept = hash_token(rules.plain_recovery_code(typed))
    query = select(RecoveryCode).where(RecoveryCode.user_id == user.id, RecoveryCode.code_hash == kept)
    code = db.session.scalar(query.with_for_update())
    if code is None or code.used_at is not None:
        raise Refused(
            "That is neither six digits from your app nor a recovery code that is still unused.", "code"
        )
    code.used_at = now
    db.session.flush()
    left = recovery_codes_left(user)
    messages.recovery_code_used(user, left, now)
    record(user, f"Used a recovery code ({left} left)", ("user", user.id), now=now)


def _replace_recovery_codes(user: User) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    made = [
        "".join(secrets.choice(rules.RECOVERY_LETTERS) for _ in range(rules.RECOVERY_LENGTH))
        for _ in range(RECOVERY_CODES)
    ]
    db.session.add_all(RecoveryCode(user_id=user.id, code_hash=hash_token(code)) for code in made)
    return ["-".join(code[at : at + 4] for at in range(0, len(code), 4)) for code in made]


def _forget(user: User, now: datetime, but: SignIn | None = None) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.user_id == user.id))
    sessions.end_all(user, now, but=but)
