//! What a condition asks of one value, and whether other conditions on the same value have answered it.

use std::cmp::Ordering;

use crate::{claim::Constant, script::form::Comparison};

/// What a condition asks of a value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Question {
    /// How it compares with a constant.
    Compare(Comparison, Constant),
    /// Whether it is one of these.
    OneOf(Vec<Constant>),
    /// Whether it is none of these.
    NoneOf(Vec<Constant>),
}

impl Question {
    /// What is known where the answer is no.
    pub(super) fn negated(self) -> Self {
        match self {
            Self::Compare(comparison, constant) => Self::Compare(negated(comparison), constant),
            Self::OneOf(constants) => Self::NoneOf(constants),
            Self::NoneOf(constants) => Self::OneOf(constants),
        }
    }

    fn constants(&self) -> &[Constant] {
        match self {
            Self::Compare(_, constant) => std::slice::from_ref(constant),
            Self::OneOf(constants) | Self::NoneOf(constants) => constants,
        }
    }

    /// Which of the places on a line of constants pass, see [`answered`].
    fn passing(&self, marks: &[&Constant]) -> Vec<bool> {
        let place =
            |constant: &Constant| marks.binary_search_by(|mark| order(mark, constant)).map_or(0, |mark| 2 * mark + 1);
        let listed = |constants: &[Constant], wanted: bool| {
            let mut passing = vec![!wanted; 2 * marks.len() + 1];
            for constant in constants {
                if let Some(passes) = passing.get_mut(place(constant)) {
                    *passes = wanted;
                }
            }
            passing
        };
        match self {
            Self::Compare(comparison, constant) => {
                let constant = place(constant);
                (0..=2 * marks.len()).map(|at| compares(*comparison, at.cmp(&constant))).collect()
            }
            Self::OneOf(constants) => listed(constants, true),
            Self::NoneOf(constants) => listed(constants, false),
        }
    }
}

/// The answer for a value of which the answers to other questions are known to be yes. `None` if it can be either.
///
/// All constants stand on one line. Each of them is a place, and so is what lies between two and beyond the ends, where
/// every question has one answer throughout.
pub(super) fn answered(known: &[&Question], asked: &Question) -> Option<bool> {
    let mut marks: Vec<&Constant> = known.iter().copied().chain([asked]).flat_map(Question::constants).collect();
    marks.sort_by(|one, other| order(one, other));
    marks.dedup_by(|one, other| order(one, other).is_eq());
    let known: Vec<Vec<bool>> = known.iter().map(|test| test.passing(&marks)).collect();
    let asked = asked.passing(&marks);
    let possible = |at: usize| known.iter().all(|passing| passing.get(at).copied().unwrap_or(false));
    let mut answers = asked.iter().enumerate().filter(|(at, _)| possible(*at)).map(|(_, passes)| *passes);
    let first = answers.next()?;
    answers.all(|answer| answer == first).then_some(first)
}

/// What a comparison says of two values in this order.
pub(super) fn compares(comparison: Comparison, order: Ordering) -> bool {
    match comparison {
        Comparison::Equal => order.is_eq(),
        Comparison::Unequal => order.is_ne(),
        Comparison::Less => order.is_lt(),
        Comparison::AtMost => order.is_le(),
        Comparison::Greater => order.is_gt(),
        Comparison::AtLeast => order.is_ge(),
    }
}

fn negated(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Equal => Comparison::Unequal,
        Comparison::Unequal => Comparison::Equal,
        Comparison::Less => Comparison::AtLeast,
        Comparison::AtMost => Comparison::Greater,
        Comparison::Greater => Comparison::AtMost,
        Comparison::AtLeast => Comparison::Less,
    }
}

/// The comparison with its sides exchanged.
pub(super) fn turned(comparison: Comparison) -> Comparison {
    match comparison {
        Comparison::Less => Comparison::Greater,
        Comparison::AtMost => Comparison::AtLeast,
        Comparison::Greater => Comparison::Less,
        Comparison::AtLeast => Comparison::AtMost,
        same => same,
    }
}

