//! Strings and bytes as `repr` writes them.

use std::fmt::Write as _;

use super::MAX_BYTES;
use super::printable::PRINTABLE;

/// Adds bytes: `b'\x00a'`.
pub(super) fn push_bytes(bytes: &[u8], out: &mut String) {
    out.push('b');
    let quote = quote(bytes);
    out.push(char::from(quote));
    for &byte in bounded(bytes) {
        push_ascii(byte, quote, out);
    }
    out.push(char::from(quote));
}

/// Adds a string of one byte per character.
pub(super) fn push_latin1(bytes: &[u8], out: &mut String) {
    let quote = quote(bytes);
    out.push(char::from(quote));
    for &byte in bounded(bytes) {
        // All above these are printable in every version.
        if byte.is_ascii() || byte < 0xa1 || byte == 0xad {
            push_ascii(byte, quote, out);
        } else {
            out.push(char::from(byte));
        }
    }
    out.push(char::from(quote));
}

/// Adds a string in UTF-8 with lone surrogates, for Python 3.`minor`.
pub(super) fn push_utf8(bytes: &[u8], minor: u8, out: &mut String) {
    let quote = quote(bytes);
    out.push(char::from(quote));
    let mut rest = bounded(bytes);
    while !rest.is_empty() {
        let valid = match std::str::from_utf8(rest) {
            Ok(text) => text,
            // What comes before is valid.
            Err(error) => std::str::from_utf8(&rest[..error.valid_up_to()]).unwrap_or_default(),
        };
        for c in valid.chars() {
            if c.is_ascii() {
                push_ascii(c as u8, quote, out);
            } else if is_printable(c, minor) {
                out.push(c);
            } else {
                push_escape(u32::from(c), out);
            }
        }
        rest = &rest[valid.len()..];
        match *rest {
            [0xed, b, c, ..] => {
                push_escape(0xd000 | u32::from(b & 0x3f) << 6 | u32::from(c & 0x3f), out);
                rest = &rest[3..];
            }
            [_, ..] => {
                out.push(char::REPLACEMENT_CHARACTER);
                rest = &rest[1..];
            }
            [] => {}
        }
    }
    out.push(char::from(quote));
}

/// More than will be kept is not worth writing.
fn bounded(bytes: &[u8]) -> &[u8] {
    &bytes[..bytes.len().min(MAX_BYTES + 4)]
}

fn quote(bytes: &[u8]) -> u8 {
    let double = memchr::memchr(b'\'', bytes).is_some() && memchr::memchr(b'"', bytes).is_none();
    if double { b'"' } else { b'\'' }
}

#[inline]
fn push_ascii(byte: u8, quote: u8, out: &mut String) {
    match byte {
        b'\\' => out.push_str("\\\\"),
        b'\t' => out.push_str("\\t"),
        b'\n' => out.push_str("\\n"),
        b'\r' => out.push_str("\\r"),
        b' '..=b'~' => {
            if byte == quote {
                out.push('\\');
            }
            out.push(char::from(byte));
        }
        _ => push_escape(u32::from(byte), out),
    }
}

fn push_escape(code: u32, out: &mut String) {
    // Writing to a string does not fail.
    let _ = match code {
        0..=0xff => write!(out, "\\x{code:02x}"),
        0x100..=0xffff => write!(out, "\\u{code:04x}"),
        _ => write!(out, "\\U{code:08x}"),
    };
}

/// Whether Python 3.`minor` shows a character above ASCII as it is.
fn is_printable(c: char, minor: u8) -> bool {
    let code = u32::from(c);
    let after = PRINTABLE.partition_point(|&(first, _, _)| first <= code);
    after
        .checked_sub(1)
        .and_then(|at| PRINTABLE.get(at))
        .is_some_and(|&(_, last, since)| code <= last && since <= minor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_are_quoted_and_escaped_as_the_interpreter_does() {
        for (bytes, expected) in [
            (&b"a'b"[..], r#""a'b""#),
            (b"a'\"", r#"'a\'"'"#),
            (b"\\\t\x00\x7f", r"'\\\t\x00\x7f'"),
            (
                "\u{e9}\u{ad}\u{2028}\u{1f600}\u{e000}".as_bytes(),
                "'\u{e9}\\xad\\u2028\u{1f600}\\ue000'",
            ),
            (b"\xed\xa0\x80x", r"'\ud800x'"),
        ] {
            let mut text = String::new();
            push_utf8(bytes, 11, &mut text);
            assert_eq!(text, expected);
        }
        let mut text = String::new();
        push_latin1(b"\xe9\xad\x85'", &mut text);
        push_bytes(b"\xe9\n", &mut text);
        assert_eq!(text, "\"\u{e9}\\xad\\x85'\"b'\\xe9\\n'");
    }

    #[test]
    fn what_is_printable_depends_on_the_version() {
        // U+1FAE8, shaking face: Unicode 15.
        assert!(!is_printable('\u{1fae8}', 11));
        assert!(is_printable('\u{1fae8}', 12));
    }
}
