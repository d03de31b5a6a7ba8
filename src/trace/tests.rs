#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::path::Path;
use std::sync::Arc;

use super::*;
use crate::diagnostic::LogicalPath;
use crate::facts::SetId;
use crate::source::{ContentId, Source};
use crate::tree::Disk;

#[test]
#[ignore]
fn rows() {
    let base = std::env::var("ROWS").unwrap();
    let rows = std::fs::read_to_string(std::env::var("MANIFEST").unwrap()).unwrap();
    let handle = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for line in rows.lines().skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let part = |name: &str| -> Option<Part> {
                let path = Path::new(&base).join(name);
                let source = Source::new(name.into(), ContentId::of(b""));
                Some(Part { tree: Arc::new(Disk::new(&path).ok()?), source })
            };
            let Some(package) = part(cells[0]) else { continue };
            let some = |text: &str| (text != "-").then(|| text.to_string());
            let request = PackageRequest {
                package,
                layers: cells[4].split(',').filter(|l| *l != "-").filter_map(part).collect(),
                more_layers: None,
                handler: some(cells[3]),
                handler_origin: None,
                runtime: some(cells[1]),
                architecture: some(cells[2]),
                node_options: None,
                function: None,
                set: SetId(0),
                path: LogicalPath::of_set("zip", &cells[0].into(), &[]),
            };
            let start = std::time::Instant::now();
            let trace = trace(&request);
            let took = start.elapsed();
            let artifact = &trace.facts.artifacts[0];
            println!(
                "ROW {} file={:?} near={:?} not={:?} files={} bytes={} computed={} ms={}",
                cells[0],
                artifact.handler_file,
                artifact.handler_near,
                artifact.not_judged,
                trace.files,
                trace.bytes,
                trace.computed,
                took.as_millis()
            );
            for problem in &trace.problems {
                println!("  PROBLEM {} {:?} {}", problem.source.path(), problem.kind, problem.message);
            }
            for m in &trace.facts.module_imports {
                println!(
                    "  {} {} | {} {} req={} decl={} opt={} first={} gen={} near={} doubt={:?} | {}",
                    m.missing,
                    m.module,
                    m.specifier,
                    m.strength,
                    m.on_request,
                    m.declared,
                    m.optional,
                    m.first_party,
                    m.generated,
                    m.near,
                    m.doubt,
                    m.chain
                );
            }
        }
    });
    handle.unwrap().join().unwrap();
}
