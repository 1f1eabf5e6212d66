//! The inside of f-strings and t-strings, where CPython's tokens are not the parser's: a middle ends at the first of two
//! braces and behind `\N{…}`, and a format spec that ends with a replacement field, or is empty, has an empty middle at its
//! end.

use super::kind::Kind;
use super::sequence::{Token, slice};

/// Where in an interpolated string the next token stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Expression,
    Spec,
}

/// A string or a replacement field that is open.
#[derive(Debug, Clone, Copy)]
struct Frame {
    place: Place,
    /// The type of the text in the string.
    middle: Kind,
    is_raw: bool,
    /// The open brackets of an expression.
    brackets: u32,
}

/// What is open around the next token.
#[derive(Debug, Default)]
pub(super) struct Interpolated {
    frames: Vec<Frame>,
    /// Whether CPython reads on in a format spec before the next token, so that there is a middle even if it is empty.
    reads_spec: bool,
}

impl Interpolated {
    /// Whether the next token is inside of a string.
    #[inline]
    pub(super) fn is_open(&self) -> bool {
        !self.frames.is_empty()
    }

    /// Adds a token, or what CPython has in place of it.
    pub(super) fn push(&mut self, text: &str, token: Token, sequence: &mut Vec<Token>) {
        let reads_spec = std::mem::take(&mut self.reads_spec);
        let empty = |frame: Frame| Token {
            kind: frame.middle,
            bstart: token.bstart,
            bend: token.bstart,
        };
        match (token.kind, self.frames.last_mut()) {
            (Kind::FStringStart, _) => self.open(text, token, Kind::FStringMiddle),
            (Kind::TStringStart, _) => self.open(text, token, Kind::TStringMiddle),
            (Kind::FStringEnd | Kind::TStringEnd, _) => {
                while self.frames.pop().is_some_and(|frame| frame.place != Place::Text) {}
            }
            // The string has no end.
            (Kind::Newline, _) => self.frames.clear(),
            (Kind::FStringMiddle | Kind::TStringMiddle, Some(frame)) => {
                let is_spec = frame.place == Place::Spec;
                let ends_in_name = split(text, token, frame.is_raw, sequence);
                self.reads_spec = is_spec && ends_in_name;
                return;
            }
            (Kind::LBrace, Some(frame)) if frame.place != Place::Expression => {
                let frame = *frame;
                let is_doubled = text.as_bytes().get(token.bend as usize) == Some(&b'{');
                if reads_spec && is_doubled {
                    sequence.push(empty(frame));
                }
                let place = Place::Expression;
                self.frames.push(Frame { place, ..frame });
            }
            (Kind::RBrace, Some(frame)) if frame.place == Place::Spec => {
                if reads_spec {
                    sequence.push(empty(*frame));
                }
                self.close_field();
            }
            (_, Some(frame)) if frame.place == Place::Expression => match token.kind {
                Kind::LPar | Kind::LSqb | Kind::LBrace => frame.brackets += 1,
                Kind::RPar | Kind::RSqb | Kind::RBrace if frame.brackets > 0 => frame.brackets -= 1,
                Kind::RBrace => self.close_field(),
                Kind::Colon if frame.brackets == 0 => {
                    frame.place = Place::Spec;
                    self.reads_spec = true;
                }
                _ => {}
            },
            _ => {}
        }
        sequence.push(token);
    }

    fn open(&mut self, text: &str, start: Token, middle: Kind) {
        self.frames.push(Frame {
            place: Place::Text,
            middle,
            is_raw: slice(text, start).contains(['r', 'R']),
            brackets: 0,
        });
    }

    fn close_field(&mut self) {
        self.frames.pop();
        self.reads_spec = self.frames.last().is_some_and(|frame| frame.place == Place::Spec);
    }
}

/// Adds a middle in the pieces that CPython has. Says whether the last one ends with `\N{…}`.
fn split(text: &str, middle: Token, is_raw: bool, sequence: &mut Vec<Token>) -> bool {
    let bytes = slice(text, middle).as_bytes();
    let mut piece = 0;
    let mut push = |from: usize, to: usize| {
        sequence.push(Token {
            kind: middle.kind,
            bstart: middle.bstart + from as u32,
            bend: middle.bstart + to as u32,
        });
    };
    let (mut in_name, mut ends_in_name) = (false, false);
    let mut i = 0;
    while let Some(found) = bytes.get(i..).and_then(|rest| memchr::memchr3(b'{', b'}', b'\\', rest)) {
        i += found;
        match (bytes[i], bytes.get(i + 1)) {
            (b'\\', Some(b'{' | b'}')) => i += 1,
            (b'\\', Some(b'N')) if !is_raw && bytes.get(i + 2) == Some(&b'{') => {
                in_name = true;
                i += 3;
            }
            (b'\\', _) => i += 2,
            (b'}', _) if in_name => {
                (in_name, ends_in_name) = (false, true);
                i += 1;
                push(piece, i);
                piece = i;
            }
            (brace, next) if next == Some(&brace) => {
                ends_in_name = false;
                push(piece, i + 1);
                i += 2;
                piece = i;
            }
            _ => i += 1,
        }
    }
    if piece < bytes.len() {
        push(piece, bytes.len());
        return false;
    }
    ends_in_name
}