/// The order of two constants of one type.
pub(super) fn order(one: &Constant, other: &Constant) -> Ordering {
    let scratch = bumpalo::Bump::new();
    one.value(&scratch).order(&other.value(&scratch))
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, test_runner::Config};

    use super::*;

    fn number(comparison: Comparison, integer: i64) -> Question {
        Question::Compare(comparison, Constant::Integer(integer))
    }

    fn one_of(integers: &[i64]) -> Question {
        Question::OneOf(integers.iter().copied().map(Constant::Integer).collect())
    }

    #[test]
    fn a_question_is_answered_only_where_every_value_agrees() {
        use Comparison::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
        for (known, asked, answer) in [
            (number(Greater, 5), number(Less, 3), Some(false)),
            (number(Greater, 5), number(Less, 5), Some(false)),
            (number(AtLeast, 5), number(AtMost, 5), None),
            (number(Greater, 5), number(Greater, 3), Some(true)),
            (number(Greater, 3), number(Greater, 5), None),
            (number(Equal, 5), number(Equal, 6), Some(false)),
            (number(Equal, 5), number(Unequal, 6), Some(true)),
            (number(Unequal, 5), number(Equal, 5), Some(false)),
            (number(Unequal, 5), number(Equal, 6), None),
            (one_of(&[1, 2]), number(Less, 3), Some(true)),
            (one_of(&[1, 2]), one_of(&[2, 3]), None),
            (one_of(&[1, 2]), one_of(&[1, 2, 3]), Some(true)),
            (one_of(&[1, 2]), one_of(&[3]), Some(false)),
            (one_of(&[1, 2]).negated(), number(Equal, 2), Some(false)),
            (one_of(&[1, 2]).negated(), number(Greater, 0), None),
        ] {
            assert_eq!(answered(&[&known], &asked), answer, "{known:?} {asked:?}");
        }
    }

    fn holds(question: &Question, value: i64) -> bool {
        match question {
            Question::Compare(comparison, constant) => {
                compares(*comparison, order(&Constant::Integer(value), constant))
            }
            Question::OneOf(constants) => constants.contains(&Constant::Integer(value)),
            Question::NoneOf(constants) => !constants.contains(&Constant::Integer(value)),
        }
    }

    fn questions() -> impl Strategy<Value = Question> {
        use Comparison::{AtLeast, AtMost, Equal, Greater, Less, Unequal};
        let comparisons = prop::sample::select(vec![Equal, Unequal, Less, AtMost, Greater, AtLeast]);
        let lists = prop::collection::vec(0..8_i64, 1..4);
        prop_oneof![
            (comparisons, 0..8_i64).prop_map(|(comparison, integer)| number(comparison, integer)),
            lists.clone().prop_map(|integers| one_of(&integers)),
            lists.prop_map(|integers| one_of(&integers).negated()),
        ]
    }

    proptest! {
        #![proptest_config(Config { failure_persistence: None, ..Config::default() })]

        #[test]
        fn an_answer_is_that_of_every_value(known in prop::collection::vec(questions(), 0..4), asked in questions()) {
            let answer = answered(&known.iter().collect::<Vec<_>>(), &asked);
            for value in (-1..9).filter(|value| known.iter().all(|known| holds(known, *value))) {
                prop_assert!(answer.is_none_or(|answer| answer == holds(&asked, value)), "{value}");
            }
        }
    }

    #[test]
    fn several_questions_answer_together_and_impossible_ones_answer_nothing() {
        let (low, high) = (number(Comparison::AtLeast, 5), number(Comparison::AtMost, 5));
        assert_eq!(answered(&[&low, &high], &number(Comparison::Equal, 5)), Some(true));
        let below = number(Comparison::Less, 3);
        assert_eq!(answered(&[&low, &below], &number(Comparison::Equal, 1)), None);
        assert_eq!(answered(&[], &low), None);
    }
}
