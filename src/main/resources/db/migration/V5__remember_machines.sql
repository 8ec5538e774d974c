-- Each instance's decision machine as it was at at; a restart goes on from there, with the events after event_number.
-- last_apply is the latest acknowledgement, as JSON.
create table machines (
    instance_id varchar(253) not null references instances on delete cascade,
    at timestamp(6) with time zone not null,
    event_number bigint not null,
    snapshot text not null,
    last_apply text,
    primary key (instance_id)
);
