//! The value that stands beside the greatest or least key: of equal keys, the least value.

use std::cmp::Ordering;

use datafusion_common::arrow::array::{Array, ArrayRef, BooleanArray};
use datafusion_common::arrow::compute::nullif;
use datafusion_common::{Result, internal_err};
use datafusion_expr::function::AccumulatorArgs;
use datafusion_expr::{Accumulator, EmitTo, GroupsAccumulator};

use super::codes::{Bytes, Coder, Codes, Column, Numbers, Slots};
use super::multiset::{Multiset, Take};
use super::one_group::Groups;
use super::{passes, types};

/// Which key wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Best {
    Greatest,
    Least,
}

/// The accumulators for `(value)`, which is its own key, or `(value, key)`.
pub(super) fn groups(args: &AccumulatorArgs<'_>, best: Best) -> Result<Box<dyn Groups>> {
    let types = types(args);
    let key = types.get(1).filter(|ty| !ty.is_null()).unwrap_or(&types[0]);
    let (values, keys) = (Coder::try_new(&types[0])?, Coder::try_new(key)?);
    Ok(Box::new(Extreme {
        best,
        own_key: types.get(1).is_none_or(|ty| ty.is_null()),
        best_values: values.slots(),
        best_keys: keys.slots(),
        values,
        keys,
        best_rows: vec![],
        touched: vec![],
        heap: 0,
    }))
}

pub(super) fn sliding(args: &AccumulatorArgs<'_>, best: Best) -> Result<Box<dyn Accumulator>> {
    let types = types(args);
    let own_key = types.get(1).is_none_or(|ty| ty.is_null());
    let key = if own_key { &types[0] } else { &types[1] };
    let take = Take::First {
        own_key,
        descending: best == Best::Greatest,
    };
    Ok(Box::new(Multiset::try_new(&types[0], Some(key), take)?))
}

const NONE: u32 = 0;
const KEPT: u32 = 1;
const FIRST: u32 = 2;

#[derive(Debug, Clone)]
struct Extreme {
    best: Best,
    /// Whether the value is the key.
    own_key: bool,
    values: Coder,
    keys: Coder,
    best_values: Slots,
    best_keys: Slots,
    /// Where the best row of a group is: `NONE`, `KEPT` in the slots or, within a batch, so much behind `FIRST`.
    best_rows: Vec<u32>,
    /// The groups whose best row is of the batch.
    touched: Vec<usize>,
    /// The bytes that slots hold.
    heap: usize,
}

impl Groups for Extreme {
    fn copy(&self) -> Box<dyn Groups> {
        Box::new(self.clone())
    }
}

impl Slots {
    fn resize(&mut self, groups: usize) {
        match self {
            Self::Numbers(slots) => slots.resize(groups, 0),
            Self::Bytes(slots) => slots.resize_with(groups, Vec::new),
        }
    }

    fn take(&mut self, emit_to: EmitTo) -> Self {
        match self {
            Self::Numbers(slots) => Self::Numbers(emit_to.take_needed(slots)),
            Self::Bytes(slots) => Self::Bytes(emit_to.take_needed(slots)),
        }
    }

    fn size(&self) -> usize {
        match self {
            Self::Numbers(slots) => slots.capacity() * size_of::<u64>(),
            Self::Bytes(slots) => slots.capacity() * size_of::<Vec<u8>>(),
        }
    }
}

/// The rows of a batch, and their groups.
struct Incoming<'a> {
    best: Best,
    groups: &'a [usize],
    filter: Option<&'a BooleanArray>,
    /// Rows with a null in one of these do not count.
    nulls: [&'a ArrayRef; 2],
    best_rows: &'a mut [u32],
    touched: &'a mut Vec<usize>,
}

