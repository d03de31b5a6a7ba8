//! From what was typed to what was meant.

use super::arguments::{
    self, Arch, Artifact, Check, ColorWord, EnvironmentWord, FailOnWord, FormatWord, Graph, GraphFormatWord,
    ListFormatWord, OutputFlags, PackageFlags, RuleFlags,
};
use super::{
    ArtifactRequest, Command, Format, GraphForm, GraphRequest, ListForm, Options, PackageOptions, PrePush,
    Surroundings, UsageError,
};
use crate::config::{Date, FailOn, RuleNames};
use crate::diagnostic::Severity;
use crate::facts::Environment;
use crate::render::{Style, Verbosity};
use crate::source::visible;

/// A command from typed arguments, or why they do not fit together.
pub(super) fn command(
    typed: arguments::Command,
    surroundings: &Surroundings,
    names: &RuleNames,
) -> Result<Command, UsageError> {
    use arguments::{Command as Typed, Hook, RulesCommand};
    Ok(match typed {
        Typed::Check(check) => Command::Check(Box::new(check_options(*check, surroundings, names)?)),
        Typed::Rules(arguments::Rules { command: Some(RulesCommand::Test { folder }), .. }) => {
            Command::TestRules { folder }
        }
        Typed::Rules(rules) => Command::Rules { form: list_form(rules.format), folders: rules.rules },
        Typed::Explain(explain) => Command::Explain {
            id: explain.id,
            folders: explain.rules,
            color: surroundings.is_terminal && !surroundings.no_color,
        },
        Typed::Facts(facts) => Command::Facts { subject: facts.subject, form: list_form(facts.format) },
        Typed::Graph(graph) => Command::Graph(Box::new(graph_request(graph, surroundings, names)?)),
        Typed::Artifact(artifact) => Command::Artifact(Box::new(artifact_request(artifact))),
        Typed::Hook(Hook::Install) => Command::InstallHook,
        Typed::Hook(Hook::Uninstall) => Command::UninstallHook,
        Typed::Hook(Hook::PrePush(push)) => {
            let mut options = options(push.rules, push.output, surroundings, names)?;
            options.show_all = push.all;
            Command::PrePush(Box::new(PrePush {
                options,
                remote: push.remote,
                managed: surroundings.managed_push.clone(),
            }))
        }
    })
}

fn list_form(word: ListFormatWord) -> ListForm {
    match word {
        ListFormatWord::Text => ListForm::Text,
        ListFormatWord::Json => ListForm::Json,
    }
}

fn check_options(check: Check, surroundings: &Surroundings, names: &RuleNames) -> Result<Options, UsageError> {
    let package = package(&check)?;
    let options = options(check.rules, check.output, surroundings, names)?;
    if check.all && check.base.is_none() {
        return Err(UsageError("--all goes with --base: without it everything is reported".to_owned()));
    }
    Ok(Options {
        package,
        paths: check.paths,
        revision: check.tree.rev,
        git_dir: check.tree.git_dir,
        base: check.base,
        show_all: check.all,
        ..options
    })
}

fn graph_request(graph: Graph, surroundings: &Surroundings, names: &RuleNames) -> Result<GraphRequest, UsageError> {
    let rules = RuleFlags { env: graph.env, config: graph.config, ..RuleFlags::default() };
    let options = options(rules, OutputFlags::default(), surroundings, names)?;
    Ok(GraphRequest {
        options: Options {
            paths: graph.paths,
            output: graph.output,
            revision: graph.tree.rev,
            git_dir: graph.tree.git_dir,
            jobs: usize::from(graph.jobs.unwrap_or(0)),
            ..options
        },
        form: match graph.format {
            GraphFormatWord::Mermaid => GraphForm::Mermaid,
            GraphFormatWord::Json => GraphForm::Json,
        },
        focus: graph.focus,
    })
}

fn artifact_request(artifact: Artifact) -> ArtifactRequest {
    ArtifactRequest {
        package: package_options(&artifact.package),
        file: artifact.file,
        form: list_form(artifact.format),
        output: artifact.output,
    }
}

