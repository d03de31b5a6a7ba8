//! The query engine of Prisma: a compiled library beside the generated client, one for each platform, that the first
//! query loads.

use super::{Walk, is_first_party};
use crate::code::Strength;
use crate::code::javascript::ModuleFacts;
use crate::runtime::node::query_engine;
use crate::source::{Source, Span, TreePath};
use crate::trace::reach::Next;
use crate::trace::report::{Fault, Party, Way};
use crate::tree::EntryKind;

/// Most folders that are searched for engines.
const FOLDERS: usize = 20_000;
/// What a generated client says of itself, and what one says that queries through a service.
const GENERATED: [&[u8]; 2] = [b"getPrismaClient", b"binaryTargets"];
const WITHOUT_ENGINE: [&[u8]; 3] = [b"\"copyEngine\": false", b"copyEngine: false", b"copyEngine:!1"];

/// A generated client that is loaded.
pub(super) struct Client {
    next: Next,
    source: Source,
    span: Span,
}

impl Walk<'_> {
    /// Takes note of generated clients, and of code that uses one.
    pub(super) fn clients(&mut self, next: &Next, source: &Source, facts: &ModuleFacts, text: &[u8]) {
        let has = |part: &[u8]| memchr::memmem::find(text, part).is_some();
        let own = is_first_party(&next.path);
        // Types are gone from what is deployed: who names the class makes one.
        self.makes_client |= own && has(b"PrismaClient");
        if !GENERATED.iter().any(|part| has(part)) || WITHOUT_ENGINE.iter().any(|part| has(part)) {
            return;
        }
        let runtime = facts.imports.iter().find(|import| {
            let stem = import.specifier.trim_end_matches(".js").trim_end_matches(".mjs");
            stem.ends_with("runtime/library")
        });
        let span = match runtime {
            Some(import) => import.span,
            // A bundle holds the runtime, too.
            None if own && facts.generated && has(b"libquery_engine") && GENERATED.iter().all(|part| has(part)) => {
                Span::default()
            }
            None => return,
        };
        self.clients.push(Client { next: next.clone(), source: source.clone(), span });
    }

    /// Generated clients whose engine for this platform is nowhere.
    pub(super) fn judge_clients(&mut self) {
        let clients = std::mem::take(&mut self.clients);
        let version = self.resolver.version();
        let (Some(client), true) = (clients.into_iter().next(), self.makes_client) else { return };
        let platform = query_engine(version.major, version.arch);
        let wanted = format!("libquery_engine-{platform}.so.node");
        let Some(engines) = self.engines_in_package() else { return };
        let is_it = |path: &&TreePath| path.file_name() == wanted;
        if let Some(engine) = engines.iter().find(is_it) {
            return self.native(engine.clone(), Strength::Late, client.next.index);
        }
        let mut others: Vec<String> = engines.iter().map(|path| path.file_name().into_owned()).collect();
        others.sort();
        others.dedup();
        let found = if others.is_empty() { String::new() } else { format!("; there is {}", others.join(", ")) };
        let error = format!(
            "Prisma Client could not locate the Query Engine for runtime \"{platform}\" (name it in `binaryTargets`{found})"
        );
        let strength = client.next.strength.min(Strength::Late);
        let way = Way::to_file(client.next.index, &client.next.path, &client.source, strength);
        // The engine is loaded when the first query runs.
        let way = Way { on_request: (client.next.strength == Strength::Hard).then_some(Strength::Hard), ..way };
        let fault = Fault::new("missing-platform-package", client.span, error).name(&wanted).module("@prisma/client");
        let fault = fault.near(others.join(", ")).doubt(self.request.more_layers.clone());
        let party = Party { first: is_first_party(&client.next.path), generated: true };
        self.fault(way, party, fault);
    }

    /// All engines of the package and its layers; `None` when there is too much to search.
    fn engines_in_package(&self) -> Option<Vec<TreePath>> {
        let mut out = Vec::new();
        let mut waiting = vec![TreePath::root()];
        let mut left = FOLDERS;
        while let Some(folder) = waiting.pop() {
            left = left.checked_sub(1)?;
            for name in self.tree.names(&folder) {
                let path = folder.child(&name);
                match self.tree.stat(&path).map(|stat| stat.kind) {
                    Some(EntryKind::Folder) => waiting.push(path),
                    Some(_) if name.starts_with(b"libquery_engine-") => out.push(path),
                    _ => {}
                }
            }
        }
        Some(out)
    }
}
