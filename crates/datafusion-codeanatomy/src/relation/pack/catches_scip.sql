-- rule: catches_scip
-- relation: catches
-- group: place
-- keep: ties
-- needs: index
-- edge: catches
-- left: catch_sites
-- priority: 5
-- doc: Code catches what a SCIP index says that it catches. That ranks before what the analysis of values says.
-- feature: by_index 300
-- endpoints: file, class, function, method, scope -> class
-- severity: warning
SELECT owner_id AS src, def_id AS dst, path, bstart, bend, 1 AS by_index, 'scip' AS resolution
FROM scip_reference_targets
WHERE role = 'catch' AND n = 1
