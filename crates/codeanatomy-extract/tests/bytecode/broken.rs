//! Files that end early or were changed.

use super::support::texts;
use super::{Options, VERSIONS, compiled, extract, status};

#[test]
fn a_file_cut_anywhere_gives_the_units_before_the_cut() {
    for minor in VERSIONS {
        let whole = compiled(minor);
        let [_, units, ..] = extract(&whole, None, Options::default());
        let all: Vec<String> = texts(&units, "name").into_iter().flatten().map(str::to_owned).collect();
        let mut most = 0;
        for length in 0..whole.len() {
            let batches = extract(&whole[..length], None, Options::default());
            assert_eq!(status(&batches), "truncated", "3.{minor} cut at {length}");
            let names: Vec<&str> = texts(&batches[1], "name").into_iter().flatten().collect();
            assert!(
                names.iter().all(|name| all.iter().any(|a| a == name)),
                "3.{minor} cut at {length}"
            );
            assert!(names.len() >= most, "a unit is lost again at {length}");
            most = names.len();
        }
        // All but the module, which ends with the file.
        assert_eq!(most, all.len() - 1);
    }
}

#[test]
fn a_file_with_any_byte_changed_is_read_without_failing() {
    for minor in VERSIONS {
        let whole = compiled(minor);
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= [0x01, 0x40, 0x80, 0xff][at % 4];
            let batches = extract(&changed, None, Options::default());
            let status = status(&batches);
            let known = ["ok", "truncated", "damaged", "unsupported", "limited"];
            assert!(known.contains(&status.as_str()), "{status}");
            // No instruction comes from nowhere: each takes two bytes of the file.
            assert!(batches[2].num_rows() <= whole.len());
        }
    }
}
