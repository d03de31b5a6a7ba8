//! From what was typed to what was meant.

use std::path::Path;

use super::arguments::{Arch, Check, ColorWord, EnvironmentWord, FailOnWord, FormatWord};
use super::{Format, Options, PackageOptions, Surroundings, UsageError};
use crate::config::{Date, FailOn, RuleNames};
use crate::diagnostic::Severity;
use crate::facts::Environment;
use crate::render::{Style, Verbosity};
use crate::source::visible;

/// What finished packages end in.
const PACKAGE_EXTENSIONS: &[&str] = &["zip", "jar"];

/// Options from typed arguments, or why they do not fit together.
pub(super) fn options(check: Check, surroundings: &Surroundings, names: &RuleNames) -> Result<Options, UsageError> {
    for (flag, selectors) in [("--select", &check.select), ("--ignore", &check.ignore)] {
        for selector in selectors {
            known(flag, selector, names)?;
        }
    }
    let color = match check.color {
        ColorWord::Always => true,
        ColorWord::Never => false,
        ColorWord::Auto => surroundings.is_terminal && !surroundings.no_color && check.output.is_none(),
    };
    let verbosity = match (check.quiet, check.verbose) {
        (true, _) => Verbosity::Quiet,
        (false, true) => Verbosity::Verbose,
        (false, false) => Verbosity::Normal,
    };
    Ok(Options {
        package: package(&check)?,
        as_of: as_of(check.as_of.as_deref(), surroundings)?,
        paths: check.paths,
        format: match check.format {
            FormatWord::Text => Format::Text,
            FormatWord::Concise => Format::Concise,
            FormatWord::Json => Format::Json,
        },
        output: check.output,
        jobs: usize::from(check.jobs.unwrap_or(0)),
        style: Style { color, verbosity },
        fail_on: check.fail_on.map(|word| match word {
            FailOnWord::Error => FailOn::Severity(Severity::Error),
            FailOnWord::Warning => FailOn::Severity(Severity::Warning),
            FailOnWord::Info => FailOn::Severity(Severity::Info),
            FailOnWord::Never => FailOn::Never,
        }),
        select: check.select,
        ignore: check.ignore,
        environment: check.env.map(|word| match word {
            EnvironmentWord::Dev => Environment::Dev,
            EnvironmentWord::Staging => Environment::Staging,
            EnvironmentWord::Prod => Environment::Prod,
        }),
        full_severity: check.full_severity,
        allow_empty: check.allow_empty,
        config: check.config,
    })
}

fn known(flag: &str, selector: &str, names: &RuleNames) -> Result<(), UsageError> {
    if names.knows(selector) {
        return Ok(());
    }
    let hint = names.nearest(selector).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
    let selector = visible(selector.as_bytes());
    Err(UsageError(format!("{flag}: `{selector}` is no rule and no family of rules{hint}")))
}

/// Flags that speak of one package need exactly one.
fn package(check: &Check) -> Result<Option<PackageOptions>, UsageError> {
    let given = [
        ("--handler", check.handler.is_some()),
        ("--runtime", check.runtime.is_some()),
        ("--arch", check.arch.is_some()),
        ("--layer", !check.layer.is_empty()),
    ];
    let Some((flag, _)) = given.iter().find(|(_, is_given)| *is_given) else { return Ok(None) };
    match check.paths.as_slice() {
        [path] if is_package(path) => Ok(Some(PackageOptions {
            handler: check.handler.clone(),
            runtime: check.runtime.clone(),
            arch: check.arch.map(|arch| match arch {
                Arch::X86 => "x86_64",
                Arch::Arm => "arm64",
            }),
            layers: check.layer.clone(),
        })),
        _ => Err(UsageError(format!("{flag} speaks of one package: give exactly one PATH, a .zip or .jar file"))),
    }
}

/// True for the name of a finished package.
fn is_package(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).map(str::to_ascii_lowercase);
    extension.is_some_and(|extension| PACKAGE_EXTENSIONS.contains(&extension.as_str()))
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
