//! `graph`: the deployment graph that rules see.

use std::collections::BTreeMap;

use super::check::{Mounted, Single, Trees};
use super::setup::Setup;
use super::{Outcome, OutputForm};
use crate::cli::{GraphForm, GraphRequest, Options};
use crate::graph::view::{UnknownName, View};
use crate::render::graph::{Picture, json, mermaid};
use crate::render::{printable, with_reasons};
use crate::rules::{Registry, Rule};
use crate::run::{self, Judgement, in_pool};
use crate::source::{TreePath, visible};

/// The graph as mermaid or json.
pub fn show(request: &GraphRequest, registry: &Registry) -> Outcome {
    let options = &request.options;
    let shown = in_pool(options.jobs, || drawn(request, registry));
    match shown {
        Ok(Ok(outcome)) => Outcome { file: options.output.clone(), ..outcome },
        Ok(Err(outcome)) => outcome,
        Err(error) => Outcome::refuse(format!("error: cannot start threads: {}\n", printable(&error))),
    }
}

fn drawn(request: &GraphRequest, registry: &Registry) -> Result<Outcome, Outcome> {
    let options = &request.options;
    let single = Single::of(options)?;
    let tree = single.judged.tree();
    let setup = Setup::of(tree.as_ref(), options, registry).map_err(|error| error.refusal(&options.style))?;
    let Judgement { graph, secrets, nested, coverage, .. } = judged(&single, &setup, options)?;
    let declared: Vec<String> = setup.config.services.iter().map(|service| service.name.clone()).collect();
    let mut view = View::of(&graph, &declared);
    if !single.bases.is_empty() {
        view = view.under(&graph, &single.bases);
    }
    let mut notes = String::new();
    if view.is_empty() {
        notes.push_str(&nothing_to_show(&coverage.skipped));
    }
    let inside = single.judged.checkouts(&nested).len();
    if inside > 0 {
        notes.push_str(&format!("note: repositories inside this one ({inside}) have graphs of their own\n"));
    }
    if let Some(name) = &request.focus {
        view = view.focus(name).map_err(|unknown| unknown_name(name, &unknown))?;
    }
    let picture = Picture {
        view: &view,
        graph: &graph,
        skipped: &coverage.skipped,
        secrets: &secrets,
        tool_version: env!("CARGO_PKG_VERSION"),
        root: single.root.clone(),
        revision: single.judged.revision(),
        focus: request.focus.as_deref(),
    };
    let (output, form) = match request.form {
        GraphForm::Mermaid => (mermaid(&picture), OutputForm::Text),
        GraphForm::Json => {
            let mut snippets = Trees::default();
            snippets.add(Mounted { prefix: TreePath::root(), tree, beside: Vec::new() });
            (json(&picture, &snippets), OutputForm::Json)
        }
    };
    Ok(Outcome { output, notes, form, ..Outcome::default() })
}

fn nothing_to_show(skipped: &BTreeMap<String, usize>) -> String {
    match skipped.is_empty() {
        true => "note: nothing to show: no file in scope says anything about a deploy\n".to_owned(),
        false => format!("note: nothing to show: recognised and not read: {}\n", with_reasons(skipped, "file")),
    }
}

/// The graph of a repository; no rule is asked.
fn judged(single: &Single, setup: &Setup, options: &Options) -> Result<Judgement, Outcome> {
    let no_rule = |_: &Rule| false;
    let settings = setup.settings(options, setup.scope(&[]), &no_rule);
    run::judge(single.judged.tree().as_ref(), &settings).map_err(|error| {
        Outcome::refuse(format!(
            "error: cannot list `{}`: {}\n",
            printable(&single.root),
            printable(&error.to_string())
        ))
    })
}

fn unknown_name(name: &str, unknown: &UnknownName) -> Outcome {
    let near: Vec<String> = unknown.near.iter().map(|name| format!("`{}`", visible(name.as_bytes()))).collect();
    let hint = if near.is_empty() { String::new() } else { format!("; did you mean {}?", near.join(" or ")) };
    Outcome::refuse(format!("error: --focus: nothing is called `{}`{hint}\n", visible(name.as_bytes())))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::graph::SCHEMA;
    use crate::render::tests::checker::assert_schema;
    use crate::run::Settings;
    use crate::tree::Memory;

    const COMPOSE: &str = "\
services:
  web:
    image: web:${TAG}
    environment: {A_URL: 'http://gone:80/', B: '${B:-x}', TOKEN: '${TOKEN}'}
    env_file: [gone.env]
    depends_on: [db]
  db: {image: postgres}
";
    const TEMPLATE: &str = "\
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: dev}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
  One:
    Type: AWS::Serverless::Function
    Properties:
      Handler: a.handler
      Runtime: nodejs22.x
      CodeUri: one/
      Timeout: !If [IsProd, 3, 5]
      Layers: [!Ref Other]
      Environment:
        Variables: {OTHER: !Ref Two, ARN: !GetAtt Two.Arn, URL: !Sub 'https://${Two.Arn}.x/', S: !Ref Stage}
      Events: {Get: {Type: Api, Properties: {Path: /a, Method: get}}}
  Two:
    Type: AWS::Serverless::Function
    Properties: {Handler: a.handler, Runtime: nodejs22.x, CodeUri: one/}
";
    const MANIFEST: &str = "\
kind: Deployment
metadata: {name: web}
spec:
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web}]}
---
kind: Service
metadata: {name: web, labels: {}}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

    fn shown(registry: &Registry, focus: Option<&str>, revision: Option<&str>) -> String {
        let tree = std::sync::Arc::new(Memory::new([
            ("compose.yaml", COMPOSE),
            ("template.yaml", TEMPLATE),
            ("one/a.js", "exports.handler = 1"),
            ("deploy/prod/web.yaml", MANIFEST),
        ]));
        let settings = Settings { wanted: &|_| false, ..Settings::new(registry) };
        let judgement = in_pool(1, || run::judge(tree.as_ref(), &settings)).unwrap().unwrap();
        let mut view = View::of(&judgement.graph, &["billing".to_owned()]);
        if let Some(name) = focus {
            view = view.focus(name).unwrap();
        }
        let mut snippets = Trees::default();
        snippets.add(Mounted { prefix: TreePath::root(), tree, beside: Vec::new() });
        json(
            &Picture {
                view: &view,
                graph: &judgement.graph,
                skipped: &judgement.coverage.skipped,
                secrets: &judgement.secrets,
                tool_version: "0",
                root: ".".to_owned(),
                revision: revision.map(str::to_owned),
                focus,
            },
            &snippets,
        )
    }

    #[test]
    fn the_graph_is_what_the_schema_says() {
        let (registry, _) = Registry::builtin();
        let outputs = [shown(&registry, None, None), shown(&registry, Some("web"), Some("0123"))];
        assert_schema(include_str!("../../schemas/graph.v1.json"), SCHEMA, &outputs);
    }
}
