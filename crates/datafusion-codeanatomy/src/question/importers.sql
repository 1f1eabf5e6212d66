SELECT COALESCE(t.qualified_name, t.name) AS module, i.qualified_name AS imports, e.path, e.bstart, e.bend, e.resolution
FROM cpg_edges e
JOIN cpg_nodes i ON i.node_id = e.src
JOIN cpg_nodes t ON t.node_id = e.dst
WHERE e.relation = 'module_imports' AND t.kind IN ('file', 'external_module') AND t.qualified_name = {module}
ORDER BY e.path, e.bstart, e.bend
