-- A persona as its author wrote it, as JSON; its groups are rows of their own.
create table persona (
    persona_id varchar(64)                 not null primary key,
    revision   bigint                      not null,
    document   text                        not null,
    created_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null
);

create table persona_group (
    persona_id varchar(64) not null references persona on delete cascade,
    group_name varchar(64) not null,
    primary key (persona_id, group_name)
);

create index persona_group_by_name on persona_group (group_name);
