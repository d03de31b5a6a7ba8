//! Near misses: the name that was probably meant.

/// The closest of the names, when one is close: same but for case, `-`/`_`, or at most two edits
/// (one edit for names of up to four characters).
pub fn near_miss<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(wanted);
    names
        .into_iter()
        .filter(|name| *name != wanted)
        .filter_map(|name| {
            let distance = if fold(name) == folded { 0 } else { strsim::damerau_levenshtein(&folded, &fold(name)) };
            let allowed = if wanted.chars().count() <= 4 { 1 } else { 2 };
            (distance <= allowed).then_some((distance, name))
        })
        .min()
        .map(|(_, name)| name)
}

/// The name with the fewest edits, when it is at most a third of the wanted name's length away;
/// for hints ("did you mean"), not for verdicts.
pub fn nearest<'a>(wanted: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let allowed = (wanted.chars().count() / 3).max(1);
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(&fold(wanted), &fold(name)), name))
        .filter(|(distance, _)| *distance <= allowed)
        .min()
        .map(|(_, name)| name)
}

fn fold(name: &str) -> String {
    name.to_lowercase().replace('_', "-")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_off_is_near_and_another_word_is_not() {
        assert_eq!(near_miss("accounts-service", ["account-service", "web"]), Some("account-service"));
        assert_eq!(near_miss("DB", ["db", "web"]), Some("db"));
        assert_eq!(near_miss("api", ["app"]), Some("app"));
        assert_eq!(near_miss("cart", ["card-service"]), None);
        assert_eq!(near_miss("redis", ["postgres"]), None);
    }
}
