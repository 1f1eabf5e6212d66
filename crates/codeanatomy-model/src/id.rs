//! Stable ids: what identifies an entity, independent of where in its file it stands.
//!
//! `docs/ids.md` is the specification, `docs/ids.json` its test vectors. The bytes that are hashed are a sequence of parts,
//! the prefix first. Each part is a tag byte and its content; these are the parts that ids of datasets have:
//!
//! | part | tag | content |
//! |---|---|---|
//! | null | `0x00` | nothing |
//! | text | `0x01` | length in bytes as 8 bytes, little endian, then the UTF-8 bytes |
//! | integer | `0x02` | 8 bytes, little endian, two's complement |
//!
//! There is no separator and no sentinel, so no two sequences of parts give the same bytes. The hash is XXH3-128 with
//! seed 0, written as 32 lower-case hexadecimal digits, most significant first, behind the prefix and a colon.

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// One part of an id.
#[derive(Debug, Clone, Copy)]
pub enum Part<'a> {
    /// A missing value, different from every text and every number.
    Null,
    /// Text, by its UTF-8 bytes.
    Text(&'a str),
    /// An integer, by its value.
    Int(i64),
}

impl<'a> From<&'a str> for Part<'a> {
    fn from(value: &'a str) -> Self {
        Self::Text(value)
    }
}

impl From<i64> for Part<'_> {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl<'a> From<Option<&'a str>> for Part<'a> {
    fn from(value: Option<&'a str>) -> Self {
        value.map_or(Self::Null, Self::Text)
    }
}

