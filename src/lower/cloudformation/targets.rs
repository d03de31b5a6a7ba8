//! What an integration or a permission names: a function of the template, another resource,
//! something elsewhere, or nothing that can be decided.

use super::stack::Stack;
use crate::facts::Target;
use crate::value::{Content, Part, Value, Why};

/// Deepest chain of aliases and versions that is followed.
const ALIAS_DEPTH: usize = 4;

/// Resources that stand for a function, with the property that names it.
const STAND_INS: &[(&str, &str)] = &[
    ("AWS::Lambda::Alias", "FunctionName"),
    ("AWS::Lambda::Version", "FunctionName"),
    ("AWS::Lambda::Url", "TargetFunctionArn"),
];

/// Starts of types whose attributes can be anything, functions among it.
const OPAQUE: &[(&str, &str)] = &[
    ("AWS::CloudFormation::Stack", "output of a nested stack"),
    ("AWS::Serverless::Application", "output of a nested stack"),
    ("AWS::CloudFormation::CustomResource", "result of a custom resource"),
    ("Custom::", "result of a custom resource"),
    ("AWS::SSM::Parameter", "value of a parameter"),
];

/// What a value names.
pub fn resolve(stack: &Stack<'_>, value: &Value<String>) -> Target {
    resolve_within(stack, value, ALIAS_DEPTH)
}

fn resolve_within(stack: &Stack<'_>, value: &Value<String>, depth: usize) -> Target {
    match &value.content {
        Content::Ref(name) | Content::Attr(name, _) => of_name(stack, name, depth),
        Content::Known(_) | Content::Default(_) | Content::Concat(_) => of_text(stack, value, depth),
        Content::Absent => Target::NotAFunction,
        Content::Unknown(why) => Target::Unknown(why.clone()),
        Content::OneOf(branches) => {
            let targets: Vec<Target> =
                branches.iter().map(|(_, branch)| resolve_within(stack, branch, depth)).collect();
            match targets.iter().find(|target| matches!(target, Target::Unknown(_))).or(targets.first()) {
                Some(first) if targets.iter().all(|target| target == first) => first.clone(),
                Some(unknown @ Target::Unknown(_)) => unknown.clone(),
                _ => Target::Unknown(Why::new("one of several functions")),
            }
        }
    }
}

fn of_name(stack: &Stack<'_>, name: &str, depth: usize) -> Target {
    if let Some(id) = stack.functions.get(name) {
        return Target::Function(*id);
    }
    if let Some(resource) = stack.resource(name) {
        if let Some((_, key)) = STAND_INS.iter().find(|(kind, _)| *kind == resource.kind) {
            return match depth.checked_sub(1) {
                Some(depth) => resolve_within(stack, &resource.text(key), depth),
                None => Target::Unknown(Why::new("aliases of aliases")),
            };
        }
        return match OPAQUE.iter().find(|(kind, _)| resource.kind.starts_with(kind)) {
            Some((_, why)) => Target::Unknown(Why::new(*why)),
            None => Target::Resource { id: name.to_owned(), kind: resource.kind.to_owned() },
        };
    }
    if stack.is_parameter(name) {
        return Target::Unknown(Why::new("parameter without a value"));
    }
    if stack.is_undefined(name) {
        return Target::Undefined { name: name.to_owned() };
    }
    // SAM makes `<Function>Alias<alias>` and `<Function>Version<hash>`.
    let made = stack.functions.iter().find(|(id, _)| {
        name.strip_prefix(**id).is_some_and(|rest| rest.starts_with("Alias") || rest.starts_with("Version"))
    });
    match made {
        Some((_, id)) => Target::Function(*id),
        None if name.starts_with("AWS::") => Target::Unknown(Why::new("pseudo parameter")),
        None => Target::Unknown(Why::new("resource that is not in the template")),
    }
}

/// A text with its holes numbered: `\0` + index + `\0`.
struct Marked<'v> {
    text: String,
    holes: Vec<&'v Part>,
}

const MARK: char = '\0';

fn marked(value: &Value<String>) -> Marked<'_> {
    let mut out = Marked { text: String::new(), holes: Vec::new() };
    match &value.content {
        Content::Concat(parts) => {
            for part in parts {
                match part {
                    Part::Known(text) => out.text.push_str(text),
                    hole => {
                        out.text.push_str(&format!("{MARK}{}{MARK}", out.holes.len()));
                        out.holes.push(hole);
                    }
                }
            }
        }
        _ => out.text.push_str(value.get().map_or("", String::as_str)),
    }
    out
}

