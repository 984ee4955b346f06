-- migrate:up

-- Search as typed. Words of records lie in plain b-tree order, so that a prefix is a short range however many rows there are
-- (a trigram index reads every posting of a common prefix first). Typos are looked for among the distinct words only, which
-- are few, by trigrams. No service role may read these tables: row-level security would turn the trigram index off for it
-- (its operators are not leakproof). The functions below are the only way in; they take the workspace from the transaction.

create table search_word (
    workspace_id uuid     not null,
    kind         text     not null,  -- contact, company
    weight       smallint not null,  -- 1: of the name, 2: of anything else
    word         text     not null,
    id           uuid     not null,
    primary key (workspace_id, kind, weight, word, id)
);
create index search_word_record on search_word (workspace_id, kind, id, word);
select crm_protect('search_word', '', '');

create table search_vocabulary (
    workspace_id uuid not null,
    word         text not null,
    primary key (workspace_id, word)
);
create index search_vocabulary_trigrams on search_vocabulary using gin (workspace_id, word gin_trgm_ops);
select crm_protect('search_vocabulary', '', '');

-- search_new_word: words on their way into the vocabulary. Without a unique key, so that two transactions that bring the same
-- new word don't wait for each other; the worker moves them over (search_learn).
create table search_new_word (
    workspace_id uuid not null,
    word         text not null
);
create index search_new_word_workspace on search_new_word (workspace_id);
select crm_protect('search_new_word', '', '');

-- search_words: the words of a folded text: what stands between spaces, and the letters and digits within it.
create function search_words(text_folded text) returns setof text
language sql immutable strict parallel safe rows 10
as $$
select distinct left(word, 60)
from (
    select regexp_split_to_table(text_folded, '\s+') as word
    union all
    select regexp_split_to_table(text_folded, '[^[:alnum:]]+')
) found
where word <> ''
$$;

create function search_used(w uuid, of_word text) returns boolean
language sql stable
as $$
select exists (
    select 1 from search_word s
    where s.workspace_id = w and s.kind in ('contact', 'company') and s.weight in (1, 2) and s.word = of_word
)
$$;

