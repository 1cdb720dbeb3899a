"""How long somebody has to wait after wrong passwords, by name, by address, and by both together.

Knows no request and no user. An address is who asks or, of a reverse proxy that is trusted, who asked it.
"""

from __future__ import annotations

import ipaddress
import time
from collections import OrderedDict
from dataclasses import dataclass, field

FREE_TRIES = 3  # for a name, from an address
FREE_TRIES_OF_ADDRESS = 20  # whatever the names: an office may share one
FREE_TRIES_OF_NAME = 50  # from wherever
LONGEST_DELAY = 300.0  # seconds
# For a name from everywhere: anybody can make its user wait, so it mustn't be for long.
LONGEST_DELAY_OF_NAME = 30.0
FORGOTTEN = 24 * 3600.0  # seconds without a failure
REMEMBERED = 10_000  # of each kind


@dataclass(slots=True)
class _Failures:
    """Failures by what they are counted by: from `free` on, each makes one wait twice as long."""

    free: int
    longest: float
    _counted: OrderedDict[object, tuple[int, float]] = field(default_factory=OrderedDict)

    def left(self, key: object) -> float:
        count, last = self._counted.get(key, (0, 0.0))
        delay = min(self.longest, 2.0 ** (count - self.free)) if count >= self.free else 0.0
        return max(0.0, last + delay - time.monotonic())

    def add(self, key: object) -> int:
        now = time.monotonic()
        count, last = self._counted.pop(key, (0, now))
        count = 1 if now - last > FORGOTTEN else min(count + 1, self.free + 64)
        self._counted[key] = (count, now)
        while len(self._counted) > REMEMBERED:
            self._counted.popitem(last=False)
        return count

    def take_back(self, key: object, tries: int) -> None:
        count, last = self._counted.pop(key, (0, 0.0))
        if count > tries:
            self._counted[key] = (count - tries, last)

    def count(self, key: object) -> int:
        return self._counted.get(key, (0, 0.0))[0]


class Delays:
    """Waits twice as long after each failure, once the free ones are used up.

    A name from an address has few free ones, an address with whatever names some, a name from whatever
    addresses many: passwords can't be tried by changing the one or the other. Who has got in from an address
    before waits there for their own failures alone.
    """

    def __init__(self) -> None:
        self._pairs = _Failures(FREE_TRIES, LONGEST_DELAY)
        self._addresses = _Failures(FREE_TRIES_OF_ADDRESS, LONGEST_DELAY)
        self._names = _Failures(FREE_TRIES_OF_NAME, LONGEST_DELAY_OF_NAME)
        self._known: OrderedDict[tuple[str, str], None] = OrderedDict()

    def left(self, who: tuple[str, str]) -> float:
        """Seconds until `who`, a name at an address, may try again."""
        name, address = who[0], _network(who[1])
        by_pair = self._pairs.left((name, address))
        if (name, address) in self._known:
            return by_pair
        return max(by_pair, self._addresses.left(address), self._names.left(name))

    def failed(self, who: tuple[str, str]) -> int:
        """Count an attempt that failed; return how many did from there."""
        name, address = who[0], _network(who[1])
        self._pairs.add((name, address))
        self._names.add(name)
        return self._addresses.add(address)

    def forget(self, who: tuple[str, str]) -> None:
        """Forget the failed attempts of one who got in, and no others of that address or name."""
        name, address = who[0], _network(who[1])
        tries = self._pairs.count((name, address))
        for failures, key in (
            (self._pairs, (name, address)), (self._addresses, address), (self._names, name),
        ):  # fmt: skip
            failures.take_back(key, tries)
        self._known[name, address] = None
        self._known.move_to_end((name, address))
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _network(address: str) -> str:
    """Return an address, or the network of an IPv6 one: whoever has one has all of its /64."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if found.version == 6 and found.ipv4_mapped is None:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)
