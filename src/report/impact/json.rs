//! The impact as JSON.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{ArrangementChange, Bounds, Change, Compared, Impact, ProgramImpact, codes, components};
use crate::{
    compare::{ClaimDifference, ClaimOutcome, DifferenceKind, Tally},
    engine::Counts,
    money::{Decimal, at_scale},
    outcome::{self, Outcome},
};

/// The version of this JSON; its minor number only adds.
const VERSION: &str = "1.1";

#[derive(Serialize)]
struct Page<'i> {
    version: &'static str,
    base: &'i str,
    head: Option<&'i str>,
    claims: &'i str,
    changed: bool,
    programs: Vec<OneProgram<'i>>,
    arrangements: Vec<OneArrangement>,
    scope: Scope,
}

#[derive(Serialize)]
struct OneArrangement {
    arrangement: String,
    change: &'static str,
    ceiling: Sides<Option<String>>,
}

#[derive(Serialize)]
struct Scope {
    declared: Vec<String>,
    breaches: Vec<Breach>,
}

#[derive(Serialize)]
struct Breach {
    option: &'static str,
    program: Option<String>,
    words: String,
}

#[derive(Serialize)]
struct OneProgram<'i> {
    program: String,
    change: &'static str,
    #[serde(flatten)]
    compared: Option<Figures<'i>>,
}

#[derive(Serialize)]
struct Figures<'i> {
    title: &'i str,
    because_of: Vec<String>,
    currency: Sides<&'i str>,
    fingerprint: Sides<&'i str>,
    counts: BTreeMap<&'static str, Sides<u64>>,
    awards: Awards<'i>,
    reasons: BTreeMap<&'i str, CodeFigures>,
    flags: BTreeMap<&'i str, CodeFigures>,
    cuts: BTreeMap<&'i str, CodeFigures>,
    keys: Vec<KeyFigures<'i>>,
    changed_claims: BTreeMap<&'static str, usize>,
    claims: Vec<OneClaim<'i>>,
    claims_left_out: usize,
}

#[derive(Serialize)]
struct Sides<T> {
    before: T,
    after: T,
}

#[derive(Serialize)]
struct Amounts {
    before: String,
    after: String,
    difference: String,
}

#[derive(Serialize)]
struct Awards<'i> {
    total: Amounts,
    pending: Amounts,
    reversed: Amounts,
    by_component: BTreeMap<&'i str, Amounts>,
}

#[derive(Serialize)]
struct CodeFigures {
    claims: Sides<u64>,
    amount: Amounts,
}

#[derive(Serialize)]
struct KeyFigures<'i> {
    component: &'i str,
    key: Vec<KeyPart<'i>>,
    before: String,
    after: String,
    difference: String,
}

#[derive(Serialize)]
struct KeyPart<'i> {
    name: &'i str,
    value: &'i str,
}

#[derive(Serialize)]
struct OneClaim<'i> {
    claim: &'i str,
    participant: &'i str,
    date: Option<String>,
    line: u64,
    change: &'static str,
    difference: String,
    before: ClaimSide<'i>,
    after: ClaimSide<'i>,
}

#[derive(Serialize)]
struct ClaimSide<'i> {
    disposition: &'static str,
    award: String,
    pending: String,
    components: BTreeMap<&'i str, String>,
    reasons: Vec<Reason<'i>>,
    flags: Vec<Reason<'i>>,
    cuts: &'i [String],
}

#[derive(Serialize)]
struct Reason<'i> {
    code: &'i str,
    message: &'i str,
}

pub(super) fn page(impact: &Impact) -> serde_json::Result<String> {
    let breaches = impact.breaches().into_iter().map(|breach| Breach {
        option: breach.option,
        program: breach.program.map(|program| program.to_string()),
        words: breach.words,
    });
    serde_json::to_string_pretty(&Page {
        version: VERSION,
        base: &impact.base,
        head: impact.head.as_deref(),
        claims: &impact.claims,
        changed: impact.has_changed(),
        programs: impact.programs.iter().map(|one| program(one, impact.first)).collect(),
        arrangements: impact.arrangements.iter().map(arrangement).collect(),
        scope: Scope { declared: impact.scope.declared(), breaches: breaches.collect() },
    })
}

fn arrangement(change: &ArrangementChange) -> OneArrangement {
    let ceiling = |bounds: &Option<Bounds>| bounds.as_ref().map(|bounds| bounds.ceiling.to_string());
    OneArrangement {
        arrangement: change.name.to_string(),
        change: change.name_of_change(),
        ceiling: Sides { before: ceiling(&change.before), after: ceiling(&change.after) },
    }
}

fn program(one: &ProgramImpact, first: Option<usize>) -> OneProgram<'_> {
    let (change, compared) = match &one.change {
        Change::None => ("none", None),
        Change::New => ("new", None),
        Change::Gone => ("gone", None),
        Change::Undecided => ("undecided", None),
        Change::Compared(compared) => ("changed", Some(figures(compared, first))),
    };
    OneProgram { program: one.name.to_string(), change, compared }
}

