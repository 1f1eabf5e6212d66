-- view: exercised
-- doc: What tests exercise: what they call outside of test files, directly (`hops` 1) or through at most three calls of test code.
WITH RECURSIVE through AS (
    SELECT src AS test, src AS code, CAST(0 AS BIGINT) AS hops FROM tests
    UNION
    SELECT r.test, c.callee_id, r.hops + 1
    FROM through r
    JOIN test_calls c ON c.caller_id = r.code
    WHERE c.is_test AND r.hops < 3
)
SELECT t.src, t.path, t.bstart, t.bend, c.callee_id AS dst, min(r.hops) + 1 AS hops
FROM through r
JOIN test_calls c ON c.caller_id = r.code
JOIN tests t ON t.src = r.test
WHERE NOT c.is_test
GROUP BY t.src, t.path, t.bstart, t.bend, c.callee_id
