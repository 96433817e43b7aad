-- Up to where journal rows of a partition were deleted: the next sequence that is kept, and the place of the last deleted row in the order of the feed.
-- No row: nothing was ever deleted. Written in the transaction that deletes.
create table cg_journal_deleted (
    partition       int primary key,
    oldest_kept     bigint not null,
    txid            bigint not null,
    sequence        bigint not null
);
