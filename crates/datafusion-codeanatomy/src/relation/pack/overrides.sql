-- rule: overrides
-- relation: overrides
-- group: src
-- keep: ties
-- priority: 10
-- endpoints: method -> method, external, builtin
-- doc: A method overrides that of the next class in the method resolution order (C3) of its class that has one of its name.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, path, bstart, bend, 1 AS evidence, 100 / target_count AS share,
    target_kind AS resolution
FROM reference_targets
WHERE role = 'override' AND n = 1
