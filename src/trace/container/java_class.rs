//! Java: the class that the handler names, its method, and whether the runtime can load it.

use std::sync::Arc;

use super::{Contents, Fault, Faults};
use crate::runtime::TASK_ROOT;
use crate::runtime::java::{CLASS_BYTES, ClassFile, HandlerName, newest_class_version};
use crate::source::{TreePath, visible};
use crate::trace::PackageTrace;
use crate::tree::{Archive, Tree};
use crate::value::Why;

/// Folders of jars on the class path (AWS Lambda, "Deploy Java Lambda functions" and "Packaging layers", 2026-07).
const JAR_FOLDERS: [&str; 2] = ["var/task/lib", "opt/java/lib"];
/// Largest jar that is opened, bytes.
const JAR_BYTES: u64 = 64 << 20;
/// Most bytes of jars that are held.
const JARS_BYTES: u64 = 128 << 20;
/// Most interfaces of a handler and its superclasses that are looked into.
const INTERFACES: usize = 100;
/// Most superclasses above a handler (frameworks have about five).
const SUPERCLASSES: usize = 32;

pub(super) fn look(contents: &Contents<'_>, tree: &Arc<dyn Tree>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let Some(artifact) = trace.facts.artifacts.first_mut().filter(|artifact| artifact.platform == "java") else {
        return;
    };
    let Some(handler) = artifact.handler.get().cloned() else {
        artifact.not_judged = Some(Why::new("nobody names the handler"));
        return;
    };
    let name = HandlerName::parse(&handler);
    let mut path = ClassPath { tree, jars: Vec::new(), complete: true };
    let fault = Fault::of_function("java-class-missing", artifact.handler.origin.clone());
    let Some((file, class)) = path.find(&name.file()) else {
        if !path.complete {
            artifact.not_judged = Some(Why::new("jars that could not be read"));
            return;
        }
        let error = format!("Class not found: {0}: java.lang.ClassNotFoundException: {0}", name.class);
        let fault = fault.error(error).entry(&name.file().as_str().into()).doubt(faults.request.more_layers.clone());
        faults.add(match elsewhere(contents, &name) {
            Some(place) => fault.answer("elsewhere").other(place),
            None => fault.answer("absent"),
        });
        return;
    };
    artifact.handler_file.clone_from(&file);
    let Some(class) = class else {
        artifact.not_judged = Some(Why::new("handler's class file is damaged"));
        return;
    };
    let version = faults.request.runtime.as_deref().and_then(newest_class_version);
    if let Some(newest) = version.filter(|newest| class.version > *newest) {
        let error = format!(
            "java.lang.UnsupportedClassVersionError: {} has been compiled by a more recent version of the Java Runtime (class file version {}.0), this version of the Java Runtime only recognizes class file versions up to {newest}.0",
            name.class, class.version
        );
        let amounts = ((class.version - 44).to_string(), (newest - 44).to_string());
        faults.add(fault.answer("version").error(error).other(file).amount(amounts.0, amounts.1));
        return;
    }
    if offers(&mut path, &class, &name.method) == Some(false) {
        let error = format!(
            "No public method named {} with appropriate method signature found on class class {}",
            name.method, name.class
        );
        let mut methods: Vec<&str> = class.methods.iter().map(String::as_str).filter(|m| !m.starts_with('<')).collect();
        methods.truncate(10);
        let has: &str = &methods.join(", ");
        let doubt = faults.request.more_layers.clone();
        let fault = fault.answer("method").error(error).other(file).doubt(doubt);
        faults.add(fault.amount(name.method.clone(), if has.is_empty() { "no methods" } else { has }));
    }
}

/// Whether a class or what it inherits from has a method; `None` when not all of that is there.
fn offers(path: &mut ClassPath<'_>, class: &ClassFile, method: &str) -> Option<bool> {
    let mut at = class.clone();
    let (mut is_whole, mut left) = (true, INTERFACES);
    for _ in 0..SUPERCLASSES {
        if at.methods.iter().any(|own| own == method) {
            return Some(true);
        }
        for interface in at.interfaces.iter().filter(|name| !is_of_the_runtime(name)) {
            left = left.checked_sub(1)?;
            match path.find(&format!("{interface}.class")) {
                Some((_, Some(found))) if found.methods.iter().any(|own| own == method) => return Some(true),
                // Further interfaces above it are left undecided.
                Some((_, Some(found))) => is_whole &= found.interfaces.iter().all(|name| is_of_the_runtime(name)),
                _ => is_whole = false,
            }
        }
        let above = at.superclass.filter(|name| !name.starts_with("java/"));
        let Some(above) = above else { return is_whole.then_some(false) };
        at = path.find(&format!("{above}.class"))?.1?;
    }
    None
}

/// Interfaces that Java or the runtime bring; none of them has a handler that is not abstract.
fn is_of_the_runtime(name: &str) -> bool {
    name.starts_with("java/") || name.starts_with("com/amazonaws/services/lambda/runtime/")
}

/// The same class at another place of the package.
fn elsewhere(contents: &Contents<'_>, name: &HandlerName) -> Option<String> {
    let file = name.file();
    let simple = file.rsplit('/').next().unwrap_or(&file).as_bytes();
    let is_same = |path: &TreePath| path.as_bytes().ends_with(file.as_bytes());
    let paths = || contents.entries.iter().map(|entry| &entry.path);
    let found = paths().find(|path| is_same(path));
    let found = found.or_else(|| paths().find(|path| path.names().last() == Some(simple)));
    found.map(|path| visible(path.as_bytes()))
}

/// Where the runtime looks for classes; jars are opened as they are needed.
struct ClassPath<'t> {
    tree: &'t Arc<dyn Tree>,
    jars: Vec<(String, Archive)>,
    /// Every jar could be opened.
    complete: bool,
}

impl ClassPath<'_> {
    /// A class file, as people know its place, and what it says unless it is damaged.
    fn find(&mut self, file: &str) -> Option<(String, Option<ClassFile>)> {
        if let Ok(bytes) = self.tree.read(&TreePath::from(TASK_ROOT).join(file)?, CLASS_BYTES) {
            return Some((file.to_owned(), ClassFile::parse(&bytes)));
        }
        if self.jars.is_empty() {
            self.open_jars();
        }
        let path = TreePath::new(file.as_bytes());
        self.jars.iter().find_map(|(name, jar)| {
            let bytes = jar.read(&path, CLASS_BYTES).ok()?;
            Some((format!("{file} in {name}"), ClassFile::parse(&bytes)))
        })
    }

    fn open_jars(&mut self) {
        let mut held = 0_u64;
        for folder in JAR_FOLDERS {
            let folder = TreePath::from(folder);
            for name in self.tree.names(&folder) {
                let path = folder.child(&name);
                if path.extension().as_deref() != Some("jar") {
                    continue;
                }
                // Headers may claim anything.
                held = held.saturating_add(self.tree.resolve(&path).map_or(0, |stat| stat.size));
                let opened =
                    (held <= JARS_BYTES).then(|| Archive::of_bytes(self.tree.read(&path, JAR_BYTES).ok()?).ok());
                match opened.flatten() {
                    Some(jar) => self.jars.push((visible(&name), jar)),
                    None => self.complete = false,
                }
            }
        }
    }
}
