//! When runtimes of AWS Lambda end.

/// The day of the table: dates behind it were announced and may move, as most of them have before.
pub const AS_OF: &str = "2026-08-19";

/// A runtime and its days (ISO 8601); empty where none is announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Runtime identifier.
    pub runtime: &'static str,
    /// From this day on it gets no patches.
    pub deprecated: &'static str,
    /// From this day on no function can be created with it.
    pub create_block: &'static str,
    /// From this day on no function that uses it can be changed.
    pub update_block: &'static str,
    /// The runtime to move to; empty for the newest.
    pub successor: &'static str,
}

const fn row(
    runtime: &'static str,
    deprecated: &'static str,
    create_block: &'static str,
    update_block: &'static str,
    successor: &'static str,
) -> Lifecycle {
    Lifecycle { runtime, deprecated, create_block, update_block, successor }
}

/// Runtimes of AWS Lambda, sorted by identifier.
///
/// Source: "Lambda runtimes", deprecation tables, as in cfn-lint's `AdditionalSpecs/LmbdRuntimeLifecycle.json`, commit
/// 217397c81 of 2026-08-19.
pub const LIFECYCLES: &[Lifecycle] = &[
    row("dotnet10", "2028-11-14", "2028-12-14", "2029-01-15", ""),
    row("dotnet6", "2024-12-20", "2027-02-01", "2027-03-03", "dotnet10"),
    row("dotnet8", "2026-11-10", "2027-02-01", "2027-03-03", "dotnet10"),
    row("dotnet9", "2026-11-10", "", "", "dotnet10"),
    row("dotnetcore1.0", "2019-06-27", "2019-06-30", "2019-07-30", "dotnet10"),
    row("dotnetcore2.0", "2019-05-30", "2019-04-30", "2019-05-30", "dotnet10"),
    row("dotnetcore2.1", "2022-01-05", "2022-01-05", "2022-04-13", "dotnet10"),
    row("dotnetcore3.1", "2023-04-03", "2023-04-03", "2023-05-03", "dotnet10"),
    row("go1.x", "2024-01-08", "2024-02-08", "2027-03-03", "provided.al2023"),
    row("java11", "2027-06-30", "2027-07-31", "2027-08-31", "java25"),
    row("java17", "2027-06-30", "2027-07-31", "2027-08-31", "java25"),
    row("java21", "2029-06-30", "2029-07-31", "2029-08-31", "java25"),
    row("java25", "2029-06-30", "2029-07-31", "2029-08-31", ""),
    row("java8", "2024-01-08", "2024-02-08", "2027-03-03", "java25"),
    row("java8.al2", "2027-06-30", "2027-07-31", "2027-08-31", "java25"),
    row("nodejs", "2016-08-30", "2016-09-30", "2016-10-31", "nodejs24.x"),
    row("nodejs10.x", "2021-07-30", "2021-07-30", "2022-02-14", "nodejs24.x"),
    row("nodejs12.x", "2023-03-31", "2023-03-31", "2023-04-30", "nodejs24.x"),
    row("nodejs14.x", "2023-12-04", "2024-01-09", "2027-03-03", "nodejs24.x"),
    row("nodejs16.x", "2024-06-12", "2027-02-01", "2027-03-03", "nodejs24.x"),
    row("nodejs18.x", "2025-09-01", "2027-02-01", "2027-03-03", "nodejs24.x"),
    row("nodejs20.x", "2026-04-30", "2027-02-01", "2027-03-03", "nodejs24.x"),
    row("nodejs22.x", "2027-04-30", "2027-06-01", "2027-07-01", "nodejs24.x"),
    row("nodejs24.x", "2028-04-30", "2028-06-01", "2028-07-01", ""),
    row("nodejs4.3", "2020-03-05", "2020-02-03", "2020-03-05", "nodejs24.x"),
    row("nodejs4.3-edge", "2020-03-05", "2019-03-31", "2019-04-30", "nodejs24.x"),
    row("nodejs6.10", "2019-08-12", "2019-07-12", "2019-08-12", "nodejs24.x"),
    row("nodejs8.10", "2020-03-06", "2020-02-04", "2020-03-06", "nodejs24.x"),
    row("provided", "2024-01-08", "2024-02-08", "2027-03-03", "provided.al2023"),
    row("provided.al2", "2026-07-31", "2027-02-01", "2027-03-03", "provided.al2023"),
    row("provided.al2023", "2029-06-30", "2029-07-31", "2029-08-31", ""),
    row("python2.7", "2021-07-15", "2021-07-15", "2022-05-30", "python3.14"),
    row("python3.10", "2026-10-31", "2027-02-01", "2027-03-03", "python3.14"),
    row("python3.11", "2027-06-30", "2027-07-31", "2027-08-31", "python3.14"),
    row("python3.12", "2028-10-31", "2028-11-30", "2029-01-10", "python3.14"),
    row("python3.13", "2029-06-30", "2029-07-31", "2029-08-31", "python3.14"),
    row("python3.14", "2029-06-30", "2029-07-31", "2029-08-31", ""),
    row("python3.6", "2022-07-18", "2022-07-18", "2022-08-29", "python3.14"),
    row("python3.7", "2023-12-04", "2024-01-09", "2027-03-03", "python3.14"),
    row("python3.8", "2024-10-14", "2027-02-01", "2027-03-03", "python3.14"),
    row("python3.9", "2025-12-15", "2027-02-01", "2027-03-03", "python3.14"),
    row("ruby2.5", "2021-07-30", "2021-07-30", "2022-03-31", "ruby4.0"),
    row("ruby2.7", "2023-12-07", "2024-01-09", "2027-03-03", "ruby4.0"),
    row("ruby3.2", "2026-03-31", "2027-02-01", "2027-03-03", "ruby4.0"),
    row("ruby3.3", "2027-03-31", "2027-04-30", "2027-05-31", "ruby4.0"),
    row("ruby3.4", "2028-03-31", "2028-04-30", "2028-05-31", "ruby4.0"),
    row("ruby4.0", "2029-03-31", "2029-04-30", "2029-05-31", ""),
];

