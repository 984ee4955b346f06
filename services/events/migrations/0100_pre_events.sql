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

-- What the search looks through. No service role can read these two: text and trigram operators are not leakproof, so a
-- policy would turn their indexes off. The one door is event_search(), which takes the workspace from the transaction.
create table event_document (
    workspace_id uuid     not null,
    event_id     uuid     not null,
    words        tsvector not null,
    primary key (workspace_id, event_id),
    foreign key (workspace_id, event_id) references event (workspace_id, id) on delete cascade
);

create index event_document_words on event_document using gin (workspace_id, words);

-- The distinct words, in which a mistyped one is looked for: few, however many events there are.
create table event_word (
    workspace_id uuid not null,
    word         text not null,
    primary key (workspace_id, word)
);

create index event_word_trigrams on event_word using gin (workspace_id, word gin_trgm_ops);

select crm_protect('event_document', '', '');
select crm_protect('event_word', '', '');

create function event_document_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
begin
    insert into event_document (workspace_id, event_id, words)
    values (new.workspace_id, new.id,
            to_tsvector('simple', coalesce(fold(concat_ws(' ', new.title, new.location, new.body)), '')))
    on conflict (workspace_id, event_id) do update set words = excluded.words;
    return null;
end $$;

create trigger event_document_follow
    after insert or update of title, location, body on event
    for each row execute function event_document_follow();

-- A word as a part of a search: `'contract':*`, or whole without the sign.
create function event_query(word text, sign text) returns tsquery
    language sql immutable strict parallel safe
    return ('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''' || sign)::tsquery;

-- Words that come, and words that nothing uses any more: after an erasure none of its words is left.
create function event_words_follow() returns trigger
    language plpgsql security definer set search_path = pg_catalog, public as $$
declare
    before text[] := '{}';
    after text[] := '{}';
begin
    if tg_op <> 'INSERT' then
        before := tsvector_to_array(old.words);
    end if;
    if tg_op <> 'DELETE' then
        after := tsvector_to_array(new.words);
        -- in one order, so that two transactions with the same new words wait for each other and don't deadlock
        insert into event_word (workspace_id, word)
        select new.workspace_id, w from unnest(after) w where w ~ '^[[:alpha:]]{3,40}$' and w <> all (before) order by w
        on conflict do nothing;
    end if;
    if tg_op <> 'INSERT' then
        delete from event_word v using unnest(before) w
        where v.workspace_id = old.workspace_id and v.word = w and w <> all (after)
          and not exists (select from event_document d
                          where d.workspace_id = old.workspace_id and d.words @@ event_query(w, '')
                            and d.event_id <> old.event_id);
    end if;
    return null;
end $$;

create trigger event_words_follow
    after insert or update or delete on event_document
    for each row execute function event_words_follow();

-- Ids of events that have, for every word typed, one that begins with it; where there are none, one that is like it. Of
-- words that very many events have, the first `wide` finds count; of these at most max_rows, those made last.
create function event_search(typed text, max_rows integer) returns setof uuid
    language plpgsql stable security definer rows 200 set search_path = pg_catalog, public as $$
declare
    workspace constant uuid := nullif(current_setting('app.workspace_id', true), '')::uuid;
    wide constant integer := 20000;
    tokens constant text[] := (tsvector_to_array(to_tsvector('simple', fold(typed))))[:8];
    wanted tsquery;
begin
    if workspace is null or cardinality(tokens) = 0 then
        return;
    end if;
    select string_agg(event_query(t, ':*')::text, ' & ')::tsquery into wanted from unnest(tokens) t;
    return query
        select found.event_id from (
            select d.event_id from event_document d where d.workspace_id = workspace and d.words @@ wanted limit wide) found
        order by found.event_id desc limit max_rows;
    if found then
        return;
    end if;
    select string_agg('(' || concat_ws(' | ', event_query(t, ':*')::text, likely.words) || ')', ' & ')::tsquery into wanted
    from unnest(tokens) t,
         lateral (select string_agg(event_query(l.word, '')::text, ' | ') as words
                  from (select v.word from event_word v where v.workspace_id = workspace and v.word % t
                        order by similarity(v.word, t) desc, v.word limit 12) l) likely;
    return query
        select found.event_id from (
            select d.event_id from event_document d where d.workspace_id = workspace and d.words @@ wanted limit wide) found
        order by found.event_id desc limit max_rows;
end $$;

revoke all on function event_search(text, integer), event_document_follow(), event_words_follow() from public;
do $$ begin
    execute format('grant execute on function event_search(text, integer) to %I', crm_role('api'));
end $$;

-- migrate:down

drop function event_search(text, integer);
drop table event_document, event_word, contact_move, event_contact, event;
drop function event_words_follow();
drop function event_query(text, text);
drop function event_document_follow();
drop function fold(text);
