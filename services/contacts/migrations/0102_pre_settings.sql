-- migrate:up

-- custom_field: fields that a workspace adds to people or companies; their values lie in `custom` of the record.
create table custom_field (
    workspace_id  uuid        not null,
    id            uuid        not null,
    version       integer     not null default 1,
    created_at    timestamptz not null default now(),
    updated_at    timestamptz not null default now(),
    created_by    uuid        not null,
    noun          text        not null check (noun in ('contact', 'company')),
    key           text        not null,
    label         text        not null,
    type          text        not null,
    options       jsonb       not null default '[]',
    required      boolean     not null default false,
    "unique"      boolean     not null default false,
    "default"     jsonb,
    position      integer     not null default 0,
    primary key (workspace_id, id),
    unique (workspace_id, noun, key)
);
select crm_protect('custom_field', 'select, insert, update, delete', 'select');

create table saved_view (
    workspace_id uuid        not null,
    id           uuid        not null,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    created_by   uuid        not null,
    name         text        not null,
    kind         text        not null check (kind in ('contact', 'company')),
    columns      jsonb       not null,
    sort         text,
    filter       jsonb,
    shared       boolean     not null default false,
    primary key (workspace_id, id)
);
create index saved_view_kind on saved_view (workspace_id, kind, created_by);
select crm_protect('saved_view', 'select, insert, update, delete', '');

create table favourite (
    workspace_id uuid        not null,
    id           uuid        not null,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    created_by   uuid        not null,  -- whose it is
    kind         text        not null check (kind in ('contact', 'company', 'view')),
    record_id    uuid        not null,
    position     integer     not null default 0,
    primary key (workspace_id, id),
    unique (workspace_id, created_by, kind, record_id)
);
create index favourite_record on favourite (workspace_id, record_id);
select crm_protect('favourite', 'select, insert, update, delete', '');

-- migrate:down
drop table favourite;
drop table saved_view;
drop table custom_field;
