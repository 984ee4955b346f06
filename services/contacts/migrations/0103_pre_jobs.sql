-- migrate:up

-- job: work that outlives its request. Claimed with SKIP LOCKED; `heartbeat_at` older than the lease means that its worker
-- died, and another one goes on from `progress`, which is written in the transaction of each chunk.
create table job (
    workspace_id uuid        not null,
    id           uuid        not null,
    kind         text        not null,
    state        text        not null default 'queued' check (state in ('queued', 'running', 'done', 'failed')),
    caller       jsonb       not null,  -- who began it, as far as history needs it: never a token
    input        jsonb       not null default '{}',
    progress     jsonb       not null default '{}',
    error        text,
    attempts     integer     not null default 0,
    owner        text,
    heartbeat_at timestamptz,
    created_at   timestamptz not null default now(),
    finished_at  timestamptz,
    primary key (workspace_id, id)
);
create index job_open on job (created_at) where state in ('queued', 'running');
select crm_protect('job', 'select, insert', 'select, insert, update, delete', true);

-- migrate:down
drop table job;
