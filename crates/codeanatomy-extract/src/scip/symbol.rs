//! Symbols by the grammar of the protocol.
//!
//! The `scip` crate has a parser too, but its time grows with the square of a symbol's length.

use std::borrow::Cow;

/// What a symbol says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Symbol<'a> {
    pub(super) scheme: Cow<'a, str>,
    /// Manager, name and version; none where the symbol leaves it empty.
    pub(super) package: [Option<Cow<'a, str>>; 3],
    /// The descriptors as written.
    pub(super) descriptors: &'a str,
    pub(super) descriptor_count: u32,
    /// Their names, with dots between. None for a local symbol.
    pub(super) qualified_name: Option<String>,
    /// The last descriptor.
    pub(super) last: Descriptor<'a>,
    /// The symbol without the last descriptor, if that leaves one.
    pub(super) parent: Option<&'a str>,
}

/// A part of a symbol.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Descriptor<'a> {
    pub(super) name: Cow<'a, str>,
    pub(super) suffix: &'static str,
    pub(super) disambiguator: Option<&'a str>,
}

/// Whether a symbol is known in its document only.
pub(super) fn is_local(symbol: &str) -> bool {
    symbol.starts_with("local ")
}

impl<'a> Symbol<'a> {
    /// Takes a symbol apart. None if it is not written by the grammar.
    pub(super) fn parse(symbol: &'a str) -> Option<Self> {
        if let Some(name) = symbol.strip_prefix("local ") {
            let is_name = !name.is_empty() && name.chars().all(is_simple);
            return is_name.then_some(Self {
                scheme: Cow::Borrowed("local"),
                package: [None, None, None],
                descriptors: name,
                descriptor_count: 1,
                qualified_name: None,
                last: Descriptor {
                    name: Cow::Borrowed(name),
                    suffix: "Local",
                    disambiguator: None,
                },
                parent: None,
            });
        }
        let mut rest = symbol;
        let scheme = until(&mut rest, b' ').filter(|scheme| !scheme.is_empty())?;
        let mut part = || until(&mut rest, b' ').map(|part| Some(part).filter(|part| !matches!(&**part, "" | ".")));
        let package = [part()?, part()?, part()?];
        let descriptors = rest;
        let mut qualified_name = String::with_capacity(descriptors.len());
        let (mut descriptor_count, mut start) = (0, 0);
        loop {
            let last = Descriptor::take(&mut rest)?;
            if descriptor_count > 0 {
                qualified_name.push('.');
            }
            qualified_name.push_str(&last.name);
            descriptor_count += 1;
            if rest.is_empty() {
                let parent = symbol.get(..symbol.len() - descriptors.len() + start);
                return Some(Self {
                    scheme,
                    package,
                    descriptors,
                    descriptor_count,
                    qualified_name: Some(qualified_name),
                    last,
                    parent: parent.filter(|_| start > 0),
                });
            }
            start = descriptors.len() - rest.len();
        }
    }
}

impl<'a> Descriptor<'a> {
    fn take(rest: &mut &'a str) -> Option<Self> {
        for (open, close, suffix) in [('(', ')', "Parameter"), ('[', ']', "TypeParameter")] {
            if let Some(inner) = rest.strip_prefix(open) {
                *rest = inner;
                let name = name(rest)?;
                *rest = rest.strip_prefix(close)?;
                return Some(Self {
                    name,
                    suffix,
                    disambiguator: None,
                });
            }
        }
        let name = name(rest)?;
        let suffix = match rest.as_bytes().first()? {
            b'(' => "Method",
            b'/' => "Namespace",
            b'.' => "Term",
            b'#' => "Type",
            b':' => "Meta",
            b'!' => "Macro",
            _ => return None,
        };
        *rest = &rest[1..];
        let mut disambiguator = None;
        if suffix == "Method" {
            disambiguator = identifier(rest);
            *rest = rest.strip_prefix(").")?;
        }
        Some(Self {
            name,
            suffix,
            disambiguator,
        })
    }
}

fn name<'a>(rest: &mut &'a str) -> Option<Cow<'a, str>> {
    match rest.strip_prefix('`') {
        Some(escaped) => {
            *rest = escaped;
            until(rest, b'`')
        }
        None => identifier(rest).map(Cow::Borrowed),
    }
}

