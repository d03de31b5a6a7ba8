//! What a package carries and its function never loads: source maps, tests, documentation, tools.

use rustc_hash::FxHashSet;

use super::{Contents, Fault, Faults, megabytes};
use crate::runtime::TASK_ROOT;
use crate::source::TreePath;
use crate::trace::PackageTrace;
use crate::tree::EntryKind;

/// Below this it is not worth a word, bytes.
const LEAST: u64 = 1 << 20;
/// From this part of the package on: one in this many bytes.
const PART: u64 = 10;
/// From this many bytes on whatever the part.
const MUCH: u64 = 10 << 20;

/// Kinds of weight, in the order in which a file is looked at.
const KINDS: [&str; 5] = ["development tools", "source maps", "type declarations", "tests", "documentation"];

/// Packages that only development needs: compilers, linters, test runners, bundlers (package names).
const NODE_TOOLS: [&str; 22] = [
    "@babel",
    "@eslint",
    "@jest",
    "@swc",
    "@types",
    "@typescript-eslint",
    "aws-cdk",
    "aws-cdk-lib",
    "esbuild",
    "eslint",
    "jest",
    "mocha",
    "nodemon",
    "nyc",
    "prettier",
    "rollup",
    "serverless",
    "ts-jest",
    "ts-node",
    "typescript",
    "vitest",
    "webpack",
];
const PYTHON_TOOLS: [&str; 10] =
    ["_pytest", "black", "coverage", "flake8", "ipython", "mypy", "pip", "pylint", "pytest", "virtualenv"];

pub(super) fn look(contents: &Contents<'_>, trace: &PackageTrace, faults: &mut Faults<'_>) {
    let root = TreePath::from(TASK_ROOT);
    let reached: FxHashSet<TreePath> = trace.reached.iter().filter_map(|(path, _)| path.relative_to(&root)).collect();
    // Without a walk nobody knows what is loaded.
    if reached.is_empty() {
        return;
    }
    let mut weights = [0_u64; KINDS.len()];
    for entry in contents.entries.iter().filter(|entry| entry.kind == EntryKind::File) {
        if let Some(kind) = kind_of(&entry.path).filter(|_| !reached.contains(&entry.path)) {
            // Headers may claim anything.
            weights[kind] = weights[kind].saturating_add(entry.size.unwrap_or(0));
        }
    }
    let (dead, all) = (weights.iter().fold(0_u64, |sum, size| sum.saturating_add(*size)), contents.size());
    if dead < LEAST || dead < MUCH && dead < all / PART {
        return;
    }
    let mut parts: Vec<(u64, &str)> = weights.into_iter().zip(KINDS).filter(|(size, _)| *size > LEAST / 10).collect();
    parts.sort_by(|a, b| b.cmp(a));
    let parts: Vec<String> = parts.into_iter().map(|(size, kind)| format!("{kind} {}", megabytes(size))).collect();
    let fault = Fault::of_package("dead-weight", &contents.part.source).other(parts.join(", "));
    faults.add(fault.amount(megabytes(dead), megabytes(all)));
}

/// Which kind of weight a file is.
fn kind_of(path: &TreePath) -> Option<usize> {
    let names: Vec<&[u8]> = path.names().collect();
    let (file, folders) = names.split_last()?;
    let is_in = |list: &[&str], name: &[u8]| list.iter().any(|own| own.as_bytes() == name);
    let module = folders.iter().rposition(|name| *name == b"node_modules").and_then(|at| folders.get(at + 1));
    if module.is_some_and(|name| is_in(&NODE_TOOLS, name))
        || folders.first().is_some_and(|name| is_in(&PYTHON_TOOLS, name))
    {
        return Some(0);
    }
    let ends = |ending: &str| file.ends_with(ending.as_bytes());
    if ends(".js.map") || ends(".mjs.map") || ends(".cjs.map") || ends(".css.map") || ends(".d.ts.map") {
        return Some(1);
    }
    if ends(".d.ts") || ends(".d.mts") || ends(".d.cts") {
        return Some(2);
    }
    let is_folder = |list: &[&str]| folders.iter().any(|name| is_in(list, name));
    if is_folder(&["test", "tests", "__tests__"]) {
        return Some(3);
    }
    (ends(".md") || is_folder(&["docs", "doc"])).then_some(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_weight() {
        let kind = |path: &str| kind_of(&path.into()).map(|kind| KINDS[kind]);
        assert_eq!(kind("node_modules/typescript/lib/tsc.js"), Some("development tools"));
        assert_eq!(kind("node_modules/@types/node/fs.d.ts"), Some("development tools"));
        assert_eq!(kind("dist/index.js.map"), Some("source maps"));
        assert_eq!(kind("node_modules/a/index.d.ts"), Some("type declarations"));
        assert_eq!(kind("pandas/tests/test_a.py"), Some("tests"));
        assert_eq!(kind("node_modules/a/README.md"), Some("documentation"));
        assert_eq!(kind("node_modules/a/node_modules/b/index.js"), None);
        assert_eq!(kind("index.js"), None);
    }
}
