-- Signposts as a log of each partition: one row holds those of one call, 20 bytes each and big-endian: tenant (4), legal entity (4), facility (8), home (4).
-- The partition alone reads and writes its own, under its epoch, so no index over facilities is needed: ten million rows of one facility each
-- cost as much as the journal of their opening.
create table cg_signposts (
    pointed int not null,
    number  bigint not null generated always as identity,
    homes   bytea not null,
    primary key (pointed, number)
) with (toast_tuple_target = 8160);
alter table cg_signposts alter column homes set storage external;

insert into cg_signposts (pointed, homes)
select pointed, string_agg(int4send(tenant) || int4send(legal_entity) || int8send(facility) || int4send(home), ''::bytea order by tenant, legal_entity, facility)
from (select s.*, row_number() over (partition by pointed order by tenant, legal_entity, facility) / 1000 as part from cg_signpost s) as parts
group by pointed, part;
drop table cg_signpost;
