WITH asked AS (
    SELECT *, max(CASE WHEN src = {id} OR dst = {id} THEN 1 ELSE 0 END) OVER (PARTITION BY path, COALESCE(group_id, src)) AS is_asked
    FROM {relation}_explained
),
terms AS (SELECT *, unnest(terms) AS t FROM asked WHERE is_asked = 1)
SELECT t.rank, t.kind, t.src, t.dst, COALESCE(n.qualified_name, n.name) AS dst_name, t.rule, t.resolution, t.score, t.confidence,
    t.t['feature'] AS feature, t.t['value'] AS value, t.t['weight'] AS weight, t.t['term'] AS term, t.decided_by
FROM terms t
LEFT JOIN cpg_nodes n ON n.node_id = t.dst
ORDER BY t.path, t.bstart, t.bend, t.rank, t.score DESC, t.rule, t.dst, t.kind, t.t['term'] DESC, t.t['feature']
