//! Ways in which code lives on when something fails, and ways in which it ends.

use oxc_ast::ast::{CallExpression, Expression, Statement};

/// How a statement ends what follows it in the same function.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ending {
    /// It goes on.
    No,
    /// It may return.
    Perhaps,
    /// It surely returns.
    Returns,
    /// It surely throws or ends the process.
    Throws,
}

/// How deep blocks and branches are looked into for their ending: it is asked at every level anew.
const DEPTH: usize = 16;

/// How a statement ends; `decide` tells which branch of an `if` is taken, where that is known.
pub(super) fn ending(statement: &Statement<'_>, decide: &dyn Fn(&Expression<'_>) -> Option<bool>) -> Ending {
    ending_within(statement, decide, DEPTH)
}

fn ending_within(statement: &Statement<'_>, decide: &dyn Fn(&Expression<'_>) -> Option<bool>, depth: usize) -> Ending {
    let Some(depth) = depth.checked_sub(1) else { return Ending::No };
    match statement {
        Statement::ReturnStatement(_) => Ending::Returns,
        Statement::ThrowStatement(_) => Ending::Throws,
        Statement::ExpressionStatement(statement) if is_process_exit(&statement.expression) => Ending::Throws,
        Statement::BlockStatement(block) => ending_of(&block.body, decide, depth),
        Statement::IfStatement(branch) => {
            let alternate =
                || branch.alternate.as_ref().map_or(Ending::No, |other| ending_within(other, decide, depth));
            match decide(&branch.test) {
                Some(true) => ending_within(&branch.consequent, decide, depth),
                Some(false) => alternate(),
                None => match (ending_within(&branch.consequent, decide, depth), alternate()) {
                    (Ending::Throws, Ending::Throws) => Ending::Throws,
                    (Ending::Returns | Ending::Throws, Ending::Returns | Ending::Throws) => Ending::Returns,
                    (Ending::Returns | Ending::Perhaps, _) | (_, Ending::Returns | Ending::Perhaps) => Ending::Perhaps,
                    _ => Ending::No,
                },
            }
        }
        _ => Ending::No,
    }
}

/// How a list of statements ends.
fn ending_of(body: &[Statement<'_>], decide: &dyn Fn(&Expression<'_>) -> Option<bool>, depth: usize) -> Ending {
    let mut perhaps = Ending::No;
    for statement in body {
        match ending_within(statement, decide, depth) {
            Ending::No => {}
            Ending::Perhaps => perhaps = Ending::Perhaps,
            end if perhaps == Ending::Perhaps && end == Ending::Throws => return Ending::Perhaps,
            end => return end,
        }
    }
    perhaps
}

/// True when the body of a `catch` passes the failure on, whatever it is.
pub(super) fn rethrows(body: &[Statement<'_>]) -> bool {
    ending_of(body, &|_| None, DEPTH) == Ending::Throws
}

fn is_process_exit(expression: &Expression<'_>) -> bool {
    let Expression::CallExpression(call) = expression.without_parentheses() else { return false };
    let Expression::StaticMemberExpression(member) = call.callee.without_parentheses() else { return false };
    member.property.name == "exit" && member.object.is_specific_id("process")
}

/// True for `x.catch(f)` and `x.then(f, g)` whose handler lives on: what `x` does is guarded.
pub(super) fn guards_promise(call: &CallExpression<'_>) -> bool {
    let Expression::StaticMemberExpression(member) = call.callee.without_parentheses() else { return false };
    let handler = match member.property.name.as_str() {
        "catch" => call.arguments.first(),
        "then" => call.arguments.get(1),
        _ => None,
    };
    let Some(handler) = handler.and_then(|argument| argument.as_expression()) else { return false };
    match handler.without_parentheses() {
        Expression::FunctionExpression(function) => !function.body.as_ref().is_some_and(|b| rethrows(&b.statements)),
        Expression::ArrowFunctionExpression(function) => {
            !function.body.as_function_body().is_some_and(|body| rethrows(&body.statements))
        }
        Expression::NullLiteral(_) => false,
        _ => true,
    }
}
