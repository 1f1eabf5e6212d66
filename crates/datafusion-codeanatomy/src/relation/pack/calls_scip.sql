-- rule: calls_scip
-- relation: call_targets
-- group: src
-- keep: ties
-- needs: index
-- edge: calls
-- left: call_sites
-- priority: 5
-- doc: A call calls what a SCIP index says that it calls. That ranks before what the analysis of values says, which is then among the losers.
-- feature: by_index 300
-- endpoints: calls: call -> function, method
-- endpoints: instantiates: call -> class
-- severity: warning
SELECT call_id AS src, def_id AS dst, kind, path, bstart, bend, 1 AS by_index, 'scip' AS resolution
FROM scip_calls
