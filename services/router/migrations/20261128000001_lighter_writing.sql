-- migrate:up

-- Rows of the outbox live for milliseconds: packing them costs more than the room they take.
alter table router.outbox
    alter column payloads set storage external,
    alter column headers set storage external;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
