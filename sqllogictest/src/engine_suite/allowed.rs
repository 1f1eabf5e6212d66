//! The list of what may differ.

use super::outcome::{Observed, Outcome};

/// `engine_differences.txt`.
#[derive(Debug)]
pub(crate) struct Allowed {
    entries: Vec<Entry>,
}

/// Records that may differ, with the reason.
#[derive(Debug)]
pub(crate) struct Entry {
    /// The file under the suite, or `*`.
    file: String,
    /// What the SQL holds; spaces and letter case do not count.
    sql: String,
    /// For the reader.
    reason: String,
}

impl Allowed {
    /// Reads blocks of `file:`, `sql:` and `reason:`, with empty lines between and `#` before a remark.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let mut entries = Vec::new();
        let mut block: Vec<(usize, &str, String)> = Vec::new();
        for (number, line) in text.lines().enumerate().chain([(text.lines().count(), "")]) {
            let line = line.trim();
            if line.starts_with('#') {
                continue;
            }
            if line.is_empty() {
                entries.extend(entry(std::mem::take(&mut block))?);
                continue;
            }
            let (key, value) = line
                .split_once(':')
                .ok_or_else(|| format!("line {}: no 'key: value'", number + 1))?;
            if !["file", "sql", "reason"].contains(&key) {
                return Err(format!("line {}: '{key}' is not one of file, sql, reason", number + 1));
            }
            block.push((number + 1, key, value.trim().to_owned()));
        }
        Ok(Self { entries })
    }

    /// The entry that covers a record, by number. No entry covers a result: rows of a query that lists nothing.
    /// `was_error`: the engine alone refuses the statement.
    pub(crate) fn find(&self, file: &str, record: &Observed, was_error: bool) -> Option<usize> {
        let sql = plain(&record.sql);
        let lists = ["explain ", "show ", "describe "]
            .iter()
            .any(|word| sql.starts_with(word));
        if !lists && !sql.contains("information_schema") && !matches!(record.outcome, Outcome::Error(_)) && !was_error {
            return None;
        }
        self.entries
            .iter()
            .position(|entry| (entry.file == "*" || entry.file == file) && sql.contains(&entry.sql))
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// An entry for the reader.
    pub(crate) fn describe(&self, number: usize) -> String {
        self.entries
            .get(number)
            .map_or_else(String::new, |e| format!("{}: {} ({})", e.file, e.sql, e.reason))
    }
}

fn entry(block: Vec<(usize, &str, String)>) -> Result<Option<Entry>, String> {
    let Some((first, ..)) = block.first() else {
        return Ok(None);
    };
    let value = |wanted: &str| {
        let mut values = block
            .iter()
            .filter(|(_, key, _)| *key == wanted)
            .map(|(.., value)| value.clone());
        match (values.next(), values.next()) {
            (Some(value), None) if !value.is_empty() => Ok(value),
            _ => Err(format!("the entry at line {first} needs one '{wanted}:' with a value")),
        }
    };
    Ok(Some(Entry {
        file: value("file")?,
        sql: plain(&value("sql")?),
        reason: value("reason")?,
    }))
}

fn plain(sql: &str) -> String {
    sql.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sql: &str) -> Observed {
        Observed {
            location: String::new(),
            sql: sql.to_owned(),
            outcome: Outcome::Done,
        }
    }

    #[test]
    fn an_entry_covers_its_file_and_sql_whatever_the_spacing() {
        let allowed = Allowed::parse("# remark\nfile: a.slt\nsql: show ALL\nreason: settings\n").unwrap();
        assert_eq!(allowed.find("a.slt", &record("SHOW\n  all"), false), Some(0));
        assert_eq!(allowed.find("b.slt", &record("SHOW ALL"), false), None);
        assert_eq!(allowed.find("a.slt", &record("SELECT 1"), false), None);
    }

    #[test]
    fn no_entry_covers_the_rows_of_a_query() {
        let allowed = Allowed::parse("file: *\nsql: select\nreason: none could do\n").unwrap();
        assert_eq!(allowed.find("a.slt", &record("SELECT v FROM t"), false), None);
        assert_eq!(
            allowed.find("a.slt", &record("EXPLAIN SELECT v FROM t"), false),
            Some(0)
        );
        assert_eq!(
            allowed.find("a.slt", &record("SELECT * FROM information_schema.routines"), false),
            Some(0)
        );
    }

    #[test]
    fn an_entry_without_a_reason_is_refused() {
        let error = Allowed::parse("file: a.slt\nsql: x\n\nfile: b.slt\nsql: y\nreason: z\n").unwrap_err();
        assert!(error.contains("line 1") && error.contains("reason"), "{error}");
    }
}
