//! Where to look for the smallest change: first in a row, then further and further apart, and near what the rule compared.
//! Between the last value that didn't do and the first that did, halving finds one beside which the next doesn't do.

use super::line::Line;
use crate::{
    claim::Constant,
    money::{Decimal, subtract},
};

/// How many days in each direction are tried one by one; a rule on dates may hold for a few days alone.
const DAYS_IN_A_ROW: i64 = 31;
const UNITS_IN_A_ROW: i64 = 8;

/// The distances that are tried in a direction, each as steps up; the nearest first. Those seen lead up or down.
pub(super) fn distances(line: &Line<'_>, seen: &[Constant]) -> Vec<i64> {
    let in_a_row = if line.is_date() { DAYS_IN_A_ROW } else { UNITS_IN_A_ROW };
    let mut distances: Vec<i64> = (1..=in_a_row).flat_map(|steps| [steps, -steps]).collect();
    let mut apart = in_a_row;
    while apart < line.reach() {
        // Dates by a quarter more, since periods and dated terms are windows; numbers twice as far.
        apart = if line.is_date() { apart + apart / 4 } else { apart * 2 }.min(line.reach());
        distances.extend([apart, -apart]);
    }
    for steps in hints(line, seen) {
        let near = [steps.checked_sub(1), Some(steps), steps.checked_add(1)];
        distances
            .extend(near.into_iter().flatten().filter(|steps| steps.unsigned_abs() <= line.reach().unsigned_abs()));
    }
    distances.sort_unstable_by_key(|steps| (steps.unsigned_abs(), *steps));
    distances.dedup();
    distances
}

/// The values that were compared, and the cell moved by one of them or by what two lie apart.
fn hints(line: &Line<'_>, seen: &[Constant]) -> Vec<i64> {
    let numbers: Vec<Decimal> = seen.iter().filter_map(Constant::number).collect();
    let differences = numbers
        .iter()
        .enumerate()
        .flat_map(|(index, one)| numbers.iter().skip(index + 1).filter_map(|other| subtract(*one, *other).ok()));
    let shifts: Vec<Decimal> = numbers.iter().copied().chain(differences).collect();
    let moved = shifts.iter().filter_map(|shift| line.steps_in(*shift)).flat_map(|steps| [steps, -steps]);
    seen.iter().filter_map(|value| line.steps_to(value)).chain(moved).collect()
}

/// The least distance in one direction at which something holds and one step less doesn't. `holds` is asked with the sign.
pub(super) fn least(distances: &[i64], sign: i64, mut holds: impl FnMut(i64) -> bool) -> Option<i64> {
    let (mut less, mut found) = (0, None);
    for distance in distances.iter().map(|steps| steps * sign).filter(|distance| *distance > 0) {
        if holds(sign * distance) {
            found = Some(distance);
            break;
        }
        less = distance;
    }
    let mut least = found?;
    while least - less > 1 {
        let middle = less + (least - less) / 2;
        if holds(sign * middle) {
            least = middle;
        } else {
            less = middle;
        }
    }
    Some(least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{calendar::parse_iso, claim::Value, money::parse_decimal};

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).unwrap()
    }

    #[test]
    fn the_least_change_is_found_however_far_away() {
        let line = Line::new(Value::Decimal(decimal("12.50")), 2, false).unwrap();
        let distances = distances(&line, &[]);
        for threshold in [1, 2, 9, 1_250, 123_457, 999_999_999_999] {
            assert_eq!(least(&distances, -1, |steps| steps <= -threshold), Some(threshold));
            assert_eq!(least(&distances, 1, |steps| steps <= -threshold), None);
        }
    }

    #[test]
    fn a_narrow_window_is_found_where_the_rule_compared_what_lies_in_it() {
        let line = Line::new(Value::Decimal(decimal("500.00")), 2, false).unwrap();
        let in_window = |steps: i64| (-37_764..=-37_564).contains(&steps);
        assert_eq!(least(&distances(&line, &[]), -1, in_window), None);
        assert_eq!(least(&distances(&line, &[Constant::Decimal(decimal("123.36"))]), -1, in_window), Some(37_564));
        // What two of the values lie apart leads there as well.
        let seen = [Constant::Decimal(decimal("376.64")), Constant::Integer(0)];
        assert_eq!(least(&distances(&line, &seen), -1, in_window), Some(37_564));
    }

    #[test]
    fn a_date_is_moved_by_days_and_no_further_than_ten_years() {
        let line = Line::new(Value::Date(parse_iso("2026-06-15").unwrap()), 2, false).unwrap();
        let distances = distances(&line, &[Constant::Integer(72), Constant::Integer(60)]);
        assert_eq!(least(&distances, -1, |steps| (-13..=-12).contains(&steps)), Some(12));
        assert_eq!(least(&distances, 1, |steps| steps >= 400), Some(400));
        assert_eq!(distances.iter().map(|steps| steps.abs()).max(), Some(3_653));
        assert!(distances.len() < 200, "{}", distances.len());
    }
}
