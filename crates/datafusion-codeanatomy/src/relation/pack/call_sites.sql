-- view: call_sites
-- doc: Every call, and why it may have no target: `no_definition` (it is not Python, and nothing in the source has its
-- doc: name, or too much), or the reason of `resolved_calls`; and whether it may
-- doc: have more targets than are there.
SELECT c.call_id AS src, c.path, c.bstart, c.bend,
    CASE WHEN c.language <> 'python' THEN 'no_definition' ELSE COALESCE(r.reason, 'not_analysed') END AS reason,
    COALESCE(r.has_more, FALSE) AS has_more
FROM calls c
LEFT JOIN (SELECT path, node_id, reason, seq > 0 AS has_more FROM resolved_calls WHERE reason IS NOT NULL) r
    ON r.path = c.path AND r.node_id = c.node_id
