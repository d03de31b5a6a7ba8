//! How large a package is against what the platform takes.

use super::{Contents, Fault, Faults, megabytes, unpacking};

/// Most bytes of code and layers together, unpacked (AWS Lambda quotas, "Deployment package (.zip file
/// archive) size", 250 MB, 2026-07).
pub const UNZIPPED: u64 = 262_144_000;
/// Most bytes of an archive that is uploaded in the request itself (AWS Lambda quotas, 50 MB, 2026-07);
/// what comes from S3 has no such limit.
pub const DIRECT: u64 = 52_428_800;
/// Most layers (AWS Lambda quotas, 2026-07).
const LAYERS: usize = 5;

pub(super) fn look(package: &Contents<'_>, layers: &[Contents<'_>], faults: &mut Faults<'_>) {
    let own = package.size();
    let all = layers.iter().fold(own, |sum, layer| sum.saturating_add(layer.size()));
    let source = &package.part.source;
    let is_bomb = unpacking::is_bomb(package);
    let answer = if own > UNZIPPED {
        Some("package")
    } else if all > UNZIPPED {
        Some("with-layers")
    } else if all > UNZIPPED / 10 * 9 {
        Some("near")
    } else {
        None
    };
    if let Some(answer) = answer.filter(|_| !is_bomb) {
        let error = format!("Unzipped size must be smaller than {UNZIPPED} bytes");
        let mut fault = Fault::of_package("too-large-unzipped", source).answer(answer).error(error);
        fault.fact.of_package = layers.is_empty();
        let largest = package.entries.iter().max_by_key(|entry| entry.size.unwrap_or(0));
        if let Some(entry) = largest {
            fault = fault.other(format!("{entry}", entry = entry.path)).count(package.entries.len());
        }
        faults.add(fault.amount(megabytes(all), megabytes(UNZIPPED)));
    }
    let length = package.part.archive.as_ref().map_or(0, |archive| archive.length());
    // Who deploys through a template uploads to S3 first.
    if length > DIRECT && faults.request.function.is_none() && !is_bomb {
        let fault = Fault::of_package("too-large-for-direct-upload", source);
        let error = format!("Zipped size must be smaller than {DIRECT} bytes");
        faults.add(fault.amount(megabytes(length), megabytes(DIRECT)).error(error));
    }
    if layers.len() > LAYERS && faults.request.function.is_none() {
        let fault =
            Fault::of_function("too-many-layers", crate::source::Origin::new(source.clone(), Default::default()));
        faults.add(fault.count(layers.len()));
    }
}
