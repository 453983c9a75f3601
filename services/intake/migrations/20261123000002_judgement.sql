-- migrate:up

alter table intake.report
    add column notes   jsonb not null default '{}', -- what intake decided besides, and by what; never an identity
    add column details jsonb not null default '{}'; -- address of the event, attachments, attributes; identity masked

-- What two reports of one matter have in common, as 64-bit hashes: the topic and the place, or the words.
-- Kept for as long as a later report can be a duplicate. Look-ups and cleaning go by the primary key alone.
create table intake.clue (
    clue        bigint not null,
    received_at timestamptz not null,
    report_id   uuid not null,
    primary key (clue, received_at, report_id)
);
create index clue_age on intake.clue using brin (received_at);

-- Who was forgotten, when, by whom and why. The row in the vault is gone; the case stays.
create table intake.erasure (
    id        bigint generated always as identity primary key,
    report_id uuid not null references intake.report,
    erased_by text not null,
    reason    text not null,
    erased_at timestamptz not null default now()
);
create index erasure_report on intake.erasure (report_id);

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
