//! The environment that a path names.

use super::tokens;
use crate::facts::Environment;
use crate::source::TreePath;

/// Words in names that tell an environment (as found in public repositories, read 2026-07).
///
/// `template` is not among them: it is what SAM and CloudFormation call the file that is deployed.
const ENVIRONMENT_TOKENS: &[(&str, Environment)] = &[
    ("prod", Environment::Prod),
    ("production", Environment::Prod),
    ("prd", Environment::Prod),
    ("live", Environment::Prod),
    ("staging", Environment::Staging),
    ("stage", Environment::Staging),
    ("stg", Environment::Staging),
    ("uat", Environment::Staging),
    ("preprod", Environment::Staging),
    ("preproduction", Environment::Staging),
    ("nonprod", Environment::Staging),
    ("qa", Environment::Staging),
    ("dev", Environment::Dev),
    ("development", Environment::Dev),
    ("local", Environment::Dev),
    ("test", Environment::Dev),
    ("ci", Environment::Dev),
    ("example", Environment::Dev),
    ("sample", Environment::Dev),
    ("override", Environment::Dev),
];

/// Words that turn the `prod` after them into its opposite: `pre-prod`, `non-prod`.
const NEGATIONS: &[&str] = &["pre", "non", "not", "no"];

/// Words that mean something else in other company (`media_live.json`, `multi-stage.yml`): they count
/// at the start of a name and after a word that configuration files begin with.
const AMBIGUOUS: &[&str] = &["live", "stage"];
const CONFIGURATION_WORDS: &[&str] =
    &["env", "values", "config", "settings", "appsettings", "application", "compose", "overlay", "deploy", "samconfig"];

/// Environment of a path, with the words for why we think so. The word nearest to the end of the
/// path holds: `prod/values-staging.yaml` is staging.
pub fn environment_of(path: &TreePath) -> Option<(Environment, String)> {
    let text = path.lossy();
    let mut names = text.rsplit('/');
    let file = names.next()?;
    if let Some((environment, token)) = of_name(file) {
        return Some((environment, format!("its name says `{token}`")));
    }
    if is_environment_template(file) {
        return Some((Environment::Dev, "its name says `template`".into()));
    }
    names.find_map(of_name).map(|(environment, token)| (environment, format!("its folder says `{token}`")))
}

/// `.env.template`, `prod.env.dist` are there to be copied, not to be deployed.
fn is_environment_template(file: &str) -> bool {
    let last = tokens(file).next_back().unwrap_or_default();
    tokens(file).any(|word| word.eq_ignore_ascii_case("env"))
        && (last.eq_ignore_ascii_case("template") || last.eq_ignore_ascii_case("dist"))
}

fn of_name(name: &str) -> Option<(Environment, &'static str)> {
    let mut words = tokens(name).rev().peekable();
    while let Some(word) = words.next() {
        let Some((token, environment)) = lookup(word) else { continue };
        let before = words.peek().copied();
        let is_one_of =
            |list: &[&str]| before.is_some_and(|word| list.iter().any(|one| one.eq_ignore_ascii_case(word)));
        if AMBIGUOUS.contains(token) && before.is_some() && !is_one_of(CONFIGURATION_WORDS) {
            continue;
        }
        if *environment == Environment::Prod && is_one_of(NEGATIONS) {
            return Some((Environment::Staging, "preprod"));
        }
        return Some((*environment, token));
    }
    None
}

fn lookup(word: &str) -> Option<&'static (&'static str, Environment)> {
    ENVIRONMENT_TOKENS.iter().find(|(token, _)| token.eq_ignore_ascii_case(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(path: &str) -> Option<Environment> {
        environment_of(&path.into()).map(|(environment, _)| environment)
    }

    #[test]
    fn names_that_people_give() {
        for path in [
            "values-prod.yaml",
            "overlays/production/kustomization.yaml",
            ".env.production",
            "docker-compose.prod.yml",
            "terraform/envs/prod/main.tf",
            "appsettings.Production.json",
            "application-prod.yml",
            "config/deploy.production.rb",
        ] {
            assert_eq!(of(path), Some(Environment::Prod), "{path}");
        }
        assert_eq!(of("prod/values-staging.yaml"), Some(Environment::Staging));
        assert_eq!(of("deploy/pre-prod/app.yml"), Some(Environment::Staging));
        assert_eq!(of("nonprod.env"), Some(Environment::Staging));
        assert_eq!(of(".env.example"), Some(Environment::Dev));
        assert_eq!(of(".env.template"), Some(Environment::Dev));
        assert_eq!(of("docker-compose.override.yml"), Some(Environment::Dev));
        assert_eq!(of("template.yaml"), None);
        assert_eq!(of("products/app.yml"), None);
        assert_eq!(of("developer/app.yml"), None);
        assert_eq!(of("config/media_live.json"), None);
        assert_eq!(of("multi-stage.yml"), None);
        assert_eq!(of(".env.live"), Some(Environment::Prod));
        assert_eq!(of("terragrunt/live/app/x.hcl"), Some(Environment::Prod));
        assert_eq!(of("stage.yml"), Some(Environment::Staging));
        assert_eq!(of(""), None);
    }

    #[test]
    fn the_reason_is_told() {
        assert_eq!(environment_of(&"live/app.yml".into()).unwrap().1, "its folder says `live`");
        assert_eq!(environment_of(&"app.prd.yml".into()).unwrap().1, "its name says `prd`");
    }
}
