-- States of nodes are written many at a time, found by their grain alone.
create index cg_grain_state_grain on cg_grain_state (service, grain_type, grain_extension);
