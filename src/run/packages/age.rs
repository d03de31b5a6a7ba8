//! Why a package may not be the one that will be deployed: git does not have it, or it is older than its
//! sources. What is found in such a package is no promise.

use crate::facts::Function;
use crate::graph::Graph;
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};
use crate::value::Why;

/// Most files of one source folder whose age is asked for.
const SOURCES: usize = 5_000;
/// A checkout writes all its files within this time, in any order, seconds.
const CHECKOUT: u64 = 3_600;
/// Folders whose files say nothing about the age of one's own code.
const OTHERS: [&[u8]; 4] = [b"node_modules", SAM_OUTPUT, b".serverless", b"cdk.out"];
/// Where `sam build` writes when nobody says otherwise.
const SAM_OUTPUT: &[u8] = b".aws-sam";

/// Tools that pack at each deploy, whatever is there, and never change the package that they are given
/// (Serverless Framework `deploy`, Terraform `archive_file`, 2026-07).
const PACKING: &[(&str, &str)] = &[("serverless", "the Serverless Framework"), ("terraform", "Terraform")];

/// What the tree lists, sorted.
pub struct Listed<'l>(pub &'l [TreePath]);

impl Listed<'_> {
    /// Paths at or below a path.
    fn below(&self, path: &TreePath) -> impl Iterator<Item = &TreePath> {
        let from = self.0.partition_point(|other| other < path);
        let begins = self.0[from..].iter().take_while(|other| other.as_bytes().starts_with(path.as_bytes()));
        begins.filter(|other| other.is_under(path))
    }

    /// True for a file of the judged tree, and for a folder with one.
    fn has(&self, path: &TreePath) -> bool {
        self.below(path).next().is_some()
    }
}

/// Why the package of a function, or one that only the configuration names, may be another when it is
/// deployed.
pub(super) fn doubt(
    graph: &Graph,
    tree: &dyn Tree,
    listed: &Listed<'_>,
    package: &TreePath,
    function: Option<&Function>,
) -> Option<Why> {
    let is_listed = listed.has(package);
    if let Some(newer) = function.and_then(|function| newer_source(graph, tree, listed, package, function, is_listed)) {
        return Some(Why::new(format!(
            "the package is older than `{newer}`: what is deployed may be built anew and hold other files"
        )));
    }
    // What these tools leave on disk is the last thing that they deployed, not the next.
    let packs_anew = function.filter(|function| function.package.is_some()).and_then(|function| {
        PACKING.iter().find(|(technology, _)| *technology == function.technology).map(|(_, tool)| tool)
    });
    if let Some(tool) = packs_anew.filter(|_| is_listed) {
        return Some(Why::new(format!("{tool} packs it anew when it deploys")));
    }
    // A mark in a template may have been copied.
    let is_marked = function.is_some_and(|function| function.code.resolved.as_ref() == Some(package));
    if is_listed && is_marked && is_folder(tree, package) && !package.names().any(|name| name == SAM_OUTPUT) {
        return Some(Why::new("the template says that `sam build` wrote it, but it may be built once more"));
    }
    let ignored = "the package lies on disk here but git does not have it: what is deployed may be built anew";
    (!is_listed).then(|| Why::new(ignored))
}

/// A source of the function that was changed after the package was made.
fn newer_source(
    graph: &Graph,
    tree: &dyn Tree,
    listed: &Listed<'_>,
    package: &TreePath,
    function: &Function,
    is_listed: bool,
) -> Option<TreePath> {
    let code = function.code.resolved.as_ref().filter(|code| *code != package)?;
    let made = made(tree, package)?;
    // Times of a checkout tell the order in which git wrote files.
    let made = if is_listed { made.saturating_add(CHECKOUT) } else { made };
    let is_own = |path: &&TreePath| !path.is_under(package) && !path.names().any(|name| OTHERS.contains(&name));
    let sources = listed.below(code).filter(is_own).take(SOURCES);
    let template = std::iter::once(&graph.set_of(&function.place).root);
    sources.chain(template).find(|path| tree.modified(path).is_some_and(|changed| changed > made)).cloned()
}

fn is_folder(tree: &dyn Tree, path: &TreePath) -> bool {
    tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::Folder)
}

/// When a package was made: of a folder, when something was last put into it.
fn made(tree: &dyn Tree, package: &TreePath) -> Option<u64> {
    let own = tree.modified(package)?;
    if !is_folder(tree, package) {
        return Some(own);
    }
    let inside = tree.names(package).into_iter().filter_map(|name| tree.modified(&package.child(&name)));
    Some(inside.fold(own, u64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_listed_when_something_in_it_is() {
        let paths: Vec<TreePath> = ["a/b/c", "a/b.x", "d"].into_iter().map(TreePath::from).collect();
        let mut paths = paths;
        paths.sort();
        let listed = Listed(&paths);
        assert!(listed.has(&"a/b".into()));
        assert!(listed.has(&"d".into()));
        assert!(!listed.has(&"a/c".into()));
        assert!(!listed.has(&"a/b/c/d".into()));
    }
}
