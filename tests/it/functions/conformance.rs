//! Every function of the inventory, called in every way: no way panics, and all agree.

use std::collections::BTreeMap;
use std::sync::Arc;

use datafusion::arrow::array::{ArrayRef, RecordBatch};
use datafusion::arrow::compute::{cast, concat_batches};
use datafusion::arrow::datatypes::DataType;
use datafusion::arrow::util::pretty::pretty_format_batches;
use datafusion::datasource::MemTable;
use datafusion::prelude::{SessionConfig, SessionContext};
use datafusion_codeanatomy::register_all;

use crate::rows;

/// A value of what a parameter takes, as a column of the table `v`, by the words of the inventory and the parameter's name.
fn column(takes: &str, name: &str) -> String {
    match (takes, name) {
        (_, "unit" | "name") if takes == "text" => "unit".to_string(),
        (_, "change_type") => "change".to_string(),
        ("text", _) => "word".to_string(),
        ("an integer", "bend") => "b".to_string(),
        ("an integer", "line") => "a + 1".to_string(),
        ("an integer", _) => "a".to_string(),
        ("true or false", _) => "flag".to_string(),
        ("a struct of the integers bstart and bend", "b") => "named_struct('bstart', a, 'bend', a + 2)".to_string(),
        ("a struct of the integers bstart and bend", _) => "named_struct('bstart', a, 'bend', b)".to_string(),
        ("a list of values that have an order", _) => "[a, b, a]".to_string(),
        ("a map", _) => "MAP {'x': a, 'y': b}".to_string(),
        ("a struct", _) => "named_struct('a', a, 'b', b)".to_string(),
        (words, _) if words.starts_with('\'') => words.split(" or ").next().unwrap().to_string(),
        (_, "key") => "a".to_string(),
        (_, "y" | "x") => "CAST(a AS DOUBLE) / 3".to_string(),
        _ => "b".to_string(),
    }
}

#[derive(Debug, Clone)]
struct Parameter {
    name: String,
    takes: String,
    required: bool,
    variadic: bool,
}

#[derive(Debug)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) kind: String,
    parameters: Vec<Parameter>,
}

impl Function {
    /// `struct_pick` takes names of fields.
    fn argument(&self, parameter: &Parameter) -> String {
        match (self.name.as_str(), parameter.name.as_str()) {
            ("order_key", "value") => "[a, b]".to_string(),
            ("struct_pick", "field") => "'b'".to_string(),
            ("string_agg_det", "separator") => "'-'".to_string(),
            ("map_get_default", "key") => "word".to_string(),
            ("col_to_byte" | "byte_to_col", "line") => "word".to_string(),
            ("position_encoding", "name") => "unit".to_string(),
            (_, "name" | "ancestor") => "word".to_string(),
            _ => column(&parameter.takes, &parameter.name),
        }
    }

    fn arguments(&self) -> Vec<String> {
        self.parameters.iter().map(|p| self.argument(p)).collect()
    }

    fn call(&self, arguments: &[String]) -> String {
        let over = match self.kind.as_str() {
            "window" => " OVER (ORDER BY a, b DESC, id)",
            _ => "",
        };
        format!("{}({}){over}", self.name, arguments.join(", "))
    }

    pub(super) fn positional(&self) -> String {
        self.call(&self.arguments())
    }

    /// With names, in reverse order.
    fn named(&self) -> String {
        let named = self.parameters.iter().zip(self.arguments());
        let mut named: Vec<_> = named.map(|(p, value)| format!("{} => {value}", p.name)).collect();
        named.reverse();
        self.call(&named)
    }

    /// Only what is required.
    fn short(&self) -> String {
        let required = self.parameters.iter().filter(|p| p.required);
        self.call(&required.map(|p| self.argument(p)).collect::<Vec<_>>())
    }

    /// With a null in place of each argument in turn; a field's name cannot be null.
    pub(super) fn with_nulls(&self) -> Vec<String> {
        (0..self.parameters.len())
            .filter(|i| (self.name.as_str(), *i) != ("struct_pick", 1))
            .map(|i| {
                let mut arguments = self.arguments();
                arguments[i] = "NULL".to_string();
                self.call(&arguments)
            })
            .collect()
    }
}

/// Sessions: partitions, and the type of texts.
fn sessions() -> [(usize, DataType); 5] {
    let dictionary = DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8));
    [
        (1, DataType::Utf8View),
        (3, DataType::Utf8),
        (8, DataType::LargeUtf8),
        (3, dictionary),
        (8, DataType::Utf8View),
    ]
}

