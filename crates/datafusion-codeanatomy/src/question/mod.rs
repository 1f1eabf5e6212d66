//! Questions of day-to-day work, as table functions over the tables of an attached source or graph.
//!
//! A question is one `.sql` file, in which `{name}` stands for the argument of that name, and its entry here.

mod cycles;
mod found;
mod function;
mod impact;
mod reach;
mod table;

use std::sync::Arc;

use datafusion::arrow::datatypes::DataType;
use datafusion::catalog::TableFunctionImpl;

use crate::planner::Parameter;

/// A question.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Question {
    pub(crate) name: &'static str,
    /// What it gives, in sentences.
    pub(crate) description: &'static str,
    /// A statement that runs over the example project.
    pub(crate) example: &'static str,
    pub(crate) parameters: &'static [Parameter],
    columns: &'static [(&'static str, DataType)],
    sql: &'static str,
    /// Finds the answer in the rows of the query, if they are not it.
    find: Option<found::Find>,
    /// Checks arguments together, and adds to them what they stand for.
    complete: Option<found::Complete>,
}

const TEXT: DataType = DataType::Utf8View;
const INT: DataType = DataType::Int64;
const FLOAT: DataType = DataType::Float64;

const NAME: Parameter = Parameter::required(
    "name",
    "a dotted name as `call_graph` has it, `pkg.mod.Class.method`, or the end of one, `method`",
);
const HOPS: Parameter = Parameter::with_default("hops", "1", "how many calls may be between");

const CALL_COLUMNS: &[(&str, DataType)] = &[
    ("hops", INT),
    ("caller", TEXT),
    ("callee", TEXT),
    ("path", TEXT),
    ("bstart", INT),
    ("bend", INT),
    ("confidence", FLOAT),
];

const CALLS: &str = "SELECT caller, callee, path, bstart, bend, confidence FROM call_graph";

