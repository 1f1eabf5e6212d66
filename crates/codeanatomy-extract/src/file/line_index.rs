//! Offsets to lines.

/// Where the lines of a text begin. A line ends at LF, CRLF or CR and nowhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// The lines of `text`.
    pub fn new(text: &str) -> Self {
        let bytes = text.as_bytes();
        let mut starts = vec![0];
        for i in memchr::memchr2_iter(b'\n', b'\r', bytes) {
            if bytes[i] == b'\n' || bytes.get(i + 1) != Some(&b'\n') {
                starts.push(u32::try_from(i + 1).unwrap_or(u32::MAX));
            }
        }
        Self { starts }
    }

    /// The line of `offset`, from 1, and the offset of that line's first byte.
    pub fn line(&self, offset: u32) -> (i64, u32) {
        let line = self.starts.partition_point(|&s| s <= offset);
        (line as i64, self.starts[line - 1])
    }
}