impl Incoming<'_> {
    /// Keeps what is better than what is there; gives the bytes by which slots have grown. A group's best row of the batch is
    /// found first, so that its value is copied once.
    fn fold<K: Column, V: Column>(self, keys: &K, best: &mut [K::Slot], values: &V, kept: &mut [V::Slot]) -> usize {
        let may_skip = self.filter.is_some() || self.nulls.iter().any(|a| a.null_count() > 0);
        for (row, group) in self.groups.iter().enumerate() {
            if may_skip && !(passes(self.filter, row) && self.nulls.iter().all(|a| a.is_valid(row))) {
                continue;
            }
            let place = &mut self.best_rows[*group];
            let key = match *place {
                NONE => None,
                KEPT => Some(keys.compare(row, &best[*group])),
                other => Some(keys.compare_rows(row, (other - FIRST) as usize)),
            };
            let is_better = match (key, self.best) {
                (None, _) | (Some(Ordering::Less), Best::Least) | (Some(Ordering::Greater), Best::Greatest) => true,
                (Some(Ordering::Less | Ordering::Greater), _) => false,
                (Some(Ordering::Equal), _) => {
                    let value = match *place {
                        KEPT => values.compare(row, &kept[*group]),
                        other => values.compare_rows(row, (other - FIRST) as usize),
                    };
                    value == Ordering::Less
                }
            };
            if is_better {
                if *place < FIRST {
                    self.touched.push(*group);
                }
                *place = row as u32 + FIRST;
            }
        }
        let mut grown = 0;
        for group in self.touched.drain(..) {
            let row = (self.best_rows[group] - FIRST) as usize;
            grown += keys.keep(row, &mut best[group]) + values.keep(row, &mut kept[group]);
            self.best_rows[group] = KEPT;
        }
        grown
    }
}

impl GroupsAccumulator for Extreme {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.best_rows.resize(total_num_groups, NONE);
        self.best_keys.resize(total_num_groups);
        self.best_values.resize(total_num_groups);
        let (value, key) = (&values[0], &values[if self.own_key { 0 } else { 1 }]);
        let (value_codes, key_codes) = (self.values.encode(value)?, self.keys.encode(key)?);
        let incoming = Incoming {
            best: self.best,
            groups: group_indices,
            filter,
            nulls: [value, key],
            best_rows: &mut self.best_rows,
            touched: &mut self.touched,
        };
        self.heap += match (&key_codes, &mut self.best_keys, &value_codes, &mut self.best_values) {
            (Codes::Numbers(k), Slots::Numbers(ks), Codes::Numbers(v), Slots::Numbers(vs)) => {
                incoming.fold(&Numbers(k), ks, &Numbers(v), vs)
            }
            (Codes::Numbers(k), Slots::Numbers(ks), v, Slots::Bytes(vs)) => match v.byte_rows() {
                Some(v) => incoming.fold(&Numbers(k), ks, &Bytes(v), vs),
                None => 0,
            },
            (k, Slots::Bytes(ks), Codes::Numbers(v), Slots::Numbers(vs)) => match k.byte_rows() {
                Some(k) => incoming.fold(&Bytes(k), ks, &Numbers(v), vs),
                None => 0,
            },
            (k, Slots::Bytes(ks), v, Slots::Bytes(vs)) => match (k.byte_rows(), v.byte_rows()) {
                (Some(k), Some(v)) => incoming.fold(&Bytes(k), ks, &Bytes(v), vs),
                _ => 0,
            },
            _ => return internal_err!("codes and slots of a type have one layout"),
        };
        Ok(())
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.update_batch(states, group_indices, None, total_num_groups)
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        match self.state(emit_to)?.into_iter().next() {
            Some(values) => Ok(values),
            None => internal_err!("the first column of the state is the value"),
        }
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let before = self.best_rows.len().max(1);
        let is_there: Vec<_> = emit_to
            .take_needed(&mut self.best_rows)
            .iter()
            .map(|place| *place == KEPT)
            .collect();
        let (values, keys) = (self.best_values.take(emit_to), self.best_keys.take(emit_to));
        self.heap = self.heap / before * self.best_rows.len();
        let mut columns = vec![self.values.values(&values, &is_there)?];
        if !self.own_key {
            columns.push(self.keys.values(&keys, &is_there)?);
        }
        Ok(columns)
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let columns = if self.own_key { &values[..1] } else { values };
        let Some(filter) = filter else {
            return Ok(columns.to_vec());
        };
        let dropped: BooleanArray = (0..filter.len()).map(|row| Some(!passes(Some(filter), row))).collect();
        columns.iter().map(|c| Ok(nullif(c, &dropped)?)).collect()
    }

    fn size(&self) -> usize {
        let places = self.best_rows.capacity() * size_of::<u32>() + self.touched.capacity() * size_of::<usize>();
        size_of_val(self) + places + self.best_keys.size() + self.best_values.size() + self.heap
    }
}
