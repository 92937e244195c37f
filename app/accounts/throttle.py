"""How often a sign-in may be tried: after some failures each further one has to wait longer."""

import hashlib
import math
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, and_, delete, exists, func, literal, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from app.accounts.models import SignIn, SignInFailure, User

KEPT = timedelta(days=1)
KNOWN = timedelta(days=30)
"""How long a network from which an account signed in counts as its own."""
LOCK_WAIT = "1s"


@dataclass(frozen=True)
class Limit:
    """So many failures are free within the window; the next waits one second, then two, four, …"""

    free: int
    window: timedelta
    longest: int = 900

    def wait(self, failures: int, since_last: float) -> int:
        """Seconds still to wait after so many failures, the last one so many seconds ago."""
        if failures < self.free:
            return 0
        # The exponent is capped because 2**failures of a long attack is a very long number.
        pause = min(1 << min(failures - self.free, 20), self.longest)
        return max(0, math.ceil(pause - since_last))


PAIR = Limit(free=5, window=timedelta(days=1))
"""One account from one network: somebody guesses, or forgot."""
NETWORK = Limit(free=20, window=timedelta(hours=1))
"""One network, any accounts: somebody tries one password on many. An office shares an address, so
the number is not small; a sign-in that succeeds takes its own failures out of the count."""
ACCOUNT = Limit(free=50, window=timedelta(days=1))
"""One account from anywhere: many machines guess together. Networks from which its owner signed in
lately are exempt, so that nobody can lock them out from elsewhere."""


def digest_of(name: str) -> int:
    """The short digest under which attempts on an account name are counted (see `SignInFailure`)."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])


def network_of(address: str | None) -> str:
    """The network that counts as one visitor: an IPv4 address, or the /64 that a household has in IPv6.

    What is no address (a Unix socket in front) counts as one visitor together.
    """
    try:
        known = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "0.0.0.0/32"
    mapped = getattr(known, "ipv4_mapped", None)
    known = mapped or known
    return str(ip_network((known, 32 if known.version == 4 else 64), strict=False))


def seconds_to_wait(session: Session, name: str, network: str) -> int:
    """How long an attempt on this account name from this network has to wait; 0 when it may go on.

    Until the transaction ends, other attempts from the network wait for this one, in all processes:
    otherwise a hundred at once would all be counted before the first had failed.
    """
    if not _alone(session, network):
        return 1
    waits = [
        limit.wait(*_failures(session, condition, limit.window))
        for limit, condition in (
            (PAIR, and_(_from(network), _on(name))),
            (NETWORK, _from(network)),
            (ACCOUNT, _on(name)),
        )
    ]
    if waits[2] and _is_known(session, name, network):
        waits.pop()
    return max(waits)


def record_failure(session: Session, name: str, network: str) -> None:
    """Count one failure, and forget those that are too old to matter."""
    session.execute(delete(SignInFailure).where(SignInFailure.at < func.clock_timestamp() - literal(KEPT)))
    session.add(SignInFailure(account=digest_of(name), network=network))
    session.flush()


def forgive(session: Session, name: str, network: str | None = None) -> None:
    """Forget the failures of an account name, from one network or (None) from anywhere."""
    condition = _on(name) if network is None else and_(_on(name), _from(network))
    session.execute(delete(SignInFailure).where(condition))


def _alone(session: Session, network: str) -> bool:
    """Wait until no other attempt from this network is under way; False when that takes too long."""
    try:
        with session.begin_nested():
            session.execute(text(f"SET LOCAL lock_timeout = '{LOCK_WAIT}'"))
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(network, 0))))
    except OperationalError:
        return False
    return True


def _failures(session: Session, condition: ColumnElement[bool], window: timedelta) -> tuple[int, float]:
    """How many failures there were within the window, and how many seconds ago the last one was."""
    now = func.clock_timestamp()
    query = select(func.count(), func.extract("epoch", now - func.max(SignInFailure.at))).where(
        condition, SignInFailure.at > now - literal(window)
    )
    count, since_last = session.execute(query).one()
    return count, float(since_last or 0)


def _is_known(session: Session, name: str, network: str) -> bool:
    """Whether the account signed in from this network lately."""
    query = exists().where(
        SignIn.user_id == User.id,
        User.name == name,
        SignIn.created_at > func.now() - literal(KNOWN),
        SignIn.network == network,
    )
    return bool(session.scalar(select(query)))


def _on(name: str) -> ColumnElement[bool]:
    return SignInFailure.account == digest_of(name)


def _from(network: str) -> ColumnElement[bool]:
    return SignInFailure.network == network
