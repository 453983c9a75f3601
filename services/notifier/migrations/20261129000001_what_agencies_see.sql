-- migrate:up

-- What agencies see beside title and text: address, attachments and attributes, as intake masked and checked them.
alter table notifier.report add column details jsonb not null default '{}';

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
