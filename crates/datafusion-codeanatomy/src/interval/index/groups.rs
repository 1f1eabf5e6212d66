//! Equality keys as numbers of groups.

use datafusion::arrow::array::{Array, ArrayRef, UInt32Array};
use datafusion::arrow::buffer::NullBuffer;
use datafusion::arrow::compute::{SortOptions, concat, take};
use datafusion::common::hash_utils::{RandomState, create_hashes};
use datafusion::common::{NullEquality, Result, exec_err};
use datafusion::physical_plan::joins::utils::JoinKeyComparator;
use rustc_hash::FxHashMap;

/// What a row has that is in no group: a null key, or one that is not known.
pub(in crate::interval) const NO_GROUP: u32 = u32::MAX;

/// The distinct keys of the kept rows, numbered as they come. Equality is the engine's, as its joins have it: null equals
/// nothing, -0.0 equals 0.0, NaN equals NaN.
#[derive(Debug, Default)]
pub(in crate::interval) struct Groups {
    /// The last group with a hash.
    by_hash: FxHashMap<u64, u32>,
    /// Per group the one before it with the same hash.
    before: Vec<u32>,
    /// The key columns, a row per group.
    keys: Vec<ArrayRef>,
}

impl Groups {
    /// About how many bytes a row takes that is a group of its own, beside its key.
    pub(in crate::interval) const BYTES_PER_ROW: usize = 40;

    /// The number of groups.
    pub(in crate::interval) fn len(&self) -> usize {
        self.before.len()
    }

    /// The keys, a row per group and none with a null. Without a row yet there are none.
    pub(in crate::interval) fn keys(&self) -> &[ArrayRef] {
        &self.keys
    }

    /// About how many bytes this takes.
    pub(in crate::interval) fn size(&self) -> usize {
        // What views see belongs to the rows, where it is counted.
        let size = |key: &ArrayRef| {
            key.to_data()
                .get_slice_memory_size()
                .unwrap_or_else(|_| key.get_array_memory_size())
        };
        let keys: usize = self.keys.iter().map(size).sum();
        self.by_hash.capacity() * 18 + self.before.capacity() * 4 + keys
    }

    /// The group of every row, new groups included. Without keys all `rows` rows are in group 0.
    pub(in crate::interval) fn intern(&mut self, keys: &[ArrayRef], rows: usize) -> Result<Vec<u32>> {
        if keys.is_empty() {
            self.before.resize(1, NO_GROUP);
            return Ok(vec![0; rows]);
        }
        let (hashes, nulls) = hashes(keys, rows)?;
        let known = self.comparator(keys)?;
        let fresh = comparator(keys, keys)?;
        let old = self.len();
        let mut first_rows: Vec<u32> = vec![];
        let mut groups = Vec::with_capacity(rows);
        for row in 0..rows {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                groups.push(NO_GROUP);
                continue;
            }
            // Rows of a group often come together.
            if row > 0 && hashes[row] == hashes[row - 1] && groups[row - 1] != NO_GROUP && fresh.is_equal(row - 1, row)
            {
                groups.push(groups[row - 1]);
                continue;
            }
            let last = self.by_hash.get(&hashes[row]).copied().unwrap_or(NO_GROUP);
            let mut group = last;
            while group != NO_GROUP {
                let same = match (group as usize).checked_sub(old) {
                    Some(new) => fresh.is_equal(first_rows[new] as usize, row),
                    None => known.as_ref().is_some_and(|known| known.is_equal(group as usize, row)),
                };
                if same {
                    break;
                }
                group = self.before[group as usize];
            }
            if group == NO_GROUP {
                group = u32::try_from(self.before.len()).unwrap_or(NO_GROUP);
                if group == NO_GROUP {
                    return exec_err!("an interval join keeps at most {NO_GROUP} distinct keys per partition");
                }
                self.before.push(last);
                self.by_hash.insert(hashes[row], group);
                first_rows.push(row as u32);
            }
            groups.push(group);
        }
        self.remember(keys, first_rows)?;
        Ok(groups)
    }

    fn remember(&mut self, keys: &[ArrayRef], first_rows: Vec<u32>) -> Result<()> {
        if first_rows.is_empty() {
            return Ok(());
        }
        let rows = UInt32Array::from(first_rows);
        let new = keys.iter().map(|key| take(key, &rows, None));
        self.keys = match self.keys.is_empty() {
            true => new.collect::<Result<_, _>>()?,
            false => (self.keys.iter().zip(new))
                .map(|(old, new)| concat(&[old.as_ref(), new?.as_ref()]))
                .collect::<Result<_, _>>()?,
        };
        Ok(())
    }

    /// The group of every row among those that are known.
    pub(in crate::interval) fn find(&self, keys: &[ArrayRef], rows: usize) -> Result<Vec<u32>> {
        if self.len() == 0 {
            return Ok(vec![NO_GROUP; rows]);
        }
        if keys.is_empty() {
            return Ok(vec![0; rows]);
        }
        let (hashes, nulls) = hashes(keys, rows)?;
        let Some(known) = self.comparator(keys)? else {
            return Ok(vec![NO_GROUP; rows]);
        };
        let mut groups: Vec<u32> = Vec::with_capacity(rows);
        for row in 0..rows {
            if nulls.as_ref().is_some_and(|nulls| nulls.is_null(row)) {
                groups.push(NO_GROUP);
                continue;
            }
            // The group of the row before, if the hash is its own too, saves the look-up.
            let mut group = match row > 0 && hashes[row] == hashes[row - 1] && groups[row - 1] != NO_GROUP {
                true if known.is_equal(groups[row - 1] as usize, row) => {
                    groups.push(groups[row - 1]);
                    continue;
                }
                _ => self.by_hash.get(&hashes[row]).copied().unwrap_or(NO_GROUP),
            };
            while group != NO_GROUP && !known.is_equal(group as usize, row) {
                group = self.before[group as usize];
            }
            groups.push(group);
        }
        Ok(groups)
    }

    fn comparator(&self, keys: &[ArrayRef]) -> Result<Option<JoinKeyComparator>> {
        match self.keys.is_empty() {
            true => Ok(None),
            false => comparator(&self.keys, keys).map(Some),
        }
    }
}

fn comparator(left: &[ArrayRef], right: &[ArrayRef]) -> Result<JoinKeyComparator> {
    let options = vec![SortOptions::default(); left.len()];
    JoinKeyComparator::new(left, right, &options, NullEquality::NullEqualsNothing)
}

/// The hash of every row's key, and where a key is null.
fn hashes(keys: &[ArrayRef], rows: usize) -> Result<(Vec<u64>, Option<NullBuffer>)> {
    let mut hashes = vec![0; rows];
    create_hashes(keys, &RandomState::default(), &mut hashes)?;
    let nulls: Vec<_> = keys.iter().map(|key| key.logical_nulls()).collect();
    let nulls = NullBuffer::union_many(nulls.iter().map(Option::as_ref));
    Ok((hashes, nulls.filter(|nulls| nulls.null_count() > 0)))
}
