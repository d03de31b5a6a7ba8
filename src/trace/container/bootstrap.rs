//! Custom runtimes: the program `bootstrap` that the platform starts.

use std::sync::Arc;

use super::{Fault, Faults};
use crate::facts::Artifact;
use crate::runtime::native::{Machine, PROGRAM_BYTES, Program, has_loader};
use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::{ContentId, Origin, Source, Span, TreePath, visible};
use crate::trace::{PackageTrace, Part};
use crate::tree::{EntryKind, Tree};
use crate::value::Why;

const NAME: &str = "bootstrap";
/// Most files at the root that are looked into for a program under another name.
const PROGRAMS: usize = 50;

pub(super) fn look(tree: &Arc<dyn Tree>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let Some(artifact) = trace.facts.artifacts.first_mut().filter(|artifact| artifact.platform == "provided") else {
        return;
    };
    let found = [TASK_ROOT, LAYER_ROOT].into_iter().find_map(|root| {
        let path = TreePath::from(root).child(NAME.as_bytes());
        tree.resolve(&path).filter(|stat| stat.kind == EntryKind::File).map(|stat| (path, stat.mode))
    });
    let Some((path, mode)) = found else {
        match &faults.request.more_layers {
            // Runtimes of other languages come as layers.
            Some(why) => artifact.not_judged = Some(why.clone()),
            None => missing(artifact, tree, faults),
        }
        return;
    };
    artifact.handler_file = format!("/{path}");
    let part = faults.request.part_of(&path).0.clone();
    let origin = place(&part, &path);
    let start = |fault: &'static str| Fault::of_function(fault, origin.clone()).other(format!("/{path}"));
    if let Some(answer) = not_executable(&part, mode) {
        let error = format!("fork/exec /{path}: permission denied");
        // What zips a folder keeps the modes of its files, but not every tool does.
        let doubt = part.archive.is_none().then(|| Why::new("the tool that zips the folder may set other modes"));
        let fault = start("bootstrap-not-executable").answer(answer).amount(format!("{mode:04o}"), "").error(error);
        faults.add(fault.doubt(doubt));
    }
    let Ok(head) = tree.read_range(&path, 0, PROGRAM_BYTES) else { return };
    let program = Program::of(&head);
    if let Program::Script { carriage_return: true, interpreter } = &program {
        let error = format!("fork/exec /{path}: no such file or directory");
        faults.add(start("bootstrap-crlf").amount(interpreter.clone(), "").error(error));
    }
    let Some(wrong) = wrong_program(&program, faults.request.architecture.as_deref(), tree) else { return };
    let cause = if wrong.0 == "loader" { "no such file or directory" } else { "exec format error" };
    // Without anybody's word functions run on x86_64.
    let doubt = faults.request.architecture.is_none().then(|| Why::new("nobody names the architecture"));
    let fault = start("bootstrap-wrong-architecture").answer(wrong.0).amount(wrong.1, wrong.2);
    faults.add(fault.error(format!("fork/exec /{path}: {cause}")).doubt(doubt.filter(|_| wrong.0 == "machine")));
}

/// The answer, what the program is, what it should be.
fn wrong_program(
    program: &Program,
    architecture: Option<&str>,
    tree: &Arc<dyn Tree>,
) -> Option<(&'static str, String, String)> {
    let wanted = architecture.unwrap_or("x86_64");
    match program {
        Program::Script { .. } => None,
        Program::Elf(elf) if elf.machine.word() != wanted => {
            // Kernels may still run programs of 32 bits; nothing says whether those of Lambda do.
            let answer = if elf.machine == Machine::Other { "other-machine" } else { "machine" };
            Some((answer, elf.machine.word().to_owned(), wanted.to_owned()))
        }
        Program::Elf(elf) => {
            let loader = elf.loader.as_deref()?;
            let is_there = has_loader(loader, elf.machine);
            let is_there = is_there.unwrap_or_else(|| tree.resolve(&loader.trim_start_matches('/').into()).is_some());
            (!is_there).then(|| ("loader", visible(loader.as_bytes()), wanted.to_owned()))
        }
        Program::MachO => Some(("format", "a program for macOS".to_owned(), wanted.to_owned())),
        Program::Pe => Some(("format", "a program for Windows".to_owned(), wanted.to_owned())),
        Program::Other => {
            Some(("format", "neither a program nor a script that begins with `#!`".to_owned(), wanted.to_owned()))
        }
    }
}

/// Why a program cannot be started by others than its owner; archives without modes keep none.
fn not_executable(part: &Part, mode: u32) -> Option<&'static str> {
    match &part.archive {
        Some(archive) if !archive.knows_mode(&NAME.into()) => {
            // A link's target has a mode of its own.
            let is_file = archive.stat(&NAME.into()).is_some_and(|stat| stat.kind == EntryKind::File);
            is_file.then_some("unknown")
        }
        None if mode == 0 => None,
        _ if mode & 0o111 == 0 => Some("mode"),
        _ if mode & 0o001 == 0 => Some("others"),
        _ => None,
    }
}

fn missing(artifact: &Artifact, tree: &Arc<dyn Tree>, faults: &mut Faults<'_>) {
    let package = &faults.request.package;
    let (entries, _) = package.tree.list().unwrap_or_default();
    let nested = entries.iter().find(|entry| entry.path.file_name() == NAME && entry.kind == EntryKind::File);
    let root = TreePath::from(TASK_ROOT);
    let is_program = |path: &&TreePath| {
        let head = tree.read_range(&root.joined(path), 0, 4);
        head.is_ok_and(|head| head == b"\x7fELF")
    };
    let at_root = entries.iter().filter(|entry| entry.kind == EntryKind::File && entry.path.parent().is_root());
    let other = at_root.map(|entry| &entry.path).take(PROGRAMS).find(is_program);
    let error = "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";
    let fault = Fault::of_function("bootstrap-missing", artifact.place.origin.clone()).error(error);
    let fault = match (nested, other) {
        (Some(entry), _) => fault.answer("nested").other(visible(entry.path.as_bytes())),
        (None, Some(path)) => fault.answer("other-name").other(visible(path.as_bytes())),
        (None, None) => fault.answer("absent"),
    };
    faults.add(fault);
}

fn place(part: &Part, path: &TreePath) -> Origin {
    let name = TreePath::new(path.file_name().as_bytes());
    Origin::new(Source::inside(part.source.clone(), name, ContentId::Unread), Span::default())
}
