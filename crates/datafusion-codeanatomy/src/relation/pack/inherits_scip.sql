-- rule: inherits_scip
-- relation: inherits
-- group: place
-- keep: ties
-- needs: index
-- edge: inherits
-- left: base_sites
-- priority: 5
-- doc: A class derives from what a SCIP index says that its base is. That ranks before what the analysis of values says.
-- feature: by_index 300
-- endpoints: class -> class
-- severity: warning
SELECT owner_id AS src, def_id AS dst, path, bstart, bend, 1 AS by_index, 'scip' AS resolution
FROM scip_reference_targets
WHERE role = 'base' AND n = 1
