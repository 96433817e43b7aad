-- One authorisation: idempotent by request id, every limit of the path, all or nothing, the answer with its balances.
-- Locks in a fixed order: facility, borrower, enterprise, product (the hottest last, so it is held shortest).
-- Each node costs one statement when there is room: the update itself tells the headroom. When a limit fails the updates
-- are taken back under the same locks and the decline is journaled.
CREATE FUNCTION authorize(
  p_request uuid, p_facility bigint, p_amount bigint, p_currency smallint DEFAULT 978, p_lifetime interval DEFAULT '7 days')
RETURNS decision LANGUAGE plpgsql AS $$
DECLARE
  d decision;
  f facility;
  ids bigint[];
  taken int := 0;
  i int;
  a_limit bigint;
  a_exposure bigint;
  a_status smallint;
  failed bigint[] := '{}';
BEGIN
  IF p_amount IS NULL OR p_amount <= 0 OR p_amount > 1152921504606846976 THEN
    RAISE EXCEPTION 'InvalidAmount' USING ERRCODE = 'check_violation';
  END IF;

  SELECT * INTO d FROM decision WHERE request_id = p_request;
  IF FOUND THEN RETURN replay(d, p_facility, p_amount, p_currency); END IF;

  d.request_id := p_request;
  d.seq := nextval('decision_seq');
  d.recorded_at := clock_timestamp();
  d.facility := p_facility;
  d.asked := p_amount;
  d.currency := p_currency;
  d.reason := 0;

  UPDATE facility SET held = held + p_amount WHERE id = p_facility RETURNING * INTO f;
  IF NOT FOUND THEN
    d.reason := 101;
  ELSIF f.currency <> p_currency THEN
    d.reason := 103;
  ELSIF f.status <> 0 THEN
    d.reason := CASE f.status WHEN 1 THEN 105 ELSE 104 END;
  END IF;

  IF d.reason = 0 THEN
    IF f.principal + f.held > f.limit_ THEN
      failed := ARRAY[p_facility, f.limit_, f.limit_ - f.principal - f.held + p_amount];
    END IF;
    ids := ARRAY[f.borrower, f.enterprise, f.product];
    FOR i IN 1..3 LOOP
      UPDATE node SET exposure = exposure + p_amount WHERE id = ids[i]
        RETURNING limit_, exposure, status INTO a_limit, a_exposure, a_status;
      taken := i;
      IF a_status <> 0 THEN
        d.reason := 106;
      END IF;
      IF a_exposure > a_limit THEN
        failed := failed || ARRAY[ids[i], a_limit, a_limit - a_exposure + p_amount];
      END IF;
    END LOOP;
    IF d.reason = 0 AND failed <> '{}' THEN
      d.reason := 112;
      d.limits := failed;
    END IF;
  END IF;

  IF d.reason <> 0 AND f.id IS NOT NULL THEN
    PERFORM take_back(p_facility, ids, taken, p_amount);
    f.held := f.held - p_amount;
  END IF;

  d.principal := coalesce(f.principal, 0);
  d.held := coalesce(f.held, 0);
  d.headroom := coalesce(f.limit_ - f.principal - f.held, 0);
  INSERT INTO decision VALUES (d.*) ON CONFLICT (request_id) DO NOTHING;
  IF NOT FOUND THEN
    -- The same id was decided beside us: this one never happened.
    IF d.reason = 0 THEN PERFORM take_back(p_facility, ids, 3, p_amount); END IF;
    SELECT * INTO d FROM decision WHERE request_id = p_request;
    RETURN replay(d, p_facility, p_amount, p_currency);
  END IF;

  IF d.reason = 0 THEN
    INSERT INTO hold VALUES (d.seq, p_facility, p_amount, p_amount, d.recorded_at + p_lifetime);
  END IF;
  RETURN d;
END
$$;

-- The answer to a repeat; the same id with another command is refused by name.
CREATE FUNCTION replay(d decision, p_facility bigint, p_amount bigint, p_currency smallint) RETURNS decision LANGUAGE plpgsql AS $$
BEGIN
  IF d.facility <> p_facility OR d.asked <> p_amount OR d.currency <> p_currency THEN
    RAISE EXCEPTION 'RequestIdReused' USING ERRCODE = 'unique_violation';
  END IF;
  RETURN d;
END
$$;

CREATE FUNCTION take_back(p_facility bigint, ids bigint[], taken int, p_amount bigint) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  UPDATE facility SET held = held - p_amount WHERE id = p_facility;
  FOR i IN 1..taken LOOP
    UPDATE node SET exposure = exposure - p_amount WHERE id = ids[i];
  END LOOP;
END
$$;
