//! What a commit says of where its rows came from: fingerprints of the statement, of what it read, and of the settings.

use std::collections::BTreeSet;
use std::fmt::Write;

use datafusion::catalog::Session;
use datafusion::common::Result;
use datafusion::common::tree_node::{TreeNode, TreeNodeRecursion};
use datafusion::datasource::memory::MemorySourceConfig;
use datafusion::datasource::physical_plan::FileScanConfig;
use datafusion::datasource::source::DataSourceExec;
use datafusion::logical_expr::LogicalPlan;
use datafusion::physical_plan::{ExecutionPlan, displayable};
use datafusion_codeanatomy::scanned_files;

/// Of a statement: its plan before it is optimised, so that how it is written and how much is done at once do not count.
pub(crate) fn of_statement(plan: &LogicalPlan) -> Result<String> {
    let mut text = plan.display_indent().to_string();
    plan.apply(|node| {
        // Of many rows the plan shows a few.
        if let LogicalPlan::Values(values) = node {
            for expr in values.values.iter().flatten() {
                // Writing to a text does not fail.
                let _ = write!(text, "\n{expr}");
            }
        }
        Ok(TreeNodeRecursion::Continue)
    })?;
    Ok(hash(&text))
}

/// Of a statement that makes a table of a query, of which `query` is the fingerprint.
pub(crate) fn of_creation(table: &str, query: &str) -> String {
    hash(&format!("CREATE TABLE {table} AS {query}"))
}

/// Of what a plan reads: path, size and last change of every file, path and size of every source file of a dataset, and how many
/// rows tables in memory have.
pub(crate) fn of_input(plan: &dyn ExecutionPlan) -> String {
    let mut read = BTreeSet::new();
    let mut nodes = vec![plan];
    while let Some(node) = nodes.pop() {
        nodes.extend(node.children().into_iter().map(AsRef::as_ref));
        if node.children().is_empty() {
            leaf(node, &mut read);
        }
    }
    hash(&read.into_iter().collect::<Vec<_>>().join("\n"))
}

fn leaf(node: &dyn ExecutionPlan, read: &mut BTreeSet<String>) {
    if let Some((dataset, files)) = scanned_files(node) {
        read.extend(files.into_iter().map(|(path, size)| format!("{dataset} {size} {path}")));
        return;
    }
    let source = node.downcast_ref::<DataSourceExec>().map(DataSourceExec::data_source);
    if let Some(files) = source.and_then(|source| source.downcast_ref::<FileScanConfig>()) {
        for file in files.file_groups.iter().flat_map(|group| group.iter()) {
            let meta = &file.object_meta;
            let changed = meta.last_modified.timestamp_millis();
            read.insert(format!("{} {changed} {}", meta.size, meta.location));
        }
    } else if let Some(memory) = source.and_then(|source| source.downcast_ref::<MemorySourceConfig>()) {
        let rows: usize = memory.partitions().iter().flatten().map(|batch| batch.num_rows()).sum();
        read.insert(format!("{rows} rows {:?}", memory.original_schema()));
    } else {
        read.insert(displayable(node).one_line().to_string());
    }
}

/// Of the session's own settings and those of the engine that reach rows.
pub(crate) fn of_settings(session: &dyn Session) -> String {
    let mut text = String::new();
    for entry in session.config().options().entries() {
        // How much is done at once, and how it looks, reaches no row.
        let reaches_rows = [
            "codeanatomy.",
            "datafusion.sql_parser.",
            "datafusion.execution.time_zone",
        ];
        if reaches_rows.iter().any(|prefix| entry.key.starts_with(prefix)) && !entry.key.contains("cache") {
            let _ = writeln!(text, "{}={}", entry.key, entry.value.unwrap_or_default());
        }
    }
    hash(&text)
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..32].to_string()
}
