//! Columns to bytes and back, in every unit that tools count columns in.

/// What a column counts. Columns count from 0, from the first character of their line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ColumnUnit {
    /// Bytes of UTF-8.
    Utf8,
    /// Code units of UTF-16: one for a code point of the first plane, two for the others.
    Utf16,
    /// Unicode code points.
    Utf32,
}

impl ColumnUnit {
    /// Every unit.
    pub const ALL: [Self; 3] = [Self::Utf8, Self::Utf16, Self::Utf32];

    /// The unit's name: `utf8`, `utf16` or `utf32`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf8",
            Self::Utf16 => "utf16",
            Self::Utf32 => "utf32",
        }
    }

    /// The unit of that name: `utf8`, `UTF-8`, `utf_8` and so on, as the Language Server Protocol and Python spell encodings,
    /// or SCIP's name of a position encoding, `UTF8CodeUnitOffsetFromLineStart`. Letter case does not matter.
    ///
    /// ```
    /// use codeanatomy_model::ColumnUnit;
    /// assert_eq!(ColumnUnit::parse("UTF-16"), Some(ColumnUnit::Utf16));
    /// assert_eq!(ColumnUnit::parse("latin-1"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        let number = name.get(..3).filter(|start| start.eq_ignore_ascii_case("utf"))?.len();
        let number = name[number..].strip_prefix(['-', '_']).unwrap_or(&name[number..]);
        let scip = "CodeUnitOffsetFromLineStart";
        let is_scip = |split| number.get(split..).is_some_and(|rest| rest.eq_ignore_ascii_case(scip));
        let number = match number.len().checked_sub(scip.len()) {
            Some(split) if is_scip(split) => &number[..split],
            _ => number,
        };
        match number {
            "8" => Some(Self::Utf8),
            "16" => Some(Self::Utf16),
            "32" => Some(Self::Utf32),
            _ => None,
        }
    }

    /// The length of `text` in this unit.
    #[inline]
    pub fn length(self, text: &str) -> usize {
        match self {
            Self::Utf8 => text.len(),
            // A code point begins at every byte that does not continue one; those of four bytes are beyond the first plane.
            Self::Utf16 | Self::Utf32 => text.bytes().map(|b| units_from(b, self)).sum(),
        }
    }
}

/// The byte of `line` that `column` names. The end of the line counts; none beyond it, and none inside a code point.
///
/// ```
/// use codeanatomy_model::{ColumnUnit, col_to_byte};
/// assert_eq!(col_to_byte("\u{1f600}x", 2, ColumnUnit::Utf16), Some(4));
/// assert_eq!(col_to_byte("\u{1f600}x", 1, ColumnUnit::Utf16), None);
/// ```
pub fn col_to_byte(line: &str, column: usize, unit: ColumnUnit) -> Option<usize> {
    if unit == ColumnUnit::Utf8 {
        return line.is_char_boundary(column).then_some(column);
    }
    // As many ASCII characters as there may be before it are bytes in every unit.
    let bytes = line.as_bytes();
    if is_ascii(bytes, column.min(bytes.len())) {
        return (column <= bytes.len()).then_some(column);
    }
    let ascii = bytes.iter().take_while(|b| b.is_ascii()).count();
    let (mut byte, mut at) = (ascii, ascii);
    // A block has one unit more than bytes at most: if it ends inside a pair. So the column is not before its end.
    while column - at > STRIDE {
        let Some(block) = bytes.get(byte..byte + STRIDE) else {
            break;
        };
        at += block.iter().map(|b| units_from(*b, unit)).sum::<usize>();
        byte += STRIDE;
        // The rest of a character that has begun in the block.
        byte += bytes[byte..].iter().take_while(|b| **b & 0xc0 == 0x80).count();
    }
    while at < column {
        let lead = *bytes.get(byte)?;
        at += units_from(lead, unit);
        byte += 1 + usize::from(lead >= 0xc0) + usize::from(lead >= 0xe0) + usize::from(lead >= 0xf0);
    }
    (at == column).then_some(byte)
}

/// The bytes that are counted in one go: as many as a processor adds up at once.
const STRIDE: usize = 32;

/// The units of the character that begins with a byte: none for one that continues a character.
#[inline]
fn units_from(byte: u8, unit: ColumnUnit) -> usize {
    usize::from(byte & 0xc0 != 0x80) + usize::from(unit == ColumnUnit::Utf16 && byte >= 0xf0)
}

/// Whether the first `n` bytes are ASCII; there are as many.
#[inline]
fn is_ascii(bytes: &[u8], n: usize) -> bool {
    match bytes.first_chunk::<8>() {
        Some(word) if n <= 8 => {
            let behind = u64::MAX.checked_shl(8 * n as u32).unwrap_or(0);
            u64::from_le_bytes(*word) & !behind & 0x8080_8080_8080_8080 == 0
        }
        _ => bytes[..n].is_ascii(),
    }
}

/// The column of a byte of `line`. None beyond the end, and none inside a code point.
pub fn byte_to_col(line: &str, byte: usize, unit: ColumnUnit) -> Option<usize> {
    line.get(..byte).map(|before| unit.length(before))
}

/// Finds places in a long text by a count of units, in time that grows with the logarithm of its length.
#[derive(Debug, Clone)]
pub struct UnitIndex<'t> {
    text: &'t str,
    unit: ColumnUnit,
    /// A byte at a character, some [`BLOCK`] bytes apart, and the units before it. None if units are bytes.
    blocks: Vec<(usize, usize)>,
}

