-- view: reference_targets
-- doc: Rows of `resolved_references` that have a target, with its node in the graph: what is outside of the source has one, too.
-- doc: Of the rows of an owner with the same role and target, `n` is 1 for the first in the file.
SELECT path, role, owner_id, target_kind, target_count, bstart, bend,
    CASE target_kind
        WHEN 'external' THEN stable_id('external', target)
        WHEN 'builtin' THEN stable_id('builtin', substr(target, 11))
        ELSE target_id
    END AS target_node,
    row_number() OVER (PARTITION BY path, owner_id, role, target, target_id ORDER BY bstart, bend, node_id, seq) AS n
FROM resolved_references
WHERE target IS NOT NULL
