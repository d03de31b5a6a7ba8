//! Says of every runtime that is named where it stands in its life.

use crate::config::Date;
use crate::facts::{Artifact, Function, Place, RuntimeLifecycle};
use crate::graph::Graph;
use crate::runtime::lifecycle::{AS_OF, Lifecycle, Status, Unlisted, lifecycle, unlisted};
use crate::value::{Answer, Value, near_miss};

/// The day of the table, for runs that are for no other.
pub fn day_of_the_table() -> Date {
    AS_OF.parse().unwrap_or(Date::of_unix_seconds(0))
}

/// Adds a fact for each function, and for each package that no template names.
pub fn add(graph: &mut Graph, as_of: Date) {
    let day = as_of.to_string();
    let of_functions = graph.each::<Function>().filter_map(|(id, function)| {
        let fact = fact(&function.runtime, &function.place, &day)?;
        Some(RuntimeLifecycle { function: Some(id), ..fact })
    });
    let alone = graph.each::<Artifact>().filter(|(_, artifact)| artifact.function.is_none());
    let of_packages = alone.filter_map(|(id, artifact)| {
        let fact = fact(&artifact.runtime, &artifact.place, &day)?;
        Some(RuntimeLifecycle { artifact: Some(id), ..fact })
    });
    let facts = of_functions.chain(of_packages).collect();
    graph.facts.runtime_lifecycles = facts;
}

fn fact(runtime: &Value<String>, place: &Place, day: &str) -> Option<RuntimeLifecycle> {
    // What was assumed, nobody runs.
    let name = runtime.get().filter(|_| runtime.present() == Answer::True)?;
    let listed = lifecycle(name);
    let (status, since, successor) = match listed {
        Some(life) => {
            let (status, since) = match life.status(day) {
                Status::Supported => ("supported", ""),
                Status::Deprecated => ("deprecated", life.deprecated),
                Status::CreateBlocked => ("create-blocked", life.create_block),
                Status::UpdateBlocked => ("update-blocked", life.update_block),
            };
            (status, since, life.successor)
        }
        None => {
            let Unlisted { alike, newest } = unlisted(name)?;
            let meant = near_miss(name, alike).or(newest);
            (if meant.is_some() { "nonexistent" } else { "unheard-of" }, "", meant.unwrap_or_default())
        }
    };
    let written = |day: fn(&Lifecycle) -> &'static str| listed.map(day).unwrap_or_default().to_owned();
    Some(RuntimeLifecycle {
        place: Place { origin: runtime.origin.clone(), ..place.clone() },
        function: None,
        artifact: None,
        runtime: name.clone(),
        status,
        announced: since > AS_OF,
        deprecated: written(|life| life.deprecated),
        create_block: written(|life| life.create_block),
        update_block: written(|life| life.update_block),
        successor: successor.to_owned(),
    })
}
