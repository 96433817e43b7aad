-- Which partitions have a row of a shared node: noted, many nodes at once, before the partition is told the node's terms. Commands about the node go to these.
create table cg_mirror (
    tenant       int not null,
    legal_entity int not null,
    kind         smallint not null,
    node         bigint not null,
    partition    int not null,
    primary key (tenant, legal_entity, kind, node, partition)
);
