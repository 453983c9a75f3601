-- migrate:up

-- The present state of every accepted report; its history is in `transition`.
create table router.report (
    report_id     uuid primary key,
    tracking_code text not null unique,
    status        text not null,
    sequence      int not null,
    agency        text,
    topic         text,
    hop           int not null,
    accepted      jsonb not null,          -- report.accepted as it came: what the decision was made from
    received_at   timestamptz not null,
    updated_at    timestamptz not null
);
create index report_open on router.report (received_at) where status not in ('closed', 'rejected', 'withdrawn');

-- Each decision about who has to act, with all that explains it.
create table router.hop (
    report_id  uuid not null references router.report,
    hop        int not null,               -- 0: the desk, where no agency has had it yet
    agency     text,
    topic      text,
    decision   jsonb not null,
    decided_at timestamptz not null,
    primary key (report_id, hop)
);

-- A deadline with the inputs it was computed from: it can be recomputed, and shown day by day.
create table router.clock (
    report_id        uuid not null references router.report,
    clock            text not null,
    started_at       timestamptz not null,
    due_at           timestamptz not null,
    rule_id          text not null,
    amount           text not null,
    calendar_version text not null,
    pack_version     text not null,
    provisional      boolean not null,
    ledger           jsonb not null,
    primary key (report_id, clock, started_at)
);
create index clock_due on router.clock (due_at);

create table router.transition (
    report_id   uuid not null references router.report,
    sequence    int not null,
    status      text not null,
    previous    text,
    reason      text,
    agency      text,
    actor       text not null,
    expected_at timestamptz,
    at          timestamptz not null,
    primary key (report_id, sequence)
);

create table router.outbox (
    id         bigint generated always as identity primary key,
    topics     text[] not null,
    keys       bytea[] not null,
    payloads   bytea[] not null,          -- an element may be null: a tombstone kept as it came
    headers    text[] not null,
    created_at timestamptz not null default now()
);

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
