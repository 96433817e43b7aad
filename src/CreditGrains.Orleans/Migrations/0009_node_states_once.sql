-- Two rows of one grain whose key is a text cannot be, whatever hashes they came with.
create unique index cg_grain_state_once on cg_grain_state (service, grain_type, grain_extension) where grain_extension <> '';
drop index cg_grain_state_grain;
