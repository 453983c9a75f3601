"""Classes of failure, in one place for the three services: try again, or put aside."""

import random
from collections.abc import Iterator

import asyncpg
from aiokafka.errors import KafkaError

# The dependency is away or overloaded: nothing is wrong with the message, so nothing is taken from it.
_TRANSIENT = (
    OSError,
    TimeoutError,
    asyncpg.InterfaceError,
    asyncpg.PostgresConnectionError,
    asyncpg.InternalClientError,
    asyncpg.OperatorInterventionError,  # class 57: shut-down, starting up, cancelled
    asyncpg.InsufficientResourcesError,  # class 53: disk full, too many connections
    asyncpg.PostgresSystemError,  # class 58: the server's own input and output
    asyncpg.ReadOnlySQLTransactionError,  # after a failover the old address may lead to a replica
    asyncpg.TransactionRollbackError,  # class 40: serialization, deadlock
    asyncpg.IdleInTransactionSessionTimeoutError,
    asyncpg.InvalidAuthorizationSpecificationError,  # class 28: a password being rotated
    asyncpg.InvalidCachedStatementError,  # a migration passed by; the driver has forgotten the statement now
    asyncpg.UndefinedTableError,  # the migration is still to come
    asyncpg.InvalidSchemaNameError,
    KafkaError,
)


class Stopping(Exception):
    """The service stops: leave the work as it is, it is taken up again after the start."""


def is_transient(error: BaseException) -> bool:
    """True where the same message can succeed later without anybody's help."""
    return isinstance(error, _TRANSIENT)


def back_off(first: float = 0.05, most: float = 1.0) -> Iterator[float]:
    """Seconds to wait: doubling up to `most`, each shortened by chance so that replicas do not march in step."""
    step = first
    while True:
        yield step * random.uniform(0.5, 1.0)  # noqa: S311 - jitter is no secret
        step = min(step * 2, most)
