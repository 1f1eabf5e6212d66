//! Blocks and edges by hand.

use super::hostile::{bytes, code, file};
use super::support::lines;
use super::{Options, compiled, extract};

/// The blocks and the edges of the unit of that name in the sample.
fn graph(minor: u8, name: &str) -> (Vec<String>, Vec<String>) {
    let [_, units, _, _, blocks, edges] = extract(&compiled(minor), None, Options::default());
    let names = lines(&units, &["name"]);
    let unit = names.iter().position(|n| n == name).expect("a unit");
    let of_unit = |rows: Vec<String>| -> Vec<String> {
        let prefix = format!("{unit} ");
        rows.iter()
            .filter_map(|row| row.strip_prefix(&prefix))
            .map(str::to_owned)
            .collect()
    };
    let block_columns = [
        "unit_index",
        "block_index",
        "kind",
        "exit",
        "is_reachable",
        "start_offset",
        "line",
    ];
    let edge_columns = ["unit_index", "src_block", "dst_block", "kind"];
    (
        of_unit(lines(&blocks, &block_columns)),
        of_unit(lines(&edges, &edge_columns)),
    )
}

#[test]
fn a_loop_is_a_test_a_body_and_a_way_out() {
    // 0 RESUME, BUILD_MAP, LOAD_FAST; 6 FOR_ITER to 24; 8 … JUMP_BACKWARD to 6; 24 RETURN_VALUE
    let (blocks, edges) = graph(11, "<dictcomp>");
    assert_eq!(
        blocks,
        [
            "0 entry fall true 0 49",
            "1 jump branch true 6 49",
            "2 fall jump true 8 49",
            "3 jump return true 24 49",
        ]
    );
    assert_eq!(edges, ["0 1 fall", "1 2 true", "1 3 false", "2 1 jump"]);
}

#[test]
fn covered_blocks_lead_to_their_handler_and_dead_ones_are_told() {
    // 0 RESUME; 2 NOP (covered, handler at 10); 4 JUMP_FORWARD to 8; 6 NOP; 8 RETURN_VALUE; 10 PUSH_EXC_INFO; 12 RERAISE
    let bytecode = [151, 0, 9, 0, 110, 1, 9, 0, 83, 0, 35, 0, 119, 0];
    let module = code(&bytes(&bytecode), b")\0", &[0x81, 1, 5, 0]);
    let [_, _, _, exceptions, blocks, edges] = extract(&file(11, &module), None, Options::default());
    let columns = ["start_offset", "end_offset", "target_offset", "depth", "lasti"];
    assert_eq!(lines(&exceptions, &columns), ["2 4 10 0 false"]);
    assert_eq!(
        lines(
            &blocks,
            &[
                "block_index",
                "kind",
                "exit",
                "is_reachable",
                "start_offset",
                "end_offset"
            ]
        ),
        [
            "0 entry fall true 0 2",
            "1 fall fall true 2 4",
            "2 fall jump true 4 6",
            "3 none fall false 6 8",
            "4 jump return true 8 10",
            "5 handler raise true 10 14",
        ]
    );
    assert_eq!(
        lines(
            &edges,
            &["src_block", "dst_block", "kind", "instruction_index", "exception_entry"]
        ),
        [
            "0 1 fall - -",
            "1 2 fall - -",
            "1 5 exception - 0",
            "2 4 jump 2 -",
            "3 4 fall - -",
        ]
    );
}

#[test]
fn before_the_exception_table_handlers_are_set_up_by_instructions() {
    // 20 SETUP_FINALLY to 160; 22 SETUP_FINALLY to 82
    let (blocks, edges) = graph(9, "outer");
    let at = |offset: &str| {
        let row = blocks
            .iter()
            .find(|row| row.split(' ').nth(4) == Some(offset))
            .expect("a block");
        row.split(' ').next().expect("a number").to_owned()
    };
    assert_eq!(at("0"), "0");
    for (src, handler) in [("0", "160"), ("22", "82")] {
        let (src, dst) = (at(src), at(handler));
        assert!(edges.contains(&format!("{src} {dst} exception")), "{edges:?}");
        assert!(blocks.iter().any(|row| row.starts_with(&format!("{dst} handler "))));
    }
}
