//! Pieces of source text in one line.

use std::borrow::Cow;

/// The longest text of a receiver, so that a chain of calls does not repeat itself quadratically.
const MAX_RECEIVER: usize = 256;

/// Appends `text` with white space folded.
pub(crate) fn fold(text: &str, into: &mut String) {
    for word in text.split_ascii_whitespace() {
        if !into.is_empty() {
            into.push(' ');
        }
        into.push_str(word);
    }
}

/// The start of `text` with white space folded; what is cut off is an ellipsis.
pub(crate) fn fold_receiver(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_RECEIVER && !text.bytes().any(|byte| byte.is_ascii_whitespace()) {
        return Cow::Borrowed(text);
    }
    let mut into = String::new();
    let mut end = text.len().min(4 * MAX_RECEIVER);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    fold(&text[..end], &mut into);
    if end < text.len() || into.len() > MAX_RECEIVER {
        let mut end = into.len().min(MAX_RECEIVER);
        while !into.is_char_boundary(end) {
            end -= 1;
        }
        into.truncate(end);
        into.push('…');
    }
    Cow::Owned(into)
}
