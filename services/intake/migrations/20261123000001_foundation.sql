-- migrate:up

-- One row per report that intake accepted: the inbox, by its natural key.
create table intake.report (
    report_id     uuid primary key,
    channel       text not null,
    external_id   text not null,
    tracking_code text not null unique,
    fingerprint   bytea not null,          -- keyed hash of the content: tells a repeat from a conflict
    accepted      jsonb not null,          -- report.accepted as published, identity masked
    received_at   timestamptz not null,    -- the broker's clock when the report reached reports.submitted
    unique (channel, external_id)
);

-- What was not understood as a report, by its place on the topic. Holds no input: that may be an identity.
create table intake.rejection (
    topic       text not null,
    partition   int not null,
    "offset"    bigint not null,
    channel     text,
    external_id text,
    problems    jsonb not null,
    received_at timestamptz not null,
    primary key (topic, partition, "offset")
);

-- The only place of identity. Each report has its own key, wrapped by a master key: to forget a reporter, drop the key.
create table intake.vault (
    report_id   uuid primary key references intake.report,
    master_key  text not null,             -- name of the master key that wrapped this one
    wrapped_key bytea not null,
    sealed      bytea not null,            -- name, NIK, contacts, address: AES-256-GCM
    reply_kinds text[] not null            -- how the reporter can be told, without where
);

create table intake.vault_reading (
    id        bigint generated always as identity primary key,
    report_id uuid not null,
    reader    text not null,
    reason    text not null,
    read_at   timestamptz not null default now()
);
create index vault_reading_report on intake.vault_reading (report_id);

-- What a reporter may see of the life of a report, kept from reports.status.
create table intake.timeline (
    report_id   uuid not null,
    sequence    int not null,
    status      text not null,
    agency      text,
    reason      text,
    note        text,
    expected_at timestamptz,
    at          timestamptz not null,
    primary key (report_id, sequence)
);

create table intake.outbox (
    id         bigint generated always as identity primary key,
    topics     text[] not null,
    keys       bytea[] not null,
    payloads   bytea[] not null,          -- an element may be null: a tombstone kept as it came
    headers    text[] not null,
    created_at timestamptz not null default now()
);

-- How reporters can be told: kinds only, so that reading it needs no reason.
create function intake.reply_kinds(reports uuid[]) returns table (report_id uuid, kinds text[])
language sql stable security definer set search_path = intake, pg_temp as $$
    select v.report_id, v.reply_kinds from intake.vault v where v.report_id = any(reports)
$$;

-- The one way to a contact: every reading is logged with its reason in the same transaction.
create function intake.read_vault(reports uuid[], why text[])
returns table (report_id uuid, master_key text, wrapped_key bytea, sealed bytea)
language sql volatile security definer set search_path = intake, pg_temp as $$
    insert into intake.vault_reading (report_id, reader, reason)
    select r.report, session_user, r.reason from unnest(reports, why) as r (report, reason);
    select v.report_id, v.master_key, v.wrapped_key, v.sealed from intake.vault v where v.report_id = any(reports);
$$;

revoke all on function intake.reply_kinds(uuid[]), intake.read_vault(uuid[], text[]) from public;
grant usage on schema intake to notifier;
grant execute on function intake.reply_kinds(uuid[]), intake.read_vault(uuid[], text[]) to notifier;

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
