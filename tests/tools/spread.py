"""How the tests are spread over the test processes: the journeys all to one, everything else one by one.

The journeys share one running site. Two at once, one for each process, need twice the processors, and whoever walks
through one of them would meet other people's work there by chance of the order. xdist's own groups (`xdist_group`)
are silently passed over since pytest 9.2 (pytest-dev/pytest-xdist#1386), so the scheduler is told here.
"""

from __future__ import annotations

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "tests/journeys/"


class JourneysTogether(LoadScopeScheduling):
    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid
