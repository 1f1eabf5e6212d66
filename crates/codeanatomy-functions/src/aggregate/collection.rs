//! The values of groups, sorted.

use datafusion_common::arrow::array::{Array, ArrayRef, AsArray, BooleanArray, UInt64Array};
use datafusion_common::arrow::compute::take;
use datafusion_common::arrow::datatypes::DataType;
use datafusion_common::{Result, internal_err};
use datafusion_expr::{EmitTo, GroupsAccumulator};

use super::codes::{Coder, Codes, Slots};
use super::numbers::Numbers;
use super::one_group::Groups;
use super::output::{Output, lists};
use super::passes;
use super::seen::{Place, Seen};

/// Bytes of a group in the arena; the first eight are the number.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Entry {
    group: usize,
    number: u64,
    start: usize,
    length: usize,
}

#[derive(Debug)]
pub(super) struct Collection {
    coder: Coder,
    distinct: bool,
    output: Output,
    groups: usize,
    /// The values, if they are numbers.
    numbers: Numbers,
    /// The values, if they are bytes.
    entries: Vec<Entry>,
    /// The bytes of entries.
    arena: Vec<u8>,
    /// What entries there are, if each counts once.
    seen: Seen,
}

impl Groups for Collection {
    fn copy(&self) -> Box<dyn Groups> {
        // It is read, and takes no more values.
        Box::new(Self {
            coder: self.coder.clone(),
            output: self.output.clone(),
            numbers: self.numbers.copy(),
            entries: self.entries.clone(),
            arena: self.arena.clone(),
            seen: Seen::default(),
            ..*self
        })
    }

    fn settle(&mut self) {
        self.numbers.sort(self.groups);
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
            numbers: Numbers::new(distinct),
            entries: vec![],
            arena: vec![],
            seen: Seen::default(),
        })
    }

    fn add(&mut self, values: &ArrayRef, codes: &Codes, rows: impl Iterator<Item = (usize, usize)>) -> Result<()> {
        let nulls = values.nulls().filter(|n| n.null_count() > 0);
        let rows = rows.filter(|(row, _)| nulls.is_none_or(|n| n.is_valid(*row)));
        match (codes, codes.byte_rows()) {
            (Codes::Numbers(numbers), _) => {
                self.numbers
                    .add(self.groups, rows.map(|(row, group)| (group, numbers[row])));
            }
            (_, Some(bytes_of_rows)) => {
                for (row, group) in rows {
                    let bytes = bytes_of_rows.bytes(row);
                    let (start, length) = (self.arena.len(), bytes.len());
                    let place = Place { group, start, length };
                    if !self.distinct || self.seen.bytes(bytes, place, &self.arena) {
                        self.entries.push(Entry {
                            group,
                            number: first_eight(bytes),
                            start,
                            length,
                        });
                        self.arena.extend_from_slice(bytes);
                    }
                }
            }
            _ => return internal_err!("codes are numbers or bytes"),
        }
        Ok(())
    }

    /// Deals the entries out to their groups, in time that grows with their number.
    fn deal(&mut self) {
        if !self.entries.is_sorted_by_key(|e| e.group) {
            let mut ends = vec![0; self.groups + 1];
            self.entries.iter().for_each(|e| ends[e.group + 1] += 1);
            for group in 0..self.groups {
                ends[group + 1] += ends[group];
            }
            let mut dealt = vec![Entry::default(); self.entries.len()];
            for entry in &self.entries {
                dealt[ends[entry.group]] = *entry;
                ends[entry.group] += 1;
            }
            self.entries = dealt;
        }
    }

    /// Puts the entries in order, by group and value.
    fn sort(&mut self) {
        self.deal();
        let arena = &self.arena;
        let bytes = |e: &Entry| &arena[e.start..e.start + e.length];
        let compare = |a: &Entry, b: &Entry| a.number.cmp(&b.number).then_with(|| bytes(a).cmp(bytes(b)));
        let groups = self.entries.chunk_by_mut(|a, b| a.group == b.group);
        groups.for_each(|group| group.sort_unstable_by(compare));
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

    /// Numbers of groups have changed.
    fn see_again(&mut self) {
        self.seen = Seen::default();
        for e in self.entries.iter().filter(|_| self.distinct) {
            let place = Place {
                group: e.group,
                start: e.start,
                length: e.length,
            };
            let bytes = &self.arena[e.start..e.start + e.length];
            self.seen.bytes(bytes, place, &self.arena);
        }
    }

    /// The values of groups, in order if that is asked for, and how many each has.
    fn emit(&mut self, emit_to: EmitTo, in_order: bool) -> Result<(Vec<usize>, ArrayRef)> {
        let groups = match emit_to {
            EmitTo::All => self.groups,
            EmitTo::First(n) => n,
        };
        if let Slots::Numbers(_) = self.coder.slots() {
            let (lengths, numbers) = self.numbers.take(groups, in_order);
            self.groups = self.groups.saturating_sub(groups);
            return Ok((lengths, self.coder.all_numbers(numbers)?));
        }
        match in_order {
            true => self.sort(),
            // Whoever merges it sorts.
            false => self.deal(),
        }
        let end = self.entries.partition_point(|e| e.group < groups);
        let mut lengths = vec![0; groups];
        self.entries[..end].iter().for_each(|e| lengths[e.group] += 1);
        let taken = self.entries[..end].iter();
        let values = self
            .coder
            .bytes(taken.map(|e| Some(&self.arena[e.start..e.start + e.length])))?;
        self.entries.drain(..end);
        self.entries.iter_mut().for_each(|e| e.group -= groups);
        self.groups = self.groups.saturating_sub(groups);
        self.shrink();
        self.see_again();
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
        let codes = self.coder.encode(&values[0])?;
        let groups = group_indices.iter().copied();
        match (&codes, filter) {
            // What there is most: nothing is asked of each row.
            (Codes::Numbers(numbers), None) if values[0].null_count() == 0 => {
                self.numbers.add(self.groups, groups.zip(numbers.iter().copied()));
                Ok(())
            }
            _ => {
                let rows = groups.enumerate().filter(|(row, _)| passes(filter, *row));
                self.add(&values[0], &codes, rows)
            }
        }
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
        let codes = self.coder.encode(lists.values())?;
        self.add(lists.values(), &codes, items.into_iter())
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let (lengths, values) = self.emit(emit_to, true)?;
        self.output.of(&lengths, values)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        let (lengths, values) = self.emit(emit_to, false)?;
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
        // To deal them out takes a second copy of the entries.
        let copies = if self.groups > 1 { 2 } else { 1 };
        let entries = copies * self.entries.capacity() * size_of::<Entry>();
        size_of_val(self) + self.numbers.size() + entries + self.arena.capacity() + self.seen.size()
    }
}
