//! One rule, as its file says it.

use std::collections::BTreeMap;

use datafusion::common::{DataFusionError, Result, plan_err};
use datafusion::sql::parser::{DFParser, Statement};
use datafusion::sql::resolve::resolve_table_references;
use datafusion::sql::sqlparser::ast::Statement as SqlStatement;

use super::RuleFile;

/// What a rule gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Output {
    /// A view of any columns, for other rules to read.
    View,
    /// Candidates of a relation.
    Candidates(Candidates),
}

/// What a rule says of the candidates that it gives.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Candidates {
    /// The relation.
    pub relation: String,
    /// The kind of the edges, unless the query has a column `kind`.
    pub edge: String,
    /// What two candidates exclude each other by.
    pub choice: Choice,
    /// Rules with a smaller number come first where score and preference are equal.
    pub priority: i64,
    /// The view of all rows that could have a candidate.
    pub left: Option<String>,
    /// What the score is the sum of; none if the query has a column `score`.
    pub features: Vec<Feature>,
    /// Which kinds of nodes its edges may lead from and to; none if any.
    pub endpoints: Vec<Endpoints>,
    /// How bad a row is that breaks what the rule promises of it.
    pub severity: Severity,
    /// Whether stored graphs have the relation.
    pub in_graph: bool,
}

impl Output {
    /// The candidates, if it is not a view.
    pub fn candidates(&self) -> Option<&Candidates> {
        match self {
            Self::View => None,
            Self::Candidates(candidates) => Some(candidates),
        }
    }
}

/// Which kinds of nodes edges may lead from and to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoints {
    /// The kind of the edges; all of the rule if there is none.
    pub edge: Option<String>,
    /// The kinds of `src`.
    pub from: Vec<String>,
    /// The kinds of `dst`.
    pub to: Vec<String>,
}

/// How bad a row is that breaks a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// The row may be right, as far as is known. It is kept, and reported.
    Warning,
    /// The row is wrong. A strict build fails.
    #[default]
    Error,
}

impl Severity {
    /// `warning` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// Which candidates exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// `-- group: src`: the candidates with the same `src`; one of them wins.
    GroupBySrc,
    /// `-- group: src` and `-- keep: ties`: the candidates with the same `src`; all that share the best score win.
    TiesBySrc,
    /// `-- unique: src`: there is never more than one with the same `src`, so nothing is chosen. The build checks it.
    UniqueSrc,
    /// `-- unique: dst`: there is never more than one with the same `dst`.
    UniqueDst,
    /// `-- group: place`: the candidates whose evidence stands at the same place of the same file; one of them wins.
    GroupByPlace,
    /// `-- group: place` and `-- keep: ties`: those; all that share the best score win.
    TiesByPlace,
    /// `-- unique: pair`: nothing excludes anything; there is never more than one with the same `src`, `dst` and kind.
    UniquePair,
}

/// A part of a score: a column of the query, and what it counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feature {
    /// The column, an integer.
    pub name: String,
    /// What it is multiplied by.
    pub weight: i64,
}

/// A rule.
///
/// | key | meaning |
/// |---|---|
/// | `view` | the name of a view; then `doc` is the only other key |
/// | `rule` | the name of a rule |
/// | `relation` | the relation that it gives candidates of |
/// | `group` or `unique` | `group: src`, `group: place`, `unique: src`, `unique: dst` or `unique: pair`, see [`Choice`]; one of them is required |
/// | `keep` | with `group`: `one`, or `ties`, by which all candidates with the best score win; `one` if left out |
/// | `edge` | the kind of the edges; the relation's name if left out |
/// | `left` | the view of all rows that could have a candidate: `src`, `path`, `bstart`, `bend`, and `reason`, why one has none |
/// | `priority` | an integer; 100 if left out |
/// | `feature` | a column of the query and an integer: the score is the sum of such columns, each times its integer; may be repeated |
/// | `endpoints` | `class -> class, external`: the kinds of nodes that edges may lead from and to; with `reads: ` before it those of edges of this kind; may be repeated |
/// | `severity` | `error`, or `warning` where Python lets happen what the rule takes to be rare: how bad a row is that breaks what the rule promises; `error` if left out |
/// | `graph` | `no` if a stored graph is to be without the relation: then only a source has it |
/// | `needs` | `index`: without a SCIP index the query has no rows, and costs nothing; of a view, too |
/// | `doc` | what it says, in any number of lines; required |
///
/// The columns of a rule's query: `src`, `dst` (text; rows where one is null are no candidates), `path`, `bstart`, `bend`
/// (where the evidence stands), `score` (integer, at least 0) or the columns of all features (integers) instead, `resolution`
/// (how it was found), and if wanted `kind` and `preference` (integer; of equal scores, the greater comes first).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// Its name.
    pub name: String,
    /// The name of its file.
    pub file: String,
    /// What it gives.
    pub output: Output,
    /// What it says.
    pub doc: String,
    /// Its query.
    pub sql: String,
    /// Its query as it is written, with empty lines for those before it, so that lines count as in the file.
    pub(super) text: String,
    /// The tables that the query reads, in order, each once.
    pub inputs: Vec<String>,
    /// Whether it has no rows where the source has no SCIP index.
    pub needs_index: bool,
}

const KEYS: [&str; 15] = [
    "view",
    "rule",
    "relation",
    "group",
    "keep",
    "unique",
    "edge",
    "left",
    "priority",
    "feature",
    "endpoints",
    "severity",
    "graph",
    "needs",
    "doc",
];

impl Rule {
    /// Reads a rule.
    pub fn parse(source: &RuleFile) -> Result<Self> {
        let file = source.file.as_str();
        let (mut header, body) = split_header(source)?;
        let doc = header.remove("doc").unwrap_or_default();
        if doc.is_empty() {
            return plan_err!("{file}: the header has no line '-- doc: …' that says what the rule says");
        }
        let needs_index = match header.remove("needs").as_deref() {
            None => false,
            Some("index") => true,
            Some(other) => return plan_err!("{file}: '-- needs: {other}' is not 'index', all that may be needed"),
        };
        let (name, output) = match header.remove("view") {
            Some(name) => (name, Output::View),
            None => {
                let name = required(&mut header, "rule", file)?;
                (name, Output::Candidates(candidates(&mut header, file)?))
            }
        };
        if let Some(key) = header.keys().next() {
            return plan_err!("{file}: the header key '{key}' has no meaning for this kind of rule");
        }
        let (sql, mut inputs) = parse_query(&body, file)?;
        if let Some(left) = output.candidates().and_then(|candidates| candidates.left.as_ref())
            && !inputs.contains(left)
        {
            inputs.push(left.clone());
            inputs.sort();
        }
        Ok(Self {
            name,
            file: file.to_string(),
            output,
            doc,
            sql,
            text: body,
            inputs,
            needs_index,
        })
    }

    /// Its query for a source with or without a SCIP index.
    pub(crate) fn query(&self, has_index: bool) -> String {
        match self.needs_index && !has_index {
            true => format!("SELECT * FROM ({}) WHERE false", self.sql),
            false => self.sql.clone(),
        }
    }
}

fn split_header(source: &RuleFile) -> Result<(BTreeMap<&'static str, String>, String)> {
    let mut header: BTreeMap<&'static str, String> = BTreeMap::new();
    let mut lines = source.text.lines().enumerate().peekable();
    let mut body = String::new();
    while let Some((number, line)) = lines.next_if(|(_, l)| l.starts_with("--") || l.trim().is_empty()) {
        body.push('\n');
        let Some((key, value)) = line.trim_start_matches('-').split_once(':') else {
            continue;
        };
        let (key, value, at) = (key.trim(), value.trim(), number + 1);
        let Some(key) = KEYS.into_iter().find(|k| *k == key) else {
            return plan_err!(
                "{}:{at}: unknown header key '{key}'; the keys are {}",
                source.file,
                KEYS.join(", ")
            );
        };
        match header.get_mut(key) {
            Some(doc) if key == "doc" => *doc = format!("{doc} {value}"),
            Some(lines) if matches!(key, "feature" | "endpoints") => *lines = format!("{lines}\n{value}"),
            Some(_) => return plan_err!("{}:{at}: the header key '{key}' is given twice", source.file),
            None => _ = header.insert(key, value.to_string()),
        }
    }
    body.push_str(&lines.map(|(_, line)| line).collect::<Vec<_>>().join("\n"));
    Ok((header, body))
}

