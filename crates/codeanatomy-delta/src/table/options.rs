//! The options of statements: `OPTIONS ('delta.version' '3')`.

use std::any::Any;
use std::collections::{BTreeMap, BTreeSet};

use datafusion::catalog::Session;
use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result, config_err, plan_err};
use deltalake::TableProperty;

use crate::location::Location;
use crate::open::{Pin, Place};
use crate::store::StoreOptions;

/// What may be said of a Delta table in a statement. Keys may be written without `delta.` where the host allows it.
#[derive(Debug, Clone, Default)]
pub(crate) struct DeltaOptions {
    given: BTreeMap<String, String>,
}

const STORAGE: &str = "storage.";
/// Of tables that are made.
const PROPERTY: &str = "property.";
const CONSTRAINT: &str = "constraint.";
/// How properties with capital letters are spelled.
const PROPERTIES: [&str; 13] = [
    "delta.appendOnly",
    "delta.checkpointInterval",
    "delta.checkpointPolicy",
    "delta.columnMapping.mode",
    "delta.dataSkippingNumIndexedCols",
    "delta.dataSkippingStatsColumns",
    "delta.deletedFileRetentionDuration",
    "delta.enableChangeDataFeed",
    "delta.enableDeletionVectors",
    "delta.enableExpiredLogCleanup",
    "delta.isolationLevel",
    "delta.logRetentionDuration",
    "delta.targetFileSize",
];
/// Of tables that are read.
const READ: [(&str, &str); 2] = [
    ("version", "the number of the version that is read"),
    ("timestamp", "the last version at or before this time is read"),
];
/// Of tables that are written by COPY.
const WRITE: [(&str, &str); 1] = [("mode", "what COPY does where a table is: error, append or overwrite")];

impl ConfigExtension for DeltaOptions {
    const PREFIX: &'static str = "delta";
}

impl ExtensionOptions for DeltaOptions {
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
        // Options of a session come without the prefix, those of tables with it.
        let key = key.strip_prefix("delta.").unwrap_or(key);
        let is_known = READ.iter().chain(&WRITE).any(|(name, _)| *name == key);
        let named = |prefix: &str| key.strip_prefix(prefix).is_some_and(|name| !name.is_empty());
        if !is_known && ![STORAGE, PROPERTY, CONSTRAINT].into_iter().any(named) {
            return config_err!("there is no option 'delta.{key}'; {}", known());
        }
        self.given.insert(key.to_string(), value.to_string());
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        let entry = |(name, description): &(&str, &'static str)| ConfigEntry {
            key: format!("delta.{name}"),
            value: self.given.get(*name).cloned(),
            description,
        };
        READ.iter().chain(&WRITE).map(entry).collect()
    }
}

fn known() -> String {
    let names = READ.iter().chain(&WRITE).map(|(name, _)| format!("delta.{name}"));
    format!(
        "there are {}, 'delta.storage.KEY' for options of an object store, and for tables that are made \
         'delta.property.KEY' and 'delta.constraint.NAME'",
        names.collect::<Vec<_>>().join(", ")
    )
}

impl DeltaOptions {
    /// The options of a statement, which is named in errors. Those of other namespaces that the session knows, such as datafusion-cli's
    /// `aws`, are the business of others.
    pub(crate) fn parse<'a>(
        what: &str,
        session: &dyn Session,
        given: impl IntoIterator<Item = (&'a String, &'a String)>,
    ) -> Result<Self> {
        let mut options = Self::default();
        let others: BTreeSet<_> = session
            .table_options()
            .extensions
            .iter()
            .map(|(prefix, _)| prefix)
            .collect();
        let of_others = |key: &str| {
            let namespace = key.split_once('.').map(|(namespace, _)| namespace);
            namespace.is_some_and(|namespace| namespace != Self::PREFIX && others.contains(namespace))
        };
        let given = given.into_iter().filter(|(key, _)| !of_others(key));
        let mut given: Vec<_> = given.collect();
        given.sort_unstable();
        for (key, value) in given {
            // The SQL planner puts `format.` in front of a key without a dot.
            let name = ["delta.", "format."].iter().find_map(|prefix| key.strip_prefix(prefix));
            let name = name.unwrap_or(key);
            if options.set(name, value).is_err() {
                return plan_err!("{what}: there is no option '{name}'; {}", known());
            }
        }
        Ok(options)
    }

    /// Where a table is read that stands at `uri`.
    pub(crate) fn place(&self, what: &str, uri: &str, session: &dyn Session) -> Result<Place> {
        if self.given.contains_key("mode") {
            return plan_err!("{what}: 'delta.mode' is an option of COPY");
        }
        let version = match self.given.get("version").map(|text| (text, text.parse())) {
            None => None,
            Some((_, Ok(version))) => Some(version),
            Some((text, Err(_))) => return plan_err!("{what}: the version '{text}' is no whole number"),
        };
        let timestamp = self.given.get("timestamp").map(String::as_str);
        Ok(Place {
            pin: Pin::new(what, version, timestamp)?,
            location: self.location(uri, session)?,
        })
    }

    /// Where a table is written, and what is done if there is one.
    pub(crate) fn target(&self, what: &str, uri: &str, session: &dyn Session) -> Result<(Place, Option<&str>)> {
        if let Some((read, _)) = READ.iter().find(|(name, _)| self.given.contains_key(*name)) {
            return plan_err!("{what}: 'delta.{read}' is an option of tables that are read");
        }
        let place = Place {
            pin: Pin::Newest,
            location: self.location(uri, session)?,
        };
        Ok((place, self.given.get("mode").map(String::as_str)))
    }

    fn location(&self, uri: &str, session: &dyn Session) -> Result<Location> {
        let options: StoreOptions = self.named(STORAGE);
        Location::new(uri)?.with_options(&options, session)
    }

    /// The properties of a table that is made, such as `delta.enableChangeDataFeed`. The SQL planner writes keys in lower case.
    pub(crate) fn properties(&self, what: &str) -> Result<BTreeMap<String, String>> {
        let spelled = |key: String| match PROPERTIES.iter().find(|known| known.eq_ignore_ascii_case(&key)) {
            Some(known) => Ok((*known).to_string()),
            None if key.starts_with("delta.") && key.parse::<TableProperty>().is_err() => {
                plan_err!(
                    "{what}: there is no property '{key}'; there are {}",
                    PROPERTIES.join(", ")
                )
            }
            None => Ok(key),
        };
        let given = self.named(PROPERTY).into_iter();
        given.map(|(key, value)| Ok((spelled(key)?, value))).collect()
    }

    /// The conditions that rows of a table that is made must meet, by name.
    pub(crate) fn constraints(&self) -> BTreeMap<String, String> {
        self.named(CONSTRAINT)
    }

    fn named(&self, prefix: &str) -> BTreeMap<String, String> {
        let named = |(key, value): (&String, &String)| Some((key.strip_prefix(prefix)?.to_string(), value.clone()));
        self.given.iter().filter_map(named).collect()
    }
}
