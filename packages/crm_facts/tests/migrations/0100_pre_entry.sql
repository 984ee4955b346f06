-- migrate:up
-- What the tests' handlers write: a row each time that they are called.
create table entry (
    workspace_id uuid    not null,
    n            bigint  generated always as identity,
    fact_id      uuid    not null,
    record_id    uuid,
    version      integer not null,
    primary key (workspace_id, n)
);
select crm_protect('entry', 'select', 'select, insert', true);

-- migrate:down
drop table entry;
