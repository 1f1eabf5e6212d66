//! Hashes as texts.

use std::sync::Arc;

use datafusion_common::arrow::array::{ArrayRef, ByteView, LargeStringArray, StringViewArray};
use datafusion_common::arrow::buffer::{Buffer, NullBuffer, OffsetBuffer};
use datafusion_common::{Result, exec_err};

use super::parts::HASH;
use crate::scalar::Texts;

const DIGITS: usize = 2 * HASH;

/// A short head is copied as so many bytes, which takes no loop; what is too much is written over.
const SHORT: usize = 16;

/// The greatest block of texts: its places are numbers of 32 bits, half of them in implementations that know no others.
const BLOCK: usize = i32::MAX as usize;

/// The digits of hashes, 32 each.
pub(super) fn digits(hashes: &[u8]) -> Result<ArrayRef> {
    behind("", hashes, BLOCK)
}

/// The prefixes, each with a colon and the digits of its hash.
pub(super) fn ids(prefixes: &Texts, hashes: &[u8]) -> Result<ArrayRef> {
    if let Texts::Constant(Some(prefix)) = prefixes {
        return behind(&format!("{prefix}:"), hashes, BLOCK);
    }
    let hashes = hashes.as_chunks::<HASH>().0;
    let mut bytes = Vec::with_capacity(hashes.len() * (SHORT + DIGITS));
    let (mut ends, mut is_there) = (vec![0], Vec::with_capacity(hashes.len()));
    for (row, hash) in hashes.iter().enumerate() {
        let prefix = prefixes.get(row);
        if let Some(prefix) = prefix {
            bytes.extend_from_slice(prefix.as_bytes());
            bytes.push(b':');
            bytes.extend_from_slice(&hexadecimal(hash));
        }
        is_there.push(prefix.is_some());
        ends.push(bytes.len() as i64);
    }
    let nulls = is_there.contains(&false).then(|| NullBuffer::from(is_there));
    let texts = LargeStringArray::try_new(OffsetBuffer::new(ends.into()), Buffer::from_vec(bytes), nulls)?;
    Ok(Arc::new(StringViewArray::from(&texts)))
}

/// The same head before the digits of each hash, in blocks of no more than so many bytes, or of one row.
fn behind(head: &str, hashes: &[u8], block: usize) -> Result<ArrayRef> {
    let width = head.len() + DIGITS;
    let rows_of_block = (block / width).max(1);
    let Ok(length) = u32::try_from(width) else {
        return exec_err!("an id begins with its prefix, which cannot have {} bytes", head.len());
    };
    let mut views = Vec::with_capacity(hashes.len() / HASH);
    let mut blocks: Vec<Buffer> = vec![];
    for hashes in hashes.chunks(rows_of_block * HASH) {
        let bytes = texts(head.as_bytes(), hashes.as_chunks::<HASH>().0);
        for (row, text) in bytes.chunks_exact(width).enumerate() {
            let view = ByteView {
                length,
                prefix: u32::from_le_bytes([text[0], text[1], text[2], text[3]]),
                buffer_index: blocks.len() as u32,
                offset: (row * width) as u32,
            };
            views.push(view.as_u128());
        }
        blocks.push(bytes.into());
    }
    // SAFETY: a view has the length, the first four bytes, the block and the place of a text that stands in that block;
    // each is a text and hexadecimal digits, so it is UTF-8.
    #[allow(
        unsafe_code,
        reason = "to check what has just been written takes a quarter of the time of an id"
    )]
    let texts = unsafe { StringViewArray::new_unchecked(views.into(), blocks, None) };
    Ok(Arc::new(texts))
}

/// The same head before all digits.
fn texts(head: &[u8], hashes: &[[u8; HASH]]) -> Vec<u8> {
    let width = head.len() + DIGITS;
    let mut short = [0; SHORT];
    let is_short = short
        .get_mut(..head.len())
        .map(|short| short.copy_from_slice(head))
        .is_some();
    let mut bytes = vec![0; hashes.len() * width];
    for (text, hash) in bytes.chunks_exact_mut(width).zip(hashes) {
        match is_short {
            true => text[..SHORT].copy_from_slice(&short),
            false => text[..head.len()].copy_from_slice(head),
        }
        text[head.len()..].copy_from_slice(&hexadecimal(hash));
    }
    bytes
}

/// Two digits a byte, lower case.
fn hexadecimal(hash: &[u8; HASH]) -> [u8; DIGITS] {
    // Loops without branches, of which the compiler makes vector instructions.
    let mut digits = [0; DIGITS];
    for (pair, byte) in digits.as_chunks_mut::<2>().0.iter_mut().zip(hash) {
        *pair = [byte >> 4, byte & 15];
    }
    for digit in &mut digits {
        *digit += b'0' + (b'a' - b'0' - 10) * u8::from(*digit > 9);
    }
    digits
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
                found.to_data().validate_full().unwrap();
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
        for (head, block) in [("", 1), ("", 64), ("def:", 107), ("def:", 108)] {
            let found = behind(head, &bytes, block).unwrap();
            found.to_data().validate_full().unwrap();
            let expected = hashes.map(|hash| format!("{head}{hash:032x}"));
            assert!(
                found
                    .as_string_view()
                    .iter()
                    .eq(expected.iter().map(|id| Some(id.as_str())))
            );
        }
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