/// What every command that judges shares.
fn options(
    rules: RuleFlags,
    output: OutputFlags,
    surroundings: &Surroundings,
    names: &RuleNames,
) -> Result<Options, UsageError> {
    for (flag, selectors) in [("--select", &rules.select), ("--ignore", &rules.ignore)] {
        // Rules of one's own are known once the repository is read.
        for selector in selectors.iter().filter(|selector| !is_own(selector)) {
            if let Some(refusal) = names.refusal(flag, selector) {
                return Err(UsageError(refusal));
            }
        }
    }
    let color = match output.color {
        _ if output.no_color => false,
        ColorWord::Always => true,
        ColorWord::Never => false,
        ColorWord::Auto => surroundings.is_terminal && !surroundings.no_color && output.output.is_none(),
    };
    let verbosity = match (output.quiet, output.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    Ok(Options {
        paths: Vec::new(),
        package: None,
        as_of: as_of(rules.as_of.as_deref(), surroundings)?,
        format: match output.format {
            FormatWord::Text => Format::Text,
            FormatWord::Concise => Format::Concise,
            FormatWord::Json => Format::Json,
            FormatWord::Github => Format::Github,
        },
        output: output.output,
        jobs: usize::from(output.jobs.unwrap_or(0)),
        style: Style { color, verbosity },
        fail_on: rules.fail_on.map(|word| match word {
            FailOnWord::Error => FailOn::Severity(Severity::Error),
            FailOnWord::Warning => FailOn::Severity(Severity::Warning),
            FailOnWord::Info => FailOn::Severity(Severity::Info),
            FailOnWord::Never => FailOn::Never,
        }),
        select: rules.select,
        ignore: rules.ignore,
        environment: rules.env.map(|word| match word {
            EnvironmentWord::Dev => Environment::Dev,
            EnvironmentWord::Staging => Environment::Staging,
            EnvironmentWord::Prod => Environment::Prod,
        }),
        full_severity: rules.full_severity,
        allow_empty: rules.allow_empty,
        config: rules.config,
        rule_folders: rules.rules,
        revision: None,
        git_dir: None,
        base: None,
        show_all: false,
        timings: output.timings,
        stats: output.stats,
    })
}

/// True for what can only be a rule, or a family, of somebody's own.
fn is_own(selector: &str) -> bool {
    selector.split('/').next() == Some("local")
}

/// Flags that speak of one package need exactly one.
fn package(check: &Check) -> Result<Option<PackageOptions>, UsageError> {
    let given = [
        ("--handler", check.package.handler.is_some()),
        ("--runtime", check.package.runtime.is_some()),
        ("--arch", check.package.arch.is_some()),
        ("--layer", !check.package.layer.is_empty()),
        ("--variable", !check.package.variable.is_empty()),
    ];
    let Some((flag, _)) = given.iter().find(|(_, is_given)| *is_given) else { return Ok(None) };
    match check.paths.as_slice() {
        [_] => Ok(Some(package_options(&check.package))),
        _ => Err(UsageError(format!(
            "{flag} speaks of one package: give exactly one PATH, a .zip or .jar file or a folder"
        ))),
    }
}

fn package_options(flags: &PackageFlags) -> PackageOptions {
    PackageOptions {
        handler: flags.handler.clone(),
        runtime: flags.runtime.clone(),
        arch: flags.arch.map(|arch| match arch {
            Arch::X86 => "x86_64",
            Arch::Arm => "arm64",
        }),
        layers: flags.layer.clone(),
        variables: flags.variable.iter().cloned().collect(),
    }
}

/// The flag, else SOURCE_DATE_EPOCH (reproducible-builds.org: seconds since 1970), else today.
fn as_of(flag: Option<&str>, surroundings: &Surroundings) -> Result<Date, UsageError> {
    if let Some(text) = flag {
        let shown = visible(text.as_bytes());
        return text.parse().map_err(|error| UsageError(format!("--as-of: `{shown}` is {error}")));
    }
    match &surroundings.source_date_epoch {
        Some(text) if !text.trim().is_empty() => {
            let seconds = text.trim().parse().map_err(|_| {
                let shown = visible(text.as_bytes());
                UsageError(format!("SOURCE_DATE_EPOCH: `{shown}` is not a number of seconds"))
            })?;
            Ok(Date::of_unix_seconds(seconds))
        }
        _ => Ok(Date::of_unix_seconds(surroundings.now)),
    }
}
