// Runs a Python script with the CPython of a Pyodide release (the npm package `pyodide`), for versions of Python that are not
// installed otherwise:
//
//     node tests/python_wasm.mjs node_modules/pyodide SCRIPT ARGUMENT…
//
// The script sees the folders that its arguments name, by their own names, and runs programs by `js.run_program`.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [release, script, ...rest] = process.argv.slice(2);
const entry = pathToFileURL(path.resolve(release, "pyodide.mjs"));
const { loadPyodide } = await import(entry);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "python-wasm-"));
const file = path.resolve(script);
const given = rest.map((text) => (fs.existsSync(text) ? path.resolve(text) : text));

// What is printed goes to a file, so that no size of it matters.
globalThis.run_program = (command, output) => {
  const handle = fs.openSync(output, "w");
  const done = spawnSync(command[0], command.slice(1), { stdio: ["ignore", handle, "inherit"] });
  fs.closeSync(handle);
  return done.status ?? -1;
};

let status = 1;
try {
  const python = await loadPyodide({ env: { HOME: "/", TMPDIR: scratch }, args: ["-X", "utf8"] });
  const folders = [scratch, path.dirname(file)];
  for (const text of given.filter((text) => path.isAbsolute(text) && fs.existsSync(text))) {
    folders.push(fs.statSync(text).isDirectory() ? text : path.dirname(text));
  }
  const kept = [...new Set(folders)].sort();
  for (const folder of kept.filter((one) => !kept.some((other) => one.startsWith(other + "/")))) {
    python.FS.mkdirTree(folder);
    python.FS.mount(python.FS.filesystems.NODEFS, { root: folder }, folder);
  }
  python.globals.set("arguments", python.toPy([file, ...given]));
  status = python.runPython(`
import os, runpy, sys
sys.argv = list(arguments)
sys.path.insert(0, os.path.dirname(sys.argv[0]))
try:
    runpy.run_path(sys.argv[0], run_name="__main__")
    status = 0
except SystemExit as end:
    status = end.code if isinstance(end.code, int) else 0 if end.code is None else 1
    if not isinstance(end.code, (int, type(None))):
        print(end.code)
status
`);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
process.exit(Number(status));