impl Marked<'_> {
    /// The hole that a stretch of the text is, when it is one and nothing else.
    fn hole(&self, stretch: &str) -> Option<&Part> {
        let index = stretch.strip_prefix(MARK)?.strip_suffix(MARK)?;
        self.holes.get(index.parse::<usize>().ok()?).copied()
    }

    /// A stretch as a template would write it, for comparing.
    fn rendered(&self, stretch: &str) -> Option<String> {
        let mut out = String::new();
        for (index, piece) in stretch.split(MARK).enumerate() {
            if index % 2 == 0 {
                out.push_str(piece);
                continue;
            }
            match self.holes.get(piece.parse::<usize>().ok()?)? {
                Part::Hole { name: Some(name), attribute, .. } => {
                    let dot = if attribute.is_some() { "." } else { "" };
                    out.push_str(&format!("${{{name}{dot}{}}}", attribute.as_deref().unwrap_or("")));
                }
                _ => return None,
            }
        }
        Some(out)
    }
}

/// A text of parts as a template would write it; `None` when a part has no name.
pub fn render(value: &Value<String>) -> Option<String> {
    match &value.content {
        Content::Known(text) | Content::Default(text) => Some(text.clone()),
        Content::Ref(name) => Some(format!("${{{name}}}")),
        Content::Attr(name, attribute) => Some(format!("${{{name}.{attribute}}}")),
        Content::Concat(_) => {
            let marked = marked(value);
            marked.rendered(&marked.text)
        }
        _ => None,
    }
}

fn of_text(stack: &Stack<'_>, value: &Value<String>, depth: usize) -> Target {
    let marked = marked(value);
    let text = marked.text.as_str();
    if text.contains("stageVariables.") {
        return Target::Unknown(Why::new("stage variable"));
    }
    if text.contains("${") {
        return Target::Unknown(Why::new("placeholder that is not put in"));
    }
    if text.starts_with("http://") || text.starts_with("https://") {
        return Target::NotAFunction;
    }
    if text.contains(":apigateway:") {
        // Only `…:lambda:path/<version>/functions/<function>/invocations` calls a function.
        let Some((_, path)) = text.split_once(":lambda:path/") else { return Target::NotAFunction };
        let Some((_, rest)) = path.split_once("/functions/") else {
            return Target::Unknown(Why::new("text with parts that are not known"));
        };
        let function = rest.rsplit_once('/').map_or(rest, |(function, _)| function);
        return of_function_text(stack, &marked, function, depth);
    }
    of_function_text(stack, &marked, text, depth)
}

fn of_function_text(stack: &Stack<'_>, marked: &Marked<'_>, text: &str, depth: usize) -> Target {
    let of_hole = |stretch: &str| match marked.hole(stretch) {
        Some(Part::Hole { name: Some(name), .. }) => Some(of_name(stack, name, depth)),
        Some(Part::Hole { why, .. }) => Some(Target::Unknown(why.clone())),
        _ => None,
    };
    // The whole ARN, or the ARN with a qualifier: `${Fn.Arn}`, `${Fn.Arn}:live`.
    let first = text.split_once(':').map_or(text, |(first, _)| first);
    if let Some(target) = of_hole(first) {
        return target;
    }
    if let Some((before, rest)) =
        text.split_once(":function:").or_else(|| text.strip_prefix("function:").map(|r| ("", r)))
    {
        let name = rest.split_once(':').map_or(rest, |(name, _)| name);
        let account = before.rsplit(':').next().unwrap_or("");
        let has_account = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        return of_hole(name).unwrap_or_else(|| of_literal(stack, marked, name, has_account));
    }
    if text.starts_with("arn:") {
        return Target::NotAFunction;
    }
    if text.contains(MARK) && text.contains([':', '/']) {
        return Target::Unknown(Why::new("text with parts that are not known"));
    }
    of_literal(stack, marked, text, false)
}

/// A function by its name on the platform.
fn of_literal(stack: &Stack<'_>, marked: &Marked<'_>, name: &str, has_account: bool) -> Target {
    let Some(rendered) = marked.rendered(name) else {
        return Target::Unknown(Why::new("text with parts that are not known"));
    };
    if let Some((_, id)) = stack.function_names.iter().find(|(own, _)| *own == rendered) {
        return Target::Function(*id);
    }
    if name.contains(MARK) {
        return Target::Unknown(Why::new("text with parts that are not known"));
    }
    if stack.has_unknown_function_name {
        return Target::Unknown(Why::new("function whose name is not known"));
    }
    Target::External { name: rendered, has_account }
}
