//! Differences that were found between the typed form and Rhai, or between what is exact and what was taken for it.

use super::{pairs::said_by_both, random::Random, world::World};

/// A script, an expression over it, and what both give for it.
const FOUND: [(&str, &str, &str); 12] = [
    // Products whose last digits are zeros that don't fit: refused as inexact although nothing is lost.
    ("", "3663251523784.3514893409367776 * 5", "18316257618921.757446704683888"),
    ("", "149.95077910341127862983633833 * -10", "-1499.5077910341127862983633833"),
    // And one that lost the places that Rhai shows.
    ("", "`${1.0000000000000000000000000000 * 7.41}`", "7.4100000000000000000000000000"),
    // Capitals that take more bytes than the text they are made of.
    (
        "fn f() { let w = \"ΐ\"; for x in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] { w += w; } len(upper(w)) }",
        "f()",
        "fails: TextLength",
    ),
    (
        "fn f() { let w = \"İ\"; for x in [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15] { w += w; } len(lower(w)) }",
        "f()",
        "fails: TextLength",
    ),
    // Arms that give nothing that is used need no common type.
    ("fn f(x) { let y = 0; switch x { 1 => { y = 2; }, 2 => { \"a\"; }, _ => { 1.5; } } y }", "f(1)", "2"),
    ("fn f(x) { switch x { 1 => { if x == 1 { 1; } else { \"a\"; } }, _ => { 1.5; } } x }", "f(1)", "1"),
    // In Rhai a list is evaluated before what is looked for in it.
    ("", "add_months(date(\"9999-12-31\"), 8) in [date(\"no date\"), claim.day]", "fails: NotDate"),
    ("", "date(\"no date\") in [add_months(date(\"9999-12-31\"), 8), claim.day]", "fails: Calendar"),
    // A difference by intent: in Rhai the argument behind the point fails first.
    ("", "(date(\"no date\")).add_months(1 % 0)", "fails: NotDate"),
    // The opposite of zero has a sign, as a text shows.
    ("", "`${-(1.50 - 1.5)}`", "-0.00"),
    ("fn f(x) { x -= x; -x }", "f(1.50)", "-0.00"),
];

#[test]
fn what_was_found_stays_found() {
    let world = World::new(&mut Random::new(7), 1);
    for (script, expression, expected) in FOUND {
        let said = said_by_both(script, expression, &world).unwrap_or_else(|trouble| panic!("{expression}: {trouble}"));
        assert_eq!(said, expected, "{script} {expression}");
    }
}
