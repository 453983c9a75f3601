"""Intake's way of a reply: what its reporter says is masked and kept for those who asked. The router acts on it."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from services.intake.acceptance import Identity
from services.intake.arrivals import received_at
from services.intake.identity import read_tracking_code
from services.intake.masking import masker
from services.intake.replies import store
from shared import kinds
from shared.database import Pool
from shared.envelope import Record
from shared.events import ReporterReplied
from shared.reading import read
from shared.vault import Sealed, Unreadable, Vault


class Replies:
    """The handler of `reporters.replies`."""

    def __init__(self, vault: Vault, pool: Pool) -> None:
        self._vault = vault
        self._pool = pool

    async def __call__(self, batch: Sequence[Record]) -> None:
        """Keep each reply once. What cannot be read is the router's to set aside, as is a report that nobody knows."""
        replies, _ = read(batch, kinds.REPORTER_REPLIED, ReporterReplied, "intake")
        coded = [(read_tracking_code(reply.tracking_code), record, reply) for record, reply in replies]
        async with self._pool.acquire() as con, con.transaction():
            reports = await store.reports_by_code(con, [code for code, _, _ in coded if code])
            known = [(reports[code], record, reply) for code, record, reply in coded if code and code in reports]
            said = {report: reply.reply_id for report, _, reply in known if reply.text}
            sealed = await store.read_vault(con, {report: f"masking reply {one}" for report, one in said.items()})
            await store.insert_replies(
                con,
                [
                    store.NewReply(
                        report, received_at(record), reply.reply_id, reply.action, self._masked(report, reply, sealed)
                    )
                    for report, record, reply in known
                ],
            )

    def _masked(self, report: UUID, reply: ReporterReplied, sealed: Mapping[UUID, Sealed]) -> str | None:
        """The words without identity; none where that cannot be told from other words any more."""
        kept = sealed.get(report)
        if not reply.text or kept is None:
            return None
        try:
            identity = Identity.model_validate_json(self._vault.open(report, kept))
        except Unreadable:
            return None
        return masker(identity.reporter)(reply.text)
