-- The same book and the same checks as the engine's hot path, written for PostgreSQL as well as we can.
--
-- What keeps it fast: rows that are updated have free space on their page and no index on what changes, so every update
-- is heap-only (HOT); one index each where a lookup needs it; the decision row is at once the claim of the request id, the
-- journal and the answer to a repeat. What the engine does besides and this leaves out, in PostgreSQL's favour: the age
-- window of ids, sub-limits, velocity limits, dated limits, foreign currency, several bases, the expiry of holds, the
-- chain of a facility's events, the hash chain of the journal.

-- Ids of nodes: kind * 10^12 + number, so that ascending id is the order of locks: borrower, enterprise, product.
CREATE TABLE node (
  id         bigint   NOT NULL,
  limit_     bigint   NOT NULL,
  exposure   bigint   NOT NULL,
  currency   smallint NOT NULL,
  status     smallint NOT NULL,   -- 0 active, 1 frozen
  PRIMARY KEY (id) WITH (fillfactor = 100)
) WITH (fillfactor = 50);

CREATE TABLE facility (
  id         bigint   NOT NULL,
  borrower   bigint   NOT NULL,
  enterprise bigint   NOT NULL,
  product    bigint   NOT NULL,
  limit_     bigint   NOT NULL,
  principal  bigint   NOT NULL,
  held       bigint   NOT NULL,
  currency   smallint NOT NULL,
  status     smallint NOT NULL,   -- 0 active, 1 frozen, 2 closed
  PRIMARY KEY (id) WITH (fillfactor = 100)
) WITH (fillfactor = 80);

-- The journal: one row a decision, with the balances after. Ids are UUIDv7, so the index grows at its right edge.
CREATE TABLE decision (
  request_id  uuid        NOT NULL,
  seq         bigint      NOT NULL,
  recorded_at timestamptz NOT NULL,
  facility    bigint      NOT NULL,
  asked       bigint      NOT NULL,
  principal   bigint      NOT NULL,
  held        bigint      NOT NULL,
  headroom    bigint      NOT NULL,
  currency    smallint    NOT NULL,
  reason      smallint    NOT NULL,   -- 0 approved, else the engine's number of the reason
  limits      bigint[],               -- of a decline: node, limit, headroom of every limit that failed, in order
  PRIMARY KEY (request_id)
);

CREATE TABLE hold (
  seq        bigint      NOT NULL PRIMARY KEY,
  facility   bigint      NOT NULL,
  amount     bigint      NOT NULL,
  remaining  bigint      NOT NULL,
  expires_at timestamptz NOT NULL
);

-- Sessions take numbers a hundred at a time: no page of the journal is written for most of them.
CREATE SEQUENCE decision_seq CACHE 100;

-- A UUIDv7 of now; stands for the client, which would make it. RFC 9562.
CREATE FUNCTION uuid7() RETURNS uuid LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
    PLACING substring(int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$;
