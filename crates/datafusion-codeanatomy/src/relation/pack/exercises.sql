-- rule: exercises
-- relation: exercises
-- unique: pair
-- left: tests
-- priority: 10
-- endpoints: function, method -> function, method
-- doc: A test exercises the functions, methods and constructors outside of test files that it calls, itself or through at most three
-- doc: calls of test code. The score falls with the calls between.
-- feature: evidence 100
-- feature: nearness 25
SELECT src, dst, path, bstart, bend, 1 AS evidence, 4 - hops AS nearness,
    CASE hops WHEN 1 THEN 'direct' ELSE 'through_test_code' END AS resolution
FROM exercised
