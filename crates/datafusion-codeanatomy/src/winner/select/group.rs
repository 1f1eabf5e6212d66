//! The number of a row's group.

use std::cmp::Ordering;

use datafusion::arrow::array::{ArrayRef, DynComparator, make_comparator};
use datafusion::arrow::compute::{SortOptions, partition};
use datafusion::error::Result;
use datafusion::physical_plan::aggregates::group_values::{GroupValues, new_group_values};
use datafusion::physical_plan::aggregates::order::GroupOrdering;

use datafusion::arrow::datatypes::SchemaRef;

/// Numbers groups from 0 in the order in which they are first seen.
pub(crate) enum Grouper {
    /// All rows are one group.
    One {
        /// Whether there was a row.
        seen: bool,
    },
    /// Groups come in any order.
    Hashed(Box<dyn GroupValues>),
    /// The rows of a group come one after the other.
    Sorted {
        /// Groups so far.
        groups: usize,
        /// The key of the last row.
        last: Option<Vec<ArrayRef>>,
    },
}

impl Grouper {
    pub(crate) fn new(keys: &SchemaRef, sorted: bool) -> Result<Self> {
        Ok(if keys.fields().is_empty() {
            Self::One { seen: false }
        } else if sorted {
            Self::Sorted { groups: 0, last: None }
        } else {
            Self::Hashed(new_group_values(SchemaRef::clone(keys), &GroupOrdering::None)?)
        })
    }

    /// Puts the group of every row into `groups`; `keys` are those of at least one row.
    pub(crate) fn assign(&mut self, keys: &[ArrayRef], rows: usize, groups: &mut Vec<usize>) -> Result<()> {
        match self {
            Self::One { seen } => {
                *seen = true;
                groups.clear();
                groups.resize(rows, 0);
                Ok(())
            }
            Self::Hashed(values) => Ok(values.intern(keys, groups)?),
            Self::Sorted { groups: count, last } => {
                groups.clear();
                let goes_on = match last.as_ref() {
                    Some(last) => equal(last, 0, keys, 0)?,
                    None => false,
                };
                let first = *count - usize::from(goes_on);
                for (at, range) in partition(keys)?.ranges().into_iter().enumerate() {
                    groups.resize(range.end, first + at);
                    *count = first + at + 1;
                }
                *last = Some(keys.iter().map(|key| key.slice(rows - 1, 1)).collect());
                Ok(())
            }
        }
    }

    pub(crate) fn len(&self) -> usize {
        match self {
            Self::One { seen } => usize::from(*seen),
            Self::Hashed(values) => values.len(),
            Self::Sorted { groups, .. } => *groups,
        }
    }

    pub(crate) fn memory(&self) -> usize {
        match self {
            Self::Hashed(values) => values.size(),
            Self::One { .. } | Self::Sorted { .. } => 0,
        }
    }
}

/// Whether two rows have the same key.
pub(crate) fn equal(left: &[ArrayRef], at: usize, right: &[ArrayRef], other: usize) -> Result<bool> {
    for (left, right) in left.iter().zip(right) {
        let compare: DynComparator = make_comparator(left, right, SortOptions::default())?;
        if compare(at, other) != Ordering::Equal {
            return Ok(false);
        }
    }
    Ok(true)
}
