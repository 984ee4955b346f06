-- migrate:up

-- operation: one thing a person did (a click, a bulk action, an import, a merge, an undo), however many records it changed.
create table operation (
    workspace_id uuid        not null,
    id           uuid        not null default uuidv7(),
    kind         text        not null,
    summary      text        not null,
    actor_id     uuid        not null,
    actor_name   text        not null,
    ip           text        not null,
    request_id   text        not null,
    traceparent  text        not null,
    at           timestamptz not null default clock_timestamp(),
    undo_of      uuid,
    status       text        not null check (status in ('running', 'done', 'failed')),
    counts       json        not null default '{}',
    undone_by    uuid,
    primary key (workspace_id, id)
);
select crm_protect('operation',
                   'select, insert, update (status, counts, undone_by)',
                   'select, insert, update (status, counts, undone_by)', true);

-- change: one record going from version n-1 to n. History, audit, undo and as-of read it, and facts are built from it.
-- json, not jsonb: the text stays as it was written, so the order of fields and the size of the fact are known.
-- No foreign key to operation: `append` is the only writer, and the check would cost each of an import's rows a look-up.
create table change (
    workspace_id uuid        not null,
    noun         text        not null,
    record_id    uuid        not null,
    version      integer     not null check (version >= 1),
    operation_id uuid        not null,
    verb         text        not null,
    before       json        not null,
    after        json        not null,
    fact_id      uuid        not null default uuidv7(),
    at           timestamptz not null default clock_timestamp(),
    primary key (workspace_id, noun, record_id, version)
);
-- for the relay, which knows a fact by its id, and for erasure
create unique index change_fact on change (workspace_id, fact_id);
-- for undo, which reads an operation backwards
create index change_operation on change (workspace_id, operation_id, fact_id);
select crm_protect('change', 'select, insert', 'select, insert', true);

-- outbox: one fact to be sent; id = CloudEvents id = Nats-Msg-Id. A sent row stays, so that a lost stream can be refilled.
create table outbox (
    id           uuid primary key default uuidv7(),
    workspace_id uuid,                    -- null for a fact that belongs to no workspace
    type         text not null,           -- 'contact.changed'; the relay puts workspace and service in front
    lane         text not null default 'interactive' check (lane in ('interactive', 'bulk')),
    body         json,                    -- only of a fact that is no change of a record
    published_at timestamptz,
    broker_seq   bigint                   -- in the stream; finds the message for erasure
);
-- what waits: 'interactive' sorts after 'bulk', so it is read downwards
create index outbox_unsent on outbox (lane desc, id) where published_at is null;
-- for refilling a stream that lost its end
create index outbox_sent on outbox (broker_seq) where published_at is not null;
select crm_protect('outbox', 'select, insert', 'select, insert, update (published_at, broker_seq, lane)', true);
do $$ begin
    execute format('create policy without_workspace on outbox for insert to %I with check (workspace_id is null)',
                   crm_role('api'));
end $$;

-- stream: which stream the rows of outbox were sent to. Another one means that the first was lost.
create table stream (
    name       text primary key,
    created_at timestamptz not null
);
select crm_grant('stream', '', 'select, insert, update');

-- inbox: what a consumer has handled, written in the transaction of the effect.
create table inbox (
    consumer text        not null,
    fact_id  uuid        not null,
    at       timestamptz not null default now(),
    primary key (consumer, fact_id)
);
create index inbox_at on inbox (at);
select crm_grant('inbox', '', 'select, insert, delete');

-- attempt: facts that are being handled, have failed, or wait for an earlier fact of their record; written before the
-- handler runs, gone when it is through. As long as a row is here, later facts of its record wait.
create table attempt (
    consumer  text        not null,
    fact_id   uuid        not null,
    record_id uuid,
    seq       bigint      not null,            -- in the stream: the order of a record's facts
    starts    integer     not null default 0,  -- without an end: each one is a crash
    failures  integer     not null default 0,
    error     text,
    due       timestamptz not null default now(),  -- not tried again before
    at        timestamptz not null default now(),  -- last delivered
    primary key (consumer, fact_id)
);
create index attempt_record on attempt (consumer, record_id);
select crm_grant('attempt', '', 'select, insert, update, delete');

-- consumer_position: up to where a consumer has handled everything, should the broker lose its own account of it.
create table consumer_position (
    consumer   text primary key,
    stream_at  timestamptz not null,  -- when the stream was made: another one has other places
    seq        bigint      not null
);
select crm_grant('consumer_position', '', 'select, insert, update');

-- parked: facts that a consumer gave up on, with all that is needed to try again.
create table parked (
    id          uuid primary key default uuidv7(),
    consumer    text        not null,
    fact_id     uuid        not null,
    record_id   uuid,
    subject     text        not null,
    body        bytea       not null,
    error       text        not null,
    failures    integer     not null,
    starts      integer     not null,
    at          timestamptz not null default now(),
    replayed_at timestamptz,
    unique (consumer, fact_id)
);
select crm_grant('parked', '', 'select, insert, update');

-- erase_record: takes the personal data of one record out of its history, keeping that something happened, and gives the
-- places of its messages in the stream. The only way in which a row of change is ever altered.
create function erase_record(noun_ text, record uuid) returns setof bigint
language plpgsql security definer
set search_path = pg_catalog, public, pg_temp
as $$
declare
    workspace constant uuid := current_workspace();
begin
    update change set before = '{}', after = '{}'
    where workspace_id = workspace and noun = noun_ and record_id = record;
    -- a summary names the record, where the operation was about it alone
    update operation o set summary = ''
    where o.workspace_id = workspace
      and o.id in (select c.operation_id from change c
                   where c.workspace_id = workspace and c.noun = noun_ and c.record_id = record)
      and not exists (select from change c
                      where c.workspace_id = workspace and c.operation_id = o.id
                        and (c.noun, c.record_id) <> (noun_, record));
    update parked set body = '' where record_id = record;
    return query
        select o.broker_seq from change c join outbox o on o.id = c.fact_id
        where c.workspace_id = workspace and c.noun = noun_ and c.record_id = record and o.broker_seq is not null;
end
$$;
revoke execute on function erase_record(text, uuid) from public;
do $$ begin
    execute format('grant execute on function erase_record(text, uuid) to %I, %I', crm_role('api'), crm_role('worker'));
end $$;

-- migrate:down
drop function erase_record(text, uuid);
drop table parked;
drop table consumer_position;
drop table attempt;
drop table inbox;
drop table stream;
drop table outbox;
drop table change;
drop table operation;
