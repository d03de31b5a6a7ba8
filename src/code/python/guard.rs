//! Ways in which code lives on when an import fails.

use ruff_python_ast::{ExceptHandler, Expr, Stmt, StmtTry};
use rustc_hash::FxHashSet;

use super::fold::dotted;

/// What the handlers of a `try` do with an import that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Guard {
    /// It is caught, and life goes on.
    Lives,
    /// It is caught only to be raised again, or not at all.
    Fails,
}

/// Whether a `try` survives an import that fails. What is noted in one of these lists is raised later.
pub(super) fn guard(attempt: &StmtTry, raised_later: &FxHashSet<String>) -> Guard {
    for ExceptHandler::ExceptHandler(handler) in &attempt.handlers {
        if handler.type_.as_deref().is_none_or(catches) {
            let fails = raises(&handler.body) || handler.body.iter().any(|statement| notes(statement, raised_later));
            return if fails { Guard::Fails } else { Guard::Lives };
        }
    }
    Guard::Fails
}

/// Lists that a module raises for, once there is something in them: `if missing: raise ImportError(missing)`.
pub(super) fn raised_later(body: &[Stmt]) -> FxHashSet<String> {
    let lists = body.iter().filter_map(|statement| match statement {
        Stmt::If(branch) if raises(&branch.body) => match &*branch.test {
            Expr::Name(name) => Some(name.id.to_string()),
            _ => None,
        },
        _ => None,
    });
    lists.collect()
}

/// `missing.append(…)`
fn notes(statement: &Stmt, lists: &FxHashSet<String>) -> bool {
    let Stmt::Expr(expression) = statement else { return false };
    let Expr::Call(call) = &*expression.value else { return false };
    dotted(&call.func).is_some_and(|name| name.strip_suffix(".append").is_some_and(|list| lists.contains(list)))
}

/// Whether an `except` clause catches a failed import. A class that is not known may: then it is taken to.
pub(super) fn catches(class: &Expr) -> bool {
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().any(catches),
        other => {
            let name = dotted(other);
            let name = name.as_deref().map(|name| name.rsplit('.').next().unwrap_or(name));
            match name {
                Some("ImportError" | "ModuleNotFoundError" | "Exception" | "BaseException") => true,
                // Built-in classes of other failures.
                Some(
                    "AttributeError"
                    | "KeyError"
                    | "ValueError"
                    | "TypeError"
                    | "OSError"
                    | "IOError"
                    | "NameError"
                    | "RuntimeError"
                    | "SyntaxError"
                    | "IndexError"
                    | "LookupError"
                    | "NotImplementedError"
                    | "KeyboardInterrupt"
                    | "UnicodeError"
                    | "StopIteration"
                    | "PackageNotFoundError"
                    | "AssertionError"
                    | "DeprecationWarning",
                ) => false,
                _ => true,
            }
        }
    }
}

/// Whether an `except` clause catches that a distribution has no metadata: `PackageNotFoundError` of importlib,
/// `DistributionNotFound` of setuptools.
pub(super) fn catches_missing_metadata(class: &Expr) -> bool {
    match class {
        Expr::Tuple(tuple) => tuple.elts.iter().any(catches_missing_metadata),
        other => catches(other) || dotted(other).is_some_and(|name| name.contains("NotFound")),
    }
}

/// True when a body surely raises, or ends the process.
pub(super) fn raises(body: &[Stmt]) -> bool {
    body.iter().any(|statement| match statement {
        Stmt::Raise(_) => true,
        Stmt::Expr(expression) => match &*expression.value {
            Expr::Call(call) => {
                matches!(dotted(&call.func).as_deref(), Some("sys.exit" | "exit" | "quit" | "os._exit"))
            }
            _ => false,
        },
        Stmt::If(branch) => {
            branch.elif_else_clauses.last().is_some_and(|last| last.test.is_none())
                && raises(&branch.body)
                && branch.elif_else_clauses.iter().all(|clause| raises(&clause.body))
        }
        _ => false,
    })
}

/// True when control surely does not reach what follows a body.
pub(super) fn leaves(body: &[Stmt]) -> bool {
    raises(body)
        || body.iter().any(|statement| matches!(statement, Stmt::Return(_) | Stmt::Continue(_) | Stmt::Break(_)))
}
