-- The order of the feed over all partitions: the transaction that brought a row, then partition and sequence. What a reader may show is below the oldest
-- transaction still under way, so no row appears later before one that was shown.
alter table cg_journal add column txid bigint not null default (pg_current_xact_id()::text::bigint);
create index cg_journal_feed on cg_journal (txid, partition, sequence);
