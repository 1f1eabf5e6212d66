CREATE TABLE t AS
SELECT nullif(i * 7919 % 9, 8) AS k, nullif(i * 104729 % 5, 4) AS s,
  CASE i * 31 % 11 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN -0.0 WHEN 2 THEN 0.0 WHEN 3 THEN 1e16 WHEN 4 THEN -1e16 WHEN 5 THEN 0.1 WHEN 6 THEN 0.2
    WHEN 7 THEN NULL WHEN 8 THEN 1.0 WHEN 9 THEN 3.5e-9 ELSE -7.25 END AS f,
  CASE i * 13 % 6 WHEN 0 THEN '' WHEN 1 THEN 'a' WHEN 2 THEN 'b' WHEN 3 THEN 'ab' WHEN 4 THEN NULL ELSE 'é' END AS x,
  i * 7 % 97 AS u, (i * 17 % 7)::DECIMAL(10, 2) / 4 AS n, DATE '2020-01-01' + (i * 11 % 4)::INT AS d, i % 3 = 0 AS b,
  [i * 7919 % 3, nullif(i * 13 % 4, 3)] AS l, named_struct('a', i * 29 % 3, 'b', CASE i % 4 WHEN 0 THEN 'p' WHEN 1 THEN 'q' END) AS r,
  arrow_cast(CASE i % 3 WHEN 0 THEN 'one' WHEN 1 THEN 'two' END, 'Dictionary(Int32, Utf8)') AS c
FROM (SELECT value % 380 AS i FROM generate_series(1, 420));

CREATE TABLE o AS
SELECT i % 13 AS k, CASE i % 4 WHEN 0 THEN 'a' WHEN 1 THEN 'b' WHEN 2 THEN NULL ELSE '' END AS x, i * 5 % 8 AS w
FROM (SELECT value AS i FROM generate_series(1, 90));

CREATE TABLE keyed(id BIGINT PRIMARY KEY, g BIGINT, v DOUBLE, x VARCHAR) AS
SELECT value, value * 7919 % 6, CASE value % 5 WHEN 0 THEN 'NaN'::DOUBLE WHEN 1 THEN 0.1 WHEN 2 THEN NULL ELSE value % 2 END, CASE value % 3 WHEN 0 THEN 'a' WHEN 1 THEN 'b' END
FROM generate_series(1, 150);

CREATE VIEW first_ones AS SELECT k, x, f FROM t ORDER BY s LIMIT 40;
CREATE VIEW ranked AS SELECT k, x, u, row_number() OVER (PARTITION BY k ORDER BY s) AS n FROM t;
CREATE TABLE copied AS SELECT k, x, s FROM t ORDER BY s LIMIT 60;
CREATE TABLE into_one(k BIGINT, x VARCHAR, n BIGINT);
INSERT INTO into_one SELECT k, x, row_number() OVER (ORDER BY s) FROM t LIMIT 50;
INSERT INTO into_one SELECT k, x, u FROM t ORDER BY d LIMIT 7 OFFSET 3;

PREPARE some(BIGINT) AS SELECT k, x, u FROM t WHERE k < $1 ORDER BY s LIMIT 17;
COPY (SELECT k, x, f, s FROM t ORDER BY s LIMIT 90) TO 'test_files/scratch/ties.parquet' STORED AS PARQUET;
CREATE EXTERNAL TABLE written STORED AS PARQUET LOCATION 'test_files/scratch/ties.parquet';

