//! Layers whose packages lie where no runtime looks.

use super::{Contents, Fault, Faults, wanted};
use crate::source::TreePath;
use crate::trace::PackageTrace;
use crate::tree::Tree;

/// Folders of a layer that runtimes look into (AWS Lambda, "Packaging your layer content", 2026-07).
const ROOTS: [&[u8]; 7] = [b"nodejs", b"python", b"java", b"ruby", b"bin", b"lib", b"extensions"];

pub(super) fn look(layers: &[Contents<'_>], trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let platform = trace.facts.artifacts.first().map(|artifact| artifact.platform).unwrap_or_default();
    let root = match platform {
        "node" => "nodejs/node_modules",
        "python" => "python",
        _ => return,
    };
    for layer in layers {
        let tree = &layer.part.tree;
        let top = tree.names(&TreePath::root());
        let is_laid_out = top.iter().any(|name| ROOTS.contains(&name.as_slice()));
        let mut is_missed = false;
        wanted::explain(trace, "layer-layout", |want| {
            let inner = want.path.strip_prefix("node_modules/").unwrap_or(&want.path);
            let inner = inner.split('/').next().filter(|_| platform == "python").unwrap_or(inner);
            let found = places(tree.as_ref(), inner, platform).into_iter().find(|place| {
                tree.resolve(&place.as_str().into()).is_some()
                    || tree.resolve(&format!("{place}.py").as_str().into()).is_some()
            })?;
            is_missed = true;
            let fault = want.fault("layer-layout").entry(&found.as_str().into()).other(root);
            faults.add(fault.amount(layer.part.source.path().to_string(), ""));
            Some(())
        });
        let looks_like_packages = top.iter().any(|name| name == b"node_modules" || name.ends_with(b".dist-info"));
        if !is_missed && !is_laid_out && looks_like_packages {
            let fault = Fault::of_package("layer-layout", &layer.part.source).answer("unused").other(root);
            faults.add(fault.amount(layer.part.source.path().to_string(), ""));
        }
    }
}

/// Where a package lies in a layer that was zipped at another level, or that is for another version.
fn places(tree: &dyn Tree, package: &str, platform: &str) -> Vec<String> {
    let above: &[&str] = match platform {
        "node" => &["node_modules/", "", "nodejs/", "layer/nodejs/node_modules/", "opt/nodejs/node_modules/"],
        _ => &["", "site-packages/", "lib/", "packages/", "layer/python/", "opt/python/"],
    };
    let of_versions =
        tree.names(&"nodejs".into()).into_iter().filter(|name| name.starts_with(b"node") && platform == "node");
    let of_versions =
        of_versions.map(|name| format!("nodejs/{}/node_modules/{package}", String::from_utf8_lossy(&name)));
    above.iter().map(|folder| format!("{folder}{package}")).chain(of_versions).collect()
}
