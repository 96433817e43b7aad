-- Fills the book. Variables: facilities, borrowers, enterprises, products; limits as the bench has them.
INSERT INTO node SELECT 5000000000000 + p, :product_limit, 0, 978, 0 FROM generate_series(1, :products) p;
INSERT INTO node SELECT 3000000000000 + e, :enterprise_limit, 0, 978, 0 FROM generate_series(1, :enterprises) e;
INSERT INTO node SELECT 2000000000000 + b, :borrower_limit, 0, 978, 0 FROM generate_series(1, :borrowers) b;

INSERT INTO facility
SELECT f, 2000000000000 + b, 3000000000000 + e, 5000000000000 + (e - 1) % :products + 1, :facility_limit, 0, 0, 978, 0
FROM generate_series(1, :facilities) f
CROSS JOIN LATERAL (SELECT (f - 1)::bigint * :borrowers / :facilities + 1) AS of_borrower (b)
CROSS JOIN LATERAL (SELECT (b - 1) * :enterprises / :borrowers + 1) AS of_enterprise (e);

VACUUM (ANALYZE, FREEZE) node;
VACUUM (ANALYZE, FREEZE) facility;
CHECKPOINT;

-- Tables start empty and plans are kept: without this a session that planned early would go on scanning a table that grew.
ALTER DATABASE postgres SET enable_seqscan = off;