/// The rows of `v`: with `texts` as the type of its texts, cut out of larger arrays, dealt out to as many partitions.
pub(super) async fn session(partitions: usize, texts: &DataType) -> SessionContext {
    let config = SessionConfig::new()
        .with_target_partitions(partitions)
        .with_batch_size(5);
    let ctx = SessionContext::new_with_config(config);
    register_all(&ctx).unwrap();
    let sql = "SELECT id, id % 3 AS g, CASE WHEN id % 7 <> 3 THEN id / 4 END AS a, CASE WHEN id % 5 <> 4 THEN id / 4 + id % 6 END AS b, \
         CASE id % 6 WHEN 0 THEN 'naïve.x' WHEN 1 THEN 'x' WHEN 2 THEN '' WHEN 3 THEN 'a long text, which a view does not hold' WHEN 4 THEN '😀.y' END AS word, \
         CASE id % 3 WHEN 0 THEN 'utf16' WHEN 1 THEN 'UTF-8' END AS unit, \
         CASE id % 4 WHEN 0 THEN 'insert' WHEN 1 THEN 'delete' WHEN 2 THEN 'update_postimage' END AS change, \
         CASE id % 3 WHEN 0 THEN true WHEN 1 THEN false END AS flag \
         FROM generate_series(1, 40) AS s(id) ORDER BY id";
    let plain = SessionContext::new();
    let batches = rows(&plain, sql).await.unwrap();
    let whole = concat_batches(&batches[0].schema(), &batches).unwrap();
    let columns: Vec<(String, ArrayRef)> = whole
        .schema()
        .fields()
        .iter()
        .zip(whole.columns())
        .map(|(field, column)| match field.data_type() {
            DataType::Utf8 | DataType::Utf8View => (field.name().clone(), cast(column, texts).unwrap()),
            _ => (field.name().clone(), Arc::clone(column)),
        })
        .collect();
    let whole = RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(n, c)| (n, c, true))).unwrap();
    // Slices of one array: offsets that are not zero.
    let mut dealt = vec![vec![]; partitions];
    for (i, start) in (0..whole.num_rows()).step_by(7).enumerate() {
        dealt[i % partitions].push(whole.slice(start, 7.min(whole.num_rows() - start)));
    }
    let table = MemTable::try_new(whole.schema(), dealt).unwrap();
    ctx.register_table("v", Arc::new(table)).unwrap();
    ctx
}

pub(super) async fn inventory() -> Vec<Function> {
    let ctx = SessionContext::new();
    register_all(&ctx).unwrap();
    let mut functions: BTreeMap<String, Function> = BTreeMap::new();
    let sql = "SELECT f.name, f.kind, p.name, p.type, CAST(p.is_required AS VARCHAR), CAST(p.is_variadic AS VARCHAR) FROM functions() f \
         LEFT JOIN function_parameters() p ON p.function = f.name WHERE f.kind <> 'table' ORDER BY f.name, p.position";
    for batch in rows(&ctx, sql).await.unwrap() {
        for row in 0..batch.num_rows() {
            let cell = |column: usize| {
                let cell = cast(batch.column(column), &DataType::Utf8).unwrap();
                let cell = datafusion::common::ScalarValue::try_from_array(&cell, row).unwrap();
                cell.try_as_str().flatten().map(str::to_string)
            };
            let function = functions.entry(cell(0).unwrap()).or_insert_with(|| Function {
                name: cell(0).unwrap(),
                kind: cell(1).unwrap(),
                parameters: vec![],
            });
            if let Some(name) = cell(2) {
                function.parameters.push(Parameter {
                    name,
                    takes: cell(3).unwrap(),
                    required: cell(4).unwrap() == "true",
                    variadic: cell(5).unwrap() == "true",
                });
            }
        }
    }
    functions.into_values().collect()
}

/// The result as text, or the error.
pub(super) async fn result(ctx: &SessionContext, sql: &str) -> String {
    match rows(ctx, sql).await {
        Ok(batches) => pretty_format_batches(&batches).unwrap().to_string(),
        Err(error) => panic!("{sql}\n{error}"),
    }
}

