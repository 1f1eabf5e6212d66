//! `SET codeanatomy.… = …`.

use std::any::Any;

use datafusion::common::config::{ConfigEntry, ConfigExtension, ConfigOptions, ExtensionOptions};
use datafusion::common::{Result, config_err};

/// How far the answer to a query is one and the same, whatever the machine does: `codeanatomy.determinism`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Determinism {
    /// The engine as it is.
    #[default]
    Off,
    /// The same rows: what is chosen among ties is settled.
    Set,
    /// The same rows in the same order, and the same bytes.
    Canonical,
}

/// Each with its name in SQL.
const DETERMINISM: [(&str, Determinism); 3] = [
    ("off", Determinism::Off),
    ("set", Determinism::Set),
    ("canonical", Determinism::Canonical),
];

/// The settings of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `parse_cache_bytes`: how many bytes of parsed files a session keeps, so that another dataset of the same files is
    /// not parsed again; at most an eighth of a limited memory pool; 0 for none.
    pub parse_cache_bytes: usize,
    /// `determinism`: how far the answer to a query is one and the same.
    pub determinism: Determinism,
    /// `implicit_order`: whether ties of rows of Parquet files are settled by the file's name and the number of the row.
    pub implicit_order: bool,
    /// `verify`: whether orders that are promised are checked while rows pass.
    pub verify: bool,
    /// `cache_dir`: the folder of the persistent cache, where rows stay that were extracted, so that a file which was not
    /// changed is not parsed again by any session; none if it is empty. It is made if need be.
    pub cache_dir: String,
    /// `cache_bytes`: how large that folder may become. What was not used for the longest time makes room.
    pub cache_bytes: usize,
    /// `cache_trusts_times`: whether a file on a disk counts as unchanged for the persistent cache if its size, times and number are those with
    /// which it was read before, at least two seconds after its last change. If not, it is read and hashed by every query.
    pub cache_trusts_times: bool,
    /// `optimizer.winner_select`: whether SQL that keeps the first rows of groups is run by `WinnerSelectExec`.
    pub winner_select: bool,
    /// `optimizer.winner_fetch`: whether the other columns of winners are read when it is known which rows win.
    pub winner_fetch: bool,
    /// `optimizer.winner_fetch_rows`: of how many rows at least the files are for that.
    pub winner_fetch_rows: usize,
    /// `optimizer.module_filter`: whether predicates on qualified names decide which files are read.
    pub module_filter: bool,
    /// `optimizer.narrow_filters`: whether predicates on functions of ours become predicates on their columns.
    pub narrow_filters: bool,
    /// `optimizer.ordered_concat`: whether sorted partitions that follow each other are put one behind the other, and not merged.
    pub ordered_concat: bool,
    /// `optimizer.interval_join`: whether joins on a key and a range are run by `IntervalJoinExec`.
    pub interval_join: bool,
    /// `optimizer.interval_join_pairs`: how many pairs of rows with equal keys there are at least, where that is known, for a join
    /// to be run by `IntervalJoinExec`; 0 for always.
    pub interval_join_pairs: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parse_cache_bytes: 256 << 20,
            determinism: Determinism::Off,
            implicit_order: false,
            verify: false,
            cache_dir: String::new(),
            cache_bytes: 4 << 30,
            cache_trusts_times: true,
            winner_select: true,
            winner_fetch: true,
            winner_fetch_rows: 500_000,
            module_filter: true,
            narrow_filters: true,
            ordered_concat: true,
            interval_join: true,
            interval_join_pairs: 100_000,
        }
    }
}

/// A setting, as SQL sees it: `codeanatomy.NAME`.
struct Setting {
    name: &'static str,
    value: fn(&mut Settings) -> Value<'_>,
    doc: &'static str,
}

enum Value<'a> {
    Bytes(&'a mut usize),
    Count(&'a mut usize),
    Path(&'a mut String),
    Switch(&'a mut bool),
    Determinism(&'a mut Determinism),
}

const SETTINGS: &[Setting] = &[
    Setting {
        name: "parse_cache_bytes",
        value: |s| Value::Bytes(&mut s.parse_cache_bytes),
        doc: "How many bytes of parsed files a session keeps, so that another dataset of the same files is not \
              parsed again; at most an eighth of a limited memory pool; 0 for none",
    },
    Setting {
        name: "cache_dir",
        value: |s| Value::Path(&mut s.cache_dir),
        doc: "The folder of the persistent cache: rows that were extracted stay there, so that a file which was not changed \
              is not parsed again by any session; empty for none",
    },
    Setting {
        name: "cache_bytes",
        value: |s| Value::Bytes(&mut s.cache_bytes),
        doc: "How many bytes the persistent cache may take on the disk; what was not used for the longest time makes room",
    },
    Setting {
        name: "cache_trusts_times",
        value: |s| Value::Switch(&mut s.cache_trusts_times),
        doc: "Whether a file on a disk counts as unchanged for the persistent cache if its size, times and number are those with which \
              it was read before; false reads and hashes it every time, for disks whose clocks are wrong",
    },
    Setting {
        name: "determinism",
        value: |s| Value::Determinism(&mut s.determinism),
        doc: "'set' gives the same rows in every run: choices among ties are settled by completing orders; 'canonical' also the same \
              order and the same bytes; 'off' leaves the engine as it is",
    },
    Setting {
        name: "implicit_order",
        value: |s| Value::Switch(&mut s.implicit_order),
        doc: "With determinism, whether ties among rows of a table of Parquet files without a key are settled by the file's name and the \
              number of the row in it, and not by all columns: it compares less, and depends on how rows are dealt out to files",
    },
    Setting {
        name: "verify",
        value: |s| Value::Switch(&mut s.verify),
        doc: "Whether orders that scans promise, and with determinism = 'canonical' that of the answer, are checked while rows pass: a \
              row out of order, or a key that stands twice, is an error that shows both rows",
    },
    Setting {
        name: "optimizer.winner_select",
        value: |s| Value::Switch(&mut s.winner_select),
        doc: "Whether queries that keep the first rows of groups (row_number() = 1, DISTINCT ON, first_value) are run \
              by WinnerSelectExec",
    },
    Setting {
        name: "optimizer.winner_fetch",
        value: |s| Value::Switch(&mut s.winner_fetch),
        doc: "Whether a selection of winners from Parquet files reads keys and order first, and the other columns of the rows that won \
              (FetchWinnersExec)",
    },
    Setting {
        name: "optimizer.winner_fetch_rows",
        value: |s| Value::Count(&mut s.winner_fetch_rows),
        doc: "How many rows the files have at least for winner_fetch: fewer are read once in no time; 0 for always",
    },
    Setting {
        name: "optimizer.module_filter",
        value: |s| Value::Switch(&mut s.module_filter),
        doc: "Whether predicates on qualified names (equality, ranges, LIKE with a prefix) decide which files are read: those of modules \
              that may hold such a name",
    },
    Setting {
        name: "optimizer.narrow_filters",
        value: |s| Value::Switch(&mut s.narrow_filters),
        doc: "Whether predicates on functions and ids (qualified_name_parent(name) = 'a', cdf_is_delete(change), id = stable_id(…)) \
              become predicates on columns, by which scans skip files and row groups",
    },
    Setting {
        name: "optimizer.ordered_concat",
        value: |s| Value::Switch(&mut s.ordered_concat),
        doc: "Whether sorted partitions of which each ends before the next begins are put one behind the other by OrderedConcatExec, \
              and not merged",
    },
    Setting {
        name: "optimizer.interval_join",
        value: |s| Value::Switch(&mut s.interval_join),
        doc: "Whether joins on a key and a range are run by IntervalJoinExec",
    },
    Setting {
        name: "optimizer.interval_join_pairs",
        value: |s| Value::Count(&mut s.interval_join_pairs),
        doc: "How many pairs of rows with equal keys there are at least, where that is known, for a join to be run by \
              IntervalJoinExec: a hash join looks at fewer in no time; 0 for always",
    },
];

impl Settings {
    /// Those of a session; the defaults if it has none.
    pub(crate) fn of(config: &ConfigOptions) -> Self {
        config.extensions.get::<Self>().cloned().unwrap_or_default()
    }

    /// Each, in the order in which they are declared.
    pub(crate) fn described(&self) -> Vec<Described> {
        let (mut here, mut by_default) = (self.clone(), Self::default());
        let described = |s: &Setting| Described {
            name: format!("{}.{}", Self::PREFIX, s.name),
            value: (s.value)(&mut here).text(),
            default: (s.value)(&mut by_default).text(),
            takes: (s.value)(&mut by_default).takes(),
            doc: s.doc,
        };
        SETTINGS.iter().map(described).collect()
    }
}

/// A setting with its value in a session.
pub(crate) struct Described {
    pub(crate) name: String,
    pub(crate) value: String,
    pub(crate) default: String,
    /// What it may be set to, in words.
    pub(crate) takes: &'static str,
    pub(crate) doc: &'static str,
}

impl Value<'_> {
    /// What it may be set to, in words.
    fn takes(&self) -> &'static str {
        match self {
            Value::Bytes(_) => "a number of bytes",
            Value::Count(_) => "a number",
            Value::Path(_) => "a folder",
            Value::Switch(_) => "true or false",
            Value::Determinism(_) => "off, set or canonical",
        }
    }

    fn set(self, name: &str, text: &str) -> Result<()> {
        let takes = self.takes();
        let is_set = match self {
            Value::Bytes(number) | Value::Count(number) => text.parse().map(|value| *number = value).is_ok(),
            Value::Path(path) => {
                *path = text.to_string();
                true
            }
            Value::Switch(switch) => text.to_lowercase().parse().map(|value| *switch = value).is_ok(),
            Value::Determinism(value) => {
                let known = DETERMINISM.iter().find(|(name, _)| name.eq_ignore_ascii_case(text));
                known.map(|(_, known)| *value = *known).is_some()
            }
        };
        match is_set {
            true => Ok(()),
            false => config_err!("codeanatomy.{name} is {takes}, not '{text}'"),
        }
    }

    fn text(self) -> String {
        match self {
            Value::Bytes(count) | Value::Count(count) => count.to_string(),
            Value::Path(path) => path.clone(),
            Value::Switch(switch) => switch.to_string(),
            Value::Determinism(value) => {
                let name = DETERMINISM.iter().find(|(_, known)| known == value);
                name.map_or_else(String::new, |(name, _)| (*name).to_string())
            }
        }
    }
}

impl ConfigExtension for Settings {
    const PREFIX: &'static str = "codeanatomy";
}

// By hand, since the engine's macro lists settings without their prefix.
impl ExtensionOptions for Settings {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }

    fn cloned(&self) -> Box<dyn ExtensionOptions> {
        Box::new(self.clone())
    }

    fn set(&mut self, key: &str, value: &str) -> Result<()> {
        match SETTINGS.iter().find(|s| s.name == key) {
            Some(setting) => (setting.value)(self).set(key, value),
            None => {
                let all: Vec<_> = SETTINGS.iter().map(|s| format!("codeanatomy.{}", s.name)).collect();
                config_err!("there is no setting codeanatomy.{key}; there are {}", all.join(", "))
            }
        }
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let mut settings = self.clone();
        let entry = |s: &Setting| ConfigEntry {
            key: format!("codeanatomy.{}", s.name),
            value: Some((s.value)(&mut settings).text()),
            description: s.doc,
        };
        SETTINGS.iter().map(entry).collect()
    }
}
