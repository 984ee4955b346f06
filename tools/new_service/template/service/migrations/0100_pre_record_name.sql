-- migrate:up

create table record_name (
    workspace_id uuid        not null,
    id           uuid        not null default uuidv7(),
    version      integer     not null default 1,
    text         text        not null,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    created_by   uuid        not null,
    primary key (workspace_id, id) -- ids rise with time, so it also serves the list, newest first
);

select crm_protect('record_name', 'select, insert, update', '');

-- migrate:down

drop table record_name;