-- search_put: these records are found by these texts from now on; a null or empty text takes the record out.
-- names[n] and others[n] belong to ids[n].
create function search_put(of_kind text, ids uuid[], names text[], others text[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    w constant uuid := current_workspace();
    gone text[];
begin
    with deleted as (
        delete from search_word s where s.workspace_id = w and s.kind = of_kind and s.id = any (ids) returning s.word
    )
    select array_agg(distinct word) into gone from deleted;
    with put as (
        insert into search_word (workspace_id, kind, weight, word, id)
        select w, of_kind, 1, word, i.id
        from unnest(ids, names) i(id, text), search_words(fold(i.text)) word
        where w is not null
        union all
        select w, of_kind, 2, word, i.id
        from unnest(ids, others) i(id, text), search_words(fold(i.text)) word
        where w is not null
        returning word
    )
    insert into search_new_word (workspace_id, word)
    select w, p.word from put p
    where p.word ~ '^[[:alpha:]]{3,40}$'
      and not exists (select 1 from search_vocabulary v where v.workspace_id = w and v.word = p.word)
    union
    select w, word from unnest(gone) word where word not in (select p.word from put p) and word ~ '^[[:alpha:]]{3,40}$';
end
$$;

-- search_learn: new words into the vocabulary, words that nothing uses any more out of it. Answers how many it looked at.
create function search_learn() returns bigint
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    spaces uuid[];
    words text[];
begin
    with taken as (
        delete from search_new_word n
        where n.ctid = any (array(select ctid from search_new_word for update skip locked limit 20000))
        returning n.workspace_id, n.word
    )
    select array_agg(t.workspace_id), array_agg(t.word) into spaces, words
    from (select distinct workspace_id, word from taken) t;
    insert into search_vocabulary (workspace_id, word)
    select t.w, t.word from unnest(spaces, words) t(w, word) where search_used(t.w, t.word) order by 1, 2
    on conflict do nothing;
    delete from search_vocabulary v using unnest(spaces, words) t(w, word)
    where (v.workspace_id, v.word) = (t.w, t.word) and not search_used(t.w, t.word);
    return coalesce(cardinality(words), 0);
end
$$;

-- search_similar: words of the workspace that a mistyped one may mean, likest first.
create function search_similar(w uuid, typed text) returns text[]
language sql stable
as $$
select array(
    select word from (
        select v.word from search_vocabulary v where v.workspace_id = w and v.word % typed
        union
        select n.word from search_new_word n where n.workspace_id = w and n.word % typed
    ) found
    order by similarity(word, typed) desc, word
    limit 12
)
$$;

-- search_find: ids of records that have, for each word typed, a word that begins with it; where there are none, a word that is
-- like it. At most `bound`, best first: whole words of the name, beginnings of the name, the rest. `workspace` only says that
-- the caller entered it: another one than the transaction's finds nothing.
create function search_find(workspace uuid, of_kind text, typed text, bound integer)
returns table (id uuid, score real)
language plpgsql stable rows 50 security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    w constant uuid := current_workspace();
    top constant text := chr(1114111);  -- the highest code point: every word that begins with t is below t || top
    tokens text[];
    likes jsonb;
begin
    if w is null or w is distinct from workspace then
        return;
    end if;
    select array_agg(t order by length(t) desc, t) into tokens
    from (
        select distinct left(t, 60) as t
        from regexp_split_to_table(
            -- a number as it is dialled: spaces and signs between its digits don't part it
            case when typed ~ '^[+(]?[\d\s()/.+-]*\d[\d\s()/.+-]*$' then regexp_replace(typed, '\D', '', 'g') else fold(typed) end,
            '\s+') t
        where t <> ''
        limit 8
    ) split;
    if tokens is null then
        return;
    end if;

    return query
    select f.id, max(case when f.word = tokens[1] then 1.0 else 0.8 end * case f.weight when 1 then 1.0 else 0.6 end)::real
    from (
        select s.id, s.word, s.weight
        from search_word s
        where s.workspace_id = w and s.kind = of_kind and s.weight in (1, 2)
          and s.word >= tokens[1] and s.word < tokens[1] || top
          and not exists (
              select 1 from unnest(tokens[2:]) t
              where not exists (
                  select 1 from search_word o
                  where o.workspace_id = w and o.kind = of_kind and o.id = s.id and o.word >= t and o.word < t || top
              )
          )
        order by s.workspace_id, s.kind, s.weight, s.word, s.id
        limit bound
    ) f
    group by f.id
    order by 2 desc
    limit bound;
    if found then
        return;
    end if;

    return query
    with wanted as (
        select t, n, search_similar(w, t) as words from unnest(tokens) with ordinality u(t, n)
    )
    select s.id, max(0.5 * similarity(s.word, tokens[1]))::real
    from search_word s
    where s.workspace_id = w and s.kind = of_kind and s.weight in (1, 2)
      and s.word = any ((select words from wanted where n = 1)::text[])
      and not exists (
          select 1 from wanted o
          where o.n > 1 and not exists (
              select 1 from search_word x
              where x.workspace_id = w and x.kind = of_kind and x.id = s.id
                and (x.word = any (o.words) or (x.word >= o.t and x.word < o.t || top))
          )
      )
    group by s.id
    order by 2 desc
    limit bound;
end
$$;

-- search_forget: the words of erased records, in the vocabulary too.
create function search_forget(of_kind text, ids uuid[]) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    w constant uuid := current_workspace();
    gone text[];
begin
    with deleted as (
        delete from search_word s where s.workspace_id = w and s.kind = of_kind and s.id = any (ids) returning s.word
    )
    select array_agg(distinct word) into gone from deleted;
    delete from search_new_word n where n.workspace_id = w and n.word = any (gone);
    delete from search_vocabulary v where v.workspace_id = w and v.word = any (gone) and not search_used(w, v.word);
end
$$;

do $$
declare
    fn text;
begin
    foreach fn in array array[
        'search_put(text, uuid[], text[], text[])', 'search_find(uuid, text, text, integer)', 'search_forget(text, uuid[])'
    ] loop
        execute format('revoke execute on function %s from public', fn);
        execute format('grant execute on function %s to %I, %I', fn, crm_role('api'), crm_role('worker'));
    end loop;
    revoke execute on function search_learn() from public;
    execute format('grant execute on function search_learn() to %I', crm_role('worker'));
end
$$;

-- migrate:down
drop function search_forget(text, uuid[]);
drop function search_find(uuid, text, text, integer);
drop function search_similar(uuid, text);
drop function search_learn();
drop function search_put(text, uuid[], text[], text[]);
drop function search_used(uuid, text);
drop function search_words(text);
drop table search_new_word;
drop table search_vocabulary;
drop table search_word;
