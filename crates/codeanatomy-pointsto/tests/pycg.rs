//! Exact call graphs of small programs, if `PYCG` names a folder that has them.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn pycg() {
    let Ok(root) = std::env::var("PYCG") else {
        return;
    };
    let (mut exact, mut sound, mut complete) = (0, 0, 0);
    let (mut right, mut got, mut want) = (0, 0, 0);
    let mut cases = 0;
    for category in folders(Path::new(&root)) {
        for case in folders(&category) {
            let text = std::fs::read_to_string(case.join("callgraph.json")).unwrap();
            let json: serde_json::Value = serde_json::from_str(&text).unwrap();
            let expected: BTreeSet<(String, String)> = json
                .as_object()
                .unwrap()
                .iter()
                .flat_map(|(k, v)| {
                    v.as_array()
                        .unwrap()
                        .iter()
                        .map(move |v| (k.clone(), v.as_str().unwrap().to_string()))
                })
                .collect();
            let found: BTreeSet<(String, String)> = support::calls(&case)
                .into_iter()
                .filter(|r| r.callee_kind.is_some_and(|k| k != "class"))
                .map(|r| (r.caller, r.callee.unwrap_or_default()))
                .collect();
            cases += 1;
            let both = expected.intersection(&found).count();
            right += both;
            got += found.len();
            want += expected.len();
            sound += usize::from(both == expected.len());
            complete += usize::from(both == found.len());
            exact += usize::from(both == expected.len() && both == found.len());
            if expected != found {
                println!("{}", case.strip_prefix(&root).unwrap().display());
                for (a, b) in expected.difference(&found) {
                    println!("   missing {a} -> {b}");
                }
                for (a, b) in found.difference(&expected) {
                    println!("   wrong   {a} -> {b}");
                }
            }
        }
    }
    println!(
        "{exact} exact, {sound} sound, {complete} complete of {cases}; precision {:.4}, recall {:.4}",
        right as f64 / got as f64,
        right as f64 / want as f64
    );
}

fn folders(of: &Path) -> Vec<std::path::PathBuf> {
    let mut folders: Vec<_> = std::fs::read_dir(of)
        .unwrap()
        .map(|e| e.unwrap().path())
        .filter(|p| p.is_dir())
        .collect();
    folders.sort();
    folders
}
