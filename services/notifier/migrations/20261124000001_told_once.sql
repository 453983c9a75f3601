-- migrate:up

-- One event tells one person once, by the row of the table and the kind that were chosen when it was first planned. A
-- repeat of the event may find other facts, offices or words and must not choose anew; the second way of a message that
-- could not be delivered names the first.
update notifier.notification later
   set facts = later.facts || jsonb_build_object('cause', later.facts ->> 'cause' || ' again ' || later.notification_id)
  from notifier.notification first
 where first.report_id = later.report_id and first.facts ->> 'cause' = later.facts ->> 'cause'
   and first.audience = later.audience and first.recipient = later.recipient
   and later.instead_of is null and first.instead_of is null
   and (first.created_at, first.notification_id) < (later.created_at, later.notification_id);

drop index notifier.notification_report;
create unique index notification_report
    on notifier.notification (report_id, (facts ->> 'cause'), audience, recipient, instead_of) nulls not distinct;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
