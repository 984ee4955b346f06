-- migrate:up

-- What was heard: one row a fact, whichever service stated it. The projection below is made from it, so it is also
-- what `rebuild` reads; the stream itself forgets after 30 days.
create table timeline_fact (
    workspace_id   uuid        not null,
    id             uuid        not null, -- the fact's own id
    at             timestamptz not null,
    kind           text        not null, -- 'change', or the kind of the event that was made
    verb           text        not null, -- contact.changed
    noun           text        not null,
    record_id      uuid        not null,
    version        integer     not null,
    subjects       uuid[]      not null, -- contacts, companies and deals that it is about
    contact_id     uuid,                 -- the first contact among them
    operation_id   uuid,
    operation_kind text,
    summary        text,
    actor_id       uuid,
    actor_name     text,
    request_id     text,
    changes        json        not null, -- [{"field", "from", "to"}], as the API gives them
    primary key (workspace_id, id)
);

create index timeline_fact_newest on timeline_fact (workspace_id, at desc, id desc);
create index timeline_fact_record on timeline_fact (workspace_id, record_id, version);

-- On whose timeline a fact stands. `via` is the contact through which it came there: the subject itself, or one that was
-- merged into it.
create table timeline_entry (
    workspace_id uuid        not null,
    subject_id   uuid        not null,
    at           timestamptz not null,
    fact_id      uuid        not null,
    via          uuid        not null,
    primary key (workspace_id, subject_id, at, fact_id)
);

create index timeline_entry_fact on timeline_entry (workspace_id, fact_id);

-- Contacts that are merged into another, as their last fact about it says.
create table contact_merge (
    workspace_id uuid not null,
    contact_id   uuid not null,
    survivor_id  uuid not null,
    primary key (workspace_id, contact_id)
);

create index contact_merge_survivor on contact_merge (workspace_id, survivor_id);
create index timeline_fact_merges on timeline_fact (workspace_id, record_id, version)
    where verb in ('contact.merged', 'contact.unmerged');

select crm_protect('timeline_fact', 'select', 'select, insert, update');
select crm_protect('timeline_entry', 'select', 'select, insert, delete');
select crm_protect('contact_merge', 'select', 'select, insert, update, delete');

-- timeline_workspaces: whose timelines there are, for `rebuild`, which then enters one after the other.
create function timeline_workspaces() returns setof uuid
    language sql stable security definer set search_path = pg_catalog, public
    begin atomic select distinct workspace_id from timeline_fact; end;
revoke execute on function timeline_workspaces() from public;
do $$ begin
    execute format('grant execute on function timeline_workspaces() to %I', crm_role('worker'));
end $$;

-- migrate:down

drop function timeline_workspaces();
drop table contact_merge, timeline_entry, timeline_fact;
