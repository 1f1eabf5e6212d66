WITH RECURSIVE reached AS (
    SELECT DISTINCT callee AS name, CAST(0 AS BIGINT) AS hops
    FROM call_graph
    WHERE callee = {name} OR ends_with(callee, concat('.', {name}))
    UNION
    SELECT g.caller, r.hops + 1
    FROM reached r
    JOIN call_graph g ON g.callee = r.name
    WHERE r.hops + 1 < {hops}
),
nearest AS (SELECT name, min(hops) AS hops FROM reached GROUP BY name)
SELECT n.hops + 1 AS hops, g.caller, g.callee, g.path, g.bstart, g.bend, g.confidence
FROM nearest n
JOIN call_graph g ON g.callee = n.name
ORDER BY hops, g.path, g.bstart, g.bend, g.callee, g.caller
