//! The walk through JavaScript and TypeScript as they are written, from a handler.

use std::sync::Arc;

use super::checkout::Checkout;
use super::modules::{Evidence, Module, Modules};
use super::node_manifest::{Manifests, doubt};
use super::{
    Asked, Collected, MORE_IMPORTS, MORE_MODULES, SourceRequest, Verdict, fact, in_repository, mounted, outcome,
};
use crate::code::Strength;
use crate::code::javascript::{Goal, Import, ModuleFacts, analyse};
use crate::runtime::TASK_ROOT;
use crate::runtime::node::{Builtin, HandlerName, NodeVersion, Provided, builtin, package_of, provided};
use crate::source::{Origin, TreePath};
use crate::trace::files::{IMPORTS, MODULES};
use crate::trace::reach::{Next, Reach, TooMany};

/// Endings of files of code, in the order in which they are tried.
const ENDINGS: [&str; 8] = ["js", "mjs", "cjs", "ts", "mts", "cts", "tsx", "jsx"];
/// The ending as written, and that of the source from which it is made.
const SOURCES: [(&str, &[&str]); 4] =
    [(".js", &["ts", "tsx"]), (".jsx", &["tsx"]), (".mjs", &["mts"]), (".cjs", &["cts"])];

/// Looks into functions with one code folder and one version.
pub(super) fn look(checkout: &Checkout<'_>, version: NodeVersion, requests: &[&SourceRequest]) -> Collected {
    let manifests = Manifests::new(checkout);
    let mut walk = Walk { checkout, version, manifests, modules: Modules::new(checkout), found: Collected::default() };
    requests.iter().for_each(|request| walk.function(request));
    walk.found
}

struct Walk<'c> {
    checkout: &'c Checkout<'c>,
    version: NodeVersion,
    manifests: Manifests<'c>,
    modules: Modules<'c, ModuleFacts>,
    found: Collected,
}

