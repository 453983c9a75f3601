-- migrate:up

-- One row per message to one person; never an address: that is read from the vault when it is sent.
create table notifier.notification (
    notification_id     uuid primary key,  -- a function of report, sequence, recipient, kind and template
    report_id           uuid not null,
    tracking_code       text not null,
    sequence            int not null,
    audience            text not null,
    kind                text not null,
    template            text not null,
    language            text not null,
    facts               jsonb not null,    -- the status event the words are made of
    trace               text not null,
    received_at         timestamptz,       -- when the report was published, where this message is the first to tell
    status              text not null,
    reason              text,
    attempt             int not null default 0,
    provider            text,
    provider_message_id text,
    next_attempt_at     timestamptz,       -- null where nothing is left to do
    created_at          timestamptz not null,
    updated_at          timestamptz not null
);
create index notification_due on notifier.notification (next_attempt_at) where next_attempt_at is not null;
create index notification_report on notifier.notification (report_id, sequence);

create table notifier.outbox (
    id         bigint generated always as identity primary key,
    topics     text[] not null,
    keys       bytea[] not null,
    payloads   bytea[] not null,          -- an element may be null: a tombstone kept as it came
    headers    text[] not null,
    created_at timestamptz not null default now()
);

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