/// Where a runtime stands in its life on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// In use.
    Supported,
    /// Without patches.
    Deprecated,
    /// No new functions.
    CreateBlocked,
    /// No changes to functions either.
    UpdateBlocked,
}

impl Lifecycle {
    /// Its status on a day (ISO 8601).
    pub fn status(&self, day: &str) -> Status {
        let is_over = |date: &str| !date.is_empty() && date <= day;
        if is_over(self.update_block) {
            Status::UpdateBlocked
        } else if is_over(self.create_block) {
            Status::CreateBlocked
        } else if is_over(self.deprecated) {
            Status::Deprecated
        } else {
            Status::Supported
        }
    }
}

/// The lifecycle of a runtime, when the table has it.
pub fn lifecycle(runtime: &str) -> Option<&'static Lifecycle> {
    LIFECYCLES.binary_search_by(|row| row.runtime.cmp(runtime)).ok().map(|at| &LIFECYCLES[at])
}

/// An identifier that the table does not have, and that is not newer than the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unlisted {
    /// Those that may have been meant: with the same numbers, and of its family if that is known.
    pub alike: Vec<&'static str>,
    /// The newest of its family, where it has the form of a name of one: what has not may be meant for a tool.
    pub newest: Option<&'static str>,
}

/// What can be said of an identifier that the table does not have; nothing of one that has the form of a runtime newer
/// than all of its family.
pub fn unlisted(runtime: &str) -> Option<Unlisted> {
    let lower = runtime.to_ascii_lowercase();
    let (family, _) = parted(&lower);
    let all = || LIFECYCLES.iter().map(|row| row.runtime);
    let newest = all().filter(|own| parted(own).0 == family).max_by_key(|own| numbers(own));
    let is_kin = |own: &str| newest.is_none() || parted(own).0 == family;
    let has_form = lower == runtime && all().any(|own| is_kin(own) && form(own) == form(runtime));
    let newest_alike = newest.filter(|_| has_form);
    if newest_alike.is_some_and(|newest| numbers(runtime) > numbers(newest)) {
        return None;
    }
    // Another number is another runtime, no slip of the pen.
    let digits = |name: &str| name.bytes().filter(u8::is_ascii_digit).collect::<Vec<_>>();
    Some(Unlisted {
        alike: all().filter(|own| is_kin(own) && digits(own) == digits(runtime)).collect(),
        newest: newest_alike,
    })
}

/// The letters that an identifier begins with, and the rest.
fn parted(runtime: &str) -> (&str, &str) {
    runtime.split_at(runtime.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(runtime.len()))
}

/// An identifier with a zero for each number.
fn form(runtime: &str) -> String {
    let mut form = String::new();
    for c in runtime.chars() {
        match c.is_ascii_digit() {
            true if form.ends_with('0') => {}
            true => form.push('0'),
            false => form.push(c),
        }
    }
    form
}

/// Its numbers, one after the other.
fn numbers(runtime: &str) -> Vec<u64> {
    runtime.split(|c: char| !c.is_ascii_digit()).filter_map(|number| number.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_days_are_days() {
        assert!(LIFECYCLES.is_sorted_by(|a, b| a.runtime < b.runtime));
        for row in LIFECYCLES {
            for day in [row.deprecated, row.create_block, row.update_block] {
                assert!(day.is_empty() || day.len() == 10 && day.as_bytes()[4] == b'-', "{}", row.runtime);
            }
            assert!(row.update_block >= row.create_block, "{}", row.runtime);
            assert!(row.successor.is_empty() || lifecycle(row.successor).is_some(), "{}", row.runtime);
        }
    }

    #[test]
    fn a_day_later_it_is_over() {
        let node = lifecycle("nodejs20.x").unwrap();
        assert_eq!(node.status("2026-04-29"), Status::Supported);
        assert_eq!(node.status("2026-04-30"), Status::Deprecated);
        assert_eq!(node.status("2027-02-01"), Status::CreateBlocked);
        assert_eq!(node.status("2027-03-03"), Status::UpdateBlocked);
        assert_eq!(lifecycle("nodejs21.x"), None);
    }

    #[test]
    fn a_name_that_nobody_knows_is_new_or_wrong() {
        let found = |runtime: &str| unlisted(runtime).map(|unlisted| (unlisted.alike, unlisted.newest));
        assert_eq!(found("nodejs22"), Some((vec!["nodejs22.x"], None)));
        assert_eq!(found("NodeJS22.x"), Some((vec!["nodejs22.x"], None)));
        assert_eq!(found("node20.x"), Some((vec!["dotnetcore2.0", "nodejs20.x"], None)));
        assert_eq!(found("python3.12.1"), Some((vec![], None)));
        assert_eq!(found("JAVA_VERSION"), Some((vec![], None)));
        assert_eq!(found("python3.5"), Some((vec![], Some("python3.14"))));
        assert_eq!(found("nodejs21.x"), Some((vec![], Some("nodejs24.x"))));
        assert_eq!(found("provided.al2022"), Some((vec![], Some("provided.al2023"))));
        for newer in ["nodejs26.x", "python3.15", "java29", "dotnet11", "ruby4.1", "provided.al2026"] {
            assert_eq!(found(newer), None, "{newer}");
        }
    }
}
