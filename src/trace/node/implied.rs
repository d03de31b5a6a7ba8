//! What libraries load because of how they are called: looked for as the file of the library does that asks for it.

use super::Walk;
use crate::code::javascript::{Import, LibraryFile};
use crate::runtime::node::{Resolved, is_path};
use crate::source::TreePath;
use crate::trace::files::FILE_BYTES;
use crate::trace::packages::installed_folder;

impl Walk<'_> {
    /// Where an import leads that a library makes on behalf of a module.
    pub(super) fn resolve_for(&mut self, path: &TreePath, import: &Import, by: LibraryFile) -> Resolved {
        let Resolved::File(main) = self.resolver.resolve(path, by.library, import.form.is_import()) else {
            return Resolved::NotJudged("the library that imports it is not there");
        };
        let file = installed_folder(&main).map(|folder| folder.child(by.file.as_bytes()));
        let asks = file.filter(|file| self.names(file, &import.specifier));
        let is_known = asks.is_some();
        let resolved = self.resolver.resolve(&asks.unwrap_or(main), &import.specifier, false);
        if !matches!(resolved, Resolved::Missing(_)) {
            return resolved;
        }
        if !is_known {
            return Resolved::NotJudged("another version of the library is there, which may not import it");
        }
        // Some libraries look beside the code that calls them, too.
        match self.resolver.resolve(path, &import.specifier, false) {
            Resolved::File(target) if !is_path(&import.specifier) => Resolved::File(target),
            _ => resolved,
        }
    }

    /// True when a file of a library has this text in quotes.
    fn names(&mut self, file: &TreePath, text: &str) -> bool {
        let key = (file.clone(), text.to_owned());
        if let Some(known) = self.named.get(&key) {
            return *known;
        }
        let named = self.tree.read(file, FILE_BYTES).is_ok_and(|bytes| {
            [b'\'', b'"'].iter().any(|quote| {
                let literal = [&[*quote], text.as_bytes(), &[*quote]].concat();
                memchr::memmem::find(&bytes, &literal).is_some()
            })
        });
        self.named.insert(key, named);
        named
    }
}
