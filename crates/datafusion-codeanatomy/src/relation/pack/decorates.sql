-- rule: decorates
-- relation: decorates
-- group: place
-- keep: ties
-- edge: decorated_by
-- left: decorator_sites
-- priority: 10
-- endpoints: class, function, method -> class, function, method, scope, external, builtin
-- severity: warning
-- doc: A definition is decorated by what its decorator may be; of a decorator that a call gives, by what is called.
-- feature: evidence 100
-- feature: share 1
SELECT owner_id AS src, target_node AS dst, path, bstart, bend, 1 AS evidence, 100 / target_count AS share,
    target_kind AS resolution
FROM reference_targets
WHERE role = 'decorator' AND n = 1
