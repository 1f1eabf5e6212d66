//! What a comment is for, by its text.

/// Tools that are named before a colon.
const TOOLS: [&str; 18] = [
    "autopep8",
    "codespell",
    "coverage",
    "cython",
    "doctest",
    "fmt",
    "isort",
    "mypy",
    "nosemgrep",
    "pragma",
    "pylint",
    "pyre",
    "pyrefly",
    "pyright",
    "pytype",
    "ruff",
    "ty",
    "yapf",
];

/// Words that are directives with or without more behind them.
const WORDS: [&str; 9] = [
    "nolint",
    "nopep8",
    "nosec",
    "nosemgrep",
    "nosonar",
    "pragma",
    "pyre-fixme",
    "pyre-ignore",
    "noinspection",
];

/// The kind of a comment that is no shebang and no declaration of an encoding, and the tool that it is for.
pub(super) fn classify(comment: &str) -> (&'static str, Option<&'static str>) {
    if let Some(kind) = type_comment(comment) {
        return (kind, None);
    }
    // A directive may stand behind another comment: `# why  # noqa`.
    for part in comment.split('#').skip(1) {
        let part = part.trim_start_matches([' ', '\t']);
        let word = &part[..part
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
            .count()];
        let rest = part[word.len()..].trim_start_matches([' ', '\t']);
        if word.eq_ignore_ascii_case("noqa") {
            return ("noqa", Some("noqa"));
        }
        if let Some(rest) = rest.strip_prefix(':') {
            let rest = rest.trim_start_matches([' ', '\t']);
            let is_noqa = rest.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("noqa"));
            for tool in ["flake8", "ruff"] {
                if is_noqa && word.eq_ignore_ascii_case(tool) {
                    return ("noqa", Some(tool));
                }
            }
            if let Some(tool) = among(&TOOLS, word) {
                return ("directive", Some(tool));
            }
        }
        if let Some(word) = among(&WORDS, word) {
            return ("directive", Some(word));
        }
    }
    ("other", None)
}

fn among(words: &'static [&'static str], word: &str) -> Option<&'static str> {
    words.iter().find(|w| w.eq_ignore_ascii_case(word)).copied()
}

/// The kind of a comment that CPython's tokenizer reads as `TYPE_IGNORE` or `TYPE_COMMENT`.
fn type_comment(comment: &str) -> Option<&'static str> {
    let blank = [' ', '\t'];
    let text = comment.strip_prefix('#')?.trim_start_matches(blank);
    let text = text.strip_prefix("type:").filter(|rest| !rest.is_empty())?;
    let rest = text.trim_start_matches(blank).strip_prefix("ignore");
    let is_ignore = rest.is_some_and(|rest| {
        let next = rest.bytes().next();
        next.is_none_or(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric())
    });
    Some(if is_ignore { "type_ignore" } else { "type_comment" })
}

#[cfg(test)]
mod tests {
    use super::classify;

    #[test]
    fn comments_are_told_apart_as_their_tools_do() {
        for (comment, kind, directive) in [
            ("# type: int", "type_comment", None),
            ("#\ttype:int", "type_comment", None),
            ("# type:", "other", None),
            ("# types: int", "other", None),
            ("# type: ignore", "type_ignore", None),
            ("# type: ignore[attr] # noqa", "type_ignore", None),
            ("# type: ignored", "type_comment", None),
            ("# type: ignoreé", "type_comment", None),
            ("#noqa", "noqa", Some("noqa")),
            ("# NOQA: E501", "noqa", Some("noqa")),
            ("# noqabc", "other", None),
            ("# too long # noqa", "noqa", Some("noqa")),
            ("# ruff: noqa: F401", "noqa", Some("ruff")),
            ("# flake8:NoQA", "noqa", Some("flake8")),
            ("# ruff: isort: skip", "directive", Some("ruff")),
            ("# pragma: no cover", "directive", Some("pragma")),
            ("# Pylint: disable=x", "directive", Some("pylint")),
            ("# pylint is slow", "other", None),
            ("# nosec B101", "directive", Some("nosec")),
            ("# fmt : off", "directive", Some("fmt")),
            ("#", "other", None),
            ("# é: à", "other", None),
        ] {
            assert_eq!(classify(comment), (kind, directive), "{comment}");
        }
    }
}
