//! Writing the expected results of a file.

use std::path::Path;

use datafusion_sqllogictest::{df_value_validator, value_normalizer};
use sqllogictest::strict_column_validator;

use crate::configuration::PINNED;
use crate::run::Bench;

/// Rewrites what does not match, under the pinned configuration; the matrix then says whether it holds elsewhere.
pub(crate) async fn complete_file(home: &Path, file: &Path) -> Result<(), String> {
    let mut bench = Bench::new(home, file, PINNED).await?;
    bench
        .runner
        .update_test_file(file, " ", df_value_validator, value_normalizer, strict_column_validator)
        .await
        .map_err(|error| error.to_string())?;
    bench.runner.shutdown_async().await;
    match bench.incidents.take() {
        incidents if incidents.is_empty() => Ok(()),
        incidents => Err(incidents.join("\n")),
    }
}
