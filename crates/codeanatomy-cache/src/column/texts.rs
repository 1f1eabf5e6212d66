//! Texts.
//!
//! ```text
//! cells     = texts positions
//! texts     = count:u32 width:u8 lengths[count] bytes     each text once, or one for each cell
//! positions = 0                          the first text in every cell
//!           | 1 u8… | 2 u16… | 4 u32…
//!           | 9                          one text for each cell
//! ```

use std::sync::Arc;

use arrow_array::{Array, ArrayRef, StringArray, StringViewArray, UInt32Array};
use arrow_buffer::{Buffer, OffsetBuffer, ScalarBuffer};
use arrow_schema::ArrowError;
use arrow_select::take::take;
use rustc_hash::FxHashMap;

use super::Bytes;
use super::ints::{USUAL_ROWS, room};
use super::validity::{self, Valid, Validity};

/// The most bytes that room is made for before there are any.
const USUAL_BYTES: usize = 1 << 18;

const SAME: u8 = 0;
const ONE_EACH: u8 = 9;

/// None if there are more bytes than can be counted.
pub(super) fn encode(cells: &StringViewArray, to: &mut Vec<u8>) -> Option<()> {
    if !validity::encode(cells, to) {
        return Some(());
    }
    let Some((texts, positions)) = distinct(cells) else {
        write_texts(cells.iter().map(Option::unwrap_or_default), to)?;
        to.push(ONE_EACH);
        return Some(());
    };
    write_texts(texts.iter().copied(), to)?;
    let positions = positions.into_iter();
    match texts.len() {
        0..=1 => to.push(SAME),
        2..=0x100 => {
            to.push(1);
            to.extend(positions.map(|p| p as u8));
        }
        0x101..=0x1_0000 => {
            to.push(2);
            to.extend(positions.flat_map(|p| (p as u16).to_le_bytes()));
        }
        _ => {
            to.push(4);
            to.extend(positions.flat_map(u32::to_le_bytes));
        }
    }
    Some(())
}

/// The different texts in the order of their first cells, and the position of each cell's text among them (0 where it is null); none if most
/// are different.
fn distinct(cells: &StringViewArray) -> Option<(Vec<&str>, Vec<u32>)> {
    let limit = cells.len() / 4 * 3 + 1;
    let mut texts = Vec::new();
    let mut places = FxHashMap::default();
    let mut positions = Vec::with_capacity(cells.len());
    for cell in cells {
        let Some(text) = cell else {
            positions.push(0);
            continue;
        };
        let position = *places.entry(text).or_insert_with(|| {
            texts.push(text);
            texts.len() - 1
        });
        if texts.len() > limit {
            return None;
        }
        positions.push(u32::try_from(position).ok()?);
    }
    Some((texts, positions))
}

fn write_texts<'t>(texts: impl Iterator<Item = &'t str> + Clone, to: &mut Vec<u8>) -> Option<()> {
    let longest = texts.clone().map(str::len).max().unwrap_or(0);
    let count = u32::try_from(texts.clone().count()).ok()?;
    to.extend(count.to_le_bytes());
    let lengths = texts.clone().map(str::len);
    match longest {
        0..=0xff => {
            to.push(1);
            to.extend(lengths.map(|l| l as u8));
        }
        0x100..=0xffff => {
            to.push(2);
            to.extend(lengths.flat_map(|l| (l as u16).to_le_bytes()));
        }
        _ => {
            u32::try_from(longest).ok()?;
            to.push(4);
            to.extend(lengths.flat_map(|l| (l as u32).to_le_bytes()));
        }
    }
    texts.for_each(|text| to.extend_from_slice(text.as_bytes()));
    Some(())
}

/// A growing column of texts.
#[derive(Debug)]
pub(crate) struct Texts {
    /// Where each text ends in `bytes`; the first is where they begin.
    offsets: Vec<i32>,
    bytes: Vec<u8>,
    /// The position of each cell's text; none as long as there is one for each cell.
    positions: Option<Vec<u32>>,
    valid: Valid,
    /// How long `offsets` were before the last column was appended.
    mark: usize,
    /// The room for positions.
    usual: usize,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            offsets: vec![0],
            bytes: Vec::new(),
            positions: None,
            valid: Valid::default(),
            mark: 1,
            usual: 0,
        }
    }
}

impl Texts {
    pub(super) fn has_room(&self, bytes: usize) -> bool {
        self.bytes.len().saturating_add(bytes) < i32::MAX as usize
    }

