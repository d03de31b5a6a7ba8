//! JavaScript (and TypeScript, where a runtime takes it as it is): one module's text to
//! [`ModuleFacts`]. The parser's types stop here.
//!
//! The caller's thread needs a stack for texts as deep as [`depth`] admits: 64 MiB.

pub mod depth;
mod elided;
mod environment;
mod exports;
mod fold;
mod guard;
mod implied;
mod lazy;
mod module;
mod names;
mod objects;
mod observe;
mod requires;
mod scope;
mod taken;
mod walk;

#[cfg(test)]
mod tests;

use oxc_allocator::Allocator;
use oxc_ast::ast::{Program, Statement};
use oxc_ast_visit::Visit;
use oxc_parser::{ParseOptions, Parser};
use oxc_span::{GetSpan, SourceType};

pub use implied::{LibraryCall, LibraryFile, LibraryGetter, Loads};
pub use module::{
    Exports, Form, Goal, Import, ModuleFacts, ModuleSyntax, OutCall, Syntax, Target, TooDeep, Unreadable, Use, UseKind,
};

use crate::code::Strength;
use crate::code::calls::Calls;
use crate::source::Span;

/// Most of the parser's messages that are kept per file.
const PROBLEMS: usize = 5;

/// Reads one module. `extension` is that of its file, in lower case, if it has one.
pub fn analyse(bytes: &[u8], extension: Option<&str>, target: &Target) -> Result<ModuleFacts, Unreadable> {
    depth::check(bytes)?;
    let text = text_of(bytes);
    let allocator = Allocator::default();
    let options = ParseOptions { allow_return_outside_function: true, ..ParseOptions::default() };
    let kind = source_type(extension, target.goal);
    let mut parsed = Parser::new(&allocator, &text, kind).with_options(options).parse();
    if parsed.panicked && target.goal == Goal::CommonJs {
        // What only scripts may say, such as a variable called `await`.
        let again = Parser::new(&allocator, &text, SourceType::script()).with_options(options).parse();
        if !again.panicked {
            parsed = again;
        }
    }

    let mut problems: Vec<(String, Span)> = Vec::new();
    for diagnostic in parsed.diagnostics.iter().take(PROBLEMS) {
        let span = diagnostic
            .labels
            .first()
            .map_or(Span::default(), |label| Span { start: label.offset(), end: label.offset() + label.len() });
        problems.push((diagnostic.message.to_string(), span));
    }
    if parsed.panicked {
        let (message, span) = problems.into_iter().next().unwrap_or_default();
        return Err(Unreadable::Syntax(message, span));
    }
    if let Some(at) = end_before_end(&parsed.program, text.as_bytes()) {
        return Err(Unreadable::Syntax("Invalid or unexpected token".to_owned(), Span::new(at, at + 1)));
    }

    let generated = is_generated(&text);
    let names = names::gather(&parsed.program, target, generated);
    let mut walk = walk::Walk::new(target, names);
    walk.visit_program(&parsed.program);
    walk.settle_fillings();
    let walk::Walk {
        names,
        mut imports,
        exporting,
        mut uses,
        use_sites,
        newer,
        throws,
        sets_globals,
        sets_variables,
        ..
    } = walk;
    if is_typescript(extension) {
        let elided = elided::imports(&parsed.program);
        imports.iter_mut().for_each(|import| import.elided = elided.contains(&import.span));
    }
    let (out_calls, mut out_sites, eager) = (walk.out_calls, walk.out_sites, walk.eager);
    // A variable that gets another value may stand for another module.
    let assigned = walk.assigned;
    out_sites.retain(|(_, call, _)| !assigned.contains_key(&out_calls[*call].local));
    let opened = exporting.opened;
    let mut exports = exporting.finish(target.goal);
    exports::declared(&parsed.program, &names.literals, &mut exports);
    if target.exports_matter
        && exports.open
        && opened == 1
        && let Some(found) = objects::exported(&parsed.program)
    {
        exports.names.extend(found);
        exports.open = false;
    }

    let exported: Vec<usize> = names.exported.values().copied().collect();
    let strengths = names.calls.on_load(imports.len(), &exported);
    for (import, strength) in imports.iter_mut().zip(strengths) {
        import.strength = strength;
    }
    let eager = Calls { functions: names.calls.functions, ..eager }.on_load(imports.len(), &exported);
    imports.iter_mut().zip(eager).for_each(|(import, eager)| import.eager = eager == Strength::Hard);
    if !uses.is_empty() {
        let calls = Calls { imports: use_sites, ..names.calls.clone() };
        let strengths = calls.on_load(uses.len(), &exported);
        uses.iter_mut().zip(strengths).for_each(|(own, strength)| own.strength = strength);
    }
    Ok(ModuleFacts {
        module_syntax: module_syntax(&parsed.program, parsed.module_record.has_module_syntax),
        imports,
        exports,
        uses,
        newer,
        throws,
        sets_globals,
        sets_variables,
        generated,
        problems,
        calls: names.calls,
        out_calls,
        out_sites,
        exported_functions: names.exported,
        asynchronous: names.asynchronous,
    })
}