fn required(header: &mut BTreeMap<&str, String>, key: &str, file: &str) -> Result<String> {
    match header.remove(key) {
        Some(value) if !value.is_empty() => Ok(value),
        _ => plan_err!("{file}: the header has no line '-- {key}: …'"),
    }
}

fn candidates(header: &mut BTreeMap<&str, String>, file: &str) -> Result<Candidates> {
    let relation = required(header, "relation", file)?;
    let given = ["group", "keep", "unique"].map(|key| header.remove(key));
    let choice = match given.each_ref().map(Option::as_deref) {
        [Some("src"), None | Some("one"), None] => Choice::GroupBySrc,
        [Some("src"), Some("ties"), None] => Choice::TiesBySrc,
        [Some("src"), Some(keep), None] => return plan_err!("{file}: '-- keep: {keep}' is neither 'one' nor 'ties'"),
        [Some("place"), None | Some("one"), None] => Choice::GroupByPlace,
        [Some("place"), Some("ties"), None] => Choice::TiesByPlace,
        [Some("place"), Some(keep), None] => return plan_err!("{file}: '-- keep: {keep}' is neither 'one' nor 'ties'"),
        [None, None, Some("src")] => Choice::UniqueSrc,
        [None, None, Some("dst")] => Choice::UniqueDst,
        [None, None, Some("pair")] => Choice::UniquePair,
        _ => {
            return plan_err!(
                "{file}: the header needs one of '-- group: src', '-- group: place', '-- unique: src', '-- unique: dst', \
                 '-- unique: pair'"
            );
        }
    };
    let priority = match header.remove("priority").map(|p| p.parse()) {
        None => 100,
        Some(Ok(priority)) => priority,
        Some(Err(_)) => return plan_err!("{file}: the priority is no integer"),
    };
    let features = header.remove("feature").map_or(Ok(vec![]), |lines| {
        lines
            .lines()
            .map(|line| feature(line, file))
            .collect::<Result<Vec<_>>>()
    })?;
    let endpoints = header.remove("endpoints").map_or(Ok(vec![]), |lines| {
        let lines = lines.lines().map(|line| endpoints(line, file));
        lines.collect::<Result<Vec<_>>>()
    })?;
    let severity = match header.remove("severity").as_deref() {
        None | Some("error") => Severity::Error,
        Some("warning") => Severity::Warning,
        Some(other) => return plan_err!("{file}: '-- severity: {other}' is neither 'error' nor 'warning'"),
    };
    let in_graph = match header.remove("graph").as_deref() {
        None | Some("yes") => true,
        Some("no") => false,
        Some(other) => return plan_err!("{file}: '-- graph: {other}' is neither 'yes' nor 'no'"),
    };
    let edge = header.remove("edge").unwrap_or_else(|| relation.clone());
    Ok(Candidates {
        relation,
        edge,
        choice,
        priority,
        left: header.remove("left"),
        features,
        endpoints,
        severity,
        in_graph,
    })
}

fn endpoints(line: &str, file: &str) -> Result<Endpoints> {
    let (edge, kinds) = match line.split_once(": ") {
        Some((edge, kinds)) => (Some(edge.trim().to_string()), kinds),
        None => (None, line),
    };
    let list = |text: &str| text.split(',').map(|k| k.trim().to_string()).collect::<Vec<String>>();
    let is_kind = |kind: &String| !kind.is_empty() && kind.chars().all(|c| c.is_ascii_lowercase() || c == '_');
    let ends = kinds.split_once("->").map(|(from, to)| (list(from), list(to)));
    match ends {
        Some((from, to)) if from.iter().chain(&to).all(is_kind) => Ok(Endpoints { edge, from, to }),
        _ => plan_err!(
            "{file}: '-- endpoints: {line}' does not say which kinds of nodes lead to which, as in \
             '-- endpoints: class -> class, external'"
        ),
    }
}

