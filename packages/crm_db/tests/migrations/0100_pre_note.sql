-- migrate:up
create table note (
    workspace_id uuid not null,
    id           uuid not null default uuidv7(),
    body         text not null,
    primary key (workspace_id, id)
);
select crm_protect('note', 'select, insert, update', 'select, delete', true);
-- one that somebody forgot to protect: what the catalogue test must find
create table forgotten (workspace_id uuid not null, id uuid not null, primary key (workspace_id, id));

-- migrate:down
drop table forgotten;
drop table note;