fn identifier<'a>(rest: &mut &'a str) -> Option<&'a str> {
    let (identifier, behind) = rest.split_at(rest.find(|c| !is_simple(c)).unwrap_or(rest.len()));
    *rest = behind;
    (!identifier.is_empty()).then_some(identifier)
}

/// Letters and digits of any script: indexers take that liberty, and so do the parsers of the protocol.
fn is_simple(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '+' | '-' | '$')
}

/// The text up to `end`, which is passed over. Written twice, `end` stands for itself.
fn until<'a>(rest: &mut &'a str, end: u8) -> Option<Cow<'a, str>> {
    let whole = *rest;
    let mut unescaped = String::new();
    let mut from = 0;
    loop {
        let at = from + memchr::memchr(end, &whole.as_bytes()[from..])?;
        if whole.as_bytes().get(at + 1) == Some(&end) {
            unescaped.push_str(&whole[from..=at]);
            from = at + 2;
            continue;
        }
        *rest = &whole[at + 1..];
        if unescaped.is_empty() {
            return Some(Cow::Borrowed(&whole[..at]));
        }
        unescaped.push_str(&whole[from..at]);
        return Some(Cow::Owned(unescaped));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_are_what_the_parser_of_the_protocol_makes_of_them() {
        for symbol in [
            "local 12",
            "local $a-b",
            "local ",
            "local a b",
            "scip-python python requests 2.34.2 `requests.api`/get().",
            "rust-analyzer cargo memchr 2.8.3 arch/`impl#[T]`f(+1).",
            "s . . . a/B#c.d(e).(f)[g]h:i!",
            "s m p v `a``b c`#[T](`x y`)",
            "s  t m  n p  q v  w a#",
            "s m p v ünï#",
            "s m p v a",
            "s m p v a`",
            "s m p v `a",
            "s m p v `a`",
            "s m p v a(",
            "s m p v a(b)",
            "s m p v (a",
            "s m p v [a)",
            "s m p v <module>.",
            "s m p v ",
            "s m p",
            "",
        ] {
            let ours = Symbol::parse(symbol);
            let theirs = scip::symbol::parse_symbol(symbol).ok();
            assert_eq!(ours.is_some(), theirs.is_some(), "{symbol}");
            let (Some(ours), Some(theirs)) = (ours, theirs) else {
                continue;
            };
            let package = theirs.package.unwrap_or_default();
            let package = [package.manager, package.name, package.version];
            assert_eq!(
                ours.package.map(|part| part.unwrap_or_default().into_owned()),
                package,
                "{symbol}"
            );
            let last = theirs.descriptors.last().expect("a descriptor");
            let suffix = format!("{:?}", last.suffix.enum_value_or_default()).replace("Package", "Namespace");
            assert_eq!(
                (
                    ours.scheme.as_ref(),
                    ours.last.name.as_ref(),
                    ours.last.suffix,
                    ours.last.disambiguator
                ),
                (
                    theirs.scheme.as_str(),
                    last.name.as_str(),
                    suffix.as_str(),
                    Some(last.disambiguator.as_str()).filter(|text| !text.is_empty()),
                ),
                "{symbol}"
            );
            let names: Vec<&str> = theirs.descriptors.iter().map(|d| d.name.as_str()).collect();
            assert_eq!(ours.descriptor_count as usize, names.len(), "{symbol}");
            if let Some(qualified) = ours.qualified_name {
                assert_eq!(qualified, names.join("."), "{symbol}");
            }
        }
    }

    #[test]
    fn what_a_symbol_is_inside_of_is_itself_without_the_last_descriptor() {
        for (symbol, parent) in [
            ("s m p v a/B#c().", Some("s m p v a/B#")),
            ("s m p v a/`b#`#(c)", Some("s m p v a/`b#`#")),
            ("s m p v a/", None),
            ("local 1", None),
        ] {
            let parsed = Symbol::parse(symbol).expect("a symbol").parent;
            assert_eq!(parsed, parent, "{symbol}");
        }
    }
}
