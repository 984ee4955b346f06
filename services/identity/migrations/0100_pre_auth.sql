-- migrate:up

-- The auth tables belong to no workspace: a person signs in first and picks a workspace afterwards.

create table account (
    id uuid primary key,
    email text,                           -- lower case; null when the account has none
    phone text,                           -- digits only
    password_hash text,                   -- argon2id; bcrypt and argon2i of imported users until their next sign-in
    app_metadata jsonb not null default '{}',
    user_metadata jsonb not null default '{}',
    is_anonymous boolean not null default false,
    email_confirmed_at timestamptz,
    phone_confirmed_at timestamptz,
    confirmation_sent_at timestamptz,
    recovery_sent_at timestamptz,
    reauthentication_sent_at timestamptz,
    new_email text,
    email_change_sent_at timestamptz,
    email_change_confirmed_by text check (email_change_confirmed_by in ('current', 'new')),
    invited_at timestamptz,
    invitation_hash bytea,                -- the invitation that let this person sign up; accepted with the first workspace
    last_sign_in_at timestamptz,
    banned_until timestamptz,
    deleted_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
);
create unique index account_email on account (email) where email is not null;
create unique index account_phone on account (phone) where phone is not null;
create index account_new_email on account (new_email) where new_email is not null;
create index account_newest on account (created_at desc, id);

-- One row per way to sign in ("identity" in the protocol).
create table account_identity (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    provider text not null,
    provider_id text not null,            -- the provider's subject; for email and phone the account's id
    identity_data jsonb not null default '{}',
    email text,
    last_sign_in_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (provider, provider_id)
);
create index account_identity_account on account_identity (account_id);

-- An account with its identities in order of linking: what every read of an account wants.
create view account_row with (security_invoker = true) as
select a.id, a.email, a.phone, a.password_hash, a.app_metadata::text, a.user_metadata::text, a.is_anonymous,
    a.email_confirmed_at, a.phone_confirmed_at, a.confirmation_sent_at, a.recovery_sent_at,
    a.reauthentication_sent_at, a.new_email, a.email_change_sent_at, a.email_change_confirmed_by, a.invited_at,
    a.invitation_hash, a.last_sign_in_at, a.banned_until, a.deleted_at, a.created_at, a.updated_at,
    coalesce((
        select json_agg(i order by i.created_at, i.id) from account_identity i where i.account_id = a.id
    ), '[]')::text as identities
from account a;

create table session (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    refresh_key bytea not null,           -- 32 random bytes, sealed; signs this session's refresh tokens
    refresh_counter bigint not null default 0,
    aal text not null default 'aal1' check (aal in ('aal1', 'aal2')),
    amr jsonb not null,                   -- newest first, as in the token
    ip text,
    user_agent text,
    created_at timestamptz not null default now(),
    refreshed_at timestamptz not null default now()
);
create index session_account on session (account_id, refreshed_at desc);

create table pkce_flow (
    id uuid primary key,
    account_id uuid not null references account on delete cascade,
    challenge text not null,
    method text not null check (method in ('s256', 'plain')),
    amr_method text not null,             -- what the session's amr will name
    auth_code_hash bytea unique,          -- set by the click on the mailed link
    auth_code_expires_at timestamptz,
    expires_at timestamptz not null
);
create index pkce_flow_account on pkce_flow (account_id);
create index pkce_flow_expired on pkce_flow (expires_at);

-- At most one live code per person and kind; the row goes in the transaction that spends it.
create table one_time_code (
    account_id uuid not null references account on delete cascade,
    kind text not null check (kind in (
        'confirmation', 'recovery', 'email_change_current', 'email_change_new', 'reauthentication')),
    code_hash text not null unique,       -- keyed hash over account, kind, address and code; never the digits
    address text not null,
    flow_id uuid references pkce_flow on delete set null,
    proves_owner boolean not null,        -- asked for at sign-in: on an unconfirmed account it drops what a stranger set
    fresh_metadata jsonb not null default '{}',
    wrong_tries smallint not null default 0,
    expires_at timestamptz not null,
    primary key (account_id, kind)
);
create index one_time_code_address on one_time_code (address);
create index one_time_code_expired on one_time_code (expires_at);

create table signing_key (
    kid uuid primary key,
    alg text not null check (alg in ('ES256', 'RS256', 'HS256')),
    state text not null check (state in ('standby', 'current', 'previous', 'revoked')),
    public_jwk jsonb,                     -- null for HS256, which is never published
    sealed_jwk bytea not null,            -- the whole private JWK, sealed
    created_at timestamptz not null default now(),
    state_since timestamptz not null default now()
);
create unique index signing_key_one_current on signing_key (state) where state = 'current';

-- Mail leaves through this queue after the commit that caused it. The content is sealed, since it shows codes.
create table mail (
    id uuid primary key default uuidv7(),
    template text not null,
    sealed_content bytea,                 -- recipient, subject, text, HTML; dropped once an SMTP server took it
    state text not null default 'queued' check (state in ('queued', 'sent', 'failed')),
    attempts smallint not null default 0,
    next_try_at timestamptz not null default now(),
    last_error text,
    created_at timestamptz not null default now(),
    sent_at timestamptz
);
create index mail_queued on mail (next_try_at) where state = 'queued';
create index mail_newest on mail (created_at desc);

-- Keyed by a hash of the address, whether or not an account has it, so that both behave alike.
create table mail_frequency (
    address_hash bytea not null,
    kind text not null,
    sent_at timestamptz not null,
    primary key (address_hash, kind)
);

create table sign_in_failure (
    address_hash bytea primary key,
    failures integer not null,
    last_at timestamptz not null,
    next_try_at timestamptz not null
);

create table audit (
    id uuid primary key default uuidv7(),
    at timestamptz not null default now(),
    action text not null,
    account_id uuid,
    session_id uuid,
    ip text,
    detail jsonb not null default '{}'
);
create index audit_newest on audit (at desc);

-- While no account exists: the links printed at start that let the first one sign up.
create table setup_link (
    token_hash bytea primary key,
    created_at timestamptz not null default now()
);

select crm_grant(t, 'select, insert, update, delete', 'select, insert, update, delete') from unnest(array[
    'account', 'account_identity', 'session', 'pkce_flow', 'one_time_code', 'signing_key', 'mail', 'mail_frequency',
    'sign_in_failure', 'setup_link'
]::regclass[]) t;
select crm_grant('account_row', 'select, update', 'select');  -- update: FOR UPDATE asks for it
select crm_grant('audit', 'select, insert', 'select, insert');  -- what happened is not rewritten

-- migrate:down
drop view account_row;
drop table setup_link, audit, sign_in_failure, mail_frequency, mail, signing_key, one_time_code, pkce_flow, session,
    account_identity, account;
