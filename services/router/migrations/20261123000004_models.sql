-- migrate:up

-- Every model that was learned, with its bytes: an old decision can be recomputed by the model that it names.
create table router.model (
    version      text primary key,                      -- hash of the bytes
    content      bytea not null,
    pack_version text not null,                         -- the pack whose words it heard when it learned
    figures      jsonb not null,                        -- on cases that it had not seen
    learned_from text not null,
    learned_at   timestamptz not null,
    learned_by   text not null
);
alter table router.model alter column content set storage external;  -- compressed already

-- Which model decided when. The last row counts; without a version none is on.
create table router.model_switch (
    number      int generated always as identity primary key,
    version     text references router.model,
    switched_at timestamptz not null,
    switched_by text not null
);

-- migrate:down
-- Forward only: a model that a decision names has to stay.
