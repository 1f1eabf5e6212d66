//! Every function of ours with what is to be said of it, whatever its kind.

use std::collections::BTreeMap;

use codeanatomy_functions::specs;
use codeanatomy_model::{CATALOGUE, Contract, Languages};

use datafusion::catalog::Session;
use datafusion::logical_expr::Volatility;

use crate::dataset::parameters;
use crate::planner::{
    Parameter, SqlFunction, SqlParameter, SqlTableFunction, call_of_nulls, functions_outside, relation_functions,
    signature,
};
use crate::question::QUESTIONS;

/// A function.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) section: &'static str,
    pub(crate) signature: String,
    pub(crate) returns: String,
    pub(crate) description: String,
    pub(crate) nulls: Option<&'static str>,
    pub(crate) volatility: &'static str,
    pub(crate) example: String,
    pub(crate) since: &'static str,
    pub(crate) parameters: Vec<Described>,
}

/// One of its parameters.
pub(crate) struct Described {
    pub(crate) name: String,
    /// What it takes, in words.
    pub(crate) takes: String,
    pub(crate) default: Option<String>,
    pub(crate) required: bool,
    pub(crate) variadic: bool,
    pub(crate) description: &'static str,
}

/// All of them: those of values in the order of the documentation, then datasets, functions of relations, questions, listings, those
/// of other crates, and those that `CREATE FUNCTION` made in the session, of expressions and of queries, the last three by name.
pub(crate) fn inventory(session: &dyn Session) -> Vec<Entry> {
    let values = specs().into_iter().map(|spec| Entry {
        name: spec.name.to_string(),
        kind: spec.kind.name(),
        section: spec.section,
        signature: spec.signature_text(),
        returns: spec.returns.to_string(),
        description: spec.description.to_string(),
        nulls: Some(spec.nulls),
        volatility: "immutable",
        example: spec.example.to_string(),
        since: spec.since,
        parameters: spec
            .parameters
            .iter()
            .map(|p| Described {
                name: p.name.to_string(),
                takes: p.class.words(),
                default: p.default.filter(|_| !p.variadic).map(str::to_string),
                required: p.default.is_none(),
                variadic: p.variadic,
                description: p.doc,
            })
            .collect(),
    });
    let datasets = CATALOGUE.iter().map(|contract| {
        let description = contract.description();
        table(
            "Datasets",
            contract.name,
            parameters(contract),
            &description,
            example(contract),
        )
    });
    let relations =
        relation_functions().map(|f| table("Relations", f.name, f.parameters, f.description, f.example.to_string()));
    let questions = QUESTIONS
        .iter()
        .map(|q| table("Questions", q.name, q.parameters, q.description, q.example.to_string()));
    let listings =
        super::listings().map(|l| table(l.section, l.name, l.parameters, l.description, l.example.to_string()));
    let outside = functions_outside(session).into_iter().map(|f| {
        table(
            f.section(),
            f.name(),
            f.parameters(),
            f.description(),
            f.example().to_string(),
        )
    });
    let made: BTreeMap<_, _> = session
        .scalar_functions()
        .values()
        .filter_map(|f| f.inner().downcast_ref::<SqlFunction>())
        .map(|f| (&f.name, f))
        .collect();
    let made = made.into_values().map(of_sql);
    values
        .chain(datasets)
        .chain(relations)
        .chain(questions)
        .chain(listings)
        .chain(outside)
        .chain(made)
        .chain(SqlTableFunction::all(session).into_iter().map(of_sql_query))
        .collect()
}

fn described(p: &SqlParameter) -> Described {
    Described {
        name: p.name.clone(),
        takes: p.ty.to_string(),
        default: p.default.as_ref().map(SqlFunction::sql_of),
        required: p.default.is_none(),
        variadic: false,
        description: "",
    }
}

fn of_sql_query(function: &SqlTableFunction) -> Entry {
    Entry {
        name: function.name.clone(),
        kind: "table",
        section: "CREATE FUNCTION",
        signature: function.signature_text(),
        returns: function.returns_text(),
        description: function.sql.clone(),
        nulls: None,
        volatility: "stable",
        example: format!("SELECT * FROM {}", call_of_nulls(&function.name, &function.parameters)),
        since: "",
        parameters: function.parameters.iter().map(described).collect(),
    }
}

fn of_sql(function: &SqlFunction) -> Entry {
    Entry {
        name: function.name.clone(),
        kind: "scalar",
        section: "CREATE FUNCTION",
        signature: function.signature_text(),
        returns: function.returns.to_string(),
        description: function.body_text(),
        nulls: None,
        volatility: match function.volatility() {
            Volatility::Immutable => "immutable",
            Volatility::Stable => "stable",
            Volatility::Volatile => "volatile",
        },
        example: format!("SELECT {}", call_of_nulls(&function.name, &function.parameters)),
        since: "",
        parameters: function.parameters.iter().map(described).collect(),
    }
}

fn table(
    section: &'static str,
    name: &'static str,
    parameters: &'static [Parameter],
    description: &str,
    example: String,
) -> Entry {
    let described = |p: &'static Parameter| Described {
        name: p.name.to_string(),
        takes: "a literal".to_string(),
        default: Some(p.default.to_string()).filter(|_| !p.required),
        required: p.required,
        variadic: false,
        description: p.doc,
    };
    Entry {
        name: name.to_string(),
        kind: "table",
        section,
        signature: signature(name, parameters),
        returns: "TABLE".to_string(),
        description: description.to_string(),
        nulls: None,
        // What it reads may change from one statement to the next.
        volatility: "stable",
        example,
        since: "0.1.0",
        parameters: parameters.iter().map(described).collect(),
    }
}

/// A statement over a text, so that it needs no files; over files below, where only these have such rows.
fn example(contract: &Contract) -> String {
    let name = contract.name;
    if contract.name == "ts_captures" {
        return format!("SELECT * FROM {name}(text => 'x = f(1)', query => '(identifier) @name')");
    }
    if [Languages::BYTECODE, Languages::SCIP].contains(&contract.inputs) {
        return format!("SELECT * FROM {name}(source => '.') LIMIT 1");
    }
    format!("SELECT * FROM {name}(text => 'x = f(1)')")
}
