-- migrate:up

-- Case and accents folded, for order and search; immutable, so that it may stand in a generated column and an index.
-- The two-argument unaccent names its dictionary: the one-argument form is only stable.
create function fold(value text) returns text
    language sql immutable parallel safe strict
    return lower(public.unaccent('public.unaccent'::regdictionary, value) collate "pg_unicode_fast");

create table event (
    workspace_id     uuid        not null,
    id               uuid        not null default uuidv7(),
    version          integer     not null default 1,
    kind             text        not null check (kind in ('meeting', 'call', 'task', 'email', 'note')),
    title            text,
    body             text,
    starts_at        timestamptz,
    ends_at          timestamptz,
    all_day          boolean     not null default false,
    due_at           timestamptz,
    done_at          timestamptz,
    company_id       uuid,
    deal_id          uuid,
    assignee_id      uuid,
    location         text,
    reminder_minutes integer,
    recurrence       text,
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    created_by       uuid        not null,
    deleted_at       timestamptz,
    -- What the filters compare with (crm_resource/filters.py).
    kind_key         text        generated always as (kind) virtual,
    title_key        text        generated always as (fold(title)) stored,
    body_key         text        generated always as (fold(body)) stored,
    location_key     text        generated always as (fold(location)) stored,
    recurrence_key   text        generated always as (lower(recurrence)) virtual,
    primary key (workspace_id, id)
);

-- One ascending index serves a sort in both directions and its empty values (crm_resource/ordering.py).
create index event_by_update on event (workspace_id, updated_at, id);
create index event_by_creation on event (workspace_id, created_at, id);
create index event_by_start on event (workspace_id, starts_at, id);
create index event_by_due on event (workspace_id, due_at, id);
create index event_by_title on event (workspace_id, title_key, id);
create index event_recurring on event (workspace_id, starts_at) where recurrence is not null;
create index event_by_company on event (workspace_id, company_id) where company_id is not null;

-- A link table and not an array: under row-level security the array operators are not leakproof, so an index on
-- contact_ids would never be used; plain equality is.
create table event_contact (
    workspace_id uuid    not null,
    event_id     uuid    not null,
    contact_id   uuid    not null,
    position     integer not null,
    primary key (workspace_id, event_id, contact_id),
    foreign key (workspace_id, event_id) references event (workspace_id, id) on delete cascade
);

create index event_contact_by_contact on event_contact (workspace_id, contact_id, event_id);

select crm_protect('event', 'select, insert, update, delete', 'select, insert, update, delete');
select crm_protect('event_contact', 'select, insert, update, delete', 'select, insert, update, delete');

-- The operation that gave a merged contact's events to the survivor, for when they are separated again.
create table contact_move (
    workspace_id uuid not null,
    contact_id   uuid not null,
    operation_id uuid not null,
    primary key (workspace_id, contact_id)
);

select crm_protect('contact_move', '', 'select, insert, update, delete');

-- What the search looks through. No service role can read it: its trigram operators are not leakproof, so a policy
-- would turn the index off. The one door is event_search(), which takes the workspace from the transaction.
create table event_document (
    workspace_id uuid not null,
    event_id     uuid not null,
    words        text not null,
    primary key (workspace_id, event_id),
    foreign key (workspace_id, event_id) references event (workspace_id, id) on delete cascade
);

create index event_document_words on event_document using gin (workspace_id, words gin_trgm_ops);

select crm_protect('event_document', '', '');

create function event_document_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into event_document (workspace_id, event_id, words)
    values (new.workspace_id, new.id, coalesce(fold(concat_ws(' ', new.title, new.location, left(new.body, 4000))), ''))
    on conflict (workspace_id, event_id) do update set words = excluded.words;
    return null;
end $$;

create trigger event_document_follow
    after insert or update of title, location, body on event
    for each row execute function event_document_follow();

-- Ids of the events that hold every word of the search, best first. A word may be misspelt: word_similarity()
-- over 0.5 counts as a hit.
create function event_search(search text, max_rows integer) returns table (id uuid, score real)
    language plpgsql stable security definer rows 200
    set search_path = pg_catalog, public
    set pg_trgm.word_similarity_threshold = 0.5 as $$
declare
    workspace uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    folded text := fold(search);
begin
    return query
        select d.event_id, word_similarity(folded, d.words) as likeness
          from event_document d
         where d.workspace_id = workspace
           and (d.words like '%' || replace(replace(replace(folded, '\', '\\'), '%', '\%'), '_', '\_') || '%'
                or folded <% d.words)
         order by likeness desc, d.event_id desc
         limit max_rows;
end $$;

revoke all on function event_search(text, integer), event_document_follow() from public;
do $$ begin
    execute format('grant execute on function event_search(text, integer) to %I', crm_role('api'));
end $$;

-- migrate:down

drop function event_search(text, integer);
drop table event_document, contact_move, event_contact, event;
drop function event_document_follow();
drop function fold(text);
