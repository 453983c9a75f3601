-- migrate:up

-- What reporters answered, with their identity masked: who asked them reads it here, and no topic holds it.
create table intake.reply (
    report_id uuid not null references intake.report,
    at        timestamptz not null,     -- the broker's clock, as the step that came of it has it
    reply_id  text not null,
    action    text not null,
    text      text,                     -- null: without words, or words that nobody can mask any more
    primary key (report_id, at, reply_id)
);

-- What report.accepted has no room for; both functions hold no identity, so that reading them needs no reason.
create function intake.details(reports uuid[]) returns table (report_id uuid, details jsonb)
language sql stable security definer set search_path = intake, pg_temp as $$
    select r.report_id, r.details from intake.report r where r.report_id = any(reports)
$$;

create function intake.replies(reports uuid[])
returns table (report_id uuid, at timestamptz, action text, text text)
language sql stable security definer set search_path = intake, pg_temp as $$
    select r.report_id, r.at, r.action, r.text from intake.reply r where r.report_id = any(reports)
     order by r.at, r.reply_id
$$;

revoke all on function intake.details(uuid[]), intake.replies(uuid[]) from public;
grant usage on schema intake to router;
grant execute on function intake.details(uuid[]), intake.replies(uuid[]) to notifier, router;

-- migrate:down
-- Forward only: a mistake is mended by the next migration.
