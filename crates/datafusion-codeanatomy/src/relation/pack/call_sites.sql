-- view: call_sites
-- doc: Every call, and why it may have no target: `language` (it is not Python), or the reason of `resolved_calls`.
SELECT c.call_id AS src, c.path, c.bstart, c.bend,
    CASE WHEN c.language <> 'python' THEN 'language' ELSE COALESCE(r.reason, 'not_analysed') END AS reason
FROM calls c
LEFT JOIN (SELECT path, node_id, reason FROM resolved_calls WHERE reason IS NOT NULL) r
    ON r.path = c.path AND r.node_id = c.node_id
