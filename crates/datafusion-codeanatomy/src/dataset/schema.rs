//! All datasets of a source as one schema.

use std::sync::Arc;

use async_trait::async_trait;
use codeanatomy_model::{CATALOGUE, find};
use datafusion::catalog::{SchemaProvider, TableProvider};
use datafusion::common::Result;

use super::{DatasetOptions, needs_query, open};
use crate::source::Source;

/// A schema with every dataset of one [`Source`], to be registered in a catalog.
#[derive(Debug)]
pub struct SourceSchema {
    source: Source,
}

impl SourceSchema {
    /// The schema of `source`.
    pub fn new(source: Source) -> Self {
        Self { source }
    }
}

#[async_trait]
impl SchemaProvider for SourceSchema {
    fn table_names(&self) -> Vec<String> {
        CATALOGUE
            .iter()
            .filter(|c| !needs_query(c))
            .map(|c| c.name.to_string())
            .collect()
    }

    async fn table(&self, name: &str) -> Result<Option<Arc<dyn TableProvider>>> {
        let contract = find(name).filter(|c| !needs_query(c));
        contract
            .map(|c| open(self.source.clone(), c, DatasetOptions::default()))
            .transpose()
    }

    fn table_exist(&self, name: &str) -> bool {
        find(name).is_some_and(|c| !needs_query(c))
    }
}