/// The parser takes a zero byte between tokens for the end of the text: where one is, when that is so.
fn end_before_end(program: &Program<'_>, text: &[u8]) -> Option<usize> {
    let last = program.body.last().map(GetSpan::span).or(program.directives.last().map(GetSpan::span));
    let last = last.or(program.hashbang.as_ref().map(GetSpan::span)).map_or(0, |span| span.end as usize);
    let is_comment = |at: &usize| {
        let next = program.comments.partition_point(|comment| comment.span.end as usize <= *at);
        program.comments.get(next).is_some_and(|comment| comment.span.start as usize <= *at)
    };
    memchr::memchr_iter(0, text.get(last..)?).map(|at| last + at).find(|at| !is_comment(at))
}

/// The first statement that only a module may have. The words are those of Node.js.
fn module_syntax(program: &Program<'_>, has_any: bool) -> Option<ModuleSyntax> {
    let found = program.body.iter().find_map(|statement| match statement {
        Statement::ImportDeclaration(import) => Some(("Cannot use import statement outside a module", import.span)),
        other if other.is_module_declaration() => Some(("Unexpected token 'export'", other.span())),
        _ => None,
    });
    match found {
        Some((error, span)) => Some(ModuleSyntax { error, span: Span { start: span.start, end: span.end } }),
        None => has_any
            .then_some(ModuleSyntax { error: "Cannot use 'import.meta' outside a module", span: Span::default() }),
    }
}

/// The bytes as text; what is not UTF-8 becomes `?`, so that offsets stay those of the file.
fn text_of(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.into();
    }
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('?', chunk.invalid().len()));
    }
    text.into()
}

fn is_typescript(extension: Option<&str>) -> bool {
    matches!(extension, Some("ts" | "mts" | "cts" | "tsx"))
}

fn source_type(extension: Option<&str>, goal: Goal) -> SourceType {
    let base = match extension {
        Some("ts" | "mts" | "cts") => SourceType::ts(),
        Some("tsx") => SourceType::tsx(),
        Some("jsx") => SourceType::jsx(),
        _ => SourceType::unambiguous(),
    };
    match goal {
        Goal::Module => base.with_module(true),
        // ESM syntax in a CommonJS file is to be seen, not stumbled over.
        Goal::CommonJs => base.with_unambiguous(true),
    }
}

/// Markers that bundlers leave in what they write.
const BUNDLER_MARKERS: [&str; 4] = ["__commonJS", "__webpack_require__", "__webpack_modules__", "__toCommonJS"];
/// Bytes per line from which a text counts as minified, and the size below which it never does.
const MINIFIED: (usize, usize) = (400, 4_000);

fn is_generated(text: &str) -> bool {
    let lines = text.bytes().filter(|byte| *byte == b'\n').count() + 1;
    (text.len() > MINIFIED.1 && text.len() / lines > MINIFIED.0)
        || BUNDLER_MARKERS.iter().any(|marker| text.contains(marker))
}
