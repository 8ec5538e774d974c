-- Registered hosts. Tags are JSON objects: arrays of strings by key. tags_revision counts the changes of server_tags.
create table instances (
    instance_id varchar(253) not null,
    hostname varchar(253),
    agent_version varchar(64),
    boot_id varchar(64),
    agent_tags text not null,
    server_tags text not null,
    tags_revision bigint not null,
    registered_at timestamp(6) with time zone not null,
    last_heard_at timestamp(6) with time zone,
    primary key (instance_id)
);
