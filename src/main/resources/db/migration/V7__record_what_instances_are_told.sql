-- What each instance's machine was, and what it was told from begins_at (exclusive) to ends_at (inclusive), as gzip of
-- JSON lines: enough to explain any instant in between.
create table recordings (
    instance_id varchar(253) not null references instances on delete cascade,
    begins_at timestamp(6) with time zone not null,
    ends_at timestamp(6) with time zone not null,
    content_size integer not null,
    content bytea not null,
    primary key (instance_id, begins_at)
);

create index recordings_by_age on recordings (ends_at);
