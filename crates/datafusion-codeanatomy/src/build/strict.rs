//! What a strict build checks beside what every build does.

use datafusion::arrow::array::{AsArray, RecordBatch};
use datafusion::arrow::compute::SortOptions;
use datafusion::common::{Result, exec_err, internal_err};
use datafusion::physical_expr::expressions::col;
use datafusion::physical_expr::{LexOrdering, PhysicalSortExpr};

use crate::graph::GRAPH_TABLES;
use crate::ordering::OrderCheck;
use crate::relation::Severity;

/// Whether the rows of every table of the graph come in its order, over all parts.
#[derive(Debug)]
pub(super) struct TableOrders {
    /// For each of [`GRAPH_TABLES`].
    checks: Vec<Option<OrderCheck>>,
}

impl TableOrders {
    pub(super) fn try_new() -> Result<Self> {
        let checks = GRAPH_TABLES.iter().map(|table| {
            let schema = table.schema();
            let sort = |name: &&str| {
                Ok(PhysicalSortExpr::new(
                    col(name, &schema)?,
                    SortOptions::new(false, false),
                ))
            };
            let order = table.order.iter().map(sort).collect::<Result<Vec<_>>>()?;
            Ok(LexOrdering::new(order).map(|order| OrderCheck::new(order, false, format!("the table {}", table.name))))
        });
        Ok(Self {
            checks: checks.collect::<Result<_>>()?,
        })
    }

    /// Fails if a row comes before the row that it stands behind, and shows both.
    pub(super) fn look(&mut self, tables: &[RecordBatch]) -> Result<()> {
        for (check, rows) in self.checks.iter_mut().zip(tables) {
            if let Some(check) = check {
                check.look(rows)?;
            }
        }
        Ok(())
    }
}

/// Fails if rows are wrong, and shows the first. What is only a warning is kept.
pub(super) fn no_errors(errors: &RecordBatch) -> Result<()> {
    let Some(severity) = errors.column_by_name("severity").and_then(|c| c.as_string_view_opt()) else {
        return internal_err!("contract_errors has no column severity");
    };
    let wrong: Vec<usize> = (0..errors.num_rows())
        .filter(|row| severity.value(*row) == Severity::Error.name())
        .collect();
    let Some(first) = wrong.first() else {
        return Ok(());
    };
    let first = datafusion::arrow::util::pretty::pretty_format_batches(&[errors.slice(*first, 1)])?;
    exec_err!(
        "a strict build keeps no graph whose rows break a contract; {} do, the first of them is\n{first}",
        wrong.len()
    )
}
