//! The values of groups, sorted.

use std::cmp::Ordering;
use std::sync::Arc;

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, ListArray, StringBuilder, UInt64Array};
use datafusion_common::arrow::buffer::{NullBuffer, OffsetBuffer};
use datafusion_common::arrow::compute::{cast, take};
use datafusion_common::arrow::datatypes::{DataType, Field};
use datafusion_common::{Result, internal_err};
use datafusion_expr::{EmitTo, GroupsAccumulator};

use super::codes::{Coder, Codes, Slots};
use super::one_group::Groups;
use super::passes;

/// What is made of the sorted values of a group. No values give null.
#[derive(Debug, Clone)]
pub(super) enum Output {
    List,
    /// The texts with this between them.
    Text(String),
}

/// The type of a list of these.
pub(super) fn list_of(ty: &DataType) -> DataType {
    DataType::List(Arc::new(Field::new_list_field(ty.clone(), true)))
}

impl Output {
    /// Of groups, by how many of `values` each has, one group behind the other.
    pub(super) fn of(&self, lengths: &[usize], values: ArrayRef) -> Result<ArrayRef> {
        match self {
            Self::List => lists(lengths, values),
            Self::Text(separator) => {
                let values = cast(&values, &DataType::Utf8View)?;
                let values = values.as_string_view();
                let (mut texts, mut text, mut at) = (StringBuilder::new(), String::new(), 0);
                for length in lengths {
                    if *length == 0 {
                        texts.append_null();
                        continue;
                    }
                    text.clear();
                    for i in at..at + length {
                        if i > at {
                            text.push_str(separator);
                        }
                        text.push_str(values.value(i));
                    }
                    at += length;
                    texts.append_value(&text);
                }
                Ok(Arc::new(texts.finish()))
            }
        }
    }
}

fn lists(lengths: &[usize], values: ArrayRef) -> Result<ArrayRef> {
    let field = Arc::new(Field::new_list_field(values.data_type().clone(), true));
    let nulls: NullBuffer = lengths.iter().map(|length| *length > 0).collect();
    let offsets = OffsetBuffer::from_lengths(lengths.iter().copied());
    Ok(Arc::new(ListArray::try_new(field, offsets, values, Some(nulls))?))
}

/// A value of a group: a number, or bytes in the arena, of which the first eight are the number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry {
    group: usize,
    number: u64,
    start: usize,
    length: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Collection {
    coder: Coder,
    distinct: bool,
    output: Output,
    groups: usize,
    entries: Vec<Entry>,
    /// The bytes of entries. Empty if values are numbers.
    arena: Vec<u8>,
    /// How many entries there were when the equal ones were last taken out.
    distinct_entries: usize,
}

impl Groups for Collection {
    fn copy(&self) -> Box<dyn Groups> {
        Box::new(self.clone())
    }

    fn settle(&mut self) {
        self.sort();
    }
}

impl Collection {
    pub(super) fn try_new(ty: &DataType, distinct: bool, output: Output) -> Result<Self> {
        Ok(Self {
            coder: Coder::try_new(ty)?,
            distinct,
            output,
            groups: 0,
            entries: vec![],
            arena: vec![],
            distinct_entries: 0,
        })
    }

    fn add(&mut self, values: &ArrayRef, rows: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        let codes = self.coder.encode(values)?;
        for (row, group) in rows.filter(|(row, _)| values.is_valid(*row)) {
            let entry = match (&codes, codes.byte_rows()) {
                (Codes::Numbers(numbers), _) => Entry {
                    group,
                    number: numbers[row],
                    start: 0,
                    length: 0,
                },
                (_, Some(rows)) => {
                    let (start, bytes) = (self.arena.len(), rows.bytes(row));
                    self.arena.extend_from_slice(bytes);
                    Entry {
                        group,
                        number: first_eight(bytes),
                        start,
                        length: bytes.len(),
                    }
                }
                _ => return internal_err!("codes are numbers or bytes"),
            };
            self.entries.push(entry);
        }
        if self.distinct && self.entries.len() > 2 * self.distinct_entries + (1 << 16) {
            self.sort();
        }
        Ok(())
    }