/// All of them.
pub(crate) const QUESTIONS: &[Question] = &[
    Question {
        name: "callers",
        description: "Who calls a function, method or class, directly (`hops` 1) or through others, with the confidence of each call. Each call is \
                      there once, with the fewest hops.",
        example: "SELECT * FROM callers(name => 'best_rule', hops => 2)",
        parameters: &[NAME, HOPS],
        columns: CALL_COLUMNS,
        sql: CALLS,
        find: Some(reach::callers),
        complete: None,
    },
    Question {
        name: "callees",
        description: "What a function, method or class calls, directly (`hops` 1) or through others, with the confidence of each call. Each call \
                      is there once, with the fewest hops.",
        example: "SELECT * FROM callees(name => 'Order.total', hops => 2)",
        parameters: &[NAME, HOPS],
        columns: CALL_COLUMNS,
        sql: CALLS,
        find: Some(reach::callees),
        complete: None,
    },
    Question {
        name: "where_used",
        description: "Where a definition, variable or attribute is used, and how: the kind of the edge that leads to it, and the code that it \
                      leads from.",
        example: "SELECT * FROM where_used(name => 'Product')",
        parameters: &[NAME],
        columns: &[
            ("what", TEXT),
            ("kind", TEXT),
            ("used_by", TEXT),
            ("path", TEXT),
            ("bstart", INT),
            ("bend", INT),
            ("confidence", FLOAT),
        ],
        sql: include_str!("where_used.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "importers",
        description: "Which files import a module, and as what.",
        example: "SELECT * FROM importers(module => 'shop.catalog')",
        parameters: &[Parameter::required(
            "module",
            "the dotted name of a module, of the source or outside",
        )],
        columns: &[
            ("module", TEXT),
            ("imports", TEXT),
            ("path", TEXT),
            ("bstart", INT),
            ("bend", INT),
            ("resolution", TEXT),
        ],
        sql: include_str!("importers.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "impact",
        description: "What may be affected by a change of files, of a definition, or between two commits: what was changed (`hops` 0), and what calls, derives from, overrides, is \
                      decorated or annotated by or tests what is affected, with the first reason of the fewest hops.",
        example: "SELECT * FROM impact(path => 'shop/catalog.py')",
        parameters: &[
            Parameter::with_default("path", "", "a file, a folder, or a glob of files, as in 'shop/**/*.py'"),
            Parameter::with_default("hops", "3", "how many steps are followed"),
            Parameter::with_default("name", "", "a definition: its dotted name, or the end of one"),
            Parameter::with_default(
                "range",
                "",
                "two commits, 'A..B', whose difference is the change; the commit behind 'A..' is HEAD",
            ),
            Parameter::with_default(
                "repository",
                ".",
                "the folder of the source in the work tree of their repository",
            ),
        ],
        columns: &[
            ("hops", INT),
            ("kind", TEXT),
            ("name", TEXT),
            ("path", TEXT),
            ("reason", TEXT),
            ("because_of", TEXT),
        ],
        sql: include_str!("impact.sql"),
        find: Some(impact::impact),
        complete: Some(impact::changes),
    },
    Question {
        name: "dead_code",
        description: "Functions and methods that nothing known calls, overrides, decorates with or names: candidates, for what other code \
                      calls is not seen. Tests, names with two underscores on both sides, and methods that override one are left out.",
        example: "SELECT * FROM dead_code()",
        parameters: &[],
        columns: &[
            ("name", TEXT),
            ("kind", TEXT),
            ("path", TEXT),
            ("bstart", INT),
            ("bend", INT),
        ],
        sql: include_str!("dead_code.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "import_cycles",
        description: "Files that import each other in circles: one row per import inside of such a group of files, with the number of the group and \
                      how many files it has. Imports in functions and for type checkers count too.",
        example: "SELECT * FROM import_cycles()",
        parameters: &[],
        columns: &[("cycle", INT), ("size", INT), ("path", TEXT), ("imports", TEXT)],
        sql: include_str!("import_cycles.sql"),
        find: Some(cycles::inside_of_circles),
        complete: None,
    },
    Question {
        name: "hot_spots",
        description: "Where least is known of calls: for each file, its calls, how many of them may call several things, and how many have no \
                      target, by the reason that most of these have. It needs an attached source.",
        example: "SELECT * FROM hot_spots()",
        parameters: &[],
        columns: &[
            ("path", TEXT),
            ("calls", INT),
            ("ambiguous", INT),
            ("unresolved", INT),
            ("reason", TEXT),
        ],
        sql: include_str!("hot_spots.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "symbol_at",
        description: "What stands at a place of a file: every node of the graph that contains it, from the innermost, and so the enclosing \
                      definitions. It needs an attached source.",
        example: "SELECT * FROM symbol_at(path => 'shop/orders.py', line => 20, col => 16)",
        parameters: &[
            Parameter::required("path", "the file"),
            Parameter::required("line", "the line, from 1"),
            Parameter::with_default("col", "0", "the column in bytes of UTF-8, from 0"),
        ],
        columns: &[
            ("kind", TEXT),
            ("name", TEXT),
            ("qualified_name", TEXT),
            ("bstart", INT),
            ("bend", INT),
            ("node_id", TEXT),
        ],
        sql: include_str!("symbol_at.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "neighbourhood",
        description: "What the innermost definition around a place has to do with others: what it calls, derives from, overrides, reads, writes, raises, \
                      is decorated and annotated with and contains (`out`), and what does so with it (`in`). It needs an attached source.",
        example: "SELECT * FROM neighbourhood(path => 'shop/orders.py', line => 20)",
        parameters: &[
            Parameter::required("path", "the file"),
            Parameter::required("line", "the line, from 1"),
            Parameter::with_default("col", "0", "the column in bytes of UTF-8, from 0"),
        ],
        columns: &[
            ("centre", TEXT),
            ("direction", TEXT),
            ("kind", TEXT),
            ("name", TEXT),
            ("path", TEXT),
            ("bstart", INT),
            ("bend", INT),
            ("confidence", FLOAT),
        ],
        sql: include_str!("neighbourhood.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "graph_difference",
        description: "What of a graph is not in another, by dotted names: files and definitions, and relations between them, with the first place of \
                      each. A graph is a schema that has its tables `cpg_nodes` and `cpg_edges`.",
        example: "SELECT * FROM graph_difference(before => 'public', after => 'public')",
        parameters: &[
            Parameter::required("before", "the schema with the one graph"),
            Parameter::with_default("after", "public", "the schema with the other"),
        ],
        columns: &[
            ("change", TEXT),
            ("kind", TEXT),
            ("src", TEXT),
            ("dst", TEXT),
            ("path", TEXT),
            ("bstart", INT),
        ],
        sql: include_str!("graph_difference.sql"),
        find: None,
        complete: None,
    },
    Question {
        name: "explain_relation",
        description: "Why a relation says what it says of an entity: all candidates of the groups that it is in, each with the terms that its \
                      score is the sum of, and what decided its rank. It needs an attached source.",
        example: "SELECT * FROM explain_relation(relation => 'call_targets', id => 'call:0')",
        parameters: &[
            Parameter::required("relation", "the name of a relation, such as call_targets"),
            Parameter::required("id", "the id of the `src` or `dst` of a candidate"),
        ],
        columns: &[
            ("rank", INT),
            ("kind", TEXT),
            ("src", TEXT),
            ("dst", TEXT),
            ("dst_name", TEXT),
            ("rule", TEXT),
            ("resolution", TEXT),
            ("score", INT),
            ("confidence", FLOAT),
            ("feature", TEXT),
            ("value", INT),
            ("weight", INT),
            ("term", INT),
            ("decided_by", TEXT),
        ],
        sql: include_str!("explain_relation.sql"),
        find: None,
        complete: None,
    },
];

/// The functions, by name.
pub(crate) fn functions() -> impl Iterator<Item = (&'static str, Arc<dyn TableFunctionImpl>)> {
    QUESTIONS
        .iter()
        .map(|question| (question.name, Arc::new(*question) as _))
}
