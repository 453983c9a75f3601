-- migrate:up

-- A row of the outbox lives for milliseconds: to compress it costs five times what it costs to write it.
alter table notifier.outbox
    alter column topics set storage external,
    alter column keys set storage external,
    alter column payloads set storage external,
    alter column headers set storage external;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
