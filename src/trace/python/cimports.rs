//! Compiled modules that other compiled modules of Cython take types and functions from.

use super::installed::compiled_module;
use super::locate::{Located, follow, parts};
use super::metadata::NATIVE_BYTES;
use super::{Fault, Walk};
use crate::code::Strength;
use crate::runtime::python::Found;
use crate::source::{Span, TreePath};
use crate::trace::Native;
use crate::trace::reach::shown;

/// Where the text of a module of Cython holds another one that it takes types or functions from (`cimport`): as the C
/// string that is handed to `PyImport_ImportModule`, and in the names of those types and functions, where the length of
/// each part stands before it. Such an import is the first that the module does.
///
/// Source: github.com/cython/cython, `Cython/Utility/ImportExport.c`, `Cython/Compiler/Symtab.py` (`mangle`), 2026-11.
fn cimports(text: &[u8], module: &str) -> bool {
    let plain = format!("\0{module}\0");
    let mangled: Vec<String> = module.split('.').map(|part| format!("{}{part}", part.len())).collect();
    let mangled = format!("_{}_", mangled.join("_"));
    let holds = |word: &str| memchr::memmem::find(text, word.as_bytes()).is_some();
    module.contains('.') && holds(&plain) && holds(&mangled)
}

impl Walk<'_> {
    /// Compiled modules of a distribution that are gone, and that others which are surely loaded begin with.
    pub(super) fn cimported(&mut self, at: usize) {
        let gone = self.files_gone(at);
        let root = self.installed.get(at).folder.parent();
        let module = |file: &TreePath| file.relative_to(&root).as_ref().and_then(module_of);
        let named = gone.iter().filter_map(|file| Some((file, module(file)?)));
        let gone: Vec<(&TreePath, String)> = named.filter(|(_, module)| self.is_nowhere(module)).collect();
        let Some(file) = self.first_cimported(at, &gone) else { return };
        let distribution = self.installed.get(at);
        let (name, record) = (distribution.name.clone(), distribution.folder.child(b"RECORD"));
        let error = format!("RECORD of {name} lists {}", shown(file));
        let fault = Fault::new("incomplete-distribution", Span::default(), error).name(&name).module(&name);
        self.about(&record, Strength::Hard, fault);
        self.lost.insert(at);
    }

    /// The package of a module is there, and no compiled module of its name.
    fn is_nowhere(&self, module: &str) -> bool {
        let parts = parts(module);
        match follow(&self.finder, &parts, None) {
            Located::Found(steps) => !matches!(steps.last(), Some(Found::Opaque(..))),
            Located::Missing(gap) => gap.at + 1 >= parts.len(),
            Located::Platform { .. } | Located::Unknown => false,
        }
    }

    /// The first of these modules that a compiled module of the distribution begins with. Each of those is read once.
    fn first_cimported<'f>(&self, at: usize, modules: &[(&'f TreePath, String)]) -> Option<&'f TreePath> {
        let own =
            |native: &&Native| native.strength == Strength::Hard && self.installed.owner(&native.path) == Some(at);
        let mut before = modules;
        let mut first = None;
        for native in self.natives.iter().filter(own) {
            if before.is_empty() {
                break;
            }
            let Ok(text) = self.tree.read(&native.path, NATIVE_BYTES) else { continue };
            if let Some(found) = before.iter().position(|(_, module)| cimports(&text, module)) {
                first = Some(before[found].0);
                before = &before[..found];
            }
        }
        first
    }
}

/// The dotted name of a compiled module, of its path below a root.
fn module_of(file: &TreePath) -> Option<String> {
    Some(compiled_module(file)?.lossy().replace('/', "."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_forms_of_the_name_are_needed() {
        let text = b"\0wire.core.buffer\0struct __pyx_obj_4wire_4core_6buffer_Buffer *\0";
        assert!(cimports(text, "wire.core.buffer"));
        assert!(!cimports(text, "wire.core"));
        assert!(!cimports(b"\0wire.core.buffer\0", "wire.core.buffer"));
        assert!(!cimports(b"\0wire.core.buffer.read\0__pyx_f_4wire_4core_6buffer_read\0", "wire.core.buffer"));
        assert_eq!(
            module_of(&TreePath::from("wire/core/buffer.cpython-311-x86_64-linux-gnu.so")).as_deref(),
            Some("wire.core.buffer")
        );
    }
}