fn feature(line: &str, file: &str) -> Result<Feature> {
    let weighted = line
        .rsplit_once(' ')
        .map(|(name, weight)| (name.trim(), weight.parse()));
    match weighted {
        Some((name, Ok(weight))) if name.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !name.is_empty() => {
            Ok(Feature {
                name: name.to_string(),
                weight,
            })
        }
        _ => plan_err!(
            "{file}: '-- feature: {line}' is no name of a column and integer, as in '-- feature: evidence 100'"
        ),
    }
}

/// The line that an error of the parser names.
fn line_of_parser(error: &DataFusionError) -> Option<usize> {
    let text = error.to_string();
    let (_, rest) = text.split_once("Line: ")?;
    rest.split(',').next()?.trim().parse().ok()
}

fn parse_query(body: &str, file: &str) -> Result<(String, Vec<String>)> {
    let first = body.lines().position(|l| !l.is_empty()).unwrap_or_default() + 1;
    let statements = DFParser::parse_sql(body).map_err(|e| {
        let line = line_of_parser(&e).unwrap_or(first);
        e.context(format!("{file}:{line}: the query does not parse"))
    })?;
    let (Some(statement), 1) = (statements.front(), statements.len()) else {
        return plan_err!("{file}: a rule is one query, not {} statements", statements.len());
    };
    let Statement::Statement(sql) = statement else {
        return plan_err!("{file}: a rule is a query, not {statement}");
    };
    if !matches!(sql.as_ref(), SqlStatement::Query(_)) {
        return plan_err!("{file}: a rule is a query, not {sql}");
    }
    let (tables, _) = resolve_table_references(statement, true)?;
    let mut inputs: Vec<String> = tables.iter().map(|t| t.table().to_string()).collect();
    inputs.sort();
    inputs.dedup();
    Ok((sql.to_string(), inputs))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str) -> String {
        Rule::parse(&RuleFile {
            file: "r.sql".into(),
            text: text.into(),
        })
        .unwrap_err()
        .strip_backtrace()
    }

    #[test]
    fn a_rule_says_what_is_wrong_with_it_and_where() {
        assert!(error("-- rule: a\nSELECT 1").contains("r.sql: the header has no line '-- doc: …'"));
        assert!(
            error("-- rule: a\n-- wieght: 3\nSELECT 1")
                .contains("r.sql:2: unknown header key 'wieght'; the keys are view")
        );
        assert!(error("-- rule: a\n-- rule: b\nSELECT 1").contains("r.sql:2: the header key 'rule' is given twice"));
        assert!(error("-- rule: a\n-- doc: x\n-- relation: r\nSELECT 1").contains("needs one of '-- group: src'"));
        assert!(error("-- view: a\n-- doc: x\n-- edge: r\nSELECT 1").contains("'edge' has no meaning"));
        assert!(error("-- view: a\n-- doc: x\nSELEC 1").contains("r.sql:3: the query does not parse"));
        assert!(error("-- view: a\n-- doc: x\nDROP TABLE t").contains("a rule is a query, not DROP TABLE t"));
        assert!(error("-- view: a\n-- doc: x\nSELECT 1; SELECT 2").contains("not 2 statements"));
        let rule = |lines: &str| {
            error(&format!(
                "-- rule: a\n-- doc: x\n-- relation: r\n-- group: src\n{lines}\nSELECT 1"
            ))
        };
        assert!(rule("-- severity: bad").contains("'-- severity: bad' is neither 'error' nor 'warning'"));
        assert!(rule("-- graph: maybe").contains("'-- graph: maybe' is neither 'yes' nor 'no'"));
        assert!(rule("-- needs: luck").contains("'-- needs: luck' is not 'index'"));
        assert!(rule("-- endpoints: class").contains("'-- endpoints: class' does not say which kinds"));
        assert!(rule("-- endpoints: class -> , file").contains("does not say which kinds"));
    }

    #[test]
    fn inputs_are_the_tables_of_the_query_without_its_own_names() {
        let text = "-- view: v\n-- doc: x\n-- doc: y\nWITH c AS (SELECT * FROM b) SELECT * FROM c JOIN a ON a.x IN (SELECT x FROM d)";
        let rule = Rule::parse(&RuleFile {
            file: "v.sql".into(),
            text: text.into(),
        })
        .unwrap();
        assert_eq!(rule.inputs, ["a", "b", "d"]);
        assert_eq!(rule.doc, "x y");
    }
}
