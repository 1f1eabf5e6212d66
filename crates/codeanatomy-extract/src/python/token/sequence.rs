//! The tokens of the parser as the sequence that `tokenize` gives.

use ruff_python_ast::token::{TokenKind, Tokens};
use ruff_text_size::Ranged;

use super::interpolated::Interpolated;
use super::kind::Kind;

/// A token on its way to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) bstart: u32,
    pub(super) bend: u32,
}

/// The tokens of a text, in its order.
pub(super) fn sequence(text: &str, tokens: &Tokens) -> Vec<Token> {
    let mut sequence = Vec::with_capacity(tokens.len() + tokens.len() / 32 + 8);
    let mut interpolated = Interpolated::default();
    for token in tokens.iter() {
        let kind = token.kind();
        let token = Token {
            kind: Kind::of(kind),
            bstart: token.start().to_u32(),
            bend: token.end().to_u32(),
        };
        if interpolated.is_open() || matches!(kind, TokenKind::FStringStart | TokenKind::TStringStart) {
            interpolated.push(text, token, &mut sequence);
        } else {
            push(text, token, &mut sequence);
        }
    }
    end(text, &mut sequence);
    sequence
}

/// Adds a token outside of an interpolated string.
#[inline]
fn push(text: &str, token: Token, sequence: &mut Vec<Token>) {
    match token.kind {
        Kind::Greater => {
            // The parser does not know `<>`, the other spelling of `!=`.
            if let Some(last) = sequence.last_mut()
                && last.kind == Kind::Less
                && last.bend == token.bstart
            {
                last.kind = Kind::Op;
                last.bend = token.bend;
                return;
            }
            sequence.push(token);
        }
        Kind::Indent => {
            // Behind a backslash, CPython takes the white space of the last line only.
            let line = memchr::memrchr2(b'\n', b'\r', slice(text, token).as_bytes());
            let bstart = token.bstart + line.map_or(0, |at| at as u32 + 1);
            sequence.push(Token { bstart, ..token });
        }
        Kind::ErrorToken if matches!(slice(text, token), "$" | "`" | "?" | "!") => {
            let kind = Kind::Op;
            sequence.push(Token { kind, ..token });
        }
        _ => sequence.push(token),
    }
}

/// Adds what stands at the end of the text: an `NL` for a comment or white space without a line end, and the end marker.
fn end(text: &str, sequence: &mut Vec<Token>) {
    let end = text.len() as u32;
    let at_end = |kind| Token {
        kind,
        bstart: end,
        bend: end,
    };
    let dedents = sequence.iter().rev().take_while(|t| t.kind == Kind::Dedent).count();
    let last = sequence.len() - dedents;
    let last_token = last.checked_sub(1).map(|i| sequence[i]);
    let rest = match last_token {
        Some(Token {
            kind: Kind::Newline | Kind::Nl,
            bend,
            ..
        }) => bend as usize,
        None => 0,
        // What is in the last line is more than white space.
        Some(_) => text.len(),
    };
    let rest = text.get(rest..).unwrap_or_default();
    let rest = rest.strip_prefix('\u{feff}').unwrap_or(rest);
    let is_comment = last_token.is_some_and(|token| token.kind == Kind::Comment);
    if is_comment || !rest.is_empty() && rest.bytes().all(|b| matches!(b, b' ' | b'\t' | b'\x0c')) {
        sequence.insert(last, at_end(Kind::Nl));
    }
    sequence.push(at_end(Kind::EndMarker));
}

/// The text of a token.
#[inline]
pub(super) fn slice(text: &str, token: Token) -> &str {
    text.get(token.bstart as usize..token.bend as usize).unwrap_or_default()
}
