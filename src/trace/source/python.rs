//! The walk through Python as it is written, from a handler.

use super::checkout::Checkout;
use super::modules::{Evidence, Module, Modules};
use super::python_manifest::Manifests;
use super::{Asked, Collected, MORE_IMPORTS, MORE_MODULES, SourceRequest, fact, in_repository, mounted, outcome};
use crate::code::Strength;
use crate::code::python::{Import, ModuleFacts, OnCall, PathFolder, analyse};
use crate::runtime::TASK_ROOT;
use crate::runtime::python::{HandlerName, PythonVersion};
use crate::source::{Origin, TreePath};
use crate::trace::files::{IMPORTS, MODULES};
use crate::trace::reach::{Next, Reach, TooMany};

/// Most folders that modules are looked for in.
const ROOTS: usize = 64;

/// Looks into functions with one code folder and one version.
pub(super) fn look(checkout: &Checkout<'_>, version: PythonVersion, requests: &[&SourceRequest]) -> Collected {
    let manifests = Manifests::new(checkout);
    let mut walk = Walk { checkout, version, manifests, modules: Modules::new(checkout), found: Collected::default() };
    requests.iter().for_each(|request| walk.function(request));
    walk.found
}

struct Walk<'c> {
    checkout: &'c Checkout<'c>,
    version: PythonVersion,
    manifests: Manifests<'c>,
    modules: Modules<'c, ModuleFacts>,
    found: Collected,
}

impl Walk<'_> {
    fn function(&mut self, request: &SourceRequest) {
        let Ok(name) = HandlerName::parse(&request.handler) else {
            return self.found.undecided(request, "the handler names no module and function");
        };
        let mut roots = vec![request.folder.clone()];
        let Some(folders) = &request.python_path else {
            return self.found.undecided(request, "the value of PYTHONPATH is not known");
        };
        let of_variable = folders.iter().map(|folder| match folder.strip_prefix('/') {
            Some(absolute) => TreePath::from(absolute).relative_to(&TASK_ROOT.into()),
            None => Some(TreePath::from(folder.as_str())),
        });
        roots.extend(of_variable.flatten().map(|inside| request.folder.joined(&inside)));
        let files = self.files(&roots, &name.module);
        let Some(handler) = files.last().cloned().filter(|_| self.is_whole(&roots, &name.module)) else {
            return self.found.undecided(request, "the source of the handler is not in the code folder");
        };
        let mut reach = Reach::new(MODULES);
        reach.reach(mounted(&handler), Strength::Hard, None);
        files.iter().for_each(|file| reach.reach(mounted(file), Strength::Hard, None));
        let target = self.version.target();
        loop {
            let next = match reach.next() {
                Ok(Some(next)) => next,
                Ok(None) => return,
                Err(TooMany) => return self.found.undecided(request, MORE_MODULES),
            };
            let path = in_repository(&next.path);
            let parse = |bytes: &[u8]| analyse(bytes, &target).ok();
            let Some(module) = self.modules.get(&path, parse) else { continue };
            for change in &module.facts.path_changes {
                let added = match &change.folder {
                    Some(PathFolder::Here(folder)) => path.parent().join(folder),
                    Some(PathFolder::Written(folder)) => {
                        let inside = TreePath::from(folder.trim_start_matches('/'));
                        let inside = inside.relative_to(&TASK_ROOT.into()).unwrap_or(inside);
                        Some(request.folder.joined(&inside))
                    }
                    // Any module may be found from here on.
                    None => return self.found.undecided(request, format!("{path} changes sys.path")),
                };
                roots.extend(added.filter(|added| !roots.contains(added)));
                if roots.len() > ROOTS {
                    return self.found.undecided(request, "its code adds too many folders to sys.path");
                }
            }
            let on_call = if next.index == 0 { module.facts.on_call(&name.function) } else { None };
            self.imports(request, &roots, &mut reach, &next, &module, on_call.as_ref());
        }
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
        roots: &[TreePath],
        reach: &mut Reach,
        next: &Next,
        module: &Module<ModuleFacts>,
        on_call: Option<&OnCall>,
    ) {
        let (path, version) = (in_repository(&next.path), self.version);
        let mut failed: Vec<bool> = Vec::new();
        if module.facts.imports.len() > IMPORTS {
            self.found.undecided(request, MORE_IMPORTS);
        }
        for (at, import) in module.facts.imports.iter().enumerate().take(IMPORTS) {
            if import.type_only {
                failed.push(false);
                continue;
            }
            let on_request = on_call.and_then(|on_call| on_call.import(at));
            let own = import.strength.min(next.strength);
            let evidence = Evidence::of(own, on_request, &import.instead_of, &failed);
            let files = self.local(roots, &path, import);
            if let Some(files) = files {
                files.iter().for_each(|file| reach.reach(mounted(file), evidence.reach(), Some(next.index)));
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
            failed.push(verdict.is_some() && evidence.runs);
            let Some((verdict, outcome)) = verdict.zip(outcome(evidence)).filter(|_| !request.has_layers) else {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::{Id, SetId};
    use crate::trace::source::{SourceTrace, undeclared};
    use crate::tree::Memory;

    fn looked(code: &str, handler: &str, minors: &[u8]) -> SourceTrace {
        let files = [("app.py", code), ("requirements.txt", "boto3\n")];
        let tree = Memory::new(files);
        let paths = files.map(|(path, _)| TreePath::from(path));
        let request = |minor: &u8| SourceRequest {
            function: Id::new(0),
            set: SetId(0),
            folder: TreePath::root(),
            project: TreePath::root(),
            handler: handler.to_owned(),
            runtime: format!("python3.{minor}"),
            python_path: Some(Vec::new()),
            has_layers: false,
            is_built: false,
        };
        let requests: Vec<SourceRequest> = minors.iter().map(request).collect();
        undeclared(&tree, &paths, &requests)
    }

    #[test]
    fn folders_that_are_not_known_leave_the_function_undecided() {
        let counts = |code: &str| {
            let found = looked(code, "app.handler", &[12]);
            (found.imports.len(), found.undecided.len())
        };
        assert_eq!(counts("import flask"), (1, 0));
        assert_eq!(counts("import flask, sys\nsys.path.append(flask.x)"), (0, 1));
        let same = "sys.path.append('lib')\n".repeat(100);
        assert_eq!(counts(&format!("import flask, sys\n{same}")), (1, 0));
        let many: String = (0..100).map(|at| format!("sys.path.append('lib{at}')\n")).collect();
        assert_eq!(counts(&format!("import flask, sys\n{many}")), (0, 1));
    }

    #[test]
    fn each_version_reads_a_module_by_itself() {
        let code = "import sys\nif sys.version_info >= (3, 12):\n    import flask\nelse:\n    import bottle";
        let names = |minors: &[u8]| -> Vec<String> {
            looked(code, "app.handler", minors).imports.into_iter().map(|import| import.module).collect()
        };
        assert_eq!((names(&[12]), names(&[11])), (vec!["flask".to_owned()], vec!["bottle".to_owned()]));
        assert_eq!((names(&[12, 11]), names(&[11, 12])), (names(&[11, 12]), vec!["bottle".into(), "flask".into()]));
    }

    #[test]
    fn a_handler_without_a_function_is_undecided() {
        assert_eq!(looked("import flask", "app", &[12]).undecided.len(), 1);
    }
}
