-- rule: annotated_as
-- relation: has_type
-- group: place
-- keep: ties
-- edge: annotated_as
-- left: annotation_sites
-- priority: 10
-- endpoints: binding, file, class, function, method, scope -> class, external, builtin
-- severity: warning
-- doc: What is annotated has the classes that the annotation names: all of them, as `list` and `C` of `list[C]`.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, path, bstart, bend, 1 AS evidence, 100 / target_count AS share,
    target_kind AS resolution
FROM reference_targets
WHERE role = 'annotation' AND n = 1
