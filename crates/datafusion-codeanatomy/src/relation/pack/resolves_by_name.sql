-- rule: resolves_by_name
-- relation: resolves_to
-- group: src
-- keep: ties
-- left: name_sites
-- priority: 10
-- graph: no
-- endpoints: reference -> class, function, method, binding, file
-- doc: A name that is read means the definitions, variables and modules that Python's scoping and imports lead it to. It may mean all
-- doc: of them, so they win together.
-- feature: evidence 100
SELECT ref_id AS src, target AS dst, path, bstart, bend, 1 AS evidence, resolution
FROM name_targets
