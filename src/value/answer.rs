//! The four answers: true, false, sometimes under a condition, unknown.

use super::{Condition, Why};

/// What a question about a value yields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Surely.
    True,
    /// Surely not.
    False,
    /// Yes under this condition, no otherwise.
    Sometimes(Condition),
    /// Cannot be said.
    Unknown(Why),
}

impl Answer {
    /// The opposite. The condition of "sometimes" keeps naming the branch that was decisive.
    #[allow(clippy::should_implement_trait, reason = "reads better than `!` in a chain of answers")]
    pub fn not(self) -> Self {
        match self {
            Self::True => Self::False,
            Self::False => Self::True,
            other => other,
        }
    }

    /// Both. False wins, then unknown, then sometimes.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::False, _) | (_, Self::False) => Self::False,
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::Sometimes(condition), _) | (_, Self::Sometimes(condition)) => Self::Sometimes(condition),
            (Self::True, Self::True) => Self::True,
        }
    }

    /// Either. True wins, then sometimes, then unknown.
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::True, _) | (_, Self::True) => Self::True,
            (Self::Sometimes(condition), _) | (_, Self::Sometimes(condition)) => Self::Sometimes(condition),
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::False, Self::False) => Self::False,
        }
    }

    /// Of several exclusive branches: true (false) if all say so; sometimes, with the first branch
    /// that says yes, if some do; unknown if no branch says yes and some cannot say.
    pub fn of_branches<'a>(branches: impl Iterator<Item = (&'a Condition, Answer)>) -> Self {
        let (mut yes, mut no, mut unknown) = (None, false, None);
        for (condition, answer) in branches {
            match answer {
                Self::True => {
                    yes.get_or_insert_with(|| condition.clone());
                }
                Self::Sometimes(inner) => {
                    yes.get_or_insert(inner);
                    no = true;
                }
                Self::False => no = true,
                Self::Unknown(why) => {
                    unknown.get_or_insert(why);
                }
            }
        }
        match (yes, no, unknown) {
            (Some(_), false, None) => Self::True,
            (Some(condition), ..) => Self::Sometimes(condition),
            (None, _, Some(why)) => Self::Unknown(why),
            (None, ..) => Self::False,
        }
    }
}

impl From<bool> for Answer {
    fn from(yes: bool) -> Self {
        if yes { Self::True } else { Self::False }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_branch_that_says_yes_makes_it_sometimes() {
        let (a, b) = (Condition::new("a"), Condition::new("b"));
        let some = Answer::of_branches([(&a, Answer::False), (&b, Answer::True)].into_iter());
        assert_eq!(some, Answer::Sometimes(b.clone()));
        let undecided = Answer::of_branches([(&a, Answer::False), (&b, Answer::Unknown(Why::new("x")))].into_iter());
        assert_eq!(undecided, Answer::Unknown(Why::new("x")));
        let all = Answer::of_branches([(&a, Answer::True), (&b, Answer::True)].into_iter());
        assert_eq!(all, Answer::True);
    }

    #[test]
    fn false_decides_a_conjunction_whatever_else_is_unknown() {
        assert_eq!(Answer::Unknown(Why::new("x")).and(Answer::False), Answer::False);
        assert_eq!(Answer::Unknown(Why::new("x")).or(Answer::True), Answer::True);
    }
}
