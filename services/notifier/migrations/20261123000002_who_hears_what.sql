-- migrate:up

-- What report.accepted said and later events do not repeat. Title and text are masked by intake; no contact, no name.
create table notifier.report (
    report_id    uuid primary key,
    language     text not null,
    anonymous    boolean not null,
    confidential boolean not null,
    emergency    boolean not null,
    title        text,
    text         text not null,
    received_at  timestamptz not null
);

alter table notifier.notification
    add column superseded boolean not null default false,  -- not sent any more once something later is told
    add column resend     boolean not null default false;  -- sent again where nobody knows whether it went out

-- Messages planned before events had names of their own: a step is named after its status.
update notifier.notification
   set facts = facts || jsonb_build_object('event', facts ->> 'status', 'cause', facts ->> 'sequence')
 where facts ? 'status' and not facts ? 'event';

-- Each kind is sent apart, so that one whose provider is down is not in the way of the others.
create index notification_waiting on notifier.notification (kind, next_attempt_at)
 where next_attempt_at is not null and status <> 'sending';
create index notification_sending on notifier.notification (next_attempt_at) where status = 'sending';
drop index notifier.notification_due;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
