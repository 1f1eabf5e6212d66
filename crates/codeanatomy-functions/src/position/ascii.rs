//! Places in lines of ASCII, which are the same in every unit.
//!
//! Lines are looked at in blocks of [`BLOCK`]: where all of a block are ASCII and as long as their places, these are the result. Nothing is
//! branched on inside of a block, so that it takes as long as to read it.

use std::ops::Range;
use std::sync::Arc;

use datafusion_common::arrow::array::{
    Array, ArrayRef, GenericStringArray, Int64Array, OffsetSizeTrait, StringViewArray,
};
use datafusion_common::arrow::buffer::{BooleanBuffer, NullBuffer};

use crate::scalar::{Ints, Texts};

/// The rows that are looked at together: the bits of a word of a null buffer.
const BLOCK: usize = 64;

/// The high bits of four bytes of text behind the length in a view, and of eight.
const HIGH: [u64; 2] = [0x8080_8080 << 32, 0x8080_8080_8080_8080];

/// The high bits of all bytes.
const ANY: u128 = u128::from_ne_bytes([0x80; 16]);

/// The bytes of a line in its view.
const INLINE: i64 = 12;

/// The places of all rows, null where `find` gives none. In ASCII a place has to be the number itself. `find` is asked for rows with a
/// null, too.
pub(super) struct Places {
    pub(super) places: ArrayRef,
    /// Whether there is a place in every row without a null.
    pub(super) is_complete: bool,
}

impl Places {
    /// None if the lines are no column.
    pub(super) fn of(lines: &Texts, numbers: &Ints, find: impl Fn(&str, usize) -> Option<usize>) -> Option<Self> {
        match lines {
            Texts::Constant(_) => None,
            Texts::Utf8(lines) => Some(of_strings(lines, numbers, find)),
            Texts::Large(lines) => Some(of_strings(lines, numbers, find)),
            Texts::View(lines) => Some(of_views(lines, numbers, find)),
        }
    }
}

fn of_strings<O: OffsetSizeTrait>(
    lines: &GenericStringArray<O>,
    numbers: &Ints,
    find: impl Fn(&str, usize) -> Option<usize>,
) -> Places {
    let offsets = lines.offsets();
    let text = &lines.value_data()[offsets[0].as_usize()..offsets[lines.len()].as_usize()];
    // Of long lines, most places need the beginnings alone.
    let is_ascii = text.len() <= lines.len() * BLOCK && text.is_ascii();
    let is_same = |rows: Range<usize>, numbers: &[i64]| {
        let ends = offsets[rows.start..rows.end]
            .iter()
            .zip(&offsets[rows.start + 1..=rows.end]);
        let lengths = ends.map(|(start, end)| (*end - *start).as_usize() as i64);
        is_ascii
            && lengths
                .zip(numbers)
                .fold(0, |all, (length, number)| all | beyond(length, *number))
                >= 0
    };
    of_rows(lines, numbers, is_same, |row, n| find(lines.value(row), n))
}

fn of_views(lines: &StringViewArray, numbers: &Ints, find: impl Fn(&str, usize) -> Option<usize>) -> Places {
    let views = lines.views();
    let is_same = |rows: Range<usize>, numbers: &[i64]| {
        let (mut begin, mut end, mut bad) = (0, 0, 0);
        for (view, number) in views[rows].iter().zip(numbers) {
            let length = i64::from(*view as u32);
            begin |= *view as u64;
            end |= (*view >> 64) as u64;
            bad |= beyond(length, *number) | (INLINE - length);
        }
        bad >= 0 && begin & HIGH[0] == 0 && end & HIGH[1] == 0
    };
    of_rows(lines, numbers, is_same, |row, n| match begins_ascii(views[row], n) {
        true => Some(n),
        false => find(lines.value(row), n),
    })
}

/// Less than 0 if the number is no place of a line of ASCII.
#[inline]
fn beyond(length: i64, number: i64) -> i64 {
    length.wrapping_sub(number) | number
}

/// Whether a view alone says that its text has so many bytes, all of them ASCII.
#[inline]
fn begins_ascii(view: u128, bytes: usize) -> bool {
    // Four bytes of the length, then the text if it has no more than twelve, else its first four.
    let length = view as u32 as usize;
    let shown = if length as i64 <= INLINE { length } else { 4 };
    bytes <= shown && (view >> 32) & ANY & !(u128::MAX << (8 * bytes)) == 0
}

