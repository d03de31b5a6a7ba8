//! Bind mounts: short and long syntax. Named volumes are no host paths.

use super::{Lowering, Service};
use crate::expand::compose::{folder_of, short};
use crate::expand::{Applied, AppliedKind};
use crate::facts::{Lookup, Mount, PathUse};
use crate::source::TreePath;
use crate::value::{Value, Why};

pub(super) fn lower(lowering: &mut Lowering<'_>, service: &Service<'_>) {
    for item in service.node.get("volumes").map_or(&[][..], Applied::items) {
        let found = match &item.kind {
            AppliedKind::Mapping(_) if item.get("type").and_then(Applied::known) == Some("bind") => {
                let required = item.get("bind").map(|bind| bind.yes_no_of("create_host_path"));
                let required = required.is_some_and(|value| value.get() == Some(&false));
                Some((item.text_of("source"), item.text_of("target"), required))
            }
            AppliedKind::Scalar(value, _) => match short::volume(value) {
                Ok((Some(source), target)) if is_path(&source) => Some((source, target, false)),
                _ => None,
            },
            _ => None,
        };
        let Some((source, target, required)) = found else { continue };
        let source = path_use(lowering, source);
        let name = target.get().map_or("?", String::as_str);
        let place = lowering.place(&source.written.origin, &[&service.entry.name, "volumes", name]);
        lowering.facts.mounts.push(Mount { place, container: service.container, source, target, required });
    }
}

/// Does the source of a short volume name a path, not a volume?
fn is_path(source: &Value<String>) -> bool {
    let looks = |text: &str| text.starts_with(['.', '/', '~', '\\']) || is_windows(text);
    match source.get() {
        Some(text) => looks(text),
        None => source.possible().iter().any(|(_, text, _)| looks(text)) || source.prefix().is_some_and(looks),
    }
}

fn is_windows(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() > 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' && matches!(bytes[2], b'\\' | b'/')
}

fn path_use(lowering: &Lowering<'_>, written: Value<String>) -> PathUse {
    let folder = folder_of(&written.origin, lowering.set);
    let elsewhere = written.get().and_then(|text| {
        let text = text.as_str();
        match text {
            _ if text.starts_with('~') => Some("path in a home folder"),
            _ if is_windows(text) || text.contains('\\') => Some("path of Windows"),
            _ if text.starts_with('/') => Some("absolute path"),
            _ if repeats(text, &folder) => Some("path from another project folder"),
            _ => None,
        }
    });
    match elsewhere {
        Some(why) => {
            PathUse { written, resolved: None, from_above: Vec::new(), found: Lookup::NotJudged(Why::new(why)) }
        }
        None => PathUse::new(written, &folder).or_from_above(&folder),
    }
}

/// A path that begins with its own file's folder is meant from the root: the file is merged into a
/// project that stands there.
fn repeats(text: &str, folder: &TreePath) -> bool {
    !folder.is_root() && TreePath::root().join(text).is_some_and(|path| path.is_under(folder))
}
