-- migrate:up

-- The channel that brought a report: where its bot delivers messages by itself, they go there.
alter table notifier.report add column channel text not null default '';

alter table notifier.notification
    add column recipient text not null default '',  -- the office; empty for the reporter
    add column digest_at timestamptz,               -- waits to be told together with others at this time
    add column digest_id uuid;                      -- the notification that told it together with others

create index notification_for_digest on notifier.notification (digest_at) where digest_at is not null;
create index notification_in_digest on notifier.notification (digest_id) where digest_id is not null;

-- Digests, each with the state that the messages in it were last given.
create table notifier.digest (
    digest_id uuid primary key references notifier.notification,
    followed  text not null,
    made_at   timestamptz not null
);
create index digest_age on notifier.digest (made_at);

-- Who asked not to be written to: a keyed hash of kind and address, never the address.
create table notifier.stopped (
    contact    bytea primary key check (octet_length(contact) = 32),
    stopped_at timestamptz not null
);

-- migrate:down
