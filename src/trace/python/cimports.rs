//! Compiled modules that other compiled modules of Cython take types and functions from.

use super::locate::{Located, follow};
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
        for file in gone.iter() {
            let Some(module) = file.relative_to(&root).as_ref().and_then(module_of) else { continue };
            let parts: Vec<&str> = module.split('.').collect();
            let is_there = match follow(&self.finder, &parts, None) {
                Located::Found(steps) => matches!(steps.last(), Some(Found::Opaque(..))),
                Located::Missing(gap) => gap.at + 1 < parts.len(),
                Located::Platform { .. } | Located::Unknown => true,
            };
            if is_there || !self.is_cimported(at, &module) {
                continue;
            }
            let distribution = self.installed.get(at);
            let (name, record) = (distribution.name.clone(), distribution.folder.child(b"RECORD"));
            let error = format!("RECORD of {name} lists {}", shown(file));
            let fault = Fault::new("incomplete-distribution", Span::default(), error).name(&name).module(&name);
            self.about(&record, Strength::Hard, fault);
            self.lost.insert(at);
            return;
        }
    }

    fn is_cimported(&self, at: usize, module: &str) -> bool {
        let own =
            |native: &&Native| native.strength == Strength::Hard && self.installed.owner(&native.path) == Some(at);
        let read = |native: &Native| self.tree.read(&native.path, NATIVE_BYTES).ok();
        self.natives.iter().filter(own).filter_map(read).any(|text| cimports(&text, module))
    }
}

/// The dotted name of a compiled module.
fn module_of(file: &TreePath) -> Option<String> {
    let name = file.file_name();
    let module = name.strip_suffix(".so")?.split('.').next()?;
    Some(file.parent().child(module.as_bytes()).lossy().trim_start_matches('/').replace('/', "."))
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
