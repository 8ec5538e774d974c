-- What happened to each instance, in order of entry; detail is a JSON object whose shape depends on the kind.
create sequence history_entries increment by 50;

create table history (
    entry bigint not null,
    instance_id varchar(253) not null references instances on delete cascade,
    at timestamp(6) with time zone not null,
    kind varchar(32) not null,
    detail text not null,
    primary key (entry)
);

create index history_by_instance on history (instance_id, entry);
create index history_by_age on history (at);