/// The bytes between two marks of an index.
const BLOCK: usize = 128;

impl<'t> UnitIndex<'t> {
    /// The places of `text`.
    pub fn new(text: &'t str, unit: ColumnUnit) -> Self {
        let mut blocks = Vec::new();
        if unit != ColumnUnit::Utf8 && !text.is_ascii() {
            let (mut byte, mut units) = (0, 0);
            blocks.reserve(text.len() / BLOCK + 1);
            while byte < text.len() {
                blocks.push((byte, units));
                let end = text.ceil_char_boundary(byte + BLOCK);
                units += unit.length(&text[byte..end]);
                byte = end;
            }
        }
        Self { text, unit, blocks }
    }

    /// The units before a byte. None beyond the end, and none inside a code point.
    pub fn units(&self, byte: usize) -> Option<usize> {
        if !self.text.is_char_boundary(byte) {
            return None;
        }
        match self.blocks.partition_point(|&(start, _)| start <= byte).checked_sub(1) {
            None => Some(byte),
            Some(block) => {
                let (start, units) = self.blocks[block];
                Some(units + self.unit.length(&self.text[start..byte]))
            }
        }
    }

    /// The byte that as many units are before. None beyond the end, and none inside a code point.
    pub fn byte(&self, units: usize) -> Option<usize> {
        match self
            .blocks
            .partition_point(|&(_, before)| before <= units)
            .checked_sub(1)
        {
            None => self.text.is_char_boundary(units).then_some(units),
            Some(block) => {
                let (start, before) = self.blocks[block];
                let end = self.blocks.get(block + 1).map_or(self.text.len(), |&(end, _)| end);
                col_to_byte(&self.text[start..end], units - before, self.unit).map(|byte| start + byte)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of up to four of: ASCII, a tab, two bytes, a combining mark, three bytes, four bytes.
    fn texts() -> Vec<String> {
        let mut texts = vec![String::new()];
        let mut longest = texts.clone();
        for _ in 0..4 {
            let longer =
                |text: &String| ['a', '\t', 'é', '\u{301}', '\u{20ac}', '\u{1f600}'].map(|c| format!("{text}{c}"));
            longest = longest.iter().flat_map(longer).collect();
            texts.extend_from_slice(&longest);
        }
        texts
    }

    #[test]
    fn columns_are_those_of_the_encodings() {
        for text in texts() {
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                let before = &text[..byte];
                let columns = [before.len(), before.encode_utf16().count(), before.chars().count()];
                for (unit, column) in ColumnUnit::ALL.into_iter().zip(columns) {
                    assert_eq!(byte_to_col(&text, byte, unit), Some(column), "{text:?} {unit:?}");
                    assert_eq!(col_to_byte(&text, column, unit), Some(byte), "{text:?} {unit:?}");
                }
            }
        }
    }

    #[test]
    fn columns_of_long_lines_are_those_of_the_encodings() {
        let (mixed, pairs) = (texts()[..500].concat(), "\u{1f600}".repeat(100));
        for text in [mixed.as_str(), &pairs, &format!("é{}\u{1f600}é", "a".repeat(100))] {
            for start in 0..4 {
                let text = &text[text.ceil_char_boundary(start)..];
                for unit in ColumnUnit::ALL {
                    for byte in 0..=text.len() {
                        let column = byte_to_col(text, byte, unit);
                        let found = column.and_then(|column| col_to_byte(text, column, unit));
                        assert_eq!(found, text.is_char_boundary(byte).then_some(byte), "{unit:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn there_is_nothing_inside_a_code_point_or_beyond_the_end() {
        for text in texts() {
            for unit in ColumnUnit::ALL {
                let found = (0..=text.len() + 2).filter_map(|column| col_to_byte(&text, column, unit));
                assert_eq!(found.count(), text.chars().count() + 1, "{text:?} {unit:?}");
                let found = (0..=text.len() + 2).filter_map(|byte| byte_to_col(&text, byte, unit));
                assert_eq!(found.count(), text.chars().count() + 1, "{text:?} {unit:?}");
            }
        }
    }

    #[test]
    fn an_index_finds_what_counting_from_the_start_finds() {
        let long = texts().concat();
        let (ascii, short) = ("a".repeat(3 * BLOCK), "é");
        for text in [long.as_str(), &ascii, short, ""] {
            for unit in ColumnUnit::ALL {
                let index = UnitIndex::new(text, unit);
                for place in 0..text.len() + 3 {
                    assert_eq!(index.units(place), byte_to_col(text, place, unit), "{unit:?} {place}");
                }
                let (mut place, mut found) = (0, 0);
                while place < text.len() + 3 {
                    found += usize::from(index.byte(place).is_some_and(|b| index.units(b) == Some(place)));
                    place += 1;
                }
                assert_eq!(found, text.chars().count() + 1, "{unit:?}");
            }
        }
    }

    #[test]
    fn a_unit_has_the_usual_spellings_and_no_others() {
        for unit in ColumnUnit::ALL {
            let number = &unit.name()[3..];
            for spelling in ["utf", "UTF", "utf-", "Utf_"] {
                assert_eq!(ColumnUnit::parse(&format!("{spelling}{number}")), Some(unit));
            }
            let scip = format!("UTF{number}CodeUnitOffsetFromLineStart");
            assert_eq!(ColumnUnit::parse(&scip), Some(unit));
        }
        for name in ["", "utf", "utf-", "utf--8", "utf 8", "byte", "utf64", "ütf8", "utf08"] {
            assert_eq!(ColumnUnit::parse(name), None, "{name}");
        }
    }
}
