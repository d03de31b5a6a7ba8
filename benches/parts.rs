//! The parts that a run is made of, one by one: trees, text search, packages, rendering.
//!
//! `cargo bench --bench parts [-- FILTER]`; with `-- --test` each is done once and nothing is measured.
#![allow(clippy::unwrap_used, missing_docs, reason = "benchmarks")]

#[path = "../tests/support/generator.rs"]
mod generator;

use std::collections::HashMap;
use std::sync::Arc;

use deploylint::diagnostic::{Argument, Diagnostic, Label, LogicalPath, Message, RuleId, Severity, identify};
use deploylint::extract::{Wanted, extract};
use deploylint::facts::SetId;
use deploylint::render::{Report, Snippets, Style, concise, json, text};
use deploylint::run::STRUCTURED_FILE_CAP;
use deploylint::run::packages::{bare_request, part};
use deploylint::source::{ContentId, Source, Span, TreePath};
use deploylint::syntax::{Format, read};
use deploylint::text::Needles;
use deploylint::trace::{PackageRequest, trace};
use deploylint::tree::{Archive, Memory, Tree};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn main() {
    divan::main();
}

fn source(path: &str) -> Source {
    Source::new(path.into(), ContentId::of(b""))
}

/// Texts to spanned trees, dropped again.
mod trees {
    use super::*;

    fn tree(bencher: Bencher<'_, '_>, format: Format, text: &str) {
        let source = source("a");
        assert!(read(format, &source, text).problems.is_empty());
        bencher.counter(BytesCount::of_str(text)).bench(|| read(format, &source, text));
    }

    #[divan::bench]
    fn yaml_manifests(bencher: Bencher<'_, '_>) {
        tree(bencher, Format::Yaml, &generator::manifests(1_000));
    }

    #[divan::bench]
    fn yaml_template(bencher: Bencher<'_, '_>) {
        tree(bencher, Format::Yaml, &generator::template(2_000));
    }

    #[divan::bench]
    fn json_indented(bencher: Bencher<'_, '_>) {
        tree(bencher, Format::Json, &generator::json(10_000, false));
    }

    #[divan::bench]
    fn json_on_one_line(bencher: Bencher<'_, '_>) {
        tree(bencher, Format::Json, &generator::json(10_000, true));
    }
}

/// What every file goes through, whatever it is.
mod search {
    use super::*;

    #[divan::bench]
    fn prefilter(bencher: Bencher<'_, '_>) {
        let (needles, text) = (Needles::standard(), generator::prose(1, 8 << 20));
        bencher.counter(BytesCount::of_str(&text)).bench(|| needles.search(text.as_bytes()));
    }

    /// Search, comments that speak to us, and the look whether there is structure.
    #[divan::bench]
    fn extract_prose(bencher: Bencher<'_, '_>) {
        let wanted = Wanted { needles: Needles::standard(), selections: Vec::new(), cap: STRUCTURED_FILE_CAP };
        let (path, text) = (TreePath::from("docs/a.md"), generator::prose(1, 8 << 20));
        bencher.counter(BytesCount::of_str(&text)).bench(|| extract(&path, text.as_bytes(), &wanted));
    }
}

/// A package of some 600 files, of which the handler reaches most of the code.
mod packages {
    use super::*;

    const MODULES: usize = 60;

    fn archive() -> Vec<u8> {
        let files = generator::node_package(MODULES);
        assert_eq!(files.len(), 601);
        generator::package(&files)
    }

    fn request(bytes: Vec<u8>) -> PackageRequest {
        let path = TreePath::from("api.zip");
        let opened = part(&Memory::new([("api.zip", bytes)]), &path).unwrap();
        PackageRequest {
            handler: Some("index.handler".to_owned()),
            runtime: Some("nodejs22.x".to_owned()),
            ..bare_request(opened, SetId(0))
        }
    }

    #[divan::bench]
    fn open(bencher: Bencher<'_, '_>) {
        let bytes = archive();
        bencher.with_inputs(|| bytes.clone()).bench_values(|bytes| Archive::of_bytes(bytes).unwrap());
    }

    #[divan::bench]
    fn open_and_trace(bencher: Bencher<'_, '_>) {
        let bytes = archive();
        let found = trace(&request(bytes.clone()));
        // The handler, and of each module its manifest, its entry and the parts that this one takes.
        assert_eq!((found.facts.module_imports.len(), found.facts.load_faults.len(), found.problems.len()), (0, 0, 0));
        assert!(found.files > 5 * MODULES, "{} files", found.files);
        let traced = bencher.counter(ItemsCount::new(found.files)).with_inputs(|| bytes.clone());
        traced.bench_values(|bytes| trace(&request(bytes)));
    }