fn of_rows(
    lines: &dyn Array,
    numbers: &Ints,
    is_same: impl Fn(Range<usize>, &[i64]) -> bool,
    find: impl Fn(usize, usize) -> Option<usize>,
) -> Places {
    let rows = lines.len();
    let (numbers, nulls) = match numbers {
        Ints::Column(numbers) => (numbers.values().clone(), numbers.nulls().cloned()),
        Ints::Constant(Some(number)) => (vec![*number; rows].into(), None),
        Ints::Constant(None) => (vec![0; rows].into(), Some(NullBuffer::new_null(rows))),
    };
    let nulls = NullBuffer::union(lines.nulls(), nulls.as_ref());
    // Those before the first block that has others are the numbers.
    let mut places = vec![];
    let mut valid = vec![u64::MAX; rows.div_ceil(BLOCK)];
    for (block, valid) in valid.iter_mut().enumerate() {
        let start = block * BLOCK;
        let here = start..rows.min(start + BLOCK);
        let given = &numbers[here.clone()];
        if is_same(here, given) {
            if !places.is_empty() {
                places.extend_from_slice(given);
            }
            continue;
        }
        if places.is_empty() {
            places.reserve(rows);
            places.extend_from_slice(&numbers[..start]);
        }
        for (bit, number) in given.iter().enumerate() {
            let place = usize::try_from(*number).ok().and_then(|n| find(start + bit, n));
            *valid ^= u64::from(place.is_none()) << bit;
            places.push(place.map_or(0, |place| place as i64));
        }
    }
    let places = if places.is_empty() { numbers } else { places.into() };
    let valid = NullBuffer::new(BooleanBuffer::new(valid.into(), 0, rows));
    let valid = Some(valid).filter(|n| n.null_count() > 0);
    let all = NullBuffer::union(nulls.as_ref(), valid.as_ref());
    let count = |nulls: &Option<NullBuffer>| nulls.as_ref().map_or(0, NullBuffer::null_count);
    Places {
        is_complete: count(&all) == count(&nulls),
        places: Arc::new(Int64Array::new(places, all)),
    }
}

#[cfg(test)]
mod tests {
    use codeanatomy_model::{ColumnUnit, col_to_byte};
    use datafusion_common::arrow::array::{AsArray, LargeStringArray, StringArray};
    use datafusion_common::arrow::datatypes::Int64Type;

    use super::*;

    /// Lines of one kind for more than a block, then of another, with columns before, in and behind them, and nulls.
    fn rows() -> Vec<(Option<String>, Option<i64>)> {
        let (short, long, twelve) = ("a = 1", "a = 1 + 2 + 3 + 4", "twelve bytes");
        let kinds = [
            vec![short],
            vec![long],
            vec!["", short, twelve],
            vec!["naïve", "é"],
            vec![short, long, twelve, "", "😀 = 'é'", "a = '😀' + 'naïve'"],
        ];
        let mut rows = vec![];
        for kind in kinds {
            for i in 0..200 {
                let line = kind[i % kind.len()];
                let col = (i / kind.len()) as i64 % (line.len() as i64 + 3) - 1;
                rows.push((
                    Some(line.to_string()),
                    Some(if i < 100 { col.clamp(0, line.len() as i64) } else { col }),
                ));
            }
        }
        rows.extend([
            (None, Some(1)),
            (Some(short.to_string()), None),
            (Some(long.to_string()), Some(i64::MIN)),
        ]);
        rows
    }

    #[test]
    fn places_are_those_of_each_row_in_every_type_and_slice() {
        let rows = rows();
        let lines: Vec<_> = rows.iter().map(|(line, _)| line.as_deref()).collect();
        let cols: Int64Array = rows.iter().map(|(_, col)| *col).collect();
        for unit in ColumnUnit::ALL {
            let right = |(line, col): &(Option<String>, Option<i64>)| {
                col_to_byte(line.as_deref()?, usize::try_from((*col)?).ok()?, unit).map(|byte| byte as i64)
            };
            let right: Int64Array = rows.iter().map(right).collect();
            for (start, length) in [
                (0, rows.len()),
                (1, 130),
                (63, 2),
                (150, 300),
                (390, 0),
                (395, rows.len() - 395),
            ] {
                let columns = [
                    Texts::Utf8(StringArray::from(lines.clone()).slice(start, length)),
                    Texts::Large(LargeStringArray::from(lines.clone()).slice(start, length)),
                    Texts::View(StringViewArray::from(lines.clone()).slice(start, length)),
                ];
                let (right, cols) = (right.slice(start, length), Ints::Column(cols.slice(start, length)));
                for column in &columns {
                    let found = Places::of(column, &cols, |line, col| col_to_byte(line, col, unit)).unwrap();
                    assert_eq!(
                        found.places.as_primitive::<Int64Type>(),
                        &right,
                        "{unit:?} {start} {length}"
                    );
                    let missing = (0..length).any(|i| {
                        let (line, col) = &rows[start + i];
                        right.is_null(i) && line.is_some() && col.is_some()
                    });
                    assert_eq!(found.is_complete, !missing, "{unit:?} {start} {length}");
                }
            }
        }
    }
}
