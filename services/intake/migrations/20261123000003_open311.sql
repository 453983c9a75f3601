-- migrate:up

-- Clients of the Open311 door. A key is shown once, when it is made; only its hash is kept.
create table intake.api_key (
    name       text primary key,
    hash       bytea not null unique check (octet_length(hash) = 32),
    channel    text check (channel ~ '^[a-z0-9-]{1,32}$'),   -- files reports as this channel
    agency     text,                                         -- tells what became of reports as this agency
    per_minute int not null check (per_minute > 0),
    created_at timestamptz not null default now(),
    revoked_at timestamptz,
    check (channel is not null or agency is not null)
);

-- Under which topic the router has a report, kept from reports.routed. Apart from the report, whose row stays as it is.
create table intake.routed_topic (
    report_id uuid primary key,
    hop       int not null,
    topic     text
);

-- GET requests: the newest first.
create index report_by_time on intake.report (received_at desc, report_id);
-- GET servicerequestupdates: in the order of time.
create index timeline_by_time on intake.timeline (at, report_id, sequence);

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
