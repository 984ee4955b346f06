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
-- one entry a record, however many words: b-trees keep equal keys once
create index search_word_record on search_word (workspace_id, id);
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

create function search_used(w uuid, of_word text) returns boolean
language sql stable
as $$
select exists (
    select 1 from search_word s
    where s.workspace_id = w and s.kind in ('contact', 'company') and s.weight in (1, 2) and s.word = of_word
)
$$;

-- search_put: these records are found by these words from now on; none take the record out. names[n] and others[n] are the
-- words of ids[n], parted by spaces. `fresh`: of records that had none before.
create function search_put(of_kind text, ids uuid[], names text[], others text[], fresh boolean) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan  -- planning the same statements anew is half their cost
as $$
declare
    w constant uuid := current_workspace();
    gone text[];
begin
    if not fresh then
        with deleted as (
            delete from search_word s where s.workspace_id = w and s.id = any (ids) returning s.word
        )
        select array_agg(distinct word) into gone from deleted;
    end if;
    with put as (
        insert into search_word (workspace_id, kind, weight, word, id)
        select distinct w, of_kind, i.weight, left(word, 60), i.id
        from (
            select n.id, 1::smallint as weight, n.words from unnest(ids, names) n(id, words)
            union all
            select o.id, 2::smallint, o.words from unnest(ids, others) o(id, words)
        ) i, string_to_table(fold(i.words), ' ') word
        where w is not null and word <> ''
        returning word
    )
    insert into search_new_word (workspace_id, word)
    select w, word
    from (select distinct word from put union select unnest(gone)) changed
    where length(word) between 3 and 40 and word !~ '[^[:alpha:]]'
      and (word = any (gone) or not exists (select 1 from search_vocabulary v where v.workspace_id = w and v.word = changed.word));
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

-- search_score: 1 for a whole word of a name, less for its beginning, less again for another word.
create function search_score(word text, weight smallint, tokens text[]) returns real
language sql immutable parallel safe
as $$ select ((case when word = any (tokens) then 1.0 else 0.8 end) * (case weight when 1 then 1.0 else 0.6 end))::real $$;

-- search_tokens: what was typed, word by word; a number as it is dialled: spaces and signs between its digits don't part it.
create function search_tokens(typed text) returns text[]
language sql stable
as $$
select array(
    select distinct left(t, 60)
    from regexp_split_to_table(
        case when typed ~ '^[+(]?[\d\s()/.+-]*\d[\d\s()/.+-]*$' then regexp_replace(typed, '\D', '', 'g') else fold(typed) end,
        '\s+') t
    where t <> ''
    limit 8
)
$$;

-- search_beginning: records that have a word beginning with `token`, in the order of the words, those of names first.
create function search_beginning(w uuid, of_kind text, token text, bound integer)
returns table (id uuid, word text, weight smallint)
language sql stable rows 500
as $$
select s.id, s.word, s.weight
from search_word s
where s.workspace_id = w and s.kind = of_kind and s.weight in (1, 2) and s.word >= token and s.word < token || chr(1114111)
order by s.workspace_id, s.kind, s.weight, s.word, s.id
limit bound
$$;

-- search_find: ids of records that have, for each word typed, a word that begins with it; where there are none, a word that is
-- like it. At most `bound`, best first: whole words of the name, beginnings of the name, the rest. Of several words the rarest
-- is looked up and the others are checked on its finds; of words that very many records have, the first `wide` count.
-- `workspace` only says that the caller entered it: another one than the transaction's finds nothing.
create function search_find(workspace uuid, of_kind text, typed text, bound integer)
returns table (id uuid, score real)
language plpgsql stable rows 50 security definer set search_path = pg_catalog, public, pg_temp
set plan_cache_mode = force_generic_plan  -- planning the same statements anew is half their cost
as $$
declare
    w constant uuid := current_workspace();
    narrow constant integer := 1000;  -- finds that are checked one by one
    wide constant integer := 20000;
    tokens text[];
    ids uuid[];
    token text;
    likely text[];
begin
    if w is null or w is distinct from workspace then
        return;
    end if;
    tokens := search_tokens(typed);
    if cardinality(tokens) = 0 then
        return;
    elsif cardinality(tokens) > 1 then
        tokens := array(
            select t from unnest(tokens) t
            order by (select count(*) from search_beginning(w, of_kind, t, narrow + 1)), length(t) desc, t
        );
    end if;

    -- a word more is a smaller choice among these
    if cardinality(tokens) > 1 then
        ids := array(select distinct b.id from search_beginning(w, of_kind, tokens[1], wide) b);
        foreach token in array tokens[2:] loop
            exit when cardinality(ids) = 0;
            if cardinality(ids) <= narrow then
                ids := array(
                    select i from unnest(ids) i
                    where exists (
                        select 1 from search_word s
                        where s.workspace_id = w and s.id = i and s.word >= token and s.word < token || chr(1114111)
                    )
                );
            else
                ids := array(
                    select i from unnest(ids) i
                    intersect
                    select b.id from search_beginning(w, of_kind, token, wide) b
                );
            end if;
        end loop;
        return query
        select s.id, max(search_score(s.word, s.weight, tokens))
        from (select i from unnest(ids) i limit bound) chosen join search_word s on s.workspace_id = w and s.id = chosen.i
        group by s.id
        order by 2 desc;
    else
        return query
        select b.id, max(search_score(b.word, b.weight, tokens))
        from search_beginning(w, of_kind, tokens[1], bound) b
        group by b.id
        order by 2 desc;
    end if;
    if found then
        return;
    end if;

    -- nothing begins so: words that are like it
    ids := null;
    foreach token in array tokens loop
        likely := search_similar(w, token);
        ids := array(
            select distinct s.id from (
                select s.id from search_word s
                where s.workspace_id = w and s.kind = of_kind and s.weight in (1, 2) and s.word = any (likely)
                limit wide
            ) s
            where ids is null or s.id = any (ids)
            union
            select b.id from search_beginning(w, of_kind, token, wide) b where ids is null or b.id = any (ids)
        );
        exit when cardinality(ids) = 0;
    end loop;
    return query
    select s.id, max(0.5 * similarity(s.word, t))::real
    from (select i from unnest(ids) i limit bound) chosen join search_word s on s.workspace_id = w and s.id = chosen.i,
         unnest(tokens) t
    group by s.id
    order by 2 desc;
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
        delete from search_word s where s.workspace_id = w and s.id = any (ids) returning s.word
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
        'search_put(text, uuid[], text[], text[], boolean)', 'search_find(uuid, text, text, integer)', 'search_forget(text, uuid[])'
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
drop function search_beginning(uuid, text, text, integer);
drop function search_tokens(text);
drop function search_score(text, smallint, text[]);
drop function search_similar(uuid, text);
drop function search_learn();
drop function search_put(text, uuid[], text[], text[], boolean);
drop function search_used(uuid, text);
drop table search_new_word;
drop table search_vocabulary;
drop table search_word;
