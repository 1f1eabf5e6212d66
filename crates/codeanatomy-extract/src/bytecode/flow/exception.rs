//! The exception table (`Objects/exception_handling_notes.txt` of CPython).

/// An entry: what it covers and where it leads, as offsets in the bytecode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::bytecode) struct ExceptionEntry {
    pub(in crate::bytecode) start: i64,
    pub(in crate::bytecode) end: i64,
    pub(in crate::bytecode) target: i64,
    pub(in crate::bytecode) depth: i64,
    pub(in crate::bytecode) lasti: bool,
}

/// The entries of a table; one that is cut off is left out.
pub(in crate::bytecode) fn entries(table: &[u8]) -> impl Iterator<Item = ExceptionEntry> {
    let mut bytes = table.iter().copied();
    std::iter::from_fn(move || {
        let start = number(&mut bytes)? * 2;
        let end = start + number(&mut bytes)? * 2;
        let target = number(&mut bytes)? * 2;
        let depth_and_lasti = number(&mut bytes)?;
        Some(ExceptionEntry {
            start,
            end,
            target,
            depth: depth_and_lasti >> 1,
            lasti: depth_and_lasti & 1 == 1,
        })
    })
}

/// A number in groups of six bits, most significant first. What does not fit in 60 bits is cut off.
fn number(bytes: &mut impl Iterator<Item = u8>) -> Option<i64> {
    let mut value = 0;
    loop {
        let byte = bytes.next()?;
        value = (value << 6 | i64::from(byte & 63)) & ((1 << 60) - 1);
        if byte & 64 == 0 {
            return Some(value);
        }
    }
}
