//! A host that sends plans over the wire.

use datafusion::prelude::SessionContext;
use datafusion_codeanatomy::register_all;
use datafusion_proto::bytes::{
    logical_plan_from_bytes, logical_plan_to_bytes, physical_plan_from_bytes, physical_plan_to_bytes,
};

use crate::rows;

const SQL: &str = "SELECT k, v, stable_id('x', k, v) AS id FROM (VALUES (1, 'a'), (1, 'b'), (2, 'c')) t(k, v) \
     QUALIFY row_number() OVER (PARTITION BY k ORDER BY v DESC) = 1 ORDER BY k";

#[tokio::test]
async fn plans_with_our_functions_and_winners_cross_the_wire() {
    let here = SessionContext::new();
    register_all(&here).unwrap();
    let there = SessionContext::new();
    register_all(&there).unwrap();
    let expected = rows(&here, SQL).await.unwrap();

    let plan = here.sql(SQL).await.unwrap().into_optimized_plan().unwrap();
    let bytes = logical_plan_to_bytes(&plan).unwrap();
    let plan = logical_plan_from_bytes(&bytes, &there.task_ctx()).unwrap();
    assert_eq!(
        there.execute_logical_plan(plan).await.unwrap().collect().await.unwrap(),
        expected
    );

    // A host that sends physical plans leaves the engine's operators in them; a logical plan gets ours where it arrives.
    rows(&here, "SET codeanatomy.optimizer.winner_select = false")
        .await
        .unwrap();
    let plan = here.sql(SQL).await.unwrap().create_physical_plan().await.unwrap();
    let bytes = physical_plan_to_bytes(plan).unwrap();
    let plan = physical_plan_from_bytes(&bytes, &there.task_ctx()).unwrap();
    let found = datafusion::physical_plan::collect(plan, there.task_ctx())
        .await
        .unwrap();
    assert_eq!(found, expected);
}
