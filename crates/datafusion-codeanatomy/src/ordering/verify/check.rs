//! Whether batches are in an order.

use std::cmp::Ordering;

use datafusion::arrow::array::{ArrayRef, DynComparator, RecordBatch, make_comparator};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};
use datafusion::common::{Result, exec_err};
use datafusion::physical_expr::LexOrdering;

/// How many characters of a value an error shows.
const SHOWN: usize = 100;

/// Looks at the batches of a stream one after the other.
#[derive(Debug)]
pub(crate) struct OrderCheck {
    order: LexOrdering,
    /// Whether rows may not tie.
    unique: bool,
    /// What promised the order.
    of: String,
    /// The last row so far: the columns of the order, and their values.
    last: Option<(Vec<ArrayRef>, RecordBatch)>,
    rows: usize,
}

impl OrderCheck {
    pub(crate) fn new(order: LexOrdering, unique: bool, of: String) -> Self {
        Self {
            order,
            unique,
            of,
            last: None,
            rows: 0,
        }
    }

    /// Fails if a row of `batch` comes before the row that it stands behind, or ties with it where rows may not.
    pub(crate) fn look(&mut self, batch: &RecordBatch) -> Result<()> {
        let rows = batch.num_rows();
        if rows == 0 {
            return Ok(());
        }
        let columns = self
            .order
            .iter()
            .map(|sort| sort.expr.evaluate(batch)?.into_array(rows))
            .collect::<Result<Vec<_>>>()?;
        if let Some((last, row)) = &self.last {
            let compare = self.comparators(last, &columns)?;
            self.judge(order_of(&compare, 0, 0), (row, 0), (batch, 0), self.rows)?;
        }
        let compare = self.comparators(&columns, &columns)?;
        for i in 1..rows {
            self.judge(order_of(&compare, i - 1, i), (batch, i - 1), (batch, i), self.rows + i)?;
        }
        let last = columns.iter().map(|c| c.slice(rows - 1, 1)).collect();
        self.last = Some((last, batch.slice(rows - 1, 1)));
        self.rows += rows;
        Ok(())
    }

    fn comparators(&self, left: &[ArrayRef], right: &[ArrayRef]) -> Result<Vec<DynComparator>> {
        let columns = left.iter().zip(right).zip(self.order.iter());
        let comparators = columns.map(|((left, right), sort)| make_comparator(left, right, sort.options));
        Ok(comparators.collect::<Result<_, _>>()?)
    }

    fn judge(
        &self,
        found: Ordering,
        before: (&RecordBatch, usize),
        row: (&RecordBatch, usize),
        at: usize,
    ) -> Result<()> {
        let wrong = match found {
            Ordering::Less => return Ok(()),
            Ordering::Equal if !self.unique => return Ok(()),
            Ordering::Equal => "stands twice, though the order is declared total, in",
            Ordering::Greater => "is out of order in",
        };
        let (of, order, row, before) = (&self.of, &self.order, shown(row)?, shown(before)?);
        exec_err!(
            "row {at} {wrong} {of}, which promises [{order}]: {row} comes behind {before}; correct the declared order or key, or SET \
             codeanatomy.verify = false"
        )
    }
}

fn order_of(comparators: &[DynComparator], left: usize, right: usize) -> Ordering {
    let orders = comparators.iter().map(|compare| compare(left, right));
    orders
        .into_iter()
        .find(|order| order.is_ne())
        .unwrap_or(Ordering::Equal)
}

/// A row with the names of its columns: `{path: a.py, node_id: 3}`.
fn shown((batch, row): (&RecordBatch, usize)) -> Result<String> {
    let options = FormatOptions::default().with_null("NULL");
    let schema = batch.schema();
    let mut values = vec![];
    for (field, column) in schema.fields().iter().zip(batch.columns()) {
        let value = ArrayFormatter::try_new(column, &options)?.value(row).try_to_string()?;
        let mut short: String = value.chars().take(SHOWN).collect();
        if short.len() < value.len() {
            short.push('…');
        }
        values.push(format!("{}: {short}", field.name()));
    }
    Ok(format!("{{{}}}", values.join(", ")))
}
