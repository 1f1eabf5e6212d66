//! Bytes to text.

use codeanatomy_model::Language;
use encoding_rs::{UTF_16BE, UTF_16LE};

use super::encoding::{Codec, cookie};

/// The UTF-8 form of the byte order mark.
pub(crate) const UTF8_MARK: &[u8] = b"\xef\xbb\xbf";

/// The text of a file and how it was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Decoded {
    /// The text. It begins with U+FEFF if the file begins with a byte order mark.
    pub(crate) text: String,
    /// The encoding, as in `files.encoding`.
    pub(crate) encoding: String,
    /// `default`, `bom` or `cookie`.
    pub(crate) encoding_source: &'static str,
}

/// Decodes a file by its byte order mark or, if it is Python, PEP 263 comment, else as UTF-8. An error says why that fails.
pub(crate) fn decode(bytes: Vec<u8>, language: Language) -> Result<Decoded, String> {
    if bytes.starts_with(UTF8_MARK) {
        return with_utf8_mark(bytes, language);
    }
    if bytes.starts_with(b"\xff\xfe\0\0") || bytes.starts_with(b"\0\0\xfe\xff") {
        return Err("the byte order mark says UTF-32, which is not supported".to_owned());
    }
    for (mark, encoding) in [(b"\xff\xfe", UTF_16LE), (b"\xfe\xff", UTF_16BE)] {
        if bytes.starts_with(mark) {
            return with_utf16_mark(&bytes, encoding, language);
        }
    }
    let Some(name) = declared(&bytes, language) else {
        let text = utf8(bytes, ", and no encoding is declared")?;
        return Ok(Decoded {
            text,
            encoding: Codec::Utf8.name(),
            encoding_source: "default",
        });
    };
    let Some(codec) = Codec::find(name) else {
        return Err(format!("the declared encoding {name:?} is unknown"));
    };
    let text = match codec {
        Codec::Utf8 => utf8(bytes, ", the declared encoding")?,
        Codec::Ascii if bytes.is_ascii() => utf8(bytes, "")?,
        Codec::Ascii => {
            return Err(format!(
                "the text is not in the declared encoding {name:?}: it has bytes above 127"
            ));
        }
        Codec::Latin1 => encoding_rs::mem::decode_latin1(&bytes).into_owned(),
        Codec::Other(encoding) => match encoding.decode_without_bom_handling_and_without_replacement(&bytes) {
            Some(text) => text.into_owned(),
            None => return Err(format!("the text is not in the declared encoding {name:?}")),
        },
    };
    Ok(Decoded {
        text,
        encoding: codec.name(),
        encoding_source: "cookie",
    })
}

/// The encoding that a comment declares.
fn declared(bytes: &[u8], language: Language) -> Option<&str> {
    match language {
        Language::Python => cookie(bytes),
        _ => None,
    }
}

fn with_utf8_mark(bytes: Vec<u8>, language: Language) -> Result<Decoded, String> {
    if let Some(name) = declared(&bytes[UTF8_MARK.len()..], language)
        && Codec::find(name) != Some(Codec::Utf8)
    {
        return Err(format!(
            "the byte order mark says UTF-8, but the declared encoding is {name:?}"
        ));
    }
    let text = utf8(bytes, ", as the byte order mark says")?;
    Ok(Decoded {
        text,
        encoding: Codec::Utf8.name(),
        encoding_source: "bom",
    })
}

fn with_utf16_mark(
    bytes: &[u8],
    encoding: &'static encoding_rs::Encoding,
    language: Language,
) -> Result<Decoded, String> {
    let name = encoding.name();
    let Some(text) = encoding.decode_without_bom_handling_and_without_replacement(bytes) else {
        return Err(format!("the text is not {name}, as the byte order mark says"));
    };
    let text = text.into_owned();
    if let Some(cookie) = declared(text.trim_start_matches('\u{feff}').as_bytes(), language)
        && !cookie.to_ascii_lowercase().replace('_', "-").starts_with("utf-16")
    {
        return Err(format!(
            "the byte order mark says {name}, but the declared encoding is {cookie:?}"
        ));
    }
    Ok(Decoded {
        text,
        encoding: name.to_ascii_lowercase(),
        encoding_source: "bom",
    })
}

fn utf8(bytes: Vec<u8>, expectation: &str) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        format!("byte 0x{byte:02X} at offset {at} is not UTF-8{expectation}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(bytes: &[u8]) -> Result<(String, String, &'static str), String> {
        decode(bytes.to_vec(), Language::Python).map(|d| (d.text, d.encoding, d.encoding_source))
    }

    #[test]
    fn a_mark_a_cookie_or_utf8_decide_how_bytes_are_read() {
        let latin = |name: &str| [format!("#coding:{name}\n").as_bytes(), b"\xe9\x80"].concat();
        for (bytes, text, encoding, source) in [
            (b"x".to_vec(), "x", "utf-8", "default"),
            (
                b"\xef\xbb\xbf#coding:UTF_8".to_vec(),
                "\u{feff}#coding:UTF_8",
                "utf-8",
                "bom",
            ),
            (b"\xff\xfex\0\xe9\0".to_vec(), "\u{feff}x\u{e9}", "utf-16le", "bom"),
            (b"\xfe\xff\0x".to_vec(), "\u{feff}x", "utf-16be", "bom"),
            (b"#coding:ascii".to_vec(), "#coding:ascii", "utf-8", "cookie"),
            (
                latin("latin-1"),
                "#coding:latin-1\n\u{e9}\u{80}",
                "iso-8859-1",
                "cookie",
            ),
            (
                latin("cp1252"),
                "#coding:cp1252\n\u{e9}\u{20ac}",
                "windows-1252",
                "cookie",
            ),
        ] {
            assert_eq!(decoded(&bytes), Ok((text.to_owned(), encoding.to_owned(), source)));
        }
    }

    #[test]
    fn a_cookie_means_nothing_in_other_languages() {
        let text = "# coding: latin-1\n\u{e9}";
        let decoded = decode(text.as_bytes().to_vec(), Language::Rust).map(|d| (d.text, d.encoding_source));
        assert_eq!(decoded, Ok((text.to_owned(), "default")));
    }

    #[test]
    fn text_that_is_not_what_it_says_is_an_error_that_says_so() {
        for (bytes, message) in [
            (
                &b"a = '\xe9'"[..],
                "byte 0xE9 at offset 5 is not UTF-8, and no encoding is declared",
            ),
            (
                b"# coding: utf-8\n\xe9",
                "byte 0xE9 at offset 16 is not UTF-8, the declared encoding",
            ),
            (b"# coding: klingon", "the declared encoding \"klingon\" is unknown"),
            (
                b"# coding: ascii\n\xe9",
                "the text is not in the declared encoding \"ascii\": it has bytes above 127",
            ),
            (
                b"\xef\xbb\xbf#coding:latin-1",
                "the byte order mark says UTF-8, but the declared encoding is \"latin-1\"",
            ),
            (
                b"\xff\xfe\0\xd8",
                "the text is not UTF-16LE, as the byte order mark says",
            ),
        ] {
            assert_eq!(decoded(bytes), Err(message.to_owned()));
        }
    }
}
