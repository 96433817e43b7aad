-- Many authorisations in one call and one transaction. When all of them fit (as nearly always) the whole batch is a
-- handful of set statements: a sum a facility, a sum a node, one insert of all decisions and one of all holds. When
-- anything is out of the ordinary (an id seen before, a limit that fails, an unknown or frozen facility) each is decided
-- by itself, in order, under the locks already held. Locks in the order of authorize(): facilities by id, nodes by id.
CREATE FUNCTION authorize_batch(p_requests uuid[], p_facilities bigint[], p_amounts bigint[], p_currency smallint DEFAULT 978,
  p_lifetime interval DEFAULT '7 days')
RETURNS SETOF decision LANGUAGE plpgsql AS $$
DECLARE
  ids bigint[];
  facility_ids bigint[];
  facility_sums bigint[];
  node_sums bigint[];
  is_plain boolean;
  written int;
BEGIN
  -- The facilities of the batch with what it asks of each, locked in order.
  WITH sums AS MATERIALIZED (
    SELECT facility AS id, sum(amount)::bigint AS amount FROM unnest(p_facilities, p_amounts) AS r (facility, amount) GROUP BY facility),
  locked AS MATERIALIZED (
    SELECT f.*, s.amount FROM facility f JOIN sums s ON s.id = f.id ORDER BY f.id FOR NO KEY UPDATE OF f),
  wanted AS (
    SELECT n.id, sum(l.amount)::bigint AS amount
    FROM locked l CROSS JOIN LATERAL (VALUES (l.borrower), (l.enterprise), (l.product)) AS n (id) GROUP BY n.id)
  SELECT (SELECT count(*) FROM sums) = (SELECT count(*) FROM locked)
         AND NOT EXISTS (SELECT FROM locked WHERE status <> 0 OR currency <> p_currency OR principal + held + amount > limit_)
         AND NOT EXISTS (SELECT FROM unnest(p_amounts) a WHERE a IS NULL OR a <= 0 OR a > 1152921504606846976),
         (SELECT array_agg(id ORDER BY id) FROM wanted), (SELECT array_agg(amount ORDER BY id) FROM wanted),
         (SELECT array_agg(id ORDER BY id) FROM locked), (SELECT array_agg(amount ORDER BY id) FROM locked)
  INTO is_plain, ids, node_sums, facility_ids, facility_sums;

  -- Ids are looked up under the facility locks: what was decided before them is seen.
  is_plain := is_plain AND NOT EXISTS (SELECT FROM decision WHERE request_id = ANY (p_requests));

  IF is_plain THEN
    -- Locks and checks the nodes; the update comes after, so nothing has to be taken back.
    SELECT bool_and(n.status = 0 AND n.exposure + n.amount <= n.limit_) INTO is_plain
    FROM (SELECT n.*, s.amount FROM node n JOIN unnest(ids, node_sums) AS s (id, amount) ON s.id = n.id ORDER BY n.id FOR NO KEY UPDATE OF n) n;
  END IF;

  IF is_plain THEN
    RETURN QUERY
    WITH decided AS (
      INSERT INTO decision
      SELECT r.request, nextval('decision_seq'), clock_timestamp(), r.facility, r.amount, f.principal, f.held + r.upto, f.limit_ - f.principal - f.held - r.upto,
             p_currency, 0, NULL
      FROM (SELECT *, sum(amount) OVER (PARTITION BY facility ORDER BY place)::bigint AS upto
            FROM unnest(p_requests, p_facilities, p_amounts) WITH ORDINALITY AS r (request, facility, amount, place)) r
      JOIN facility f ON f.id = r.facility
      ORDER BY r.place
      ON CONFLICT (request_id) DO NOTHING
      RETURNING *),
    held AS (
      INSERT INTO hold SELECT seq, facility, asked, asked, recorded_at + p_lifetime FROM decided)
    SELECT * FROM decided;
    GET DIAGNOSTICS written = ROW_COUNT;
    IF written < cardinality(p_requests) THEN
      -- An id twice in the batch, or decided beside us for another facility.
      RAISE EXCEPTION 'RequestIdReused' USING ERRCODE = 'unique_violation';
    END IF;
    UPDATE facility f SET held = f.held + s.amount FROM unnest(facility_ids, facility_sums) AS s (id, amount) WHERE f.id = s.id;
    UPDATE node n SET exposure = n.exposure + s.amount FROM unnest(ids, node_sums) AS s (id, amount) WHERE n.id = s.id;
    RETURN;
  END IF;

  FOR i IN 1..cardinality(p_requests) LOOP
    RETURN NEXT authorize(p_requests[i], p_facilities[i], p_amounts[i], p_currency, p_lifetime);
  END LOOP;
END
$$;
