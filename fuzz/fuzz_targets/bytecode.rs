//! Any bytes as a `.pyc` file. The first byte picks a version whose header is put in front, or none; the second says how many
//! of the others are the source.
#![no_main]

use codeanatomy_extract::bytecode::SourceFile;
use codeanatomy_extract::file::Entry;
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{CATALOGUE, Language, Languages};
use libfuzzer_sys::fuzz_target;

/// The magic numbers of Python 3.9 to 3.14.
const MAGIC: [u16; 6] = [3425, 3439, 3495, 3531, 3571, 3627];

fuzz_target!(|data: &[u8]| {
    let [version, source, rest @ ..] = data else { return };
    let (source, body) = rest.split_at(usize::from(*source).min(rest.len()));
    let mut file = Vec::new();
    if let Some(magic) = MAGIC.get(usize::from(*version)) {
        file.extend(magic.to_le_bytes());
        file.extend(b"\r\n\0\0\0\0\0\0\0\0");
        file.extend((source.len() as u32).to_le_bytes());
    }
    file.extend(body);
    let options = Options {
        max_file_bytes: 1 << 20,
        ..Options::default()
    };
    let request = CATALOGUE
        .iter()
        .filter(|contract| contract.inputs == Languages::BYTECODE)
        .fold(Request::new(options), |request, contract| request.with(contract, None));
    let entry = Entry {
        path: "__pycache__/fuzz.cpython-311.pyc".to_owned(),
        language: Language::Bytecode,
        size: file.len() as u64,
        module: None,
        is_package: false,
    };
    let Ok(mut extractor) = Extractor::new(&request) else { return };
    let source = SourceFile {
        bytes: source.to_vec(),
        modified: None,
    };
    extractor.add_bytecode(&entry, Ok(file), Some(source));
    for contract in CATALOGUE.iter().filter(|contract| contract.inputs == Languages::BYTECODE) {
        if let Some(table) = extractor.table(contract.name) {
            table.take().expect("a batch that can be made");
        }
    }
});
