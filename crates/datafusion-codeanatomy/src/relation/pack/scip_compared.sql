-- view: scip_compared
-- needs: index
-- doc: What a SCIP index and the other rules say of each group of the relations of which both say something: `agree` (they share a
-- doc: target), `differ`, `scip_only`, `rules_only`; with the first target of each, by its name.
WITH candidates AS (
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM call_targets_candidates
    UNION ALL
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM resolves_to_candidates
    UNION ALL
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM inherits_candidates
    UNION ALL
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM decorates_candidates
    UNION ALL
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM raises_candidates
    UNION ALL
    SELECT relation, group_id, path, bstart, bend, dst, resolution FROM catches_candidates
),
targets AS (
    SELECT relation, group_id, path, bstart, bend, dst, max(CASE resolution WHEN 'scip' THEN 1 ELSE 0 END) AS by_scip,
        max(CASE resolution WHEN 'scip' THEN 0 ELSE 1 END) AS by_rules
    FROM candidates
    GROUP BY relation, group_id, path, bstart, bend, dst
)
SELECT t.relation, t.path, t.bstart, t.bend, t.group_id,
    CASE
        WHEN max(t.by_scip * t.by_rules) = 1 THEN 'agree'
        WHEN max(t.by_scip) = 0 THEN 'rules_only'
        WHEN max(t.by_rules) = 0 THEN 'scip_only'
        ELSE 'differ'
    END AS outcome,
    min(CASE WHEN t.by_scip = 1 THEN COALESCE(d.qualified_name, x.name, t.dst) END) AS scip,
    min(CASE WHEN t.by_rules = 1 THEN COALESCE(d.qualified_name, x.name, t.dst) END) AS rules
FROM targets t
LEFT JOIN definitions d ON d.def_id = t.dst
LEFT JOIN (
    SELECT DISTINCT stable_id('external', callee) AS external_id, callee AS name FROM resolved_calls WHERE callee_kind = 'external'
) x ON x.external_id = t.dst
GROUP BY t.relation, t.path, t.bstart, t.bend, t.group_id
