-- migrate:up

alter table notifier.notification
    add column bound      text,         -- the provider that may have it and can tell repeats: nobody else may send it
    add column turn       int not null default 0, -- how often a provider said no: each turn has a key of its own
    add column receipt_by timestamptz,  -- when no receipt came until then, it counts as not delivered
    add column instead_of uuid;         -- the message by another kind that could not be delivered

create index notification_awaited on notifier.notification (receipt_by) where receipt_by is not null;
create index notification_at_provider on notifier.notification (provider, provider_message_id)
 where provider_message_id is not null;

-- Receipts that fit no message, or not yet: one may come before what it answers is committed. No address is kept.
create table notifier.receipt (
    receipt_id          bigint generated always as identity primary key,
    provider            text not null,
    provider_message_id text not null,
    notification_id     uuid,             -- where the provider gives it back
    status              text not null,
    reason              text,
    came_at             timestamptz not null,
    unique (provider, provider_message_id, status)
);
create index receipt_came on notifier.receipt (came_at);

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
