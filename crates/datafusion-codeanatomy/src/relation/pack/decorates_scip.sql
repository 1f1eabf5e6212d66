-- rule: decorates_scip
-- relation: decorates
-- group: place
-- keep: ties
-- needs: index
-- edge: decorated_by
-- left: decorator_sites
-- priority: 5
-- doc: A definition is decorated by what a SCIP index says that its decorator is. That ranks before what the analysis of values says.
-- feature: by_index 300
-- endpoints: class, function, method -> class, function, method
-- severity: warning
SELECT owner_id AS src, def_id AS dst, path, bstart, bend, 1 AS by_index, 'scip' AS resolution
FROM scip_reference_targets
WHERE role = 'decorator' AND n = 1
