-- rule: attribute_access
-- relation: attribute_access
-- group: place
-- keep: ties
-- priority: 10
-- endpoints: file, class, function, method, scope -> attribute, binding
-- doc: Code reads and sets attributes of classes and instances, and variables of other modules by their attributes. The edge stands
-- doc: where it does so first. Methods, functions and classes that are attributes have none: calls have, and other relations.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, concat(role, 's_attribute') AS kind, path, bstart, bend, 1 AS evidence,
    100 / target_count AS share, target_kind AS resolution
FROM reference_targets
WHERE role IN ('read', 'write') AND n = 1 AND target_kind IN ('attribute', 'class_variable', 'variable')
