-- view: tests
-- doc: Functions and methods of test files whose name begins with `test`, and why they may have nothing that they exercise.
SELECT d.def_id AS src, d.path, d.bstart, d.bend, 'calls_nothing_known' AS reason
FROM definitions d
JOIN files f ON f.path = d.path
WHERE f.is_test AND d.kind IN ('function', 'method') AND starts_with(d.name, 'test')