    pub(super) fn append(&mut self, rows: usize, column: &mut Bytes<'_>) -> Option<()> {
        self.mark = self.offsets.len();
        let validity = Validity::read(rows, column)?;
        self.valid.append(rows, validity);
        if let Validity::None = validity {
            // A null has a position, too.
            let first = u32::try_from(self.offsets.len() - 1).ok()?;
            self.offsets.push(i32::try_from(self.bytes.len()).ok()?);
            let to = positions(&mut self.positions, first, self.usual);
            to.resize(to.len() + rows, first);
            return Some(());
        }
        let first = u32::try_from(self.offsets.len() - 1).ok()?;
        let count = self.add_texts(column)?;
        let width = column.u8()?;
        if width == ONE_EACH {
            if let Some(positions) = &mut self.positions {
                positions.extend((0..count).map(|i| first + i));
            }
            return (count as usize == rows).then_some(());
        }
        let to = positions(&mut self.positions, first, self.usual);
        let greatest = match width {
            SAME => {
                to.resize(to.len() + rows, first);
                0
            }
            1 => {
                let cells = column.take(rows)?;
                to.extend(cells.iter().map(|p| first + u32::from(*p)));
                cells.iter().copied().max().map_or(0, u32::from)
            }
            2 => {
                let cells = column.arrays(rows)?;
                to.extend(cells.iter().map(|p| first + u32::from(u16::from_le_bytes(*p))));
                cells.iter().map(|p| u16::from_le_bytes(*p)).max().map_or(0, u32::from)
            }
            4 => {
                let cells = column.arrays(rows)?;
                to.extend(cells.iter().map(|p| first.wrapping_add(u32::from_le_bytes(*p))));
                cells.iter().map(|p| u32::from_le_bytes(*p)).max().unwrap_or(0)
            }
            _ => return None,
        };
        (greatest < count || rows == 0).then_some(())
    }

    /// Adds texts as they are written, and says how many.
    fn add_texts(&mut self, column: &mut Bytes<'_>) -> Option<u32> {
        let count = column.u32()?;
        let cells = count as usize;
        // More than fits is refused before it is written, and here once more.
        let mut end = i64::try_from(self.bytes.len()).ok()?;
        let to = &mut self.offsets;
        let mut add = |length: u32| {
            end += i64::from(length);
            end as i32
        };
        match column.u8()? {
            1 => to.extend(column.take(cells)?.iter().map(|l| add(u32::from(*l)))),
            2 => to.extend(
                column
                    .arrays(cells)?
                    .iter()
                    .map(|l| add(u32::from(u16::from_le_bytes(*l)))),
            ),
            4 => to.extend(column.arrays(cells)?.iter().map(|l| add(u32::from_le_bytes(*l)))),
            _ => return None,
        }
        let end = usize::try_from(i32::try_from(end).ok()?).ok()?;
        self.bytes
            .extend_from_slice(column.take(end.checked_sub(self.bytes.len())?)?);
        Some(count)
    }

    /// Forgets the column that was appended last; there were `rows` cells before.
    pub(super) fn truncate(&mut self, rows: usize) {
        self.valid.truncate(rows);
        if let Some(positions) = &mut self.positions {
            positions.truncate(rows);
        }
        self.offsets.truncate(self.mark);
        let end = self.offsets.last().map_or(0, |end| usize::try_from(*end).unwrap_or(0));
        self.bytes.truncate(end);
    }

    pub(super) fn finish(&mut self) -> Result<ArrayRef, ArrowError> {
        let (texts, bytes) = (
            room(self.offsets.len(), USUAL_ROWS),
            room(self.bytes.len(), USUAL_BYTES),
        );
        let offsets = std::mem::replace(&mut self.offsets, Vec::with_capacity(texts));
        self.offsets.push(0);
        let bytes = std::mem::replace(&mut self.bytes, Vec::with_capacity(bytes));
        let nulls = self.valid.finish();
        let offsets = OffsetBuffer::new(ScalarBuffer::from(offsets));
        let Some(positions) = self.positions.take() else {
            let texts = StringArray::try_new(offsets, Buffer::from_vec(bytes), nulls)?;
            return Ok(Arc::new(StringViewArray::from(&texts)));
        };
        self.usual = room(positions.len(), USUAL_ROWS);
        let texts = StringArray::try_new(offsets, Buffer::from_vec(bytes), None)?;
        let positions = UInt32Array::try_new(ScalarBuffer::from(positions), nulls)?;
        take(&StringViewArray::from(&texts), &positions, None)
    }
}

/// The positions, those of the first `before` cells filled in if there were none.
fn positions(positions: &mut Option<Vec<u32>>, before: u32, usual: usize) -> &mut Vec<u32> {
    positions.get_or_insert_with(|| {
        let mut all = Vec::with_capacity(usual);
        all.extend(0..before);
        all
    })
}