/// Where a call may stand.
fn statements(function: &Function, call: &str) -> Vec<String> {
    match function.kind.as_str() {
        "scalar" => vec![
            format!("SELECT id, {call} AS r FROM v ORDER BY id"),
            format!("SELECT id FROM v WHERE {call} IS NOT NULL ORDER BY id"),
            format!("SELECT count(*) AS n, {call} AS r FROM v GROUP BY {call} ORDER BY n, min(id)"),
            format!("SELECT g, count(*) AS n FROM v GROUP BY g HAVING count({call}) > 0 ORDER BY g"),
            format!("SELECT id FROM v ORDER BY {call} IS NULL, id"),
            format!("SELECT id, count(*) OVER (PARTITION BY {call} IS NULL ORDER BY id) AS r FROM v ORDER BY id"),
            format!("SELECT count(*) FILTER (WHERE {call} IS NULL) AS r FROM v"),
        ],
        "aggregate" => vec![
            format!("SELECT {call} AS r FROM v"),
            format!("SELECT {call} AS r FROM v WHERE false"),
            format!("SELECT g, {call} AS r FROM v GROUP BY g ORDER BY g"),
            format!("SELECT id % 11 AS k, {call} FILTER (WHERE flag) AS r FROM v GROUP BY k ORDER BY k"),
            format!("SELECT g FROM v GROUP BY g HAVING {call} IS NOT NULL ORDER BY g"),
            format!("SELECT g FROM v GROUP BY g ORDER BY {call} IS NULL, g"),
            format!("SELECT id, {call} OVER (PARTITION BY g ORDER BY id) AS r FROM v ORDER BY id"),
            format!(
                "SELECT id, {call} OVER (ORDER BY id ROWS BETWEEN 3 PRECEDING AND 1 FOLLOWING) AS r FROM v ORDER BY id"
            ),
            format!(
                "SELECT id, {call} FILTER (WHERE flag) OVER (ORDER BY id ROWS 4 PRECEDING) AS r FROM v ORDER BY id"
            ),
        ],
        _ => vec![
            format!("SELECT id, {call} AS r FROM v WHERE a IS NOT NULL AND b IS NOT NULL ORDER BY id"),
            format!("SELECT id FROM v WHERE a IS NOT NULL AND b IS NOT NULL QUALIFY {call} IS NOT NULL ORDER BY id"),
        ],
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_function_gives_the_same_in_every_call() {
    let functions = inventory().await;
    assert!(functions.len() > 50);
    let mut open = vec![];
    for (partitions, texts) in sessions() {
        open.push((
            session(partitions, &texts).await,
            format!("{partitions} partitions, {texts}"),
        ));
    }
    for function in &functions {
        let forms = [function.positional(), function.named()];
        for sql in statements(function, &forms[0]) {
            let first = result(&open[0].0, &sql).await;
            for (ctx, name) in &open[1..] {
                assert_eq!(result(ctx, &sql).await, first, "{sql}\n{name}");
            }
        }
        let mut calls = function.with_nulls();
        calls.push(function.short());
        for call in calls {
            for sql in statements(function, &call) {
                let (ctx, name) = &open[3];
                assert_eq!(result(ctx, &sql).await, result(&open[0].0, &sql).await, "{sql}\n{name}");
            }
        }
        if !function.parameters.iter().any(|p| p.variadic) || function.parameters.len() == 2 {
            let by_name = statements(function, &forms[1]);
            for (positional, named) in statements(function, &forms[0]).iter().zip(&by_name) {
                let ctx = &open[1].0;
                assert_eq!(
                    result(ctx, positional).await,
                    result(ctx, named).await,
                    "{positional}\n{named}"
                );
            }
        }
    }
}

/// A call of constants gives what a call of columns gives in their row.
#[tokio::test(flavor = "multi_thread")]
async fn constants_and_columns_agree() {
    let ctx = session(1, &DataType::Utf8View).await;
    for function in inventory().await.iter().filter(|f| f.kind == "scalar") {
        let call = function.positional();
        for id in [1, 2, 3, 4, 5, 6, 12, 20] {
            // The optimiser folds a sub-query of constants into the call.
            let constants = lines_of(&ctx, id).await;
            let folded = result(&ctx, &format!("SELECT {call} AS r FROM (SELECT {constants}) AS v")).await;
            let column = result(&ctx, &format!("SELECT {call} AS r FROM v WHERE id = {id}")).await;
            assert_eq!(folded, column, "{call} of row {id}");
        }
    }
}

/// The row of that id as a list of literals with names.
async fn lines_of(ctx: &SessionContext, id: i64) -> String {
    let batches = rows(ctx, &format!("SELECT * FROM v WHERE id = {id}")).await.unwrap();
    let schema = batches[0].schema();
    let cells = schema.fields().iter().enumerate().map(|(i, field)| {
        let value = datafusion::common::ScalarValue::try_from_array(batches[0].column(i), 0).unwrap();
        let literal = match (value.is_null(), value.try_as_str()) {
            (true, _) => "NULL".to_string(),
            (false, Some(Some(text))) => format!("'{text}'"),
            (false, _) => value.to_string(),
        };
        format!("arrow_cast({literal}, '{}') AS {}", field.data_type(), field.name())
    });
    cells.collect::<Vec<_>>().join(", ")
}
