//! The bytes of a few rows at a time, written column by column.

use std::ops::Range;

use datafusion_common::arrow::array::{Array, ByteView, Int64Array, StringViewArray};
use datafusion_common::arrow::buffer::Buffer;

use super::parts::Column;

/// Rows whose bytes are written, column by column, before the first is hashed: a processor has to wait for what it has just
/// written in pieces.
pub(super) const STAGED: usize = 32;

/// Room for the bytes of a row on its way; rows that need more are written by themselves.
const ROOM: usize = 256;

/// Bytes that are copied as one piece of a known length, whatever of them counts.
const PIECE: usize = 32;

/// The bytes of some rows, as far as they are written.
pub(super) struct Stage {
    rooms: Vec<[u8; ROOM]>,
    ends: [usize; STAGED],
    head: usize,
}

impl Stage {
    /// All rows begin with `head`, which stays where it is; one that is too long leaves no room.
    pub(super) fn new(head: &[u8]) -> Self {
        let mut room = [0; ROOM];
        if let Some(place) = room.get_mut(..head.len()) {
            place.copy_from_slice(head);
        }
        Self {
            rooms: vec![room; STAGED],
            ends: [0; STAGED],
            head: head.len(),
        }
    }

    /// The bytes of rows, no more than are staged; none if one of them needs more room.
    pub(super) fn write(&mut self, columns: &[Column], rows: Range<usize>) -> Option<impl Iterator<Item = &[u8]>> {
        if self.head > ROOM {
            return None;
        }
        let staged = rows.len();
        self.ends.fill(self.head);
        for column in columns {
            match column {
                Column::Constant(part) => self.each(rows.clone(), |_, room, end| put(room, end, part))?,
                Column::Text(texts) => self.texts(texts, rows.clone())?,
                Column::Integer(integers) => self.integers(integers, rows.clone())?,
                Column::Values(values) => {
                    let mut part = vec![];
                    self.each(rows.clone(), |row, room, end| {
                        part.clear();
                        values.write(row, &mut part);
                        put(room, end, &part)
                    })?;
                }
            }
        }
        let rooms = self.rooms.iter().zip(self.ends).take(staged);
        Some(rooms.map(|(room, end)| &room[..end]))
    }

    /// Writes a part of each row; `write` gives the place behind it, or none where there is no room.
    #[inline]
    fn each<T>(
        &mut self,
        parts: impl IntoIterator<Item = T>,
        mut write: impl FnMut(T, &mut [u8; ROOM], usize) -> Option<usize>,
    ) -> Option<()> {
        for (part, (room, end)) in parts.into_iter().zip(self.rooms.iter_mut().zip(&mut self.ends)) {
            *end = write(part, room, *end)?;
        }
        Some(())
    }

    // Loops of their own: the compiler keeps what they need in registers.
    #[inline(never)]
    fn texts(&mut self, texts: &StringViewArray, rows: Range<usize>) -> Option<()> {
        let (views, buffers) = (&texts.views()[rows.clone()], texts.data_buffers());
        match texts.nulls() {
            None => self.each(views, |view, room, end| put_view(room, end, *view, buffers)),
            Some(nulls) => self.each(rows.zip(views), |(row, view), room, end| match nulls.is_valid(row) {
                true => put_view(room, end, *view, buffers),
                false => put(room, end, &[0]),
            }),
        }
    }

    #[inline(never)]
    fn integers(&mut self, integers: &Int64Array, rows: Range<usize>) -> Option<()> {
        let values = &integers.values()[rows.clone()];
        match integers.nulls() {
            None => self.each(values, |value, room, end| put_integer(room, end, *value)),
            Some(nulls) => self.each(rows.zip(values), |(row, value), room, end| match nulls.is_valid(row) {
                true => put_integer(room, end, *value),
                false => put(room, end, &[0]),
            }),
        }
    }
}

#[inline]
fn put(room: &mut [u8; ROOM], end: usize, part: &[u8]) -> Option<usize> {
    room.get_mut(end..end + part.len())?.copy_from_slice(part);
    Some(end + part.len())
}

#[inline]
fn put_integer(room: &mut [u8; ROOM], end: usize, value: i64) -> Option<usize> {
    let place = room.get_mut(end..end + 9)?;
    place[0] = 2;
    place[1..].copy_from_slice(&value.to_le_bytes());
    Some(end + 9)
}

/// Writes the part that a text is.
#[inline]
fn put_view(room: &mut [u8; ROOM], end: usize, view: u128, buffers: &[Buffer]) -> Option<usize> {
    let length = view as u32 as usize;
    let text = end + 9;
    let place = room.get_mut(end..text)?;
    place[0] = 1;
    place[1..].copy_from_slice(&(length as u64).to_le_bytes());
    if length <= 12 {
        // The text stands in the view, behind its length; what is copied too much is written over.
        room.get_mut(text..text + 12)?.copy_from_slice(&view.to_le_bytes()[4..]);
    } else {
        let from = ByteView::from(view);
        let buffer = buffers[from.buffer_index as usize].as_slice();
        let from = from.offset as usize;
        match (room.get_mut(text..text + PIECE), buffer.get(from..from + PIECE)) {
            (Some(place), Some(piece)) if length <= PIECE => place.copy_from_slice(piece),
            _ => room
                .get_mut(text..text + length)?
                .copy_from_slice(&buffer[from..from + length]),
        }
    }
    Some(text + length)
}
