//! Runs the analysis over a folder.
#![allow(dead_code, reason = "each test takes a part of it")]

use std::path::Path;

use codeanatomy_extract::file::{Globs, walk};
use codeanatomy_extract::{Extractor, Options, Request};
use codeanatomy_model::{Language, Languages, find};
use codeanatomy_pointsto::{Analysis, Calls, FileRows, INPUTS, References};

const BUILTINS: [&str; 140] = [
    "ArithmeticError",
    "AssertionError",
    "AttributeError",
    "BaseException",
    "BaseExceptionGroup",
    "BlockingIOError",
    "BrokenPipeError",
    "BufferError",
    "BytesWarning",
    "ChildProcessError",
    "ConnectionAbortedError",
    "ConnectionError",
    "ConnectionRefusedError",
    "ConnectionResetError",
    "DeprecationWarning",
    "EOFError",
    "Ellipsis",
    "EncodingWarning",
    "EnvironmentError",
    "Exception",
    "ExceptionGroup",
    "FileExistsError",
    "FileNotFoundError",
    "FloatingPointError",
    "FutureWarning",
    "GeneratorExit",
    "IOError",
    "ImportError",
    "ImportWarning",
    "IndentationError",
    "IndexError",
    "InterruptedError",
    "IsADirectoryError",
    "KeyError",
    "KeyboardInterrupt",
    "LookupError",
    "MemoryError",
    "ModuleNotFoundError",
    "NameError",
    "NotADirectoryError",
    "NotImplemented",
    "NotImplementedError",
    "OSError",
    "OverflowError",
    "PendingDeprecationWarning",
    "PermissionError",
    "ProcessLookupError",
    "RecursionError",
    "ReferenceError",
    "ResourceWarning",
    "RuntimeError",
    "RuntimeWarning",
    "StopAsyncIteration",
    "StopIteration",
    "SyntaxError",
    "SyntaxWarning",
    "SystemError",
    "SystemExit",
    "TabError",
    "TimeoutError",
    "TypeError",
    "UnboundLocalError",
    "UnicodeDecodeError",
    "UnicodeEncodeError",
    "UnicodeError",
    "UnicodeTranslateError",
    "UnicodeWarning",
    "UserWarning",
    "ValueError",
    "Warning",
    "ZeroDivisionError",
    "abs",
    "aiter",
    "all",
    "anext",
    "any",
    "ascii",
    "bin",
    "bool",
    "breakpoint",
    "bytearray",
    "bytes",
    "callable",
    "chr",
    "classmethod",
    "compile",
    "complex",
    "delattr",
    "dict",
    "dir",
    "divmod",
    "enumerate",
    "eval",
    "exec",
    "filter",
    "float",
    "format",
    "frozenset",
    "getattr",
    "globals",
    "hasattr",
    "hash",
    "hex",
    "id",
    "input",
    "int",
    "isinstance",
    "issubclass",
    "iter",
    "len",
    "list",
    "locals",
    "map",
    "max",
    "memoryview",
    "min",
    "next",
    "object",
    "oct",
    "open",
    "ord",
    "pow",
    "print",
    "property",
    "range",
    "repr",
    "reversed",
    "round",
    "set",
    "setattr",
    "slice",
    "sorted",
    "staticmethod",
    "str",
    "sum",
    "super",
    "tuple",
    "type",
    "vars",
    "zip",
];

/// The calls of the Python files below a folder.
#[allow(dead_code)]
pub(crate) fn calls(folder: &Path) -> Calls {
    analysis(folder).solve(&|| true)
}

/// What other expressions of the Python files below a folder refer to.
pub(crate) fn references(folder: &Path) -> References {
    analysis(folder).solve_with_references(&|| true).1
}

/// The analysis of the Python files below a folder, before it is solved.
pub(crate) fn analysis(folder: &Path) -> Analysis {
    let globs = Globs::new([""; 0], [""; 0]).unwrap();
    let listing = walk(folder, &globs, Languages::SOURCE).unwrap();
    let mut request = Request::new(Options::default());
    for input in INPUTS {
        let contract = find(input.dataset).unwrap();
        let columns = input.columns.iter().map(|c| contract.index_of(c).unwrap()).collect();
        request = request.with(contract, Some(columns));
    }
    let mut extractor = Extractor::new(&request).unwrap();
    let mut analysis = Analysis::new(BUILTINS);
    for entry in listing.entries.iter().filter(|e| e.language == Language::Python) {
        extractor.add(entry, listing.read(entry));
        let rows: Vec<_> = INPUTS
            .iter()
            .map(|i| extractor.table(i.dataset).unwrap().take().unwrap())
            .collect();
        let file_id = format!("file:{}", entry.path);
        let file = FileRows {
            path: &entry.path,
            file_id: &file_id,
            module: entry.module.as_deref(),
            rows: &rows,
        };
        analysis.add(&file).unwrap();
    }
    analysis
}
