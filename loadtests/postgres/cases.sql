-- The rules that authorize() and authorize_batch() keep, on the small book of the tests: facilities 1–4 under borrower 1,
-- 5–8 under borrower 2, limits 1,000, 2,000, 3,000, 100,000. Answers the names of the rules that do not hold.
CREATE TEMP TABLE failed (rule text);
CREATE FUNCTION pg_temp.id(n int) RETURNS uuid LANGUAGE sql AS $$ SELECT ('01900000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid $$;
CREATE FUNCTION pg_temp.expect(rule text, holds boolean) RETURNS void LANGUAGE sql AS $$ INSERT INTO failed SELECT rule WHERE holds IS NOT TRUE $$;

DO $$
DECLARE
  d decision;
  again decision;
  n int;
BEGIN
  d := authorize(pg_temp.id(1), 1, 600);
  PERFORM pg_temp.expect('approval holds and tells headroom', d.reason = 0 AND d.held = 600 AND d.headroom = 400);
  again := authorize(pg_temp.id(1), 1, 600);
  PERFORM pg_temp.expect('repeat gets the same answer and changes nothing', again = d AND (SELECT held FROM facility WHERE id = 1) = 600);
  BEGIN
    PERFORM authorize(pg_temp.id(1), 1, 601);
    PERFORM pg_temp.expect('an id reused is refused', false);
  EXCEPTION WHEN unique_violation THEN
    PERFORM pg_temp.expect('an id reused is refused by name', SQLERRM = 'RequestIdReused');
  END;
  d := authorize(pg_temp.id(2), 1, 401);
  PERFORM pg_temp.expect('facility limit declines, with its headroom', d.reason = 112 AND d.limits = ARRAY[1, 1000, 400]::bigint[] AND d.held = 600);
  PERFORM pg_temp.expect('a decline is sticky', authorize(pg_temp.id(2), 1, 401) = d);
  PERFORM authorize(pg_temp.id(3), 2, 1000);
  d := authorize(pg_temp.id(4), 3, 500);
  PERFORM pg_temp.expect('borrower limit declines', d.reason = 112 AND d.limits = ARRAY[2000000000001, 2000, 400]::bigint[]);
  PERFORM authorize(pg_temp.id(5), 5, 1000);
  d := authorize(pg_temp.id(6), 3, 1100);
  PERFORM pg_temp.expect('every limit that fails is listed, in order',
    d.limits = ARRAY[3, 1000, 1000, 2000000000001, 2000, 400, 3000000000001, 3000, 400]::bigint[]);
  PERFORM pg_temp.expect('unknown facility', (authorize(pg_temp.id(7), 99, 1)).reason = 101);
  PERFORM pg_temp.expect('wrong currency', (authorize(pg_temp.id(8), 3, 1, 840::smallint)).reason = 103);
  UPDATE facility SET status = 1 WHERE id = 8;
  PERFORM pg_temp.expect('frozen facility', (authorize(pg_temp.id(9), 8, 1)).reason = 105);
  UPDATE node SET status = 1 WHERE id = 2000000000002;
  PERFORM pg_temp.expect('frozen node', (authorize(pg_temp.id(10), 6, 1)).reason = 106);
  UPDATE node SET status = 0 WHERE id = 2000000000002;

  SELECT count(*) INTO n FROM authorize_batch(ARRAY[pg_temp.id(20), pg_temp.id(21), pg_temp.id(22)], ARRAY[6, 6, 7], ARRAY[10, 20, 30]);
  PERFORM pg_temp.expect('a batch that fits is decided whole', n = 3 AND (SELECT held FROM facility WHERE id = 6) = 30);
  PERFORM pg_temp.expect('a batch tells balances in its order',
    (SELECT array_agg(held ORDER BY request_id) FROM decision WHERE request_id IN (pg_temp.id(20), pg_temp.id(21))) = ARRAY[10, 30]::bigint[]);
  SELECT count(*) INTO n FROM authorize_batch(ARRAY[pg_temp.id(20), pg_temp.id(23)], ARRAY[6, 7], ARRAY[10, 5]);
  PERFORM pg_temp.expect('a repeat in a batch changes nothing', n = 2 AND (SELECT held FROM facility WHERE id = 6) = 30
    AND (SELECT held FROM facility WHERE id = 7) = 35);
  PERFORM authorize_batch(ARRAY[pg_temp.id(24), pg_temp.id(25), pg_temp.id(26)], ARRAY[7, 7, 7], ARRAY[300, 300, 10]);
  PERFORM pg_temp.expect('in a batch that does not fit each is decided in order',
    (SELECT array_agg(reason ORDER BY request_id) FROM decision WHERE request_id BETWEEN pg_temp.id(24) AND pg_temp.id(26)) = ARRAY[0, 112, 0]::smallint[]);
END
$$;

SELECT rule FROM failed;
