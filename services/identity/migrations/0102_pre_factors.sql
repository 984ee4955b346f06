-- migrate:up

create table factor (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    factor_type text not null check (factor_type in ('totp')),
    status text not null default 'unverified' check (status in ('unverified', 'verified')),
    friendly_name text not null default '',
    sealed_secret bytea not null,
    last_step bigint not null default 0,  -- the last accepted 30-second step: a code is accepted once
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    last_challenged_at timestamptz
);
create unique index factor_name on factor (account_id, friendly_name) where friendly_name <> '';
create index factor_account on factor (account_id);
select crm_grant('factor', 'select, insert, update, delete', 'select, insert, update, delete');

create table factor_challenge (
    id uuid primary key,
    factor_id uuid not null references factor on delete cascade,
    ip text not null,
    expires_at timestamptz not null
);
create index factor_challenge_factor on factor_challenge (factor_id);
select crm_grant('factor_challenge', 'select, insert, delete', 'select, insert, delete');

-- For a lost phone: single-use codes, kept as keyed hashes. `id` names the set that was shown together.
create table recovery_code (
    account_id uuid not null references account on delete cascade,
    code_hash bytea not null,
    set_id uuid not null,
    used_at timestamptz,
    primary key (account_id, code_hash)
);
select crm_grant('recovery_code', 'select, insert, update, delete', 'select, insert, update, delete');

alter table session add column factor_id uuid;                 -- what raised it to aal2
alter table session add column aal2_counter bigint not null default 0;  -- refresh tokens from before this one are aal1's

-- A session as the code wants it.
create view session_row with (security_invoker = true) as
select id, account_id, refresh_key, refresh_counter, aal, amr::text, ip, user_agent, created_at, refreshed_at, factor_id,
    aal2_counter
from session;
select crm_grant('session_row', 'select, update', 'select');  -- update: FOR UPDATE asks for it

create or replace view account_row with (security_invoker = true) as
select a.id, a.email, a.phone, a.password_hash, a.app_metadata::text, a.user_metadata::text, a.is_anonymous,
    a.email_confirmed_at, a.phone_confirmed_at, a.confirmation_sent_at, a.recovery_sent_at,
    a.reauthentication_sent_at, a.new_email, a.email_change_sent_at, a.email_change_confirmed_by, a.invited_at,
    a.invitation_hash, a.last_sign_in_at, a.banned_until, a.deleted_at, a.created_at, a.updated_at,
    coalesce((
        select json_agg(i order by i.created_at, i.id) from account_identity i where i.account_id = a.id
    ), '[]')::text as identities,
    coalesce((
        select json_agg(json_build_object(
            'id', f.id, 'factor_type', f.factor_type, 'status', f.status, 'friendly_name', f.friendly_name,
            'created_at', f.created_at, 'updated_at', f.updated_at, 'last_challenged_at', f.last_challenged_at
        ) order by f.created_at, f.id)
        from factor f where f.account_id = a.id
    ), '[]')::text as factors
from account a;

-- migrate:down
drop view account_row;
create view account_row with (security_invoker = true) as
select a.id, a.email, a.phone, a.password_hash, a.app_metadata::text, a.user_metadata::text, a.is_anonymous,
    a.email_confirmed_at, a.phone_confirmed_at, a.confirmation_sent_at, a.recovery_sent_at,
    a.reauthentication_sent_at, a.new_email, a.email_change_sent_at, a.email_change_confirmed_by, a.invited_at,
    a.invitation_hash, a.last_sign_in_at, a.banned_until, a.deleted_at, a.created_at, a.updated_at,
    coalesce((
        select json_agg(i order by i.created_at, i.id) from account_identity i where i.account_id = a.id
    ), '[]')::text as identities
from account a;
select crm_grant('account_row', 'select, update', 'select');
drop view session_row;
alter table session drop column aal2_counter, drop column factor_id;
drop table recovery_code, factor_challenge, factor;
