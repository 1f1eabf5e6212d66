-- rule: raises_scip
-- relation: raises
-- group: place
-- keep: ties
-- needs: index
-- edge: raises
-- left: raise_sites
-- priority: 5
-- doc: Code raises what a SCIP index says that it raises. That ranks before what the analysis of values says.
-- feature: by_index 300
-- endpoints: file, class, function, method, scope -> class
-- severity: warning
SELECT owner_id AS src, def_id AS dst, path, bstart, bend, 1 AS by_index, 'scip' AS resolution
FROM scip_reference_targets
WHERE role = 'raise' AND n = 1
