-- What the cluster was made with; checked at every start.
create table cg_setting (
    name  text primary key,
    value text not null
);

-- One row a partition: the epoch of the activation that may write. Every write locks it for share and compares.
create table cg_partition (
    partition  int primary key,
    epoch      bigint not null check (epoch > 0),
    holder     text not null,
    opened_at  timestamptz not null default now()
);

-- One row a batch: the frame as docs/journal-format.md describes it, chained to the one before.
create table cg_journal (
    partition     int not null,
    sequence      bigint not null,
    last_sequence bigint not null check (last_sequence >= sequence),
    epoch         bigint not null,
    frame         bytea not null,
    primary key (partition, sequence)
) with (toast_tuple_target = 8160);
-- Frames hold hashes and ids: compressing them costs more than it saves.
alter table cg_journal alter column frame set storage external;

-- Snapshots and spilled request ids of a partition, as files in chunks.
create table cg_file (
    partition int not null,
    name      text not null,
    file      bigint not null generated always as identity,
    length    bigint not null default 0,
    primary key (partition, name)
);
create unique index cg_file_number on cg_file (file);
create table cg_file_chunk (
    file  bigint not null,
    chunk int not null,
    bytes bytea not null,
    primary key (file, chunk)
) with (toast_tuple_target = 8160);
alter table cg_file_chunk alter column bytes set storage external;

-- A facility that lives in another partition than the one its own number points to: that of its borrower.
create table cg_signpost (
    tenant       int not null,
    legal_entity int not null,
    facility     bigint not null,
    pointed      int not null,
    home         int not null,
    primary key (tenant, legal_entity, facility)
);
create index cg_signpost_pointed on cg_signpost (pointed);
