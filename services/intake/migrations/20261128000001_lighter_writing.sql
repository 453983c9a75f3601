-- migrate:up

-- Rows of the outbox live for milliseconds: packing them costs more than the room they take.
alter table intake.outbox
    alter column payloads set storage external,
    alter column headers set storage external;

-- A report's id is a function of its channel and external id, so its key says the same.
alter table intake.report drop constraint report_channel_external_id_key;
-- Both rows are written by one statement after the other in one transaction, and a report is never deleted.
alter table intake.vault drop constraint vault_report_id_fkey;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
