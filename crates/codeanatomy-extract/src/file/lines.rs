//! Rows of `lines`.

use super::Source;
use crate::table::Table;

/// What is told of a line.
struct Line<'a> {
    start: u32,
    newline: &'static str,
    text: &'a str,
    /// Its length in code points, and how many of them take two units in UTF-16.
    points: u32,
    pairs: u32,
}

impl<'a> Line<'a> {
    /// The line from `start` until the next line begins at `after`; `is_ascii` says that all of the source is.
    fn new(source: &'a str, is_ascii: bool, start: usize, after: usize) -> Self {
        let (newline, length) = match &source.as_bytes()[start..after] {
            [.., b'\r', b'\n'] => ("crlf", 2),
            [.., b'\n'] => ("lf", 1),
            [.., b'\r'] => ("cr", 1),
            _ => ("none", 0),
        };
        let text = &source[start..after - length];
        let (points, pairs) = if is_ascii || text.is_ascii() {
            (text.len(), 0)
        } else {
            // Code points beyond the first plane are the ones of four bytes in UTF-8.
            let pairs = text.bytes().filter(|&b| b >= 0xf0).count();
            (text.chars().count(), pairs)
        };
        Self {
            start: start as u32,
            newline,
            text,
            points: points as u32,
            pairs: pairs as u32,
        }
    }
}

/// Adds a row per line, column by column.
pub(crate) fn write(source: &Source<'_>, table: &mut Table) {
    let text = source.text;
    let starts = source.lines.starts();
    let count = usize::try_from(source.lines.count(text.len())).unwrap_or(0);
    let is_ascii = text.is_ascii();
    let lines: Vec<Line<'_>> = (0..count)
        .map(|i| {
            let after = starts.get(i + 1).map_or(text.len(), |&s| s as usize);
            Line::new(text, is_ascii, starts[i] as usize, after)
        })
        .collect();
    table.append(count, |name, column| match name {
        "path" => column.repeated_text(&source.entry.path, count),
        "line" => column.ints(1..count as u32 + 1),
        "bstart" => column.ints(lines.iter().map(|l| l.start)),
        "bend" => column.ints(lines.iter().map(|l| l.start + l.text.len() as u32)),
        "newline" => column.word_runs(lines.iter().map(|l| l.newline)),
        "is_ascii" => column.bools(count, |i| lines[i].points as usize == lines[i].text.len()),
        "length_utf32" => column.ints(lines.iter().map(|l| l.points)),
        "length_utf16" => column.ints(lines.iter().map(|l| l.points + l.pairs)),
        "text" => column.texts(lines.iter().map(|l| Some(l.text))),
        _ => {}
    });
}
