-- Custom rules, without those that ship with the server. origin: who may change them, api or directory.
create table rule_texts (
    name       varchar(64)                 not null primary key,
    origin     varchar(16)                 not null,
    revision   bigint                      not null,
    drl        text                        not null,
    created_at timestamp(6) with time zone not null,
    updated_at timestamp(6) with time zone not null
);

-- The texts that rules have had, the present one among them.
create table rule_versions (
    name     varchar(64)                 not null references rule_texts on delete cascade,
    revision bigint                      not null,
    drl      text                        not null,
    saved_at timestamp(6) with time zone not null,
    primary key (name, revision)
);

-- Rules that are not in force, wherever they come from: because somebody said so, or because they failed. The latter
-- holds for the text with this digest only, and failure, a JSON object, says how they failed.
create table rule_stops (
    name       varchar(64)                 not null primary key,
    stopped_at timestamp(6) with time zone not null,
    digest     varchar(64),
    failure    text
);
