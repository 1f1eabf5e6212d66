-- rule: calls_tags
-- relation: call_targets
-- group: src
-- keep: ties
-- edge: calls
-- left: call_sites
-- priority: 20
-- feature: evidence 10
-- feature: same_file 30
-- feature: share 1
-- endpoints: calls: call -> function, method, macro
-- endpoints: instantiates: call -> class
-- doc: In other languages than Python a call calls what has its name in the source: what is in its file before others.
-- doc: The score is 10 for the name, 30 for the same file, and 50 that all of this name share.
SELECT call_id AS src, def_id AS dst, kind, path, bstart, bend, 1 AS evidence, same_file, 50 / namesakes AS share, 'name' AS resolution
FROM tagged_calls
