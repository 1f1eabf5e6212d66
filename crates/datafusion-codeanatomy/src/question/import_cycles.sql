WITH RECURSIVE steps AS (
    SELECT DISTINCT e.path AS importer, t.path AS imported
    FROM cpg_edges e
    JOIN cpg_nodes t ON t.node_id = e.dst
    WHERE e.relation = 'module_imports' AND t.kind = 'file'
),
reached AS (
    SELECT importer AS start, imported AS first, imported AS at, CAST(1 AS BIGINT) AS hops FROM steps
    UNION
    SELECT r.start, r.first, s.imported, r.hops + 1
    FROM reached r
    JOIN steps s ON s.importer = r.at
    WHERE r.hops < {hops} AND r.at <> r.start
),
circles AS (
    SELECT start, hops, first, row_number() OVER (PARTITION BY start ORDER BY hops, first) AS n
    FROM reached
    WHERE at = start
)
SELECT start AS path, hops, first AS imports FROM circles WHERE n = 1 ORDER BY start
