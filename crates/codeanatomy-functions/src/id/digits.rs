//! Hashes as texts: all in one buffer, which is checked to be UTF-8 once.

use std::sync::Arc;

use datafusion_common::Result;
use datafusion_common::arrow::array::{ArrayRef, LargeStringArray, StringViewArray};
use datafusion_common::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer};

use super::parts::HASH;
use crate::scalar::Texts;

const DIGITS: usize = 2 * HASH;

/// A short head is copied as so many bytes, which takes no loop; what is too much is written over.
const SHORT: usize = 16;

/// The digits of hashes, 32 each.
pub(super) fn digits(hashes: &[u8]) -> Result<ArrayRef> {
    texts(
        hexadecimal(hashes),
        (0..=hashes.len() / HASH).map(|row| row * DIGITS),
        None,
    )
}

/// The prefixes, each with a colon and the digits of its hash.
pub(super) fn ids(prefixes: &Texts, hashes: &[u8]) -> Result<ArrayRef> {
    let (rows, digits) = (hashes.len() / HASH, hexadecimal(hashes));
    let digits = digits.as_chunks::<DIGITS>().0;
    if let Texts::Constant(Some(prefix)) = prefixes {
        let width = prefix.len() + 1 + DIGITS;
        let bytes = behind(&format!("{prefix}:"), digits);
        return texts(bytes, (0..=rows).map(|row| row * width), None);
    }
    let mut bytes = Vec::with_capacity(rows * (SHORT + DIGITS));
    let (mut ends, mut is_there) = (vec![0], Vec::with_capacity(rows));
    for (row, digits) in digits.iter().enumerate() {
        let prefix = prefixes.get(row);
        if let Some(prefix) = prefix {
            bytes.extend_from_slice(prefix.as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(digits);
        }
        is_there.push(prefix.is_some());
        ends.push(bytes.len());
    }
    let nulls = is_there.contains(&false).then(|| NullBuffer::from(is_there));
    texts(bytes, ends.into_iter(), nulls)
}

/// The same head before all digits.
fn behind(head: &str, digits: &[[u8; DIGITS]]) -> Vec<u8> {
    let (head, width) = (head.as_bytes(), head.len() + DIGITS);
    let mut short = [0; SHORT];
    let is_short = short
        .get_mut(..head.len())
        .map(|short| short.copy_from_slice(head))
        .is_some();
    let mut bytes = vec![0; digits.len() * width];
    for (text, digits) in bytes.chunks_exact_mut(width).zip(digits) {
        match is_short {
            true => text[..SHORT].copy_from_slice(&short),
            false => text[..head.len()].copy_from_slice(head),
        }
        text[head.len()..].copy_from_slice(digits);
    }
    bytes
}

/// Two digits a byte, lower case.
fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    // Loops without branches, of which the compiler makes vector instructions.
    let mut digits = vec![0; 2 * bytes.len()];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(bytes) {
        *pair = [byte >> 4, byte & 15];
    }
    for digit in &mut digits {
        *digit += b'0' + (b'a' - b'0' - 10) * u8::from(*digit > 9);
    }
    digits
}

/// The texts between these places.
fn texts(bytes: Vec<u8>, ends: impl Iterator<Item = usize>, nulls: Option<NullBuffer>) -> Result<ArrayRef> {
    let ends: Vec<i64> = ends.map(|end| end as i64).collect();
    let texts = LargeStringArray::try_new(OffsetBuffer::new(ends.into()), Buffer::from_vec(bytes), nulls)?;
    Ok(Arc::new(StringViewArray::from(&texts)))
}

#[cfg(test)]
mod tests {
    use datafusion_common::arrow::array::{Array, AsArray, StringArray};

    use super::*;

    #[test]
    fn an_id_is_its_prefix_a_colon_and_the_digits() {
        let hashes = [0, 1, u128::MAX, 0x0123_4567_89ab_cdef_fedc_ba98_7654_3210];
        let bytes = hashes.map(u128::to_be_bytes).concat();
        for length in [0, 1, 14, 15, 16, 40] {
            let prefix = "p".repeat(length);
            let expected = hashes.map(|hash| format!("{prefix}:{hash:032x}"));
            let column = Texts::Utf8(StringArray::from(vec![prefix.as_str(); hashes.len()]));
            for prefixes in [Texts::Constant(Some(prefix)), column] {
                let found = ids(&prefixes, &bytes).unwrap();
                assert!(
                    found
                        .as_string_view()
                        .iter()
                        .eq(expected.iter().map(|id| Some(id.as_str())))
                );
            }
        }
        let found = digits(&bytes).unwrap();
        let expected = hashes.map(|hash| format!("{hash:032x}"));
        assert!(
            found
                .as_string_view()
                .iter()
                .eq(expected.iter().map(|id| Some(id.as_str())))
        );
        let prefixes = Texts::Utf8(StringArray::from(vec![Some("a"), None, Some(""), None]));
        let found = ids(&prefixes, &bytes).unwrap();
        assert!(
            [true, false, true, false]
                .into_iter()
                .eq((0..4).map(|row| found.is_valid(row)))
        );
        assert!(ids(&prefixes, &[]).unwrap().is_empty());
    }
}
