-- rule: defines
-- relation: defines
-- unique: dst
-- endpoints: binding -> class, function, method
-- doc: A binding stands for the definitions that are statements of its name.
SELECT binding_id AS src, def_id AS dst, path, bstart, bend, 100 AS score, kind AS resolution
FROM definitions
WHERE binding_id IS NOT NULL
