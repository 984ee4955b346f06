-- migrate:up

-- One row a key: the answer that the first request got. Kept 24 hours (crm_db.idempotency.sweep).
create table idempotency (
    workspace_id uuid        not null,  -- the user's own id where the caller has no workspace yet
    user_id      uuid        not null,
    method       text        not null,
    path         text        not null,
    key          text        not null,
    body_hash    bytea       not null,
    status       smallint,              -- null only inside the transaction that works on the answer
    headers      json,
    body         bytea,
    at           timestamptz not null default now(),
    primary key (workspace_id, user_id, method, path, key)
);
create index idempotency_at on idempotency (at);
select crm_protect('idempotency', 'select, insert, update', 'select, insert, update, delete', true);

-- migrate:down
drop table idempotency;
