//! Files of variables: the project's `.env`, and what `env_file` names.

use std::sync::Arc;

use super::interpolate::{Dialect, Variables, Written, interpolate};
use crate::expand::applied::AppliedEntry;
use crate::expand::{Applied, AppliedDocument, AppliedKind, Inputs};
use crate::extract::FileKind;
use crate::source::{Origin, Source, Span, TreePath};
use crate::syntax::{Parsed, Style};

/// Reads a file of variables. One that an ignore rule matches is not part of what is judged: it
/// differs between machines, so what stands in it here says nothing.
pub(super) fn read(inputs: &Inputs<'_>, path: &TreePath) -> Option<(Source, Arc<Parsed>)> {
    if let Some(extract) = inputs.extract(path) {
        if extract.kind == FileKind::Dotenv {
            return Some((extract.source.clone(), Arc::clone(&extract.parsed)));
        }
    } else if inputs.tree.is_ignored(path) {
        return None;
    }
    let (source, text) = inputs.text(path)?;
    let parsed = crate::syntax::dotenv::read(&source, &text);
    Some((source, Arc::new(parsed)))
}

/// The variables that `.env` in the project's folder sets.
pub(super) fn project_variables(inputs: &Inputs<'_>, folder: &TreePath) -> Variables {
    let mut variables = Variables::default();
    let Some((_, parsed)) = read(inputs, &folder.child(b".env")) else { return variables };
    for document in &parsed.documents {
        for (key, value) in document.root().entries() {
            let Some(name) = key.text() else { continue };
            let origin = value.origin();
            let text = value.text().unwrap_or("");
            let written = Written { text, origin: &origin, offset: None };
            // A value made of variables that nobody sets stays one that nobody sets.
            if let Some(text) = interpolate(&written, &variables, Dialect::Compose).get().cloned() {
                variables.replace(name, text, origin);
            }
        }
    }
    variables
}

/// What an `env_file` gives, as a document of its own.
pub(super) fn document(inputs: &Inputs<'_>, path: &TreePath, variables: &Variables) -> Option<AppliedDocument> {
    let (source, parsed) = read(inputs, path)?;
    let mut entries: Vec<AppliedEntry> = Vec::new();
    for document in &parsed.documents {
        for (key, value) in document.root().entries() {
            let Some(name) = key.text() else { continue };
            let origin = value.origin();
            let text = value.text().unwrap_or("");
            let written = Written { text, origin: &origin, offset: Some(0).filter(|_| is_as_written(text, &origin)) };
            let value = interpolate(&written, variables, Dialect::Compose);
            let value = Applied { origin: origin.clone(), kind: AppliedKind::Scalar(value, Style::Quoted) };
            entries.push(AppliedEntry { name: name.to_owned(), name_origin: key.origin(), value });
        }
    }
    let origin = Origin::new(source.clone(), Span::default());
    Some(AppliedDocument { source, root: Applied { origin, kind: AppliedKind::Mapping(entries) } })
}

fn is_as_written(text: &str, origin: &Origin) -> bool {
    origin.span.range().len() == text.len()
}
