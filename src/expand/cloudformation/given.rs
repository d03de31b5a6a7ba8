//! Parameter values that files beside a template give: parameter files of the AWS CLI and of
//! CodePipeline, and `parameter_overrides` of samconfig.

use std::collections::BTreeMap;

use crate::source::Origin;
use crate::syntax::Node;
use crate::value::Value;

/// Values of a parameter file: `[{"ParameterKey": …, "ParameterValue": …}]` (AWS CLI) or
/// `{"Parameters": {…}}` (CodePipeline, git sync). `None` when it is neither.
pub fn of_parameter_file(root: &Node<'_>) -> Option<BTreeMap<String, Value<String>>> {
    let known = |node: &Node<'_>| Value::known(node.text().unwrap_or("").to_owned(), node.origin());
    if root.is_sequence() {
        let items = root.items();
        if items.is_empty() || items.iter().any(|item| item.get("ParameterKey").is_none()) {
            return None;
        }
        let pair =
            |item: &Node<'_>| Some((item.get("ParameterKey")?.text()?.to_owned(), known(&item.get("ParameterValue")?)));
        return Some(items.iter().filter_map(pair).collect());
    }
    let parameters = root.get("Parameters").or_else(|| root.get("parameters")).filter(|node| node.is_mapping())?;
    let entries = parameters.entries();
    // Parameters of a template are mappings themselves; given values never are.
    if entries.is_empty() || entries.iter().any(|(_, value)| value.is_mapping()) {
        return None;
    }
    Some(entries.iter().filter_map(|(key, value)| Some((key.text()?.to_owned(), known(value)))).collect())
}

/// Environments of a samconfig, with the parameters that `sam deploy` gives there and the template
/// that it names. Only environments that give parameters.
pub fn of_samconfig(root: &Node<'_>) -> Vec<SamEnvironment> {
    let mut out = Vec::new();
    for (key, environment) in root.entries() {
        let parameter = |command: &str, name: &str| environment.path(&[command, "parameters", name]);
        let find = |name: &str| parameter("deploy", name).or_else(|| parameter("global", name));
        let Some(overrides) = find("parameter_overrides") else { continue };
        let values = overrides_of(&overrides);
        if values.is_empty() {
            continue;
        }
        let template =
            find("template_file").or_else(|| find("template")).and_then(|node| node.text().map(str::to_owned));
        out.push(SamEnvironment { name: key.text().unwrap_or("").to_owned(), template, values });
    }
    out
}

/// One environment of a samconfig.
#[derive(Debug)]
pub struct SamEnvironment {
    /// Its name, `default` when nobody names one.
    pub name: String,
    /// The template it deploys, if it says so.
    pub template: Option<String>,
    /// Parameter values.
    pub values: BTreeMap<String, Value<String>>,
}

fn overrides_of(node: &Node<'_>) -> BTreeMap<String, Value<String>> {
    let known = |text: &str, origin: Origin| Value::known(text.to_owned(), origin);
    if node.is_mapping() {
        let entries = node.entries();
        let pair =
            |(key, value): &(Node<'_>, Node<'_>)| Some((key.text()?.to_owned(), known(value.text()?, value.origin())));
        return entries.iter().filter_map(pair).collect();
    }
    let lines = if node.is_sequence() { node.items() } else { vec![node.clone()] };
    let mut out = BTreeMap::new();
    for line in &lines {
        for word in words(line.text().unwrap_or("")) {
            let pair = match word.strip_prefix("ParameterKey=") {
                Some(rest) => rest.split_once(",ParameterValue="),
                None => word.split_once('='),
            };
            if let Some((name, value)) = pair {
                out.insert(name.to_owned(), known(value, line.origin()));
            }
        }
    }
    out
}

/// Words as a shell splits them: blanks part, quotes join.
fn words(text: &str) -> Vec<String> {
    let (mut out, mut word, mut quote) = (Vec::new(), String::new(), None);
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        match (c, quote) {
            ('\\', _) => word.extend(characters.next()),
            (c, Some(open)) if c == open => quote = None,
            ('"' | '\'', None) => quote = Some(c),
            (c, None) if c.is_whitespace() => {
                if !word.is_empty() {
                    out.push(std::mem::take(&mut word));
                }
            }
            (c, _) => word.push(c),
        }
    }
    if !word.is_empty() {
        out.push(word);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source};

    fn json(text: &str) -> Option<BTreeMap<String, Value<String>>> {
        let parsed = crate::syntax::json::read(&Source::new("p.json".into(), ContentId::of(b"")), text);
        of_parameter_file(&parsed.documents[0].root())
    }

    #[test]
    fn both_formats_of_parameter_files() {
        let cli = json(r#"[{"ParameterKey": "Stage", "ParameterValue": "prod"}]"#).unwrap();
        assert_eq!(cli["Stage"].get().unwrap(), "prod");
        let pipeline = json(r#"{"Parameters": {"Stage": "prod", "Count": 3}}"#).unwrap();
        assert_eq!(pipeline["Count"].get().unwrap(), "3");
        assert!(json(r#"{"Parameters": {"Stage": {"Type": "String"}}}"#).is_none());
        assert!(json(r#"[{"a": 1}]"#).is_none());
    }

    #[test]
    fn samconfig_in_its_three_notations() {
        let text = "[default.deploy.parameters]\nparameter_overrides = 'Stage=\"dev env\" Size=1'\n\
                    [prod.deploy.parameters]\nparameter_overrides = [\"Stage=prod\", \"Size=2\"]\n\
                    [old.global.parameters]\nparameter_overrides = \"ParameterKey=Stage,ParameterValue=old\"\n\
                    [none.deploy.parameters]\nregion = \"x\"\n";
        let parsed = crate::syntax::toml::read(&Source::new("samconfig.toml".into(), ContentId::of(b"")), text);
        let found = of_samconfig(&parsed.documents[0].root());
        let mut stages: Vec<_> =
            found.iter().map(|e| (e.name.as_str(), e.values["Stage"].get().unwrap().as_str())).collect();
        stages.sort_unstable();
        assert_eq!(stages, [("default", "dev env"), ("old", "old"), ("prod", "prod")]);
    }
}
