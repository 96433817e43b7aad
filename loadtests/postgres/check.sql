-- Conservation after a run: what nodes count is what facilities hold is what is on hold. One row, all true.
SELECT (SELECT sum(held) FROM facility) = (SELECT coalesce(sum(remaining), 0) FROM hold) AS holds,
       (SELECT sum(exposure) FROM node WHERE id / 1000000000000 = 2) = (SELECT sum(held) FROM facility) AS borrowers,
       (SELECT sum(exposure) FROM node WHERE id / 1000000000000 = 3) = (SELECT sum(held) FROM facility) AS enterprises,
       (SELECT sum(exposure) FROM node WHERE id / 1000000000000 = 5) = (SELECT sum(held) FROM facility) AS products,
       (SELECT count(*) FROM decision WHERE reason = 0) = (SELECT count(*) FROM hold) AS decisions;
