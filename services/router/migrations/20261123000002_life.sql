-- migrate:up

-- The present state of a report's life, beside what the first migration keeps.
alter table router.report
    add column reason      text,                        -- why the present status was entered
    add column since       timestamptz,                 -- when
    add column acted_at    timestamptz,                 -- when its agency last spoke, by the agency's own clock
    add column rule_id     text,                        -- the row of the pack by which it is settled
    add column expected_at timestamptz,                 -- the public deadline; null once it is over
    add column reopened    int not null default 0,
    add column extended    int not null default 0,
    add column rating      int,
    add column trace       text,
    add column next_at     timestamptz;                 -- when time has something to do next; null where it has not
update router.report r
   set since = r.updated_at, acted_at = r.updated_at, trace = replace(r.report_id::text, '-', ''), next_at = now(),
       (rule_id, expected_at) = (select c.rule_id, c.due_at from router.clock c where c.report_id = r.report_id limit 1);
alter table router.report
    alter column since set not null,
    alter column acted_at set not null,
    alter column rule_id set not null,
    alter column trace set not null;
drop index router.report_open;
create index report_open on router.report (received_at)
    where status not in ('closed', 'referred', 'rejected', 'withdrawn');
-- What time has to do: first what nobody has yet, then the rest, each oldest first.
create index report_next_at_desk on router.report (next_at, report_id) where next_at is not null and agency is null;
create index report_next_at_agency on router.report (next_at, report_id) where next_at is not null and agency is not null;

create index report_status on router.report (status, since);

-- A report has more decisions than hops: one that leads back to the desk is no hop.
alter table router.hop add column number int not null default 1;
alter table router.hop drop constraint hop_pkey;
alter table router.hop add primary key (report_id, number);

alter table router.transition
    add column note          text,                      -- public words of agency or desk, never of a reporter
    add column evidence      jsonb,
    add column moved_because text;

-- What happened to the clocks of a report, in order: what a clock showed on any past day can be recomputed.
create table router.clock_event (
    report_id        uuid not null references router.report,
    number           int not null,                      -- 1, 2, ... within the report
    clock            text not null,
    run              int not null,                      -- counts the starts of this clock
    kind             text not null check (kind in ('start', 'pause', 'resume', 'stop', 'restart', 'extend', 'recompute')),
    at               timestamptz not null,
    sequence         int not null,                      -- the step of the report that caused it
    due_at           timestamptz not null,              -- after this event
    amount           text not null,
    rule_id          text not null,
    calendar_version text not null,
    pack_version     text not null,
    provisional      boolean not null,
    reason           text not null,
    ledger           jsonb,                             -- of a date that was computed: what each day gave
    primary key (report_id, number)
);
insert into router.clock_event
       (report_id, number, clock, run, kind, at, sequence, due_at, amount, rule_id, calendar_version, pack_version,
        provisional, reason, ledger)
select report_id, 1, clock, 1, 'start', started_at, 1, due_at, amount, rule_id, calendar_version, pack_version,
       provisional, 'received', ledger
  from router.clock;
drop table router.clock;

-- Each clock as it stands, for people to look at.
create view router.clock as
select distinct on (report_id, clock)
       report_id, clock, run, case kind when 'pause' then 'paused' when 'stop' then 'stopped' else 'running' end as state,
       at, due_at, amount, rule_id, calendar_version, pack_version, provisional
  from router.clock_event
 order by report_id, clock, number desc;

-- Each step of a clock that was taken: warnings, breach, escalations, ends of waiting. Once for each run.
create table router.clock_step (
    report_id uuid not null references router.report,
    clock     text not null,
    run       int not null,
    number    int not null,                             -- its place in the pack's ladder, from 1
    kind      text not null,
    threshold float8 not null,
    level     int not null,
    notify    text[] not null,
    due_at    timestamptz not null,                     -- of the clock
    at        timestamptz not null,                     -- when the step fell due
    taken_at  timestamptz not null,
    primary key (report_id, clock, run, number)
);

-- What agencies, channels and officers asked for, by their own id: the same request is carried out once.
create table router.command (
    door       text not null,                           -- who may choose the id: agency, channel or officer
    command_id text not null,
    report_id  uuid not null references router.report,
    digest     bytea not null,
    place      text not null,                           -- of the message: one that comes twice from there is no repeat
    refused    text,
    at         timestamptz not null,
    primary key (door, command_id)
);

-- Who may decide at the desk. A key is 32 random bytes, so its plain hash tells nothing.
create table router.officer (
    name       text primary key,
    key_hash   bytea not null unique,
    created_at timestamptz not null,
    revoked_at timestamptz
);

-- Every calendar that was ever in force, as it was written: an old result can be recomputed. The last one applies.
create table router.calendar (
    version    text primary key,
    written    text not null,
    number     int generated always as identity unique,
    applied_at timestamptz not null
);

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
