//! The walk through Python as it is written, from a handler.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::checkout::Checkout;
use super::python_manifest::Manifests;
use super::{Asked, Collected, SourceRequest, fact, in_repository, mounted, outcome};
use crate::code::Strength;
use crate::code::python::{Import, ModuleFacts, OnCall, PathFolder, analyse};
use crate::runtime::node::TASK_ROOT;
use crate::runtime::python::{HandlerName, PythonVersion};
use crate::source::{ContentId, Origin, Source, TreePath};
use crate::trace::files::{IMPORTS, MODULES};
use crate::trace::reach::{Next, Reach};
use crate::value::Why;

/// Looks into functions with one code folder.
pub(super) fn look(checkout: &Checkout<'_>, requests: &[&SourceRequest]) -> Collected {
    let manifests = Manifests::new(checkout);
    let mut walk = Walk { checkout, manifests, modules: FxHashMap::default(), found: Collected::default() };
    requests.iter().for_each(|request| walk.function(request));
    walk.found
}

/// A file that was read.
struct Module {
    source: Source,
    facts: ModuleFacts,
}

struct Walk<'c> {
    checkout: &'c Checkout<'c>,
    manifests: Manifests<'c>,
    modules: FxHashMap<TreePath, Option<Arc<Module>>>,
    found: Collected,
}

