//! Offsets to lines.

/// Where the lines of a text begin. A line ends at LF, CRLF or CR and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
    ends: LineEnds,
}

/// How many lines end in which way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct LineEnds {
    lf: u32,
    crlf: u32,
    cr: u32,
}

impl LineIndex {
    /// The lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        // A line of code has some 37 bytes.
        let mut starts = Vec::with_capacity(bytes.len() / 32 + 1);
        let mut ends = LineEnds::default();
        starts.push(0);
        if memchr::memchr(b'\r', bytes).is_none() {
            push_starts(bytes, &mut starts);
            ends.lf = u32::try_from(starts.len() - 1).unwrap_or(u32::MAX);
            return Self { starts, ends };
        }
        for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[i] == b'\n' {
                if i > 0 && bytes[i - 1] == b'\r' {
                    ends.crlf += 1;
                } else {
                    ends.lf += 1;
                }
            } else if bytes.get(i + 1) == Some(&b'\n') {
                continue;
            } else {
                ends.cr += 1;
            }
            starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
        }
        Self { starts, ends }
    }

    /// The line of `offset`, from 1, and the offset of that line's first byte.
    pub fn line(&self, offset: u32) -> (i64, u32) {
        let line = self.starts.partition_point(|&s| s <= offset);
        (line as i64, self.starts[line - 1])
    }

    /// A cursor, for offsets that are mostly near each other.
    pub fn cursor(&self) -> LineCursor<'_> {
        LineCursor {
            starts: &self.starts,
            line: 0,
            start: 0,
            end: self.starts.get(1).copied().unwrap_or(u32::MAX),
        }
    }

    /// The number of lines of a text of `length` bytes; text after the last line end counts as one.
    pub fn count(&self, length: usize) -> i64 {
        let last_is_empty = self.starts.last().is_some_and(|&s| s as usize == length);
        self.starts.len() as i64 - i64::from(last_is_empty)
    }

    /// How lines end: `lf`, `crlf`, `cr`, `mixed` or `none`.
    pub fn newline(&self) -> &'static str {
        match (self.ends.lf, self.ends.crlf, self.ends.cr) {
            (0, 0, 0) => "none",
            (_, 0, 0) => "lf",
            (0, _, 0) => "crlf",
            (0, 0, _) => "cr",
            _ => "mixed",
        }
    }

    /// The offsets of the first bytes of the lines. The last may be the end of the text.
    pub fn starts(&self) -> &[u32] {
        &self.starts
    }
}

/// Adds the offsets after all LFs. Lines are short: words of eight bytes are looked at, not the distance to the next LF.
fn push_starts(bytes: &[u8], starts: &mut Vec<u32>) {
    const LOW: u64 = u64::from_le_bytes([0x7f; 8]);
    const LF: u64 = u64::from_le_bytes([b'\n'; 8]);
    let (words, rest) = bytes.as_chunks::<8>();
    for (i, word) in words.iter().enumerate() {
        let odd = u64::from_le_bytes(*word) ^ LF;
        // The high bit of each byte that is an LF.
        let mut found = !(((odd & LOW) + LOW) | odd | LOW);
        while found != 0 {
            let start = i * 8 + found.trailing_zeros() as usize / 8 + 1;
            starts.push(u32::try_from(start).unwrap_or(u32::MAX));
            found &= found - 1;
        }
    }
    let after = bytes.len() - rest.len();
    for i in memchr::memchr_iter(b'\n', rest) {
        starts.push(u32::try_from(after + i + 1).unwrap_or(u32::MAX));
    }
}

/// Remembers the last line, where the next offset often is.
#[derive(Debug)]
pub struct LineCursor<'a> {
    starts: &'a [u32],
    /// Position in `starts`.
    line: usize,
    start: u32,
    /// Where the next line begins.
    end: u32,
}

impl LineCursor<'_> {
    /// The line of `offset`, from 1, and the offset of that line's first byte.
    #[inline]
    pub fn line(&mut self, offset: u32) -> (i64, u32) {
        if offset < self.start || offset >= self.end {
            self.seek(offset);
        }
        (self.line as i64 + 1, self.start)
    }

    fn seek(&mut self, offset: u32) {
        let next = self.line + 1;
        let after = self.starts.get(next + 1).copied().unwrap_or(u32::MAX);
        self.line = if offset >= self.end && offset < after {
            next
        } else {
            self.starts.partition_point(|&s| s <= offset) - 1
        };
        self.start = self.starts[self.line];
        self.end = self.starts.get(self.line + 1).copied().unwrap_or(u32::MAX);
    }
}

/// Counts the lines up to offsets, most of which are behind the one before: for few of them, that takes less than to look where each
/// line begins.
#[derive(Debug)]
pub(crate) struct LineCounter<'a> {
    bytes: &'a [u8],
    has_cr: bool,
    /// The last offset and its line.
    last: (usize, i64),
}

impl<'a> LineCounter<'a> {
    pub(crate) fn new(text: &'a str) -> Self {
        let bytes = text.as_bytes();
        Self {
            bytes,
            has_cr: memchr::memchr(b'\r', bytes).is_some(),
            last: (0, 1),
        }
    }

    /// The line of `offset`, from 1.
    pub(crate) fn line(&mut self, offset: u32) -> i64 {
        let offset = offset as usize;
        if offset < self.last.0 {
            self.last = (0, 1);
        }
        let between = &self.bytes[self.last.0..offset];
        let mut ends = memchr::memchr_iter(b'\n', between).count();
        if self.has_cr {
            let ends_line = |i: &usize| self.bytes.get(self.last.0 + i + 1) != Some(&b'\n');
            ends += memchr::memchr_iter(b'\r', between).filter(ends_line).count();
        }
        self.last = (offset, self.last.1 + ends as i64);
        self.last.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_at_lf_crlf_and_cr_only() {
        let text = "a\nb\r\nc\rd\u{b}\u{c}\u{85}\u{2028}e";
        let index = LineIndex::new(text);
        assert_eq!(index.starts(), [0, 2, 5, 7]);
        assert_eq!((index.count(text.len()), index.newline()), (4, "mixed"));
        let mut cursor = index.cursor();
        for offset in [0, 7, 3, 4, 5, 1, 2, 12, 0] {
            assert_eq!(cursor.line(offset), index.line(offset), "offset {offset}");
        }
        let mut counter = LineCounter::new(text);
        for offset in [0, 0, 3, 4, 5, 6, 7, 2, 12, 1] {
            assert_eq!(counter.line(offset), index.line(offset).0, "offset {offset}");
        }
    }

    #[test]
    fn text_after_the_last_line_end_counts_as_a_line() {
        for (text, count, newline) in [
            ("", 0, "none"),
            ("a", 1, "none"),
            ("a\n", 1, "lf"),
            ("a\r\rb", 3, "cr"),
            ("\n\nabcdefg\n\nabcd\u{10a}\u{a0a}\n\n\n", 7, "lf"),
            ("\r\n", 1, "crlf"),
        ] {
            let index = LineIndex::new(text);
            assert_eq!((index.count(text.len()), index.newline()), (count, newline), "{text:?}");
        }
    }
}
