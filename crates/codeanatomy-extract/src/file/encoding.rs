//! Names of encodings as Python spells them.

use encoding_rs::Encoding;

/// How bytes become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Codec {
    Utf8,
    /// Seven bits, which are UTF-8 as they are.
    Ascii,
    /// Every byte is a code point, unlike in the Encoding Standard, where the name means windows-1252.
    Latin1,
    Other(&'static Encoding),
}

impl Codec {
    /// The codec of a name in a PEP 263 comment. Case, `-` and `_` do not matter, as in CPython.
    pub(super) fn find(name: &str) -> Option<Self> {
        let name = name.to_ascii_lowercase().replace(['_', '.'], "-");
        if is_or_begins(&name, &["utf-8"]) {
            return Some(Self::Utf8);
        }
        if is_or_begins(&name, &["latin-1", "iso-8859-1", "iso-latin-1"]) {
            return Some(Self::Latin1);
        }
        match name.as_str() {
            "utf8" | "u8" | "utf" | "cp65001" | "utf8-ucs2" | "utf8-ucs4" => return Some(Self::Utf8),
            "ascii" | "us-ascii" | "646" | "us" | "ansi-x3-4-1968" | "iso646-us" | "iso-646-irv-1991" | "cp367"
            | "ibm367" | "csascii" | "iso-ir-6" => return Some(Self::Ascii),
            "latin1" | "latin" | "l1" | "iso8859-1" | "iso8859" | "8859" | "cp819" | "ibm819" | "iso-ir-100"
            | "csisolatin1" => return Some(Self::Latin1),
            _ => {}
        }
        let label = match name.as_str() {
            "cp874" => "windows-874",
            "cp932" | "mskanji" | "s-jis" | "shiftjis" => "shift-jis",
            "eucjp" | "ujis" | "u-jis" => "euc-jp",
            "euckr" | "cp949" | "uhc" | "ms949" | "949" => "euc-kr",
            "cp936" | "ms936" | "936" => "gbk",
            "cp950" | "ms950" | "950" | "big5hkscs" | "hkscs" => "big5",
            "gb18030-2000" => "gb18030",
            "mac-roman" | "macroman" => "macintosh",
            "mac-cyrillic" | "maccyrillic" => "x-mac-cyrillic",
            "latin7" | "l7" => "iso-8859-13",
            "latin8" | "l8" => "iso-8859-14",
            "latin9" | "l9" => "iso-8859-15",
            "latin10" | "l10" => "iso-8859-16",
            "ibm866" | "866" => "cp866",
            "cyrillic" => "iso-8859-5",
            other => other,
        };
        let hyphenated = label.strip_prefix("iso8859-").map(|n| format!("iso-8859-{n}"));
        let label = hyphenated.as_deref().unwrap_or(label);
        let found = Encoding::for_label_no_replacement(label.as_bytes())
            .or_else(|| Encoding::for_label_no_replacement(label.replace('-', "_").as_bytes()))?;
        // A file whose comment can be read is not in UTF-16; `x-user-defined` is no encoding of Python's.
        (found.is_ascii_compatible() && found != encoding_rs::X_USER_DEFINED && found != encoding_rs::UTF_8)
            .then_some(Self::Other(found))
    }

    /// The name in the Encoding Standard, in lower case.
    pub(super) fn name(self) -> String {
        match self {
            Self::Utf8 | Self::Ascii => "utf-8".to_owned(),
            Self::Latin1 => "iso-8859-1".to_owned(),
            Self::Other(encoding) => encoding.name().to_ascii_lowercase(),
        }
    }
}

/// CPython takes `utf-8-anything` for UTF-8, and so on.
fn is_or_begins(name: &str, of: &[&str]) -> bool {
    of.iter().any(|n| {
        name.strip_prefix(n)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    })
}

/// The encoding that a PEP 263 comment names, in one of the first two lines; in the second only if the first holds
/// nothing but a comment.
pub(super) fn cookie(bytes: &[u8]) -> Option<&str> {
    declaration(bytes).map(|(_, name)| name)
}

/// The offset of the PEP 263 comment of a decoded text.
pub(crate) fn encoding_comment(text: &str) -> Option<usize> {
    let code = text.strip_prefix('\u{feff}').unwrap_or(text);
    declaration(code.as_bytes()).map(|(at, _)| text.len() - code.len() + at)
}

/// The PEP 263 comment: its offset, and the name in it.
fn declaration(bytes: &[u8]) -> Option<(usize, &str)> {
    let mut rest = bytes;
    for _ in 0..2 {
        let end = memchr::memchr2(b'\n', b'\r', rest);
        let line = &rest[..end.unwrap_or(rest.len())];
        let blank = line.iter().take_while(|b| matches!(b, b' ' | b'\t' | b'\x0c')).count();
        match line.get(blank) {
            Some(b'#') => {
                if let Some(name) = cookie_in(&line[blank..]) {
                    return Some((bytes.len() - rest.len() + blank, name));
                }
            }
            Some(_) => return None,
            None => {}
        }
        let end = end?;
        let is_crlf = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + 1 + usize::from(is_crlf)..];
    }
    None
}

/// The `name` in `coding: name` or `coding=name`.
fn cookie_in(comment: &[u8]) -> Option<&str> {
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let rest = &comment[at + b"coding".len()..];
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let rest = &rest[rest.iter().take_while(|b| matches!(b, b' ' | b'\t')).count()..];
        let length = rest
            .iter()
            .take_while(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
            .count();
        std::str::from_utf8(&rest[..length])
            .ok()
            .filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_counts_in_the_first_line_or_behind_a_comment() {
        for (text, expected) in [
            ("# -*- coding: latin-1 -*-\n", Some("latin-1")),
            ("#!/usr/bin/python\n# vim: set fileencoding=utf8 :", Some("utf8")),
            ("\x0c \t\r\n#coding:x", Some("x")),
            ("\r#coding=a.b-c_d!", Some("a.b-c_d")),
            ("# coding : no coding:\tyes", Some("yes")),
            ("x = 1\n# coding: latin-1", None),
            ("x = 1 # coding: latin-1", None),
            ("\n\n# coding: latin-1", None),
            ("# coding\n# coding:\n# coding: late", None),
        ] {
            assert_eq!(cookie(text.as_bytes()), expected, "{text:?}");
        }
    }

    #[test]
    fn encodings_have_the_spellings_of_python() {
        for (spellings, name) in [
            (&["utf8", "UTF_8", "utf-8-sig", "U8"][..], "utf-8"),
            (
                &[
                    "latin-1",
                    "Latin_1",
                    "iso-8859-1",
                    "ISO8859-1",
                    "l1",
                    "iso-latin-1-unix",
                ],
                "iso-8859-1",
            ),
            (&["iso-8859-15", "ISO8859_15", "latin9"], "iso-8859-15"),
            (&["cp1252", "windows_1252"], "windows-1252"),
            (&["koi8-r", "KOI8_R"], "koi8-r"),
            (&["euc_jp", "eucjp", "ujis"], "euc-jp"),
            (&["shift_jis", "sjis", "cp932"], "shift_jis"),
            (&["gbk", "cp936"], "gbk"),
            (&["cp1251"], "windows-1251"),
            (&["big5"], "big5"),
        ] {
            for spelling in spellings {
                assert_eq!(
                    Codec::find(spelling).map(Codec::name).as_deref(),
                    Some(name),
                    "{spelling}"
                );
            }
        }
        for unknown in ["uft-8", "utf-16", "utf-7", "", "x-user-defined", "replacement"] {
            assert_eq!(Codec::find(unknown), None, "{unknown}");
        }
    }
}
