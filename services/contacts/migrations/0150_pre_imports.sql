-- migrate:up

-- A file that somebody wants to move in: how its columns are read, and how far it is.
create table import (
    workspace_id   uuid        not null,
    id             uuid        not null default uuidv7(),
    status         text        not null default 'uploaded'
                   check (status in ('uploaded', 'checking', 'checked', 'running', 'done', 'failed')),
    filename       text        not null,
    columns        json        not null,  -- [{name, samples, guess, confidence}], in the file's order
    mapping        json        not null,  -- {column: field or null}
    match_by       text        not null default 'email',
    on_match       text        not null default 'update',
    tags           json        not null default '[]',
    country        text,                  -- the workspace's when the file came: phones and dates are read by it
    rows           integer     not null,
    progress_done  integer     not null default 0,  -- rows
    last_row       integer     not null default 0,  -- a run goes on behind it after a crash
    totals         json        not null default '{}',
    failure        text,                  -- one sentence for people, when status is failed
    operation_id   uuid,
    created_by     uuid        not null,
    created_at     timestamptz not null default now(),
    updated_at     timestamptz not null default now(),
    primary key (workspace_id, id)
);
select crm_protect('import', 'select, insert, update', 'select, update, delete');

-- A row of the file as it came, and what the last check or run made of it. The file itself is not kept.
create table import_row (
    workspace_id uuid    not null,
    import_id    uuid    not null,
    row          integer not null,  -- as a spreadsheet shows it: the header is 1
    cells        json    not null,
    outcome      text check (outcome in ('create', 'update', 'skip', 'conflict', 'invalid')),
    contact_id   uuid,
    changes      json,              -- of an update: [{field, from, to}]
    errors       json,              -- [{column, code, reason}]
    primary key (workspace_id, import_id, row),
    foreign key (workspace_id, import_id) references import on delete cascade
);
create index import_row_outcome on import_row (workspace_id, import_id, outcome, row);
-- Whose rows they are, for when somebody is erased.
create index import_row_contact on import_row (workspace_id, contact_id) where contact_id is not null;
select crm_protect('import_row', 'select, insert, update', 'select, update, delete');

-- migrate:down
drop table import_row;
drop table import;
