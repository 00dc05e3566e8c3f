"""Mail to the participant about what staff decided on their system."""

from __future__ import annotations

from datetime import datetime

from app.coursework.models import System
from app.curriculum.schema import Module
from app.mail.actions import post


def excused(system: System, module: Module, now: datetime) -> None:
    """The key holds the moment: somebody may be excused, called back, and excused again."""
    user = system.enrollment.user
    subject = f"You are excused from System {module.number}, {module.system}"
    post(
        "coursework/excused",
        user,
        subject,
        key=f"excused:{system.id}:{now.isoformat()}",
        now=now,
        first_name=user.first_name,
        module=module,
        reason=system.excused_because,
        path="/modules",
    )


def called_back(system: System, module: Module, now: datetime) -> None:
    user = system.enrollment.user
    subject = f"System {module.number}, {module.system}, is yours to build after all"
    post(
        "coursework/called_back",
        user,
        subject,
        key=f"called-back:{system.id}:{now.isoformat()}",
        now=now,
        first_name=user.first_name,
        module=module,
        path=f"/systems/{system.id}",
    )
