-- How far each machine has come: its last instant, the last event that it took, and what any report changes of it
-- (latest), which stands for the same parts of its snapshot; null: the snapshot is as of at. A table of its own, since
-- with every update of a row the database may write its large values again. last_apply is the latest acknowledgement.
create table machine_progress (
    instance_id varchar(253) not null references instances on delete cascade,
    at timestamp(6) with time zone not null,
    event_number bigint not null,
    latest text,
    last_apply text,
    primary key (instance_id)
);

insert into machine_progress (instance_id, at, event_number, last_apply)
    select instance_id, at, event_number, last_apply from machines;

alter table machines drop column at;
alter table machines drop column event_number;
alter table machines drop column last_apply;