    /// Puts the entries in order; takes equal ones out if they do not count.
    fn sort(&mut self) {
        let arena = &self.arena;
        let bytes = |e: &Entry| &arena[e.start..e.start + e.length];
        let compare = |a: &Entry, b: &Entry| -> Ordering {
            let start = (a.group, a.number).cmp(&(b.group, b.number));
            start.then_with(|| bytes(a).cmp(bytes(b)))
        };
        self.entries.sort_unstable_by(compare);
        if self.distinct {
            self.entries.dedup_by(|a, b| compare(a, b) == Ordering::Equal);
            self.distinct_entries = self.entries.len();
            self.shrink();
        }
    }

    /// Leaves only the bytes in the arena that entries have.
    fn shrink(&mut self) {
        let needed: usize = self.entries.iter().map(|e| e.length).sum();
        if needed == self.arena.len() {
            return;
        }
        let mut arena = Vec::with_capacity(needed);
        for entry in &mut self.entries {
            let start = arena.len();
            arena.extend_from_slice(&self.arena[entry.start..entry.start + entry.length]);
            entry.start = start;
        }
        self.arena = arena;
    }

    /// The sorted values of groups, and how many each has.
    fn emit(&mut self, emit_to: EmitTo) -> Result<(Vec<usize>, ArrayRef)> {
        self.sort();
        let groups = match emit_to {
            EmitTo::All => self.groups,
            EmitTo::First(n) => n,
        };
        let end = self.entries.partition_point(|e| e.group < groups);
        let mut lengths = vec![0; groups];
        self.entries[..end].iter().for_each(|e| lengths[e.group] += 1);
        let taken = self.entries[..end].iter();
        let values = match self.coder.slots() {
            Slots::Numbers(_) => self.coder.numbers(taken.map(|e| Some(e.number)))?,
            Slots::Bytes(_) => self
                .coder
                .bytes(taken.map(|e| Some(&self.arena[e.start..e.start + e.length])))?,
        };
        self.entries.drain(..end);
        self.entries.iter_mut().for_each(|e| e.group -= groups);
        self.groups = self.groups.saturating_sub(groups);
        self.distinct_entries = self.entries.len();
        self.shrink();
        Ok((lengths, values))
    }
}

fn first_eight(bytes: &[u8]) -> u64 {
    let mut first = [0; 8];
    let length = bytes.len().min(8);
    first[..length].copy_from_slice(&bytes[..length]);
    u64::from_be_bytes(first)
}

impl GroupsAccumulator for Collection {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        group_indices: &[usize],
        filter: Option<&BooleanArray>,
        total_num_groups: usize,
    ) -> Result<()> {
        self.groups = total_num_groups;
        let rows = group_indices.iter().copied().enumerate();
        self.add(&values[0], rows.filter(|(row, _)| passes(filter, *row)))
    }

    fn merge_batch(&mut self, states: &[ArrayRef], group_indices: &[usize], total_num_groups: usize) -> Result<()> {
        self.groups = total_num_groups;
        let Some(lists) = states.first().and_then(|s| s.as_list_opt::<i32>()) else {
            return internal_err!("the state is one column of lists");
        };
        let offsets = lists.value_offsets();
        let rows = group_indices.iter().enumerate().filter(|(row, _)| lists.is_valid(*row));
        let items =
            rows.flat_map(|(row, group)| (offsets[row] as usize..offsets[row + 1] as usize).map(|i| (i, *group)));
        let items: Vec<_> = items.collect();
        self.add(lists.values(), items.into_iter())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let (lengths, values) = self.emit(emit_to)?;
        self.output.of(&lengths, values)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let (lengths, values) = self.emit(emit_to)?;
        Ok(vec![lists(&lengths, values)?])
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let values = &values[0];
        let kept = |row: usize| values.is_valid(row) && passes(filter, row);
        let rows: UInt64Array = (0..values.len())
            .filter(|row| kept(*row))
            .map(|row| Some(row as u64))
            .collect();
        let lengths: Vec<_> = (0..values.len()).map(|row| usize::from(kept(row))).collect();
        Ok(vec![lists(&lengths, take(values, &rows, None)?)?])
    }

    fn size(&self) -> usize {
        size_of_val(self) + self.entries.capacity() * size_of::<Entry>() + self.arena.capacity()
    }
}
