//! Pieces of source text in one line.

use std::borrow::Cow;

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::{Ranged, TextRange, TextSize};

pub(super) use crate::fold::{fold, fold_receiver};

/// The longest text of expressions that may stand in each other, or come several times.
pub(super) const MAX_EXPRESSION: usize = 256;

/// The start of `text`; what is cut off is an ellipsis.
pub(super) fn cut(text: &str) -> Cow<'_, str> {
    if text.len() <= MAX_EXPRESSION {
        return Cow::Borrowed(text);
    }
    let mut end = MAX_EXPRESSION;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Cow::Owned(format!("{}…", &text[..end]))
}

/// Appends the text of `range` with comments left out and white space folded.
pub(super) fn fold_code(text: &str, range: TextRange, tokens: &Tokens, into: &mut String) {
    if !text[range].contains('#') {
        return fold(&text[range], into);
    }
    let mut start = range.start();
    // The range may end inside of a token where the source is broken.
    for token in tokens.after(start).iter().take_while(|t| t.end() <= range.end()) {
        if token.kind() == TokenKind::Comment {
            fold(&text[TextRange::new(start, token.start())], into);
            start = token.end();
        }
    }
    fold(&text[TextRange::new(start, range.end())], into);
}

/// The offset of the first byte from `start` on that is neither white space nor in a comment.
pub(super) fn skip_trivia(text: &str, start: TextSize) -> TextSize {
    let bytes = text.as_bytes();
    let mut i = start.to_usize();
    while let Some(byte) = bytes.get(i) {
        match byte {
            b' ' | b'\t' | b'\n' | b'\r' | b'\x0c' | b'\\' => i += 1,
            b'#' => i = memchr::memchr2(b'\n', b'\r', &bytes[i..]).map_or(bytes.len(), |n| i + n),
            _ => break,
        }
    }
    TextSize::new(i as u32)
}

/// The offset of the colon that ends the header of a definition, searched from behind its last expression.
pub(super) fn header_end(text: &str, from: TextSize, limit: TextSize) -> TextSize {
    let mut at = skip_trivia(text, from);
    while text.as_bytes().get(at.to_usize()) == Some(&b')') {
        at = skip_trivia(text, at + TextSize::new(1));
    }
    if at < limit && text.as_bytes()[at.to_usize()] == b':' {
        at
    } else {
        from
    }
}
