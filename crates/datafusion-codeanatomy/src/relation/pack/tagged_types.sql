-- view: tagged_types
-- doc: Types of other languages than Python, by the `tags` queries of their grammars: classes, structs, interfaces, enumerations, aliases;
-- doc: with how many have the same name in the language, and in the file.
SELECT d.def_id, d.name, f.language, d.path, count(*) OVER (PARTITION BY f.language, d.name) AS namesakes,
    count(*) OVER (PARTITION BY d.path, d.name) AS in_file
FROM definitions d
JOIN files f ON f.path = d.path
WHERE d.language <> 'python' AND f.language <> 'python' AND d.kind IN ('class', 'interface', 'type')
