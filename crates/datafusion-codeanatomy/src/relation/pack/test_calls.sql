-- view: test_calls
-- doc: What code of test files calls: functions, methods and constructors of the source, and whether they are test code themselves.
SELECT DISTINCT r.caller_id, r.callee_id, t.is_test
FROM resolved_calls r
JOIN files f ON f.path = r.path
JOIN definitions d ON d.def_id = r.callee_id
JOIN files t ON t.path = d.path
WHERE f.is_test AND r.callee_kind <> 'class'
