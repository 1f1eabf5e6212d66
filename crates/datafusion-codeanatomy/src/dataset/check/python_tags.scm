; The definitions of the `tags` query that is published with tree-sitter's grammar of Python.
(class_definition name: (identifier) @name) @definition.class
(function_definition name: (identifier) @name) @definition.function