/// The 128-bit hash of `prefix` and `parts`. `buffer` is scratch space that callers keep between calls.
pub fn stable_hash128(buffer: &mut Vec<u8>, prefix: &str, parts: &[Part<'_>]) -> u128 {
    buffer.clear();
    push_part(buffer, Part::Text(prefix));
    for part in parts {
        push_part(buffer, *part);
    }
    xxh3_128(buffer)
}

/// The 128-bit hash of the bytes of parts.
#[inline]
pub fn hash128_of_bytes(parts: &[u8]) -> u128 {
    xxh3_128(parts)
}

/// The 64-bit hash of the bytes of parts: the lower 63 bits of XXH3-64, so that it is a non-negative integer.
#[inline]
pub fn hash64_of_bytes(parts: &[u8]) -> i64 {
    i64::from_le_bytes((xxh3_64(parts) & (u64::MAX >> 1)).to_le_bytes())
}

/// Hashes many part lists that begin alike.
#[derive(Debug, Default)]
pub struct PartsHasher {
    buffer: Vec<u8>,
    /// The length of what they begin with.
    start: usize,
}

impl PartsHasher {
    /// Says what the part lists begin with from now on.
    pub fn begin(&mut self, prefix: &str, parts: &[Part<'_>]) {
        self.buffer.clear();
        push_part(&mut self.buffer, Part::Text(prefix));
        for part in parts {
            push_part(&mut self.buffer, *part);
        }
        self.start = self.buffer.len();
    }

    /// The hash of the list that ends with `parts`: that of [`stable_hash128`] for the whole list.
    #[inline]
    pub fn finish(&mut self, parts: &[Part<'_>]) -> u128 {
        self.buffer.truncate(self.start);
        for part in parts {
            push_part(&mut self.buffer, *part);
        }
        xxh3_128(&self.buffer)
    }
}

/// The id of `prefix` and `parts`: `prefix:` and the hexadecimal hash.
///
/// ```
/// use codeanatomy_model::id::stable_id;
/// let ab_c = stable_id("def", &["ab".into(), "c".into()]);
/// let a_bc = stable_id("def", &["a".into(), "bc".into()]);
/// assert!(ab_c.starts_with("def:") && ab_c.len() == 36 && ab_c != a_bc);
/// ```
pub fn stable_id(prefix: &str, parts: &[Part<'_>]) -> String {
    let mut text = String::with_capacity(prefix.len() + 33);
    write_id(
        &mut text,
        prefix,
        stable_hash128(&mut Vec::with_capacity(128), prefix, parts),
    );
    text
}

/// Writes `prefix:` and the 32 digits of `hash` to the end of `text`.
pub fn write_id(text: &mut String, prefix: &str, hash: u128) {
    text.push_str(prefix);
    text.push(':');
    write_hash(text, hash);
}

/// Writes the 32 digits of `hash` to the end of `text`.
fn write_hash(text: &mut String, hash: u128) {
    // Digits are ASCII, so the text is never empty.
    text.push_str(std::str::from_utf8(&hash_digits(hash)).unwrap_or_default());
}

/// The 32 hexadecimal digits of `hash`, ASCII, lower case, the most significant first.
#[inline]
fn hash_digits(hash: u128) -> [u8; 32] {
    let mut digits = [0; 32];
    for (group, shift) in digits.chunks_exact_mut(8).zip([96, 64, 32, 0]) {
        group.copy_from_slice(&hexadecimal((hash >> shift) as u32));
    }
    digits
}

/// The digits of a number, all eight at once: each half byte becomes a byte, and each byte its digit.
#[inline]
fn hexadecimal(number: u32) -> [u8; 8] {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut x = u64::from(number);
    x = (x | x << 16) & 0x0000_ffff_0000_ffff;
    x = (x | x << 8) & 0x00ff_00ff_00ff_00ff;
    x = (x | x << 4) & 0x0f0f_0f0f_0f0f_0f0f;
    let letters = ((x + 6 * ONES) >> 4) & ONES;
    (x + u64::from(b'0') * ONES + letters * u64::from(b'a' - b'0' - 10)).to_be_bytes()
}

/// Writes the bytes of `part` to the end of `buffer`.
#[inline]
pub fn push_part(buffer: &mut Vec<u8>, part: Part<'_>) {
    match part {
        Part::Null => buffer.push(0),
        Part::Text(text) => {
            buffer.extend_from_slice(&tagged(1, (text.len() as u64).to_le_bytes()));
            buffer.extend_from_slice(text.as_bytes());
        }
        Part::Int(value) => buffer.extend_from_slice(&tagged(2, value.to_le_bytes())),
    }
}

#[inline]
fn tagged(tag: u8, number: [u8; 8]) -> [u8; 9] {
    let [a, b, c, d, e, f, g, h] = number;
    [tag, a, b, c, d, e, f, g, h]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_part_lists_share_an_id() {
        let ids = [
            stable_id("x", &["a".into(), "b".into()]),
            stable_id("x", &["a\u{1f}b".into()]),
            stable_id("x", &["ab".into()]),
            stable_id("x", &["ab".into(), "".into()]),
            stable_id("x", &[Part::Null]),
            stable_id("x", &["None".into()]),
            stable_id("x", &["__NULL__".into()]),
            stable_id("x", &[1i64.into()]),
            stable_id("x", &["1".into()]),
            stable_id("y", &["1".into()]),
        ];
        let distinct: std::collections::BTreeSet<_> = ids.iter().collect();
        assert_eq!(distinct.len(), ids.len());
    }

    #[test]
    fn lists_that_begin_alike_have_the_hashes_of_whole_lists() {
        let mut hasher = PartsHasher::default();
        for start in ["a", "bc"] {
            hasher.begin("x", &[start.into()]);
            for number in [1i64, -1] {
                let whole = stable_hash128(&mut Vec::new(), "x", &[start.into(), number.into(), Part::Null]);
                assert_eq!(hasher.finish(&[number.into(), Part::Null]), whole);
            }
        }
    }

    #[test]
    fn the_definition_is_the_published_one() {
        // Computed by the reference implementation (the `xxhash` package for Python) over the bytes
        // 01 0100000000000000 'x' 02 0100000000000000.
        assert_eq!(stable_id("x", &[1i64.into()]), "x:2290542c57cb3aa460e089fa37032250");
    }
}