impl Walk<'_> {
    fn function(&mut self, request: &SourceRequest) {
        let Some(version) = PythonVersion::of(&request.runtime, None) else { return };
        let Ok(name) = HandlerName::parse(&request.handler) else { return };
        let mut roots = vec![request.folder.clone()];
        let Some(folders) = &request.python_path else {
            return self.found.undecided.push((request.function, Why::new("the value of PYTHONPATH is not known")));
        };
        let of_variable = folders.iter().map(|folder| match folder.strip_prefix('/') {
            Some(absolute) => TreePath::from(absolute).relative_to(&TASK_ROOT.into()),
            None => Some(TreePath::from(folder.as_str())),
        });
        roots.extend(of_variable.flatten().map(|inside| request.folder.joined(&inside)));
        let files = self.files(&roots, &name.module);
        let Some(handler) = files.last().cloned().filter(|_| self.is_whole(&roots, &name.module)) else {
            let why = Why::new("the source of the handler is not in the code folder");
            return self.found.undecided.push((request.function, why));
        };
        let mut reach = Reach::new(MODULES);
        reach.reach(mounted(&handler), Strength::Hard, None);
        files.iter().for_each(|file| reach.reach(mounted(file), Strength::Hard, None));
        while let Ok(Some(next)) = reach.next() {
            let path = in_repository(&next.path);
            let Some(module) = self.module(&path, version) else { continue };
            for change in &module.facts.path_changes {
                match &change.folder {
                    Some(PathFolder::Here(folder)) => roots.extend(path.parent().join(folder)),
                    Some(PathFolder::Written(folder)) => {
                        let inside = TreePath::from(folder.trim_start_matches('/'));
                        let inside = inside.relative_to(&TASK_ROOT.into()).unwrap_or(inside);
                        roots.push(request.folder.joined(&inside));
                    }
                    // Any module may be found from here on.
                    None => return,
                }
            }
            let on_call = if next.index == 0 { module.facts.on_call(&name.function) } else { None };
            self.imports(request, version, &roots, &mut reach, &next, &module, on_call.as_ref());
        }
    }

    fn module(&mut self, path: &TreePath, version: PythonVersion) -> Option<Arc<Module>> {
        if let Some(known) = self.modules.get(path) {
            return known.clone();
        }
        let read = || {
            let bytes = self.checkout.code(path)?;
            let facts = analyse(&bytes, &version.target()).ok()?;
            Some(Arc::new(Module { source: Source::new(path.clone(), ContentId::of(&bytes)), facts }))
        };
        let module = read();
        self.modules.insert(path.clone(), module.clone());
        module
    }

    /// Files that importing a dotted name runs, as far as it is found in one of the roots.
    fn files(&self, roots: &[TreePath], module: &str) -> Vec<TreePath> {
        roots.iter().map(|root| self.files_in(root, module).0).find(|files| !files.is_empty()).unwrap_or_default()
    }

    fn is_whole(&self, roots: &[TreePath], module: &str) -> bool {
        roots.iter().any(|root| self.files_in(root, module).1)
    }

    /// The files, and whether all names were found.
    fn files_in(&self, root: &TreePath, module: &str) -> (Vec<TreePath>, bool) {
        let (mut out, mut folder) = (Vec::new(), root.clone());
        for name in module.split('.').filter(|name| !name.is_empty()) {
            let file = folder.child(format!("{name}.py").as_bytes());
            let inside = folder.child(name.as_bytes());
            let package = inside.child(b"__init__.py");
            if self.checkout.has(&package) {
                out.push(package);
            } else if self.checkout.has(&file) {
                out.push(file);
            } else if !self.checkout.has_folder(&inside) {
                return (out, false);
            }
            folder = inside;
        }
        (out, true)
    }

    #[allow(clippy::too_many_arguments, reason = "one step of the walk")]
    fn imports(
        &mut self,
        request: &SourceRequest,
        version: PythonVersion,
        roots: &[TreePath],
        reach: &mut Reach,
        next: &Next,
        module: &Module,
        on_call: Option<&OnCall>,
    ) {
        let path = in_repository(&next.path);
        let mut failed: Vec<bool> = Vec::new();
        for (at, import) in module.facts.imports.iter().enumerate().take(IMPORTS) {
            let runs =
                import.instead_of.is_empty() || import.instead_of.iter().any(|tried| failed.get(*tried) == Some(&true));
            if import.type_only {
                failed.push(false);
                continue;
            }
            let own = if runs { import.strength.min(next.strength) } else { Strength::Soft };
            let on_request = on_call.and_then(|on_call| on_call.import(at)).filter(|_| runs);
            let files = self.local(roots, &path, import);
            if let Some(files) = files {
                let reached = if on_request >= Some(Strength::Late) { own.max(Strength::Late) } else { own };
                files.iter().for_each(|file| reach.reach(mounted(file), reached, Some(next.index)));
                failed.push(false);
                continue;
            }
            let top = import.module.split('.').next().unwrap_or_default();
            let is_there = import.level > 0
                || top.is_empty()
                || version.is_stdlib(top)
                || version.removed_after(top).is_some()
                || version.is_builtin(top)
                || version.is_provided(top)
                || version.is_perhaps_provided(top);
            // What may be there: all that is undeclared is told of by its outcome alone.
            let verdict =
                if is_there || request.is_built { None } else { self.manifests.judge(&path, &request.project, top) };
            failed.push(verdict.is_some());
            let Some((verdict, outcome)) = verdict.zip(outcome(own, on_request)).filter(|_| !request.has_layers) else {
                continue;
            };
            let asked = Asked {
                request,
                module: top,
                specifier: &import.module,
                origin: Origin::new(module.source.clone(), import.span),
                chain: reach.chain(next.index),
                outcome,
            };
            self.found.add(fact(&asked, verdict, "python"));
        }
    }

    /// Files of the repository that an import runs; `None` when it leads elsewhere.
    fn local(&self, roots: &[TreePath], path: &TreePath, import: &Import) -> Option<Vec<TreePath>> {
        let relative;
        let roots = if import.level > 0 {
            let up = std::iter::successors(Some(path.parent()), |folder| (!folder.is_root()).then(|| folder.parent()));
            relative = [up.take(import.level as usize).last()?];
            &relative[..]
        } else {
            roots
        };
        let mut out = self.files(roots, &import.module);
        let top = import.module.split('.').next().unwrap_or_default();
        let is_here = import.level > 0
            || roots.iter().any(|root| {
                let inside = root.child(top.as_bytes());
                self.checkout.has_folder(&inside) || self.checkout.has(&root.child(format!("{top}.py").as_bytes()))
            });
        // `from package import module`
        for name in &import.names {
            let whole =
                if import.module.is_empty() { name.name.clone() } else { format!("{}.{}", import.module, name.name) };
            if self.is_whole(roots, &whole) {
                out.extend(self.files(roots, &whole));
            }
        }
        is_here.then_some(out)
    }
}
