-- rule: binds
-- relation: binds
-- unique: dst
-- endpoints: scope -> binding
-- doc: A scope binds a name.
SELECT scope_id AS src, binding_id AS dst, path, bstart, bend, 100 AS score, kind AS resolution
FROM bindings
