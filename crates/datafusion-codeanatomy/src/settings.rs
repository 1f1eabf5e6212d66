//! `SET codeanatomy.… = …`.

use std::any::Any;

use datafusion::common::config::{ConfigEntry, ConfigExtension, ExtensionOptions};
use datafusion::common::{Result, config_err};

/// The settings of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// How many bytes of parsed files a session keeps, so that another dataset of the same files is not parsed again; at
    /// most an eighth of a limited memory pool; 0 for none.
    pub parse_cache_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            parse_cache_bytes: 256 << 20,
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
        match key {
            "parse_cache_bytes" => match value.parse() {
                Ok(bytes) => self.parse_cache_bytes = bytes,
                Err(_) => return config_err!("codeanatomy.{key} is a number of bytes, not '{value}'"),
            },
            _ => return config_err!("there is no setting codeanatomy.{key}; there is codeanatomy.parse_cache_bytes"),
        }
        Ok(())
    }

    fn entries(&self) -> Vec<ConfigEntry> {
        vec![ConfigEntry {
            key: "codeanatomy.parse_cache_bytes".to_string(),
            value: Some(self.parse_cache_bytes.to_string()),
            description: "How many bytes of parsed files a session keeps, so that another dataset of the same files is not \
                          parsed again; at most an eighth of a limited memory pool; 0 for none",
        }]
    }
}
