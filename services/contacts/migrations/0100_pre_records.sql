-- migrate:up

-- fold: how texts are compared: without regard to case and accents. Stable, not immutable: so it is inlined where it is
-- called, which is a tenth of a call's cost; what is compared is stored, so no index needs it to be immutable.
create function fold(value text) returns text
language sql stable strict parallel safe
as $$ select lower(public.unaccent('public.unaccent'::regdictionary, value)) $$;

-- fold_values: an object (address, custom) with its texts folded, for filters and sorts on its members.
create function fold_values(object jsonb) returns jsonb
language sql stable strict parallel safe
as $$
select jsonb_object_agg(key, case when jsonb_typeof(value) = 'string' then to_jsonb(fold(value #>> '{}')) else value end)
from jsonb_each(object)
$$;

-- Beside a text column x stands x_key, the folded text that filters and sorts compare (crm_resource/filters.py). The service
-- writes both in one statement; a generated column would rewrite the table whenever a field is added.
create table company (
    workspace_id    uuid not null,
    id              uuid not null,
    version         integer not null,
    derived         integer not null default 0,  -- changes of what is not the record's own; second part of the ETag
    created_at      timestamptz not null default now(),
    updated_at      timestamptz not null default now(),
    created_by      uuid not null,
    deleted_at      timestamptz,
    owner_id        uuid,
    -- keys before values: a filter that reads every row unpacks it up to the last column that it needs
    name_key        text,
    domain_key      text,
    industry_key    text,
    size_key        text,
    phone_key       text,
    phone_e164_key  text,
    city_key        text,
    links_key       text,
    address_key     jsonb,
    custom_key      jsonb,
    description_key text,
    -- values, as the API shows them
    name            text not null,
    domain          text,
    industry        text,
    size            text,
    phone           text,
    phone_e164      text,
    address         jsonb not null default '{}',
    links           jsonb not null default '[]',
    tags            text[] not null default '{}',  -- filters read company_tag
    description     text,
    custom          jsonb not null default '{}',
    primary key (workspace_id, id)
) with (fillfactor = 90);
create index company_updated on company (workspace_id, updated_at, id) where deleted_at is null;
create index company_created on company (workspace_id, created_at, id) where deleted_at is null;
create index company_name on company (workspace_id, name_key, id);  -- imports look for a name in the trash too
create index company_domain on company (workspace_id, domain_key, id) where deleted_at is null;
create index company_industry on company (workspace_id, industry_key, id) where deleted_at is null;
create index company_size on company (workspace_id, size_key, id) where deleted_at is null;
create index company_city on company (workspace_id, city_key, id) where deleted_at is null;
create index company_owner on company (workspace_id, owner_id) where owner_id is not null;
create index company_trash on company (workspace_id, deleted_at, id) where deleted_at is not null;
select crm_protect('company', 'select, insert, update, delete', 'select, insert, update, delete');

create table contact (
    workspace_id     uuid not null,
    id               uuid not null,
    version          integer not null,
    derived          integer not null default 0,  -- changes of what is not the record's own; second part of the ETag
    created_at       timestamptz not null default now(),
    updated_at       timestamptz not null default now(),
    created_by       uuid not null,
    deleted_at       timestamptz,
    owner_id         uuid,
    company_id       uuid,
    birthday         date,
    last_activity_at timestamptz,
    -- keys before values: a filter that reads every row unpacks it up to the last column that it needs
    name_key         text,
    first_name_key   text,
    last_name_key    text,
    title_key        text,
    company_name_key text,
    city_key         text,
    emails_key       text,
    phones_key       text,
    links_key        text,
    avatar_url_key   text,
    address_key      jsonb,
    custom_key       jsonb,
    description_key  text,
    -- last name, then first, an empty part behind all others: it takes two keys to say that in both directions
    name_up          text        not null,
    name_down        text        not null,
    -- values, as the API shows them
    name             text not null,  -- first and last name, else what there is
    first_name       text,
    last_name        text,
    emails           jsonb not null default '[]',
    phones           jsonb not null default '[]',
    title            text,
    company_name     text,  -- of company_id; follows it, and raises `derived` only
    tags             text[] not null default '{}',  -- filters read contact_tag
    address          jsonb not null default '{}',
    links            jsonb not null default '[]',
    avatar_url       text,
    description      text,
    custom           jsonb not null default '{}',
    primary key (workspace_id, id),
    foreign key (workspace_id, company_id) references company (workspace_id, id)
) with (fillfactor = 90);
create index contact_updated on contact (workspace_id, updated_at, id) where deleted_at is null;
create index contact_created on contact (workspace_id, created_at, id) where deleted_at is null;
create index contact_activity on contact (workspace_id, last_activity_at, id) where deleted_at is null;
create index contact_name_up on contact (workspace_id, name_up, id) where deleted_at is null;
create index contact_name_down on contact (workspace_id, name_down, id) where deleted_at is null;
create index contact_first_name on contact (workspace_id, first_name_key, id) where deleted_at is null;
create index contact_title on contact (workspace_id, title_key, id) where deleted_at is null;
create index contact_company_name on contact (workspace_id, company_name_key, id) where deleted_at is null;
create index contact_city on contact (workspace_id, city_key, id) where deleted_at is null;
create index contact_birthday on contact (workspace_id, birthday, id) where deleted_at is null;
create index contact_company on contact (workspace_id, company_id) where company_id is not null;
create index contact_owner on contact (workspace_id, owner_id) where owner_id is not null;
create index contact_trash on contact (workspace_id, deleted_at, id) where deleted_at is not null;
select crm_protect('contact', 'select, insert, update, delete', 'select, insert, update, delete');

-- contact_key: who has this e-mail or number? `key` is the folded address, or the E.164 number. For imports and duplicates.
create table contact_key (
    workspace_id uuid not null,
    kind         text not null check (kind in ('email', 'phone')),
    key          text not null,
    contact_id   uuid not null,
    primary key (workspace_id, kind, key, contact_id),
    foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade
);
create index contact_key_contact on contact_key (workspace_id, contact_id);
select crm_protect('contact_key', 'select, insert, delete', 'select, insert, delete');

create table tag (
    workspace_id uuid not null,
    id           uuid not null,
    version      integer     not null default 1,
    created_at   timestamptz not null default now(),
    updated_at   timestamptz not null default now(),
    created_by   uuid        not null,
    name         text        not null,
    name_key     text        not null,  -- lower(name): names are unique without regard to case, accents count
    color        text,
    primary key (workspace_id, id),
    unique (workspace_id, name_key)
);
select crm_protect('tag', 'select, insert, update, delete', 'select, insert, update, delete');

create table contact_tag (
    workspace_id uuid not null,
    contact_id   uuid not null,
    tag_id       uuid not null,
    primary key (workspace_id, contact_id, tag_id),
    foreign key (workspace_id, contact_id) references contact (workspace_id, id) on delete cascade,
    foreign key (workspace_id, tag_id) references tag (workspace_id, id)
);
create index contact_tag_tag on contact_tag (workspace_id, tag_id, contact_id);
select crm_protect('contact_tag', 'select, insert, delete', 'select, insert, delete');

create table company_tag (
    workspace_id uuid not null,
    company_id   uuid not null,
    tag_id       uuid not null,
    primary key (workspace_id, company_id, tag_id),
    foreign key (workspace_id, company_id) references company (workspace_id, id) on delete cascade,
    foreign key (workspace_id, tag_id) references tag (workspace_id, id)
);
create index company_tag_tag on company_tag (workspace_id, tag_id, company_id);
select crm_protect('company_tag', 'select, insert, delete', 'select, insert, delete');

-- migrate:down
drop table company_tag;
drop table contact_tag;
drop table tag;
drop table contact_key;
drop table contact;
drop table company;
drop function fold_values(jsonb);
drop function fold(text);