    #[divan::bench]
    fn inflate_all(bencher: Bencher<'_, '_>) {
        let bytes = archive();
        let paths: Vec<TreePath> = generator::node_package(MODULES).iter().map(|(path, _)| (&**path).into()).collect();
        let opened = bencher.with_inputs(|| Archive::of_bytes(bytes.clone()).unwrap());
        opened
            .bench_values(|archive| paths.iter().map(|path| archive.read(path, 1 << 20).unwrap().len()).sum::<usize>());
    }
}

/// Ten thousand diagnostics with their lines; fewer where nothing is optimised, and so nothing measured.
mod rendering {
    use super::*;

    const DIAGNOSTICS: usize = if cfg!(debug_assertions) { 1_000 } else { 10_000 };
    /// Text draws at most 50 findings of a rule: with so many rules it draws all of them.
    const RULES: usize = DIAGNOSTICS / 50;

    struct Files(HashMap<Source, Arc<[u8]>>);

    impl Snippets for Files {
        fn bytes(&self, source: &Source) -> Option<Arc<[u8]>> {
            self.0.get(source).cloned()
        }
    }

    /// A file of 20,000 lines, and one of 2 MB on one line.
    fn files() -> [(Source, Vec<u8>); 2] {
        let lines: String = (0..20_000).map(|line| format!("key-{line:05}: http://service-{line}:80\n")).collect();
        let one_line = generator::json(18_000, true);
        assert!(one_line.len() > 2_000_000 && !one_line.trim_end().contains('\n'), "{}", one_line.len());
        [("many-lines.yaml", lines), ("one-line.json", one_line)].map(|(path, text)| {
            let bytes = text.into_bytes();
            (Source::new(path.into(), ContentId::of(&bytes)), bytes)
        })
    }

    fn finding(number: usize, source: &Source, size: usize, related: &Source) -> Diagnostic {
        let at = number * (size - 100) / DIAGNOSTICS;
        let label =
            |source: &Source, at: usize| Label { source: source.clone(), span: Span::new(at, at + 12), message: None };
        let named = vec![("name".into(), Argument::name(format!("service-{number}")))];
        let mut labels = vec![label(source, at)];
        if number.is_multiple_of(4) {
            labels.push(Label { message: Some(Message::plain("it is defined here")), ..label(related, 500 + number) });
        }
        Diagnostic {
            rule: RuleId::new(format!("bench/rule-{:03}", number % RULES)),
            case: None,
            severity: Severity::Error,
            subject: LogicalPath::of_file(source.path()).child(number.to_string()),
            others: Vec::new(),
            value: None,
            root_cause: None,
            message: Message::new("`{name}` is not there when it is called", named),
            help: Some(Message::plain("define it, or call another")),
            labels,
            doubts: Vec::new(),
            fix: None,
            fingerprint: String::new(),
        }
    }

    /// Findings in the first file, in the second, or by turns.
    fn report(which: &[usize]) -> (Report, Files) {
        let files = files();
        let findings = (0..DIAGNOSTICS).map(|number| {
            let (source, bytes) = &files[which[number % which.len()]];
            finding(number, source, bytes.len(), &files[0].0)
        });
        let report = Report { findings: identify(findings.collect()), ..Report::default() };
        assert_eq!(report.findings.len(), DIAGNOSTICS);
        let store = files.into_iter().map(|(source, bytes)| (source, Arc::from(bytes)));
        (report, Files(store.collect()))
    }

    fn as_text(bencher: Bencher<'_, '_>, which: &[usize]) {
        let (report, files) = report(which);
        let drawn = text(&report, &files, &Style::default()).matches("× `").count();
        assert_eq!(drawn, DIAGNOSTICS, "all of them are drawn");
        bencher.counter(ItemsCount::new(DIAGNOSTICS)).bench(|| text(&report, &files, &Style::default()));
    }

    #[divan::bench(sample_count = 20)]
    fn text_of_many_lines(bencher: Bencher<'_, '_>) {
        as_text(bencher, &[0]);
    }

    #[divan::bench(sample_count = 20)]
    fn text_of_one_line(bencher: Bencher<'_, '_>) {
        as_text(bencher, &[1]);
    }

    #[divan::bench(sample_count = 20)]
    fn text_of_both(bencher: Bencher<'_, '_>) {
        as_text(bencher, &[0, 1]);
    }

    #[divan::bench(sample_count = 20)]
    fn concise_of_both(bencher: Bencher<'_, '_>) {
        let (report, files) = report(&[0, 1]);
        bencher.counter(ItemsCount::new(DIAGNOSTICS)).bench(|| concise(&report, &files, &Style::default()));
    }

    #[divan::bench(sample_count = 20)]
    fn json_of_both(bencher: Bencher<'_, '_>) {
        let (report, files) = report(&[0, 1]);
        bencher.counter(ItemsCount::new(DIAGNOSTICS)).bench(|| json(&report, &files));
    }
}
