-- migrate:up

-- A profile per `sub`, whoever signed the person in: what others see of them.
create table profile (
    user_id uuid primary key,
    email text not null,
    name text not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
select crm_grant('profile', 'select, insert, update', 'select, insert, update, delete');

create table workspace (
    workspace_id uuid primary key default uuidv7(),
    name text not null,
    country text,
    time_zone text not null default 'UTC',
    locale text not null default 'en',
    currency text,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    created_by uuid not null
);
select crm_protect('workspace', 'select, insert, update', 'select');

create table member (
    workspace_id uuid not null,
    user_id uuid not null,
    role text not null check (role in ('viewer', 'member', 'admin', 'owner')),
    removed_at timestamptz,               -- kept, so that a return goes on with the next version of the record
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    created_by uuid not null,
    primary key (workspace_id, user_id)
);
create index member_user on member (user_id, created_at);
select crm_protect('member', 'select, insert, update', 'select');

create table invitation (
    workspace_id uuid not null,
    id uuid not null default uuidv7(),
    email text not null,
    role text not null check (role in ('viewer', 'member', 'admin', 'owner')),
    token_hash bytea not null,
    expires_at timestamptz not null,
    accepted_at timestamptz,
    accepted_by uuid,
    revoked_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    created_by uuid not null,
    primary key (workspace_id, id)
);
create index invitation_token on invitation (token_hash);  -- not unique across workspaces: 256 random bits are
select crm_protect('invitation', 'select, insert, update', 'select');

create table api_token (
    workspace_id uuid not null,
    id uuid not null default uuidv7(),
    user_id uuid not null,
    name text not null,
    token_hash bytea not null,
    hint text not null,                   -- the last four characters, so that a person can tell tokens apart
    scopes text[] not null,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    version integer not null default 1,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    primary key (workspace_id, id)
);
create index api_token_hash on api_token (token_hash);
create index api_token_user on api_token (workspace_id, user_id);
select crm_protect('api_token', 'select, insert, update', 'select');

-- The three questions that come before a workspace is known. Each answers for one user or one secret only; the function
-- runs as the owner of the tables, whom row-level security lets pass.

create function memberships_of(of_user uuid)
returns table (workspace_id uuid, name text, country text, time_zone text, locale text, currency text, role text)
language sql stable security definer set search_path = public, pg_temp rows 5
as $$
    select w.workspace_id, w.name, w.country, w.time_zone, w.locale, w.currency, m.role
    from member m join workspace w using (workspace_id)
    where m.user_id = of_user and m.removed_at is null
    order by m.created_at, m.workspace_id
$$;

create function invitation_by_token(hash bytea)
returns table (workspace_id uuid, id uuid, email text, role text, expires_at timestamptz, is_open boolean,
               workspace_name text, invited_by text)
language sql stable security definer set search_path = public, pg_temp rows 1
as $$
    select i.workspace_id, i.id, i.email, i.role, i.expires_at,
        i.accepted_at is null and i.revoked_at is null and i.expires_at > now(), w.name, coalesce(p.name, '')
    from invitation i join workspace w using (workspace_id) left join profile p on p.user_id = i.created_by
    where i.token_hash = hash
$$;

create function api_token_by_hash(hash bytea)
returns table (workspace_id uuid, id uuid, user_id uuid, scopes text[], expires_at timestamptz, role text)
language sql stable security definer set search_path = public, pg_temp rows 1
as $$
    select t.workspace_id, t.id, t.user_id, t.scopes, t.expires_at, m.role
    from api_token t join member m on m.workspace_id = t.workspace_id and m.user_id = t.user_id and m.removed_at is null
    where t.token_hash = hash and t.revoked_at is null and (t.expires_at is null or t.expires_at > now())
$$;

-- api_token_lives: the tokens made for an API token carry its id as session_id; it lives while the token does.
create function api_token_lives(token_id uuid, of_user uuid) returns boolean
language sql stable security definer set search_path = public, pg_temp
as $$
    select exists (
        select from api_token t join member m on m.workspace_id = t.workspace_id and m.user_id = t.user_id
        where t.id = token_id and t.user_id = of_user and t.revoked_at is null and m.removed_at is null
            and (t.expires_at is null or t.expires_at > now()))
$$;
create index api_token_id on api_token (id);

revoke execute on function memberships_of(uuid), invitation_by_token(bytea), api_token_by_hash(bytea),
    api_token_lives(uuid, uuid) from public;
do $$ begin
    execute format(
        'grant execute on function memberships_of(uuid), invitation_by_token(bytea), api_token_by_hash(bytea), '
        'api_token_lives(uuid, uuid) to %I', crm_role('api'));
end $$;

-- migrate:down
drop function api_token_lives(uuid, uuid);
drop function api_token_by_hash(bytea);
drop function invitation_by_token(bytea);
drop function memberships_of(uuid);
drop table api_token;
drop table invitation;
drop table member;
drop table workspace;
drop table profile;
