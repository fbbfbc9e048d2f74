"""The one home of aiohttp: the way to other people's servers (session), whom we may reach (guard), names (resolver) and
compressed bodies (unpack), and whose certificates are believed (trust)."""

import aggregator.wire.trust  # noqa: F401 - before whatever else brings aiohttp, see there

# isort: split
from aggregator.wire.guard import Guard
from aggregator.wire.room import Room
from aggregator.wire.session import Answer, Manners, Wire
from aggregator.wire.stack import Stack

__all__ = ["Answer", "Guard", "Manners", "Room", "Stack", "Wire"]
