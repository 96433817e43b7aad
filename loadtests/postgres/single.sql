\set facility random(1, :facilities)
\set amount random(100, 2099)
SELECT seq, reason, headroom FROM authorize(uuid7(), :facility, :amount);
