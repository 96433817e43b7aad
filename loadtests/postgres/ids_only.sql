SELECT cardinality((SELECT array_agg(uuid7()) FROM generate_series(1, 100))),
       cardinality((SELECT array_agg(1 + (random() * (:facilities - 1))::bigint) FROM generate_series(1, 100))),
       cardinality((SELECT array_agg(100 + (random() * 1999)::bigint) FROM generate_series(1, 100)));