impl Walk<'_> {
    fn function(&mut self, request: &SourceRequest) {
        let Some((handler, property)) = self.handler(request) else {
            return self.found.undecided(request, "the source of the handler is not in the code folder");
        };
        let mut reach = Reach::new(MODULES);
        reach.reach(mounted(&handler), Strength::Hard, None);
        loop {
            let next = match reach.next() {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(TooMany) => return self.found.undecided(request, MORE_MODULES),
            };
            let path = in_repository(&next.path);
            let Some(module) = self.module(&path) else { continue };
            let on_call = if next.index == 0 { module.facts.on_call(&property) } else { Vec::new() };
            self.imports(request, &mut reach, &next, &module, &on_call);
        }
    }

    /// The file that holds the handler, and the exported name.
    fn handler(&self, request: &SourceRequest) -> Option<(TreePath, String)> {
        let name = HandlerName::parse(&request.handler).ok()?;
        let inside = name.stem()?.relative_to(&TASK_ROOT.into())?;
        let stem = request.folder.joined(&inside);
        let property = name.property.split('.').next().unwrap_or_default().to_owned();
        Some((self.file(&stem)?, property))
    }

    /// The file of code that a path leads to, as loaders and bundlers look for it.
    fn file(&self, path: &TreePath) -> Option<TreePath> {
        let with = |ending: &str| TreePath::new([path.as_bytes(), b".", ending.as_bytes()].concat());
        let is_code = |path: &TreePath| path.extension().is_some_and(|own| ENDINGS.contains(&own.as_str()));
        if self.checkout.has(path) {
            return is_code(path).then(|| path.clone());
        }
        if let Some(found) = ENDINGS.iter().map(|ending| with(ending)).find(|path| self.checkout.has(path)) {
            return Some(found);
        }
        let text = path.lossy();
        for (written, sources) in SOURCES {
            let Some(stem) = text.strip_suffix(written) else { continue };
            let found = sources.iter().map(|ending| TreePath::from(format!("{stem}.{ending}").as_str()));
            if let Some(found) = found.into_iter().find(|path| self.checkout.has(path)) {
                return Some(found);
            }
        }
        let index = |ending: &&str| path.child(format!("index.{ending}").as_bytes());
        ENDINGS.iter().map(index).find(|path| self.checkout.has(path))
    }

    fn module(&mut self, path: &TreePath) -> Option<Arc<Module<ModuleFacts>>> {
        let version = &self.version;
        self.modules.get(path, |bytes| {
            let extension = path.extension();
            // In this one both ways to import are seen.
            let facts = analyse(bytes, extension.as_deref(), &version.target(Goal::CommonJs));
            facts.or_else(|_| analyse(bytes, extension.as_deref(), &version.target(Goal::Module))).ok()
        })
    }

    fn imports(
        &mut self,
        request: &SourceRequest,
        reach: &mut Reach,
        next: &Next,
        module: &Module<ModuleFacts>,
        on_call: &[Option<Strength>],
    ) {
        let path = in_repository(&next.path);
        let mut failed: Vec<bool> = Vec::new();
        if module.facts.imports.len() > IMPORTS {
            self.found.undecided(request, MORE_IMPORTS);
        }
        for (at, import) in module.facts.imports.iter().enumerate().take(IMPORTS) {
            if import.computed || import.elided || module.facts.generated {
                failed.push(false);
                continue;
            }
            let on_request = on_call.get(at).copied().flatten();
            let own = import.strength.min(next.strength);
            let evidence = Evidence::of(own, on_request, &import.instead_of, &failed);
            match self.target(request, &path, import) {
                Target::File(file) => {
                    reach.reach(mounted(&file), evidence.reach(), Some(next.index));
                    failed.push(false);
                }
                Target::Fine => failed.push(false),
                Target::Package(verdict) => {
                    failed.push(evidence.runs);
                    let Some(outcome) = outcome(evidence).filter(|_| !request.has_layers) else { continue };
                    let asked = Asked {
                        request,
                        module: package_of(&import.specifier),
                        specifier: &import.specifier,
                        origin: Origin::new(module.source.clone(), import.span),
                        chain: reach.chain(next.index),
                        outcome,
                    };
                    let verdict = Verdict { doubt: doubt(request.is_built), ..verdict };
                    self.found.add(fact(&asked, verdict, "node"));
                }
            }
        }
    }

    fn target(&self, request: &SourceRequest, path: &TreePath, import: &Import) -> Target {
        let specifier = &import.specifier;
        if specifier.starts_with('.') {
            let file = path.parent().join(specifier).and_then(|path| self.file(&path));
            return file.map_or(Target::Fine, Target::File);
        }
        let package = package_of(specifier);
        if !is_name(package) || specifier.contains([':', '!', '?']) {
            return self.aliased(path, specifier).unwrap_or(Target::Fine);
        }
        let is_builtin = |major| matches!(builtin(specifier, major), Some(Builtin::Present));
        if is_builtin(self.version.major) || is_builtin(u32::MAX) || is_builtin_folder(specifier) {
            return Target::Fine;
        }
        if let Some(local) = self.aliased(path, specifier) {
            return local;
        }
        if provided(package, self.version.major) != Provided::No {
            return Target::Fine;
        }
        // The runtime looks for bare names in the folder that is packed, too.
        let local = request.folder.join(specifier);
        if let Some(file) = local.as_ref().and_then(|local| self.file(local)) {
            return Target::File(file);
        }
        let first = specifier.split('/').next().unwrap_or_default();
        let near = [request.folder.clone(), path.parent()];
        if near.iter().any(|folder| self.checkout.has_folder(&folder.child(first.as_bytes()))) {
            return Target::Fine;
        }
        let is_source =
            path.extension().is_some_and(|own| matches!(own.as_str(), "ts" | "mts" | "cts" | "tsx" | "jsx"));
        let verdict = self.manifests.judge(path, package, request.is_built || is_source);
        verdict.map_or(Target::Fine, Target::Package)
    }

    /// What a configuration of TypeScript makes of a specifier; `None` when it is no alias.
    fn aliased(&self, path: &TreePath, specifier: &str) -> Option<Target> {
        let targets = self.manifests.alias(path, specifier)?;
        match targets.iter().find_map(|target| self.file(target)) {
            Some(file) => Some(Target::File(file)),
            None => self.manifests.is_alias(path, specifier).then_some(Target::Fine),
        }
    }
}

/// Where an import leads.
enum Target {
    /// To a file of the repository.
    File(TreePath),
    /// To what is there, or what nobody can judge.
    Fine,
    /// To a package that the manifests do not name.
    Package(Verdict),
}

/// Could be the name of a package (docs.npmjs.com/cli/configuring-npm/package-json, `name`; old ones have capitals).
fn is_name(package: &str) -> bool {
    let plain = |name: &str| {
        !name.is_empty()
            && !name.starts_with(['.', '_', '~', '-'])
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
    };
    match package.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/').is_some_and(|(scope, name)| plain(scope) && plain(name)),
        None => plain(package),
    }
}

/// `punycode/`: a package that is named like a built-in module. Nobody says which was meant.
fn is_builtin_folder(specifier: &str) -> bool {
    specifier.strip_suffix('/').is_some_and(|name| builtin(name, u32::MAX).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_packages() {
        for name in ["express", "@aws-sdk/client-s3", "JSONStream", "lodash.get", "socket.io"] {
            assert!(is_name(name), "{name}");
        }
        for name in ["@/lib", "~/lib", "#lib", "@app", "$lib", "_x", "a b", ""] {
            assert!(!is_name(name), "{name}");
        }
    }
}