EXECUTE some(5);
SELECT * FROM written LIMIT 50;
SELECT x, first_value(f) AS a, array_agg(k) AS b FROM written GROUP BY x;
SELECT * FROM (SELECT * FROM (SELECT k, s, x FROM t ORDER BY s LIMIT 100) ORDER BY k DESC LIMIT 50) ORDER BY x LIMIT 20;
SELECT x FROM (SELECT x, s FROM t ORDER BY s DESC LIMIT 30 OFFSET 11) WHERE x <> 'a' LIMIT 5;
SELECT k, count(*) FROM (SELECT k FROM t ORDER BY s, b LIMIT 77) GROUP BY k ORDER BY 2 LIMIT 3;
(SELECT k, x FROM t ORDER BY s LIMIT 9) UNION ALL (SELECT k, x FROM o ORDER BY w LIMIT 9) ORDER BY 1 LIMIT 10;
(SELECT k, x FROM t ORDER BY s LIMIT 9) UNION (SELECT k, x FROM o ORDER BY w DESC LIMIT 9);
SELECT * FROM (SELECT 1 AS a, x FROM (SELECT x FROM t ORDER BY d LIMIT 6) UNION ALL SELECT 2, x FROM (SELECT x FROM t ORDER BY d DESC LIMIT 6)) ORDER BY a LIMIT 9;
WITH RECURSIVE r(n, k) AS (SELECT 0, k FROM (SELECT k FROM t ORDER BY s LIMIT 3) UNION ALL SELECT n + 1, o.w FROM r JOIN o ON o.k = r.k WHERE n < 3) SELECT * FROM r LIMIT 40;
WITH RECURSIVE r(n, k) AS (SELECT 0, k FROM o WHERE w = 1 UNION SELECT n + 1, o.w FROM r JOIN o ON o.k = r.k WHERE n < 4) SELECT n, first_value(k ORDER BY n) AS f, array_agg(k) AS a FROM r GROUP BY n;
WITH RECURSIVE r(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM r WHERE n < 20) SELECT r.n, t.x FROM r JOIN t ON t.k = r.n ORDER BY t.s LIMIT 15;
WITH a AS (SELECT k, x FROM t ORDER BY s LIMIT 25), b AS (SELECT * FROM a WHERE k > 2 LIMIT 8) SELECT a.x, b.k FROM a, b WHERE a.k = b.k LIMIT 12;
SELECT k, s, count(*) AS n, first_value(x ORDER BY d) AS a, sum(f) AS p FROM t WHERE abs(f) < 1e20 GROUP BY GROUPING SETS ((k), (s), (k, s), ());
SELECT k, b, array_agg(x) AS a, grouping(k) AS gk FROM t GROUP BY CUBE (k, b) ORDER BY gk LIMIT 20;
SELECT s, c, string_agg(x, '|') AS p, avg(f) AS q FROM t GROUP BY ROLLUP (s, c) LIMIT 14;
SELECT o.k, o.x, (SELECT max(i.u) FROM t AS i WHERE i.k = o.k) AS m FROM o ORDER BY m DESC LIMIT 10;
SELECT w, (SELECT first_value(i.x ORDER BY i.s) FROM t AS i WHERE i.k = o.w) AS m FROM o;
SELECT k, x FROM t WHERE u IN (SELECT u FROM t ORDER BY s LIMIT 20) ORDER BY d LIMIT 15;
SELECT k, x FROM t WHERE u NOT IN (SELECT u FROM t WHERE u IS NOT NULL ORDER BY s, b LIMIT 60) LIMIT 15;
SELECT x FROM o WHERE EXISTS (SELECT 1 FROM t WHERE t.k = o.k LIMIT 1) LIMIT 9;
SELECT x FROM o WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.k = o.k LIMIT 3) ORDER BY w LIMIT 4;
SELECT k, f, sum(u) OVER (ORDER BY f RANGE BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS p FROM t WHERE f < 1e3;
SELECT f, count(*) OVER (ORDER BY f) AS a, rank() OVER (ORDER BY f) AS b, dense_rank() OVER (ORDER BY f DESC) AS e, row_number() OVER (ORDER BY f) AS g FROM t;
SELECT f, first_value(x) OVER (ORDER BY f) AS a, last_value(x) OVER (ORDER BY f DESC NULLS LAST) AS b FROM t;
SELECT k, sum(f) OVER (PARTITION BY k ORDER BY s) AS a, avg(f) OVER (PARTITION BY k ORDER BY s ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING) AS b FROM t WHERE f BETWEEN -100 AND 100;
SELECT f, sum(n) OVER (ORDER BY f GROUPS BETWEEN 1 PRECEDING AND CURRENT ROW) AS a, array_agg(x) OVER (ORDER BY f GROUPS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS b FROM t;
SELECT k, string_agg(x, ',' ORDER BY 1) AS a FROM t GROUP BY k;
SELECT k, string_agg(x, ',' ORDER BY 'const') AS a, array_agg(u ORDER BY NULL) AS b FROM t GROUP BY k;
SELECT string_agg(x, '') AS a, string_agg(DISTINCT x, '-' ORDER BY x DESC) AS b FROM t;
SELECT DISTINCT ON (k % 3) k, x, u FROM t ORDER BY k % 3, s DESC;
SELECT DISTINCT ON (lower(x), b) x, b, f FROM t ORDER BY lower(x), b, s NULLS FIRST LIMIT 6;
SELECT DISTINCT ON (l) l, x, r FROM t;
SELECT DISTINCT ON (s) s, k + u AS z, x || '!' AS y FROM t ORDER BY s, d DESC;
SELECT DISTINCT l, r FROM t LIMIT 9;
SELECT DISTINCT f FROM t;
SELECT DISTINCT c, b FROM t ORDER BY b LIMIT 4;
SELECT l, r, c FROM t ORDER BY s LIMIT 11;
SELECT l[1] AS a, r['b'] AS b FROM t ORDER BY l DESC, r LIMIT 13;
SELECT k, array_agg(l) AS a, array_agg(r ORDER BY s) AS b, first_value(r ORDER BY d) AS e FROM t GROUP BY k;
SELECT unnest(l) AS e, x, s FROM t ORDER BY s LIMIT 17;
SELECT k, unnest(array_agg(x ORDER BY s)) AS e, unnest(array_agg(u ORDER BY s)) AS g FROM t GROUP BY k LIMIT 30;
SELECT unnest(l) AS e, count(*) FROM t GROUP BY 1 ORDER BY 2 LIMIT 2;
SELECT e, row_number() OVER (ORDER BY e) AS n FROM (SELECT unnest(l) AS e, u FROM t) LIMIT 50;
SELECT unnest(r) FROM t LIMIT 10;
SELECT t.k, v.x FROM t, LATERAL (SELECT o.x FROM o WHERE o.k = t.k) AS v ORDER BY t.s LIMIT 25;
SELECT t.k, v.m FROM t CROSS JOIN LATERAL (SELECT max(o.w) AS m FROM o WHERE o.k = t.k) AS v LIMIT 25;
SELECT a.k, b.x FROM t AS a FULL JOIN o AS b ON a.u = b.k AND a.x = b.x ORDER BY a.s LIMIT 40;
SELECT a.k, b.x, row_number() OVER (PARTITION BY b.x ORDER BY a.k) AS n FROM (SELECT * FROM t ORDER BY s LIMIT 30) AS a FULL JOIN (SELECT * FROM o WHERE w = 3) AS b ON a.k = b.k;
SELECT * FROM (SELECT k, x FROM o WHERE x = 'a') AS a LEFT JOIN (SELECT k AS j, w FROM o WHERE w = 5) AS b ON a.k = b.j ORDER BY w LIMIT 20;
SELECT a.x, b.w FROM t AS a RIGHT JOIN o AS b ON a.k < b.k AND a.s = b.w LIMIT 33;
SELECT k FROM t WHERE s = 1 EXCEPT ALL SELECT k FROM o;
SELECT k, x FROM o INTERSECT ALL SELECT k, x FROM t;
SELECT x FROM t EXCEPT ALL SELECT x FROM o WHERE w < 3;
(SELECT k, x FROM t LIMIT 100) EXCEPT (SELECT k, x FROM o LIMIT 30);
(SELECT x FROM t ORDER BY s LIMIT 60) INTERSECT (SELECT x FROM o ORDER BY w LIMIT 5);
SELECT k, nth_value(x, 2) IGNORE NULLS OVER (PARTITION BY k ORDER BY s) AS a, nth_value(x, 3) OVER (PARTITION BY k ORDER BY s ROWS BETWEEN 2 PRECEDING AND 2 FOLLOWING) AS b FROM t;
SELECT k, lag(x, 1, 'none') IGNORE NULLS OVER (PARTITION BY k ORDER BY s) AS a, lead(f, 2) OVER (PARTITION BY k ORDER BY s DESC) AS b FROM t;
SELECT k, first_value(x) IGNORE NULLS OVER (PARTITION BY k ORDER BY d) AS a, last_value(u) OVER (PARTITION BY s ORDER BY d) AS b, ntile(5) OVER (ORDER BY x) AS e FROM t;
SELECT nth_value(x, 4 ORDER BY s) AS a, nth_value(x, 4) AS b, nth_value(u, -2 ORDER BY s) AS e FROM t;
SELECT k, nth_value(x, 2 ORDER BY s DESC) FILTER (WHERE b) AS a, last_value(x ORDER BY s) IGNORE NULLS AS e FROM t GROUP BY k;
SELECT k, x FROM t ORDER BY s LIMIT 0;
SELECT k, x FROM t ORDER BY s LIMIT 5 OFFSET 1000;
SELECT k, x FROM t OFFSET 415;
SELECT k, x FROM t ORDER BY s OFFSET 410;
SELECT k FROM t LIMIT 3 OFFSET 0;
SELECT * FROM first_ones;
SELECT x, count(*) AS n FROM first_ones GROUP BY x ORDER BY n LIMIT 2;
SELECT * FROM first_ones ORDER BY x LIMIT 5;
SELECT * FROM ranked WHERE n <= 2;
SELECT k, array_agg(x ORDER BY n) AS a FROM ranked WHERE n < 5 GROUP BY k;
SELECT * FROM copied;
SELECT k, row_number() OVER (ORDER BY s) AS n FROM copied LIMIT 10;
SELECT * FROM into_one;
SELECT x, first_value(n) AS a FROM into_one GROUP BY x;
SELECT g, array_agg(x ORDER BY v) AS a, first_value(id ORDER BY v) AS b FROM keyed GROUP BY g;
SELECT g, row_number() OVER (PARTITION BY g ORDER BY v) AS n, x FROM keyed;
SELECT a.id, b.g FROM keyed AS a JOIN keyed AS b ON a.g = b.g ORDER BY b.v LIMIT 20;
SELECT id, g, unnest(make_array(g, 1)) AS e FROM keyed ORDER BY g LIMIT 15;
SELECT x FROM (SELECT id, x FROM keyed UNION ALL SELECT id, x FROM keyed) ORDER BY id LIMIT 9;
SELECT k, sum(f) AS a, avg(f) AS b, stddev(f) AS e, median(f) AS g FROM t WHERE f = f GROUP BY k HAVING sum(f) IS NOT NULL ORDER BY a LIMIT 4;
SELECT sum(f) AS a FROM (SELECT f FROM t WHERE f < 1e17 ORDER BY s LIMIT 50);
SELECT k, sum(f) FILTER (WHERE b) AS a, sum(DISTINCT f) AS e, min(f) AS g, max(f) AS h FROM t GROUP BY k;
SELECT k, array_agg(DISTINCT x) AS a, array_agg(u ORDER BY s) AS b FROM t GROUP BY k;
SELECT k, array_agg(DISTINCT x) AS a, array_agg(DISTINCT s) AS b, array_agg(DISTINCT f) AS e, string_agg(DISTINCT x, '+') AS g FROM t GROUP BY k;
SELECT array_agg(DISTINCT f) AS a, array_agg(DISTINCT l) AS b, array_agg(x ORDER BY s DESC) AS e FROM t;
SELECT k, array_agg(x ORDER BY s) AS a, array_agg(u ORDER BY s, d) AS b FROM t GROUP BY k;
SELECT k, array_agg(x ORDER BY s) AS a, array_agg(u ORDER BY s DESC) AS b FROM t GROUP BY k;
SELECT k, first_value(x ORDER BY s) AS a, array_agg(u ORDER BY d) AS b, last_value(x ORDER BY n) AS e FROM t GROUP BY k;
SELECT k, first_value(x ORDER BY s) AS a, last_value(x ORDER BY s DESC) AS b FROM t GROUP BY k;
SELECT any_value(x) AS a, any_value(f) AS b, any_value(l) AS e FROM t WHERE s = 2;
SELECT approx_median(u) AS a, approx_distinct(x) AS b, approx_percentile_cont(0.25) WITHIN GROUP (ORDER BY f) AS e FROM t WHERE f < 10;
SELECT corr(f, u) AS a, regr_slope(f, u) AS b, covar_samp(u, f) AS e FROM t WHERE f < 10;
SELECT k, x, u FROM t QUALIFY row_number() OVER (PARTITION BY x ORDER BY s) <= 2;
SELECT k, x, u FROM t QUALIFY rank() OVER (PARTITION BY x ORDER BY s) = 1 ORDER BY u LIMIT 20;
SELECT * FROM (SELECT k, x, row_number() OVER (PARTITION BY k ORDER BY s DESC) AS n FROM t) AS q WHERE n = 1 ORDER BY x LIMIT 3;
SELECT k, max(n) AS m FROM (SELECT k, row_number() OVER (ORDER BY s) AS n FROM t) GROUP BY k;
SELECT CASE WHEN k > 3 THEN (SELECT x FROM t ORDER BY s LIMIT 1) ELSE (SELECT x FROM o ORDER BY w DESC LIMIT 1) END AS v FROM t LIMIT 4;
SELECT map(['a', 'b'], [k, s])['a'] AS m FROM t ORDER BY m LIMIT 9;
SELECT named_struct('m', x, 'n', f) AS m FROM t ORDER BY d LIMIT 8;
VALUES (2, 'b'), (1, 'a'), (2, 'a'), (1, NULL);
SELECT column2 FROM (VALUES (2, 'b'), (1, 'a'), (2, 'a'), (1, NULL)) ORDER BY column1 LIMIT 3;
SELECT value % 3 AS v FROM generate_series(1, 10) ORDER BY v LIMIT 5;
SELECT * EXCLUDE (w) FROM o ORDER BY w LIMIT 5;
SELECT s, sum(sum(f)) OVER (ORDER BY s) AS a, first_value(min(x)) OVER (ORDER BY b) AS e FROM t WHERE f < 10 GROUP BY s, b;
SELECT k, avg(u) OVER w AS a, row_number() OVER w AS b, rank() OVER w AS e FROM t WINDOW w AS (PARTITION BY b ORDER BY s);
SELECT x, f FROM t ORDER BY abs(f) NULLS FIRST, x DESC LIMIT 50;
SELECT f FROM t WHERE f = 0 OR f IS NULL ORDER BY f LIMIT 30;
SELECT -f AS g, f FROM t WHERE f = 0 ORDER BY g LIMIT 30;
SELECT f, count(*) AS n FROM t GROUP BY f ORDER BY n LIMIT 5;
SELECT a.f FROM t AS a JOIN t AS b ON a.f = b.f ORDER BY a.s LIMIT 50;
SELECT date_trunc('month', d) AS m, first_value(d ORDER BY b) AS e, percentile_cont(0.5) WITHIN GROUP (ORDER BY u) AS p FROM t GROUP BY 1;
SELECT bit_and(u) AS a, bool_or(b) AS e, count(DISTINCT f) AS g, sum(n) AS h, avg(n) AS i, var_pop(n) AS j FROM t;
SELECT k, x FROM t WHERE k = (SELECT k FROM t ORDER BY s DESC NULLS LAST, d LIMIT 1) ORDER BY x DESC LIMIT 5;
SELECT x, lead(x) OVER (ORDER BY x) AS y FROM (SELECT DISTINCT x FROM t) ORDER BY y LIMIT 4;
SELECT k FROM (SELECT k, s FROM t UNION ALL SELECT k, w FROM o UNION ALL SELECT 1, NULL) GROUP BY k ORDER BY count(s), sum(s) LIMIT 6;
SELECT t.k, q.n FROM t JOIN (SELECT k, row_number() OVER (ORDER BY w) AS n FROM o) AS q ON t.u = q.n ORDER BY q.n LIMIT 21;
SELECT k, s, x FROM t ORDER BY s NULLS FIRST, k DESC NULLS LAST LIMIT 30;
SELECT * FROM (SELECT k, x FROM t ORDER BY s LIMIT 20) AS a CROSS JOIN (SELECT w FROM o ORDER BY x LIMIT 2) AS b;
SELECT a.x, b.x FROM (SELECT x, s FROM t ORDER BY d LIMIT 15) AS a JOIN (SELECT x, w FROM o ORDER BY x LIMIT 15) AS b ON a.s = b.w;
SELECT sum(q.n) FROM (SELECT row_number() OVER (PARTITION BY k ORDER BY s) AS n, x FROM t) AS q WHERE q.x = 'a';
SELECT k, count(*) FILTER (WHERE n = 1) AS c FROM (SELECT k, x, row_number() OVER (PARTITION BY x ORDER BY s) AS n FROM t) GROUP BY k;
SELECT string_agg(x, ',' ORDER BY s) AS a, string_agg(DISTINCT x, ',') AS b FROM t WHERE u < 9;
SELECT string_agg(x, ',' ORDER BY s) AS a, string_agg(c::VARCHAR, ',' ORDER BY s, d) AS b FROM t WHERE u < 9;
SELECT string_agg(x, ',' ORDER BY s) AS a, string_agg(c::VARCHAR, ',' ORDER BY s DESC) AS b FROM t WHERE u < 9;
SELECT nth_value(x, 2 ORDER BY s) AS a, string_agg(DISTINCT x, ',') AS b, array_agg(DISTINCT u) AS e FROM t WHERE u < 9;
SELECT k, string_agg(DISTINCT x, ',') AS a, string_agg(DISTINCT c::VARCHAR, '') AS b, string_agg(x, '-') AS e FROM t GROUP BY k;
SELECT approx_median(u) AS a, first_value(x ORDER BY s) AS b, sum(f) AS e, array_agg(x) AS g FROM t WHERE f < 10 GROUP BY k;
SELECT x FROM (SELECT x, s FROM t WHERE k = 1 ORDER BY s DESC LIMIT 6) ORDER BY x DESC LIMIT 3 OFFSET 1;
SELECT (SELECT count(*) FROM (SELECT x FROM t ORDER BY s LIMIT 50) WHERE x = 'a') AS a, (SELECT sum(u) FROM (SELECT u FROM t LIMIT 9)) AS b;
SELECT b, array_agg(DISTINCT d ORDER BY d DESC) AS a, array_agg(x ORDER BY d DESC) AS e FROM t GROUP BY b;
SELECT k, first_value(x) OVER (PARTITION BY k ORDER BY s ROWS BETWEEN 1 FOLLOWING AND 3 FOLLOWING) AS a FROM t;
SELECT k, count(x) OVER (PARTITION BY k ORDER BY s ROWS BETWEEN 2 PRECEDING AND 1 PRECEDING) AS a, min(x) OVER (ORDER BY s ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS b FROM t;
SELECT d, sum(u) OVER (ORDER BY d RANGE BETWEEN INTERVAL '1' DAY PRECEDING AND CURRENT ROW) AS a, row_number() OVER (ORDER BY d DESC) AS b FROM t LIMIT 60;
SELECT percent_rank() OVER (ORDER BY x) AS a, cume_dist() OVER (PARTITION BY b ORDER BY x) AS e, ntile(7) OVER (PARTITION BY b ORDER BY x) AS g, x FROM t;
SELECT * FROM generate_series(1, 20) AS g(i) LEFT JOIN (SELECT k, x FROM t ORDER BY s LIMIT 12) AS q ON q.k = g.i;
SELECT k, x FROM t UNION ALL SELECT k, x FROM t WHERE s = 2 ORDER BY x LIMIT 40;
SELECT 1 AS a UNION ALL SELECT 2 UNION ALL SELECT 1 LIMIT 2;
SELECT id FROM keyed ORDER BY g LIMIT 11;
SELECT g, max(v) AS m, min(v) AS n FROM keyed GROUP BY g ORDER BY m DESC LIMIT 3;
SELECT id, lag(x) OVER (ORDER BY g) AS a, sum(v) OVER (ORDER BY g ROWS 3 PRECEDING) AS b FROM keyed WHERE v < 5;
SELECT DISTINCT ON (g) g, id, x FROM keyed ORDER BY g, v DESC;
SELECT k.id, o.x FROM keyed AS k JOIN o ON o.k = k.g ORDER BY k.g LIMIT 17;
SELECT array_sort(array_agg(x)) AS a, array_agg(x)[1] AS b, array_length(array_agg(x)) AS e FROM t;
SELECT x, array_agg(n ORDER BY n) AS a FROM (SELECT x, dense_rank() OVER (ORDER BY s) AS n FROM t) GROUP BY x;
SELECT k, sum(n) AS a, sum(n) OVER (ORDER BY k) AS b FROM (SELECT k, n FROM t ORDER BY s LIMIT 100) GROUP BY k, n;
SELECT min(x) AS a, max(l) AS b, min(r) AS e FROM t;
SELECT x FROM (SELECT x, s FROM t ORDER BY s DESC LIMIT 200 OFFSET 11) WHERE x <> 'a' LIMIT 5;
SELECT x, u FROM (SELECT x, u FROM t ORDER BY s LIMIT 300) WHERE u > 3;
SELECT x || '!' AS y, u + 1 AS v FROM (SELECT x, u FROM t ORDER BY s LIMIT 300);
SELECT x || '!' AS y FROM (SELECT x FROM t ORDER BY s + 1 LIMIT 300) LIMIT 40 OFFSET 3;
SELECT x, u FROM (SELECT x, u, k FROM t ORDER BY s LIMIT 300) WHERE k IN (SELECT w FROM o) LIMIT 60;
SELECT u, (SELECT max(w) FROM o WHERE o.k = q.k) AS m FROM (SELECT u, k FROM t ORDER BY s LIMIT 300) AS q;
SELECT upper(kind) AS a, bstart * 2 AS b FROM ast_nodes(text => 'a = f(1) + g(2, b)
c = [h(x) for x in a if x > 1]
d = {1: "p", 2: "q", 3: "r", 4: "s"}
e = (a, b, c, d, a + 1, b + 2, c + 3, d + 4)');
SELECT kind FROM ast_nodes(text => 'a = f(1) + g(2, b)
c = [h(x) for x in a if x > 1]
e = (a, b, c, d, a + 1, b + 2, c + 3, d + 4)') WHERE length(kind) IN (SELECT w FROM o) OR kind IN (SELECT 'Name') LIMIT 20;
