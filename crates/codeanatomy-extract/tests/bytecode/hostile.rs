//! Files that were made to hurt.

use super::support::{lines, texts};
use super::{Options, VERSIONS, compiled, extract, status};

/// A header of Python 3.`minor` and what follows it.
pub(super) fn file(minor: u8, body: &[u8]) -> Vec<u8> {
    [&compiled(minor)[..16], body].concat()
}

fn long(number: usize) -> [u8; 4] {
    u32::to_le_bytes(number as u32)
}

pub(super) fn bytes(content: &[u8]) -> Vec<u8> {
    [b"s", &long(content.len())[..], content].concat()
}

/// A code object of Python 3.11: its bytecode and constants as they are marshalled.
pub(super) fn code(bytecode: &[u8], consts: &[u8], exception_table: &[u8]) -> Vec<u8> {
    let mut out = b"c".to_vec();
    out.extend([0; 20]);
    out.extend(bytecode);
    out.extend(consts);
    out.extend(b")\0)\0"); // names, locals
    out.extend(bytes(b""));
    out.extend(b"z\x01fz\x01fz\x01f"); // file, name, qualified name
    out.extend(long(1));
    out.extend(bytes(b""));
    out.extend(bytes(exception_table));
    out
}

#[test]
fn lengths_that_the_file_does_not_have_allocate_nothing() {
    for kind in *b"stuaA([<>l" {
        for length in [[0xff, 0xff, 0xff, 0x7f], [0xff; 4], [0, 0, 0, 0x80], [0, 0, 0, 0x40]] {
            let body = [&[kind], &length[..]].concat();
            let batches = extract(&file(11, &body), None, Options::default());
            assert!(["truncated", "damaged"].contains(&status(&batches).as_str()));
        }
    }
}

#[test]
fn nesting_is_bounded_and_needs_no_stack() {
    for (open, depth) in [(&b"(\x01\0\0\0"[..], 3_000_000), (b")\x01", 3_000_000), (b"c", 300_000)] {
        let mut body = open.repeat(depth);
        if open == b"c" {
            body = [b"c", &[0; 20][..]].concat().repeat(depth / 2);
        }
        let batches = extract(&file(12, &body), None, Options::default());
        assert_eq!(status(&batches), "damaged");
    }
}

#[test]
fn references_lead_back_only() {
    // To itself, to what is not there, to a negative position.
    for body in [
        &b"\xa9\x01r\0\0\0\0"[..],
        b"r\0\0\0\0",
        b")\x02Nr\xff\xff\xff\xff",
        b"\xe3",
    ] {
        let batches = extract(&file(13, body), None, Options::default());
        assert!(["truncated", "damaged"].contains(&status(&batches).as_str()));
    }
}

#[test]
fn a_constant_that_doubles_itself_is_cut() {
    // Forty tuples, each of them twice the one before.
    let mut consts = b")\x29\xa9\x01N".to_vec();
    for i in 0..40 {
        consts.extend(b"\xa9\x02r");
        consts.extend(long(i));
        consts.push(b'r');
        consts.extend(long(i));
    }
    let bytecode = bytes(&[100, 40, 100, 40, 100, 3]);
    let batches = extract(&file(11, &code(&bytecode, &consts, b"")), None, Options::default());
    assert_eq!(status(&batches), "ok");
    let shown = texts(&batches[2], "argrepr");
    assert!(shown[0].is_some_and(|text| text.ends_with('…') && text.len() < (1 << 20) + 8));
    assert_eq!(shown[0], shown[1]);
    assert_eq!(shown[2].map(|text| text.matches("None").count()), Some(8));
}

#[test]
fn what_many_units_share_is_bounded() {
    // A megabyte of bytecode and a thousand units that refer to it.
    let mut shared = bytes(&[9, 0].repeat(1 << 19));
    shared[0] |= 0x80;
    let units: Vec<u8> = (0..1000).flat_map(|_| code(b"r\0\0\0\0", b")\0", b"")).collect();
    let consts = [b"(", &long(1000)[..], &units].concat();
    let options = Options {
        max_file_bytes: 4 << 20,
        ..Options::default()
    };
    let batches = extract(&file(11, &code(&shared, &consts, b"")), None, options);
    assert_eq!(status(&batches), "limited");
    assert!(batches[2].num_rows() <= 2 << 20);
    assert!(batches[1].num_rows() >= 3);
    assert_eq!(lines(&batches[0], &["unit_count"]), [batches[1].num_rows().to_string()]);
}

#[test]
fn every_bytecode_gives_an_instruction_for_each_two_bytes_or_a_cache() {
    let all: Vec<u8> = (0..=255).flat_map(|op| [op, 255, op, 0, op, 1]).collect();
    for minor in VERSIONS.into_iter().filter(|&minor| minor >= 11) {
        let module = code(&bytes(&all), b")\0", b"");
        let [files, _, instructions, _, blocks, _] = extract(&file(minor, &module), None, Options::default());
        assert_eq!(lines(&files, &["status"]), ["ok"]);
        assert!(instructions.num_rows() > 256 && blocks.num_rows() > 1);
        assert!(texts(&instructions, "opname").iter().all(Option::is_some));
    }
}

#[test]
fn other_versions_and_other_files_are_unsupported() {
    for (start, version) in [
        (&b"\x03\xf3\r\n"[..], "-"),             // 2.7
        (b"\x55\x0d\r\n", "3.8"),                // 3.8
        (b"\xe8\x0d\r\n", "3.13"),               // an alpha of 3.13
        (b"\x42\x0e\r\n", "3.15"),               // 3.15
        (b"\xa7\x0d\n\r", "-"),                  // 3.11, spoilt
        (b"PK\x03\x04 and more than that", "-"), // an archive
    ] {
        let batches = extract(start, None, Options::default());
        assert_eq!(status(&batches), "unsupported");
        assert_eq!(lines(&batches[0], &["python_version"]), [version]);
    }
    let limit = Options {
        max_file_bytes: 100,
        ..Options::default()
    };
    assert_eq!(status(&extract(&compiled(11), None, limit)), "too_large");
}
