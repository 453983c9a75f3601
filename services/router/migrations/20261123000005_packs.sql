-- migrate:up

-- Every pack that anything was decided by, whole: an old decision can be recomputed after the folder has changed.
create table router.pack (
    version       text primary key,
    content       bytea not null,                       -- ZIP archive of its files
    first_used_at timestamptz not null
);

-- migrate:down
-- Forward only: what was published cannot be taken back. A mistake is mended by the next migration.
