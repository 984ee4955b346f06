-- migrate:up

-- erase_traces: what the log of operations and the kept answers of requests still say of one record. Called in the
-- transaction of its purge, before crm_facts' erase_record. Operations of several records name none in their summary.
create function erase_traces(of_noun text, record uuid) returns void
language plpgsql security definer set search_path = pg_catalog, public, pg_temp
as $$
declare
    w constant uuid := current_workspace();
    alone uuid[];
begin
    select array_agg(c.operation_id) into alone
    from change c
    where c.workspace_id = w and c.noun = of_noun and c.record_id = record
      and not exists (
          select 1 from change o
          where o.workspace_id = w and o.operation_id = c.operation_id and o.record_id <> record
            and o.noun in ('contact', 'company')
      );
    update operation set summary = 'Erased' where workspace_id = w and id = any (alone);
    delete from idempotency where workspace_id = w and headers ->> 'X-Operation-Id' = any (alone::text[]);
end
$$;
revoke execute on function erase_traces(text, uuid) from public;
do $$ begin
    execute format('grant execute on function erase_traces(text, uuid) to %I', crm_role('api'));
end $$;

-- migrate:down
drop function erase_traces(text, uuid);
