-- migrate:up

-- Tokens for the admin API: made by a command, with an end, revoked one by one. The token itself is kept nowhere.
create table machine_token (
    jti uuid primary key,
    name text not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    created_at timestamptz not null default now()
);
select crm_grant('machine_token', 'select', 'select, insert, update');

-- migrate:down
drop table machine_token;
