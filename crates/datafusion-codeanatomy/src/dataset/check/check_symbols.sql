-- The names of a scope without those of comprehensions in them: `f.<locals>.<listcomp>` is `f`.
WITH code AS (
    SELECT f.path, c.path AS code_path, c.python_version, c.python_version NOT IN ('3.9', '3.10', '3.11') AS inlines
    FROM code_files c
    JOIN files f ON f.path = c.source_path
    WHERE c.python_version IS NOT NULL AND c.status = 'ok'
),
units AS (
    SELECT c.path, c.code_path, c.python_version, c.inlines, u.qualified_name, u.varnames, u.cellvars, u.freevars,
        u.kind IN ('listcomp', 'setcomp', 'dictcomp') AS is_comprehension
    FROM code c
    JOIN code_units u ON u.path = c.code_path
    WHERE u.kind IN ('function', 'lambda', 'listcomp', 'setcomp', 'dictcomp', 'genexpr', 'module', 'class')
        AND NOT contains(u.qualified_name, '<generic parameters')
        AND (u.kind <> 'module' OR c.inlines)
),
variables AS (
    SELECT path, code_path, python_version, inlines, qualified_name, is_comprehension, 'local' AS role,
        unnest(string_to_array(btrim(varnames, '[]"'), '","')) AS name
    FROM units
    UNION ALL
    SELECT path, code_path, python_version, inlines, qualified_name, is_comprehension, 'cell',
        unnest(string_to_array(btrim(cellvars, '[]"'), '","'))
    FROM units
    UNION ALL
    SELECT path, code_path, python_version, inlines, qualified_name, is_comprehension, 'free',
        unnest(string_to_array(btrim(freevars, '[]"'), '","'))
    FROM units
),
-- What a scope has or passes on for annotations, which are scopes of their own only in the model of the newest grammar.
annotated AS (
    SELECT DISTINCT o.path, o.parent_id AS scope_id, s.name
    FROM scopes o
    JOIN symbols s ON s.path = o.path AND s.scope_index = o.scope_index
    WHERE o.kind = 'annotation' AND s.resolution = 'free'
),
sides AS (
    SELECT path, code_path, python_version, inlines, qualified_name, name, NULL AS source_role, role AS bytecode_role,
        is_comprehension, false AS is_annotated
    FROM variables
    -- The compiler's own, in classes.
    WHERE name NOT IN ('', '__classdict__') AND NOT (name = '__class__' AND role = 'cell')
        AND NOT (inlines AND name = '.0' AND is_comprehension)
    UNION ALL
    SELECT c.path, c.code_path, c.python_version, c.inlines, o.qualified_name, s.name,
        CASE WHEN s.is_free_class THEN 'free' ELSE s.resolution END, NULL,
        o.kind IN ('listcomp', 'setcomp', 'dictcomp'), a.name IS NOT NULL
    FROM code c
    JOIN scopes o ON o.path = c.path
    JOIN symbols s ON s.path = o.path AND s.scope_index = o.scope_index
    LEFT JOIN annotated a ON a.path = o.path AND a.scope_id = o.scope_id AND a.name = s.name
    WHERE o.kind IN ('function', 'lambda', 'listcomp', 'setcomp', 'dictcomp', 'genexpr', 'class')
        -- What a class binds is no variable of its code, but what its methods take from around it passes through.
        AND (s.resolution IN ('cell', 'free') OR (s.resolution = 'local' AND o.kind <> 'class') OR s.is_free_class)
        AND s.name <> '__classdict__'
        AND NOT (c.inlines AND s.name = '.0' AND o.kind <> 'genexpr')
),
named AS (
    SELECT path, code_path, python_version, name, source_role, bytecode_role,
        is_comprehension AND inlines AS is_merged, is_annotated,
        CASE WHEN inlines
            THEN coalesce(nullif(ltrim(regexp_replace(
                regexp_replace(qualified_name, '(^|\.)<(list|set|dict)comp>', '', 'g'), '\.<locals>$', ''), '.'), ''), '<module>')
            ELSE qualified_name
        END AS qualified_name
    FROM sides
)
SELECT path, code_path, python_version, qualified_name, name, source_role, bytecode_role, is_merged,
    CASE WHEN is_merged
        THEN (source_role IS NULL) <> (bytecode_role IS NULL)
        ELSE (source_role IS DISTINCT FROM bytecode_role) AND NOT (is_annotated AND (
            (source_role = 'cell' AND bytecode_role = 'local') OR (source_role = 'free' AND bytecode_role IS NULL)
        ))
    END AS mismatch
FROM (
    SELECT path, code_path, qualified_name, name, min(python_version) AS python_version,
        min(source_role) AS source_role, min(bytecode_role) AS bytecode_role, bool_or(is_merged) AS is_merged,
        bool_or(is_annotated) AS is_annotated
    FROM named
    GROUP BY path, code_path, qualified_name, name
)
