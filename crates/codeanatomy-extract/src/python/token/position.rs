//! Lines and columns of tokens, as `tokenize` counts them.

use super::kind::Kind;
use super::sequence::Token;
use crate::file::Source;

/// Where a token stands. Lines are counted from 1, columns in code points from 0.
#[derive(Debug, Clone, Copy)]
pub(super) struct Position {
    pub(super) line: u32,
    pub(super) column: u32,
    pub(super) end_line: u32,
    pub(super) end_column: u32,
}

/// The positions of tokens, which stand in the order of the text.
pub(super) fn positions(source: &Source<'_>, tokens: &[Token]) -> Vec<Position> {
    let length = source.text.len() as u32;
    let after_last = source.lines.count(source.text.len()) as u32 + 1;
    let mut cursor = Cursor::new(source);
    let position = |token: &Token| {
        if token.bstart == length && matches!(token.kind, Kind::Dedent | Kind::EndMarker) {
            return Position {
                line: after_last,
                column: 0,
                end_line: after_last,
                end_column: 0,
            };
        }
        let (line, column) = cursor.seek(token.bstart);
        let (end_line, end_column) = match token.kind {
            // A line end belongs to the line that it ends, and takes a column even where there is none.
            Kind::Newline | Kind::Nl => (line, column + (token.bend - token.bstart).max(1)),
            _ => cursor.seek(token.bend),
        };
        Position {
            line,
            column,
            end_line,
            end_column,
        }
    };
    tokens.iter().map(position).collect()
}

/// Goes through a text, counting.
struct Cursor<'a> {
    bytes: &'a [u8],
    starts: &'a [u32],
    is_ascii: bool,
    /// The line, from 1.
    line: usize,
    /// Where the next line begins.
    next: u32,
    /// An offset in the line and its column.
    at: u32,
    column: u32,
}

impl<'a> Cursor<'a> {
    fn new(source: &Source<'a>) -> Self {
        let starts = source.lines.index().starts();
        let mark = if source.text.starts_with('\u{feff}') { 3 } else { 0 };
        Self {
            bytes: source.text.as_bytes(),
            starts,
            is_ascii: source.text.is_ascii(),
            line: 1,
            next: starts.get(1).copied().unwrap_or(u32::MAX),
            at: mark,
            column: 0,
        }
    }

    /// The line and column of an offset, which is not before the last one.
    #[inline]
    fn seek(&mut self, offset: u32) -> (u32, u32) {
        while offset >= self.next {
            self.at = self.next;
            self.column = 0;
            self.line += 1;
            self.next = self.starts.get(self.line).copied().unwrap_or(u32::MAX);
        }
        let between = offset.saturating_sub(self.at);
        self.column += if self.is_ascii {
            between
        } else {
            let bytes = self.bytes.get(self.at as usize..offset as usize).unwrap_or_default();
            // Every byte but those that continue a code point.
            bytes.iter().filter(|&&byte| byte & 0xc0 != 0x80).count() as u32
        };
        self.at += between;
        (self.line as u32, self.column)
    }
}
