//! What a file is written in, by its name.

/// What a file is written in. Nine are source text; two are files that tools make from source.
///
/// The end of the file's name decides, and nothing else: so a file is listed without being opened. A file whose name has
/// no such end has no language, whatever its first line says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Language {
    /// Python.
    Python,
    /// Rust.
    Rust,
    /// JavaScript, with or without JSX.
    JavaScript,
    /// TypeScript.
    TypeScript,
    /// TypeScript with JSX, whose grammar is another one.
    Tsx,
    /// Go.
    Go,
    /// Java.
    Java,
    /// C. Headers that end in `.h` count as C.
    C,
    /// C++.
    Cpp,
    /// CPython's compiled code.
    Bytecode,
    /// An index in the SCIP format.
    Scip,
}

impl Language {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 11] = [
        Self::Python,
        Self::Rust,
        Self::JavaScript,
        Self::TypeScript,
        Self::Tsx,
        Self::Go,
        Self::Java,
        Self::C,
        Self::Cpp,
        Self::Bytecode,
        Self::Scip,
    ];

    /// Its name in `files.language` and in arguments.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Rust => "rust",
            Self::JavaScript => "javascript",
            Self::TypeScript => "typescript",
            Self::Tsx => "tsx",
            Self::Go => "go",
            Self::Java => "java",
            Self::C => "c",
            Self::Cpp => "cpp",
            Self::Bytecode => "bytecode",
            Self::Scip => "scip",
        }
    }

    /// What the names of its files end in, behind a dot. Case matters.
    pub const fn suffixes(self) -> &'static [&'static str] {
        match self {
            Self::Python => &["py", "pyi", "pyw"],
            Self::Rust => &["rs"],
            Self::JavaScript => &["js", "mjs", "cjs", "jsx"],
            Self::TypeScript => &["ts", "mts", "cts"],
            Self::Tsx => &["tsx"],
            Self::Go => &["go"],
            Self::Java => &["java"],
            Self::C => &["c", "h"],
            Self::Cpp => &["cc", "cpp", "cxx", "hpp", "hh", "hxx"],
            Self::Bytecode => &["pyc"],
            Self::Scip => &["scip"],
        }
    }

    /// The language of that name.
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|language| language.name() == name)
    }

    /// The language of a file, by its path or name.
    pub fn of_path(path: &str) -> Option<Self> {
        let file = path.rsplit('/').next()?;
        let (stem, suffix) = file.rsplit_once('.')?;
        if stem.is_empty() {
            return None;
        }
        Self::ALL
            .into_iter()
            .find(|language| language.suffixes().contains(&suffix))
    }

    /// Whether its files are source text.
    pub const fn is_source(self) -> bool {
        Languages::SOURCE.contains(self)
    }
}

/// A set of languages.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Languages(u16);

impl Languages {
    /// None.
    pub const NONE: Self = Self(0);
    /// Python alone.
    pub const PYTHON: Self = Self::NONE.with(Language::Python);
    /// Every language that is source text.
    pub const SOURCE: Self = Self::PYTHON
        .with(Language::Rust)
        .with(Language::JavaScript)
        .with(Language::TypeScript)
        .with(Language::Tsx)
        .with(Language::Go)
        .with(Language::Java)
        .with(Language::C)
        .with(Language::Cpp);
    /// CPython's compiled code.
    pub const BYTECODE: Self = Self::NONE.with(Language::Bytecode);
    /// SCIP indexes.
    pub const SCIP: Self = Self::NONE.with(Language::Scip);

    /// These and one more.
    #[must_use]
    pub const fn with(self, language: Language) -> Self {
        Self(self.0 | 1 << language as u16)
    }

    /// These without one.
    #[must_use]
    pub const fn without(self, language: Language) -> Self {
        Self(self.0 & !(1 << language as u16))
    }

    /// The languages of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The languages of both sets.
    #[must_use]
    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Whether a language is one of them.
    pub const fn contains(self, language: Language) -> bool {
        self.0 & (1 << language as u16) != 0
    }

    /// Whether there is none.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The languages, in the order of [`Language::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Language> {
        Language::ALL.into_iter().filter(move |l| self.contains(*l))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_end_of_the_name_says_the_language() {
        for (path, name) in [
            ("a.py", Some("python")),
            ("a/b.pyi", Some("python")),
            ("lib.rs", Some("rust")),
            ("a.d.ts", Some("typescript")),
            ("a.tsx", Some("tsx")),
            ("a.cjs", Some("javascript")),
            ("a.h", Some("c")),
            ("a.hpp", Some("cpp")),
            ("__pycache__/a.cpython-311.pyc", Some("bytecode")),
            ("index.scip", Some("scip")),
            ("a.PY", None),
            ("py", None),
            (".py", None),
            ("a.py/b", None),
            ("a.py.txt", None),
        ] {
            assert_eq!(Language::of_path(path).map(Language::name), name, "{path}");
        }
    }

    #[test]
    fn names_and_suffixes_are_of_one_language() {
        let suffixes: Vec<_> = Language::ALL.iter().flat_map(|l| l.suffixes()).collect();
        for (i, suffix) in suffixes.iter().enumerate() {
            assert!(!suffixes[..i].contains(suffix), "{suffix}");
        }
        for language in Language::ALL {
            assert_eq!(Language::find(language.name()), Some(language));
        }
    }

    #[test]
    fn a_set_has_what_was_put_in() {
        let set = Languages::PYTHON.union(Languages::SCIP);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Language::Python, Language::Scip]);
        assert!(set.intersection(Languages::BYTECODE).is_empty());
        let source: Vec<_> = Language::ALL.into_iter().filter(|l| l.is_source()).collect();
        assert_eq!(source, Language::ALL[..9]);
    }
}