fn figures(compared: &Compared, first: Option<usize>) -> Figures<'_> {
    let comparison = &compared.comparison;
    let (before, after) = (&comparison.before, &comparison.after);
    let written = Written(compared);
    let amounts = |before, after| written.amounts(before, after);
    let keys = comparison.keys.iter().map(|key| {
        let Amounts { before, after, difference } = amounts(key.before, key.after);
        let parts = key.key.iter().map(|(name, value)| KeyPart { name, value });
        KeyFigures { component: &key.component, key: parts.collect(), before, after, difference }
    });
    let claims: Vec<OneClaim<'_>> = compared.shown(first).into_iter().map(|claim| written.claim(claim)).collect();
    Figures {
        title: &compared.title,
        because_of: compared.because_of.iter().map(ToString::to_string).collect(),
        currency: Sides { before: &compared.units.0, after: &compared.units.1 },
        fingerprint: Sides { before: &compared.fingerprints.0, after: &compared.fingerprints.1 },
        counts: counts(before.counts, after.counts),
        awards: Awards {
            total: amounts(before.award, after.award),
            pending: amounts(before.pending, after.pending),
            reversed: amounts(before.reversed, after.reversed),
            by_component: components(before, after).into_iter().map(|(name, (b, a))| (name, amounts(b, a))).collect(),
        },
        reasons: written.codes(&before.reasons, &after.reasons),
        flags: written.codes(&before.flags, &after.flags),
        cuts: written.codes(&before.cuts, &after.cuts),
        keys: keys.collect(),
        changed_claims: DifferenceKind::ALL.map(|kind| (kind.name(), comparison.of_kind(kind).count())).into(),
        claims_left_out: comparison.claims.len().saturating_sub(claims.len()),
        claims,
    }
}

fn counts(before: Counts, after: Counts) -> BTreeMap<&'static str, Sides<u64>> {
    let of = |counts: Counts| {
        let Counts { read, approved, held, returned, rejected, skipped } = counts;
        [read, approved, held, returned, rejected, skipped]
    };
    let names = ["read", "approved", "held", "returned", "rejected", "skipped"];
    let sides = of(before).into_iter().zip(of(after)).map(|(before, after)| Sides { before, after });
    names.into_iter().zip(sides).collect()
}

/// A comparison whose amounts are written at its scale.
#[derive(Clone, Copy)]
struct Written<'i>(&'i Compared);

impl<'i> Written<'i> {
    fn amount(self, amount: Decimal) -> String {
        at_scale(amount, self.0.scale)
    }

    fn amounts(self, before: Decimal, after: Decimal) -> Amounts {
        let difference = self.amount(after.saturating_sub(before));
        Amounts { before: self.amount(before), after: self.amount(after), difference }
    }

    fn codes<'t>(
        self,
        before: &'t BTreeMap<String, Tally>,
        after: &'t BTreeMap<String, Tally>,
    ) -> BTreeMap<&'t str, CodeFigures> {
        let figures = codes(before, after).into_iter().map(|(code, (before, after))| {
            let claims = Sides { before: before.claims, after: after.claims };
            (code, CodeFigures { claims, amount: self.amounts(before.amount, after.amount) })
        });
        figures.collect()
    }

    fn claim(self, claim: &'i ClaimDifference) -> OneClaim<'i> {
        OneClaim {
            claim: self.0.id(claim),
            participant: self.0.participant(claim),
            date: claim.date.map(|date| date.to_string()),
            line: claim.line,
            change: claim.kind.name(),
            difference: self.amount(claim.gain()),
            before: self.side(&claim.before, self.0.words_before.get(&claim.line)),
            after: self.side(&claim.after, self.0.words_after.get(&claim.line)),
        }
    }

    fn side(self, outcome: &'i ClaimOutcome, words: Option<&'i Outcome<'static>>) -> ClaimSide<'i> {
        let components = outcome.components.iter().map(|(name, amount)| (name.as_str(), self.amount(*amount)));
        let reasons = |codes: &'i [String], said: &'i [outcome::Reason<'static>]| -> Vec<Reason<'i>> {
            match said {
                [] => codes.iter().map(|code| Reason { code, message: "" }).collect(),
                said => said.iter().map(|reason| Reason { code: &reason.code, message: &reason.message }).collect(),
            }
        };
        ClaimSide {
            disposition: outcome.status,
            award: self.amount(outcome.award),
            pending: self.amount(outcome.pending),
            components: components.collect(),
            reasons: reasons(&outcome.reasons, words.map_or(&[], |words| &words.reasons)),
            flags: reasons(&outcome.flags, words.map_or(&[], |words| &words.flags)),
            cuts: &outcome.cuts,
        }
    }
}
