-- migrate:up

-- enter: sets the workspace for this transaction (or this one statement) and gives it back, so that a read needs no
-- round trip of its own for it: `from enter($1) e(w), lateral (select ... where t.workspace_id = e.w ...) r`.
create function enter(workspace uuid) returns uuid
language sql volatile strict
as $$ select set_config('app.workspace_id', workspace::text, true)::uuid $$;

-- current_workspace: what `enter` or the transaction set. nullif: once a session has set it, the setting is an empty
-- string in later transactions, not null.
create function current_workspace() returns uuid
language sql stable
as $$ select nullif(current_setting('app.workspace_id', true), '')::uuid $$;

-- crm_role: 'api' -> contacts_api. Migrations run as <service>_owner, and the other two roles share its first part.
create function crm_role(kind text) returns text
language sql stable
as $$ select regexp_replace(current_user, '_owner$', '') || '_' || kind $$;

-- crm_protect: row-level security for a table of workspaces' data, and who may do what with it.
-- `api` and `worker` are privileges as GRANT takes them: 'select, insert, update (status)'; '' for none.
-- The workspace comes from the transaction; unset means no row.
-- The owner, whom nobody runs as except migrations and security definer functions, passes by a policy of its own: a
-- condition there would turn trigram indexes off inside the functions that exist to use them.
create function crm_protect(target regclass, api text, worker text, worker_sees_all boolean default false) returns void
language plpgsql
as $$
declare
    own_rows constant text := 'workspace_id = current_workspace()';
begin
    execute format('alter table %s enable row level security', target);
    execute format('alter table %s force row level security', target);
    execute format('create policy tenant_api on %s to %I using (%s) with check (%s)',
                   target, crm_role('api'), own_rows, own_rows);
    execute format('create policy tenant_worker on %s to %I using (%s) with check (%s)',
                   target, crm_role('worker'),
                   case when worker_sees_all then 'true' else own_rows end,
                   case when worker_sees_all then 'true' else own_rows end);
    execute format('create policy owner_all on %s to %I using (true) with check (true)', target, current_user);
    perform crm_grant(target, api, worker);
end
$$;

-- crm_grant: the privileges alone, for a table that belongs to no workspace.
create function crm_grant(target regclass, api text, worker text) returns void
language plpgsql
as $$
begin
    if api <> '' then
        execute format('grant %s on %s to %I', api, target, crm_role('api'));
    end if;
    if worker <> '' then
        execute format('grant %s on %s to %I', worker, target, crm_role('worker'));
    end if;
end
$$;

-- Only the owner protects tables; what the two roles may call is granted function by function.
revoke execute on function crm_protect(regclass, text, text, boolean) from public;
revoke execute on function crm_grant(regclass, text, text) from public;

-- migrate:down
drop function crm_protect(regclass, text, text, boolean);
drop function crm_grant(regclass, text, text);
drop function crm_role(text);
drop function current_workspace();
drop function enter(uuid);
