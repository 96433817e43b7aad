-- The audit log of the cluster: who did what, one row an act, each with the SHA-256 of the hash before and the body. The book of proposals and who asked
-- for reviews are folded from it by every silo.
create table cg_audit (
    number bigint primary key check (number > 0),
    body   text not null,
    hash   text not null check (length(hash) = 64)
);
-- Where it ends. Who appends locks this row first, so one appends at a time and has seen every row before its own.
create table cg_audit_head (
    only_one boolean primary key default true check (only_one),
    number   bigint not null,
    hash     text not null
);
insert into cg_audit_head (number, hash) values (0, repeat('0', 64));

-- Against mishaps. Who owns the table can take this away; then the chain and the signed heads tell.
create function cg_audit_refuse() returns trigger language plpgsql as $$
begin
    raise exception 'cg_audit is only appended to';
end $$;
create trigger cg_audit_append_only before update or delete or truncate on cg_audit for each statement execute function cg_audit_refuse();
