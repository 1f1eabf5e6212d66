//! Docstrings without the indentation of the code around.

use std::borrow::Cow;

/// The width that tabs are expanded to.
const TAB: usize = 8;

/// What `inspect.cleandoc` of CPython 3.13 gives: tabs expanded, the first line without the blanks before it, the others
/// without the indentation that they share, and no empty lines at either end.
pub(super) fn cleandoc(text: &str) -> String {
    let text = expand_tabs(text);
    let mut lines = text.split('\n');
    let first = lines.next().unwrap_or_default().trim_start_matches(' ');
    let indent = |line: &str| {
        let content = line.trim_start_matches(' ');
        (!content.is_empty()).then(|| line.len() - content.len())
    };
    let margin = lines.clone().filter_map(indent).min().unwrap_or(0);
    let mut cleaned = String::with_capacity(text.len());
    // Empty lines wait for one that is not.
    let mut empty = 0;
    // A line of blanks may be shorter than the margin; other lines begin with it.
    for line in std::iter::once(first).chain(lines.map(|line| line.get(margin..).unwrap_or_default())) {
        if line.is_empty() {
            empty += 1;
            continue;
        }
        if !cleaned.is_empty() {
            cleaned.extend(std::iter::repeat_n('\n', empty + 1));
        }
        empty = 0;
        cleaned.push_str(line);
    }
    cleaned
}

/// What `str.expandtabs` gives.
fn expand_tabs(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'\t', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut expanded = String::with_capacity(text.len() + TAB);
    let mut column = 0;
    for c in text.chars() {
        match c {
            '\t' => {
                let width = TAB - column % TAB;
                expanded.extend(std::iter::repeat_n(' ', width));
                column += width;
            }
            '\n' | '\r' => {
                expanded.push(c);
                column = 0;
            }
            _ => {
                expanded.push(c);
                column += 1;
            }
        }
    }
    Cow::Owned(expanded)
}

#[cfg(test)]
mod tests {
    use super::cleandoc;

    #[test]
    fn indentation_and_empty_lines_at_the_ends_go() {
        for (text, expected) in [
            ("", ""),
            ("  \n \n", " "),
            ("one", "one"),
            ("  one  ", "one  "),
            ("\n\n    a\n      b\n\n    c\n    ", "a\n  b\n\nc"),
            ("a\n\tb\n        c\n\td\te", "a\nb\nc\nd       e"),
            ("a\n   \n  b", "a\n \nb"),
            ("é\tx\r\ty", "é       x\r        y"),
            (" \u{a0}a\n  b", "\u{a0}a\nb"),
            ("a\n\n", "a"),
        ] {
            assert_eq!(cleandoc(text), expected, "{text:?}");
        }
    }
}
