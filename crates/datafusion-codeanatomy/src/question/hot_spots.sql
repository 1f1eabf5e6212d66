WITH sites AS (SELECT path, count(*) AS calls FROM calls GROUP BY path),
ambiguous AS (SELECT path, count(*) AS n FROM call_targets_ambiguity GROUP BY path),
unresolved AS (
    SELECT path, reason, count(*) AS n, sum(count(*)) OVER (PARTITION BY path) AS whole,
        row_number() OVER (PARTITION BY path ORDER BY count(*) DESC, reason) AS rank
    FROM call_targets_unresolved
    GROUP BY path, reason
)
SELECT s.path, s.calls, COALESCE(a.n, 0) AS ambiguous, COALESCE(u.whole, 0) AS unresolved, u.reason
FROM sites s
LEFT JOIN ambiguous a ON a.path = s.path
LEFT JOIN unresolved u ON u.path = s.path AND u.rank = 1
ORDER BY COALESCE(u.whole, 0) + COALESCE(a.n, 0) DESC, s.path
