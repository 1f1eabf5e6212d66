//! Which languages this build reads.

use codeanatomy_model::{Language, Languages};

/// The languages that are built in. Python, bytecode and SCIP indexes always are; each other language has a cargo feature,
/// `lang-` and its name.
pub fn built_in() -> Languages {
    let mut languages = Languages::PYTHON.union(Languages::BYTECODE).union(Languages::SCIP);
    for (language, is_built_in) in [
        (Language::Rust, cfg!(feature = "lang-rust")),
        (Language::JavaScript, cfg!(feature = "lang-javascript")),
        (Language::TypeScript, cfg!(feature = "lang-typescript")),
        (Language::Tsx, cfg!(feature = "lang-typescript")),
        (Language::Go, cfg!(feature = "lang-go")),
        (Language::Java, cfg!(feature = "lang-java")),
        (Language::C, cfg!(feature = "lang-c")),
        (Language::Cpp, cfg!(feature = "lang-cpp")),
    ] {
        if is_built_in {
            languages = languages.with(language);
        }
    }
    languages
}

/// The ends of the names of files in these languages, with their dots: `.py, .pyi, .pyw`.
pub(crate) fn suffixes(languages: Languages) -> String {
    let suffixes = languages.iter().flat_map(|l| l.suffixes());
    suffixes
        .map(|suffix| format!(".{suffix}"))
        .collect::<Vec<_>>()
        .join(", ")
}
