-- migrate:up

-- What an operator did with each message that could not be handled. The message itself is on intake.dead-letters.
create table intake.dead_letter (
    letter_id  uuid primary key,
    topic      text not null,               -- where it was, and its place there
    partition  int not null,
    "offset"   bigint not null,
    arrived_at timestamptz not null,
    reason     text not null,
    attempts   int not null,
    digest     bytea not null,              -- SHA-256 of the value: a replay is known by it
    state      text not null check (state in ('waiting', 'refused', 'replayed', 'dropped')),
    settled_at timestamptz,
    settled_by text,
    why        text
);
create index dead_letter_waiting on intake.dead_letter (arrived_at) where state = 'waiting';

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
