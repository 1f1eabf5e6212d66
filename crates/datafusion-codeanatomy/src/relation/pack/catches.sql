-- rule: catches
-- relation: catches
-- group: place
-- keep: ties
-- edge: catches
-- left: catch_sites
-- priority: 10
-- endpoints: file, class, function, method, scope -> class, external, builtin
-- severity: warning
-- doc: Code catches a class in an `except` clause. The edge stands where it does so first.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, path, bstart, bend, 1 AS evidence, 100 / target_count AS share,
    target_kind AS resolution
FROM reference_targets
WHERE role = 'catch' AND n = 1
