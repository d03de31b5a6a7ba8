//! Whether the platform can unpack the archive: damaged and encrypted members, bombs.

use super::{Contents, Fault, Faults, sizes};
use crate::trace::{PackageTrace, ProblemKind};
use crate::tree::FlawKind;

/// From this ratio of unpacked to packed bytes on, an archive above the limit is no package but a bomb
/// (Deflate gives 1,032 at most, real packages 2 to 10).
const RATIO: u64 = 200;
/// The same for what is above ten times the limit.
const HUGE_RATIO: u64 = 50;
/// What the service says of an archive that it cannot unpack.
const REFUSED: &str = "Could not unzip uploaded file. Please check your file, then try to upload again";

pub(super) fn look(contents: &Contents<'_>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let source = &contents.part.source;
    let Some(archive) = &contents.part.archive else {
        if contents.entries.is_empty() && contents.part.unseen.is_none() && !trace.facts.artifacts.is_empty() {
            let error = "Uploaded file must be a non-empty zip";
            faults.add(Fault::of_package("unreadable-package", source).answer("empty").error(error));
        }
        return;
    };
    if contents.entries.is_empty() && archive.folders().is_empty() {
        let error = "Uploaded file must be a non-empty zip";
        faults.add(Fault::of_package("unreadable-package", source).answer("empty").error(error));
    }
    let all = archive.flaws();
    let is_told = !all.is_empty() || !archive.overlapping().is_empty();
    damaged_when_read(contents, is_told, trace, faults);
    for (kind, answer) in [
        (FlawKind::Encrypted, "encrypted"),
        (FlawKind::Misplaced, "member"),
        (FlawKind::Compression, "compression"),
        (FlawKind::Size, "size"),
    ] {
        let flaws: Vec<_> = all.iter().filter(|flaw| flaw.kind == kind).collect();
        let Some(first) = flaws.first() else { continue };
        // Members that share bytes are told of as what they are.
        if kind == FlawKind::Misplaced && !archive.overlapping().is_empty() {
            continue;
        }
        let fault = Fault::of_member("unreadable-package", contents, &first.path);
        faults.add(fault.answer(answer).count(flaws.len()).error(REFUSED));
    }
    if let Some(first) = archive.overlapping().first() {
        let fault = Fault::of_member("zip-bomb", contents, first);
        faults.add(fault.answer("overlapping").count(archive.overlapping().len()));
    } else if is_bomb(contents) {
        let fault = Fault::of_package("zip-bomb", source).answer("ratio");
        faults.add(fault.amount(super::megabytes(contents.size()), super::megabytes(archive.length())));
    }
}

/// Far more than may be unpacked comes out of next to nothing.
pub(super) fn is_bomb(contents: &Contents<'_>) -> bool {
    let Some(archive) = &contents.part.archive else { return false };
    let size = contents.size();
    let ratio = size / archive.length().max(1);
    size > sizes::UNZIPPED && ratio > RATIO || size > sizes::UNZIPPED * 10 && ratio > HUGE_RATIO
}

/// Files of code whose bytes turned out to be damaged when they were read: a fault of the package
/// rather than a file that could not be judged.
fn damaged_when_read(contents: &Contents<'_>, is_told: bool, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let source = &contents.part.source;
    let is_own = |problem: &super::super::Problem| {
        problem.kind == ProblemKind::Damaged && problem.source.container() == Some(source)
    };
    let own: Vec<_> = trace.problems.extract_if(.., |problem| is_own(problem)).collect();
    if let Some(first) = own.first().filter(|_| !is_told) {
        let fault = Fault::of_member("unreadable-package", contents, first.source.path());
        faults.add(fault.answer("member").count(own.len()).error(first.message.clone()));
    }
}
