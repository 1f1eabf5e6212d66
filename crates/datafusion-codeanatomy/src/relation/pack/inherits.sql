-- rule: inherits
-- relation: inherits
-- group: place
-- keep: ties
-- left: base_sites
-- priority: 10
-- endpoints: class -> class, external, builtin
-- severity: warning
-- doc: A class derives from what its bases may be, through imports, re-exports and assignments. Each base is a group of its own.
-- doc: The score is 100 for the evidence, and another 100 that the classes share which one base may be.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, path, bstart, bend, 1 AS evidence, 100 / target_count AS share,
    target_kind AS resolution
FROM reference_targets
WHERE role = 'base' AND n = 1
