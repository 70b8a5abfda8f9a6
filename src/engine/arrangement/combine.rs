//! One outcome of what the standard rules and arrangements decided for a claim.

use std::borrow::Cow;

use super::{
    ArrangedProgram,
    claim::Decision,
    purse::{Grant, Purse},
};
use crate::{
    diagnostic::Place,
    engine::{allocation::borne, limit::after_limits},
    money::{Decimal, Inexact, add, at_scale, negated, subtract},
    outcome::{Arranged, ArrangedBy, Depth, Disposition, EngineReason, Outcome, Reason},
    program::Program,
    script::Failure,
    variant::Arrangement,
};

/// What arrangements decided for a claim that is or was in their scope.
pub(super) struct Combined<'a> {
    program: &'a Program,
    depth: Depth,
    shares: Vec<Share<'a>>,
    /// Why the claim is held, where they contradict each other.
    conflict: Option<Reason<'a>>,
}

/// What one of them decided.
struct Share<'a> {
    number: usize,
    arrangement: &'a Arrangement,
    program: &'a Program,
    /// Whether it stands as it was decided before.
    is_again: bool,
    /// None where the claim has left its scope.
    by: Option<Outcome<'a>>,
    /// What it takes back of what it decided before.
    reversed: Decimal,
}

impl<'a> Combined<'a> {
    pub(super) fn new(program: &'a Program, depth: Depth) -> Self {
        Self { program, depth, shares: Vec::new(), conflict: None }
    }

    /// Adds what the arrangement with a number decided.
    pub(super) fn add(&mut self, number: usize, with: ArrangedProgram<'a>, decision: Decision<'a>, is_again: bool) {
        let ArrangedProgram { arrangement, program, .. } = with;
        let (by, reversed) = decision;
        self.shares.push(Share { number, arrangement, program, is_again, by, reversed });
    }

    /// The claim is held for this reason.
    pub(super) fn hold(&mut self, conflict: Reason<'a>) {
        self.conflict = Some(conflict);
    }

    /// The numbers of those that decided the claim, or had it in their scope before, and whether what they decided stands as it
    /// did.
    pub(super) fn numbers(&self) -> impl Iterator<Item = (usize, bool)> + '_ {
        self.shares.iter().map(|share| (share.number, share.is_again))
    }

    /// The numbers of those whose decisions don't stand, since the claim would fare worse.
    pub(super) fn withheld(&self, standard: &Outcome<'a>) -> Vec<usize> {
        let withheld = self.shares.iter().filter(|share| share.is_worse(standard));
        withheld.map(|share| share.number).collect()
    }

    /// Why the claim is held, where two of them both change a component, or one of several what becomes of it.
    pub(super) fn conflict(&self, standard: &Outcome<'a>) -> Option<Reason<'a>> {
        let better: Vec<&Share<'a>> =
            self.shares.iter().filter(|share| share.differs(standard) && !share.is_worse(standard)).collect();
        let mut changed: Vec<(String, &Share<'a>)> = Vec::new();
        for (place, share) in better.iter().enumerate() {
            let other = better.iter().enumerate().find(|(other, _)| *other != place);
            let changes_fate = share.by.as_ref().is_some_and(|by| by.disposition != standard.disposition);
            if let (Some((_, other)), true) = (other, changes_fate) {
                return Some(self.conflict_reason(share, other, None));
            }
            for name in share.changed(self.program, standard) {
                if let Some((_, other)) = changed.iter().find(|(known, _)| *known == name) {
                    return Some(self.conflict_reason(other, share, Some(&name)));
                }
                changed.push((name, share));
            }
        }
        None
    }

    fn conflict_reason(&self, one: &Share<'_>, other: &Share<'_>, component: Option<&str>) -> Reason<'a> {
        let (one, other) = (&one.arrangement.name, &other.arrangement.name);
        let message = self.words(|| match component {
            Some(name) => format!("the arrangements `{one}` and `{other}` both change `{name}`"),
            None => format!("the arrangement `{one}` changes what becomes of it, and `{other}` is for it as well"),
        });
        EngineReason::ArrangementConflict.because(message, None)
    }

    /// The outcome. `paid` is what was added to the claim before it was corrected, and is taken back; the purses are those of
    /// all arrangements.
    pub(super) fn outcome(
        &self,
        standard: &Outcome<'a>,
        paid: Decimal,
        mut purses: Vec<Purse<'_>>,
    ) -> Result<Outcome<'a>, Failure> {
        let exact = |reason: Inexact| self.inexact(reason);
        let mut outcome = standard.clone();
        let touching: Vec<&Share<'a>> = self.shares.iter().filter(|share| share.differs(standard)).collect();
        let better = touching.iter().filter(|share| !share.is_worse(standard)).count();
        let (mut granted, mut decided) = (Decimal::ZERO, Vec::new());
        for share in &self.shares {
            let Some(purse) = purses.get_mut(share.number) else { continue };
            let alone = better == 1 && share.differs(standard) && !share.is_worse(standard);
            let added = self.add_share(share, alone, &mut outcome, standard, purse).map_err(exact)?;
            granted = add(granted, added).map_err(exact)?;
            decided.extend(share.decided(standard, added).map_err(exact)?);
        }
        if let Some(conflict) = &self.conflict {
            hold(&mut outcome, standard, conflict);
        }
        let names = touching.iter().map(|share| share.arrangement.name.to_string()).collect();
        let all = Arranged { names, decided, amount: granted };
        self.settle(&mut outcome, standard, paid, all).map_err(exact)?;
        if outcome.award != standard.award || outcome.reversed != standard.reversed {
            self.allocate(&mut outcome)?;
        }
        Ok(outcome)
    }

    /// Lets an arrangement make of an outcome what its ceiling leaves. Comes back with what it adds to what is paid.
    fn add_share(
        &self,
        share: &Share<'a>,
        alone: bool,
        outcome: &mut Outcome<'a>,
        standard: &Outcome<'a>,
        purse: &mut Purse<'_>,
    ) -> Result<Decimal, Inexact> {
        let (participant, ceiling) = (&standard.participant, share.arrangement.ceiling);
        let by = share.by.as_ref().filter(|_| self.conflict.is_none() && !share.is_worse(standard));
        let stays = if self.conflict.is_some() { Decimal::ZERO } else { standard.award };
        let reached = by.map_or(stays, |by| by.award);
        let taken_back = subtract(standard.reversed.unwrap_or_default(), share.reversed)?;
        let wanted = add(subtract(reached, stays)?, taken_back)?;
        let grant = purse.grant(participant, wanted, ceiling)?;
        let is_spent = grant.asked > Decimal::ZERO && grant.granted.is_zero();
        if let Some(by) = by.filter(|_| alone && !is_spent) {
            become_like(outcome, by, standard);
            if by.disposition == Disposition::Held {
                let base = if standard.disposition == Disposition::Held { standard.pending } else { Decimal::ZERO };
                // What is held is granted once it is released, from what is left then.
                let later = purse.grant(participant, subtract(by.pending, base)?, ceiling)?;
                outcome.pending = add(base, later.granted)?;
                outcome.flags.to_mut().extend(self.note(share, later, purse));
            }
        }
        outcome.flags.to_mut().extend(self.note(share, grant, purse));
        if share.is_worse(standard) && self.conflict.is_none() {
            outcome.flags.to_mut().push(self.withheld_reason(share));
        }
        if !grant.wanted.is_zero() || !grant.granted.is_zero() {
            purse.take(participant, grant)?;
        }
        Ok(grant.granted)
    }

    /// The note on an arrangement that adds less than its rules say.
    fn note(&self, share: &Share<'_>, grant: Grant, purse: &Purse<'_>) -> Option<Reason<'a>> {
        let Arrangement { name, ceiling, .. } = share.arrangement;
        let shown = |amount: Decimal| at_scale(amount, self.program.identification.scale);
        if grant.asked > grant.granted && grant.asked > Decimal::ZERO {
            let message = self.words(|| {
                let [granted, asked] = [grant.granted, grant.asked].map(shown);
                let [used, ceiling] = [purse.used().awarded, *ceiling].map(shown);
                format!(
                    "the arrangement `{name}` adds {granted} of {asked}: {used} of its ceiling of {ceiling} are used"
                )
            });
            return Some(EngineReason::ArrangementCeiling.because(message, None));
        }
        if grant.wanted < grant.asked {
            let message = self.words(|| {
                let (less, taken) = (shown(negated(grant.wanted)), shown(negated(grant.granted)));
                format!("the arrangement `{name}` would award {less} less, of which it takes {taken}: no more than it has added")
            });
            return Some(EngineReason::ArrangementWithheld.because(message, None));
        }
        None
    }

    /// The note that an arrangement adds nothing, since the claim would fare worse under it.
    fn withheld_reason(&self, share: &Share<'_>) -> Reason<'a> {
        let message = self.words(|| {
            let Some(by) = &share.by else { return String::new() };
            let codes = by.reasons.iter().chain(by.flags.iter()).filter(|one| one.disposition == by.disposition);
            let why: Vec<String> = codes.map(|one| format!("{}: {}", one.code, one.message)).collect();
            let name = &share.arrangement.name;
            format!("under the arrangement `{name}` it would be {}: {}", by.disposition, why.join("; "))
        });
        EngineReason::ArrangementWithheld.because(message, None)
    }

    /// Sums up what is paid and what is taken back. What arrangements add to a claim that isn't awarded, which can only be less
    /// than nothing, is taken back of what it was awarded before.
    fn settle(
        &self,
        outcome: &mut Outcome<'a>,
        standard: &Outcome<'a>,
        paid: Decimal,
        all: Arranged,
    ) -> Result<(), Inexact> {
        let granted = all.amount;
        let zero = Decimal::new(0, standard.award.scale());
        let is_paid = outcome.disposition == Disposition::Approved;
        let (added, back) = if is_paid { (add(paid, granted)?, paid) } else { (zero, negated(granted)) };
        if !back.is_zero() {
            outcome.reversed = Some(add(outcome.reversed.unwrap_or_default(), back)?);
        }
        outcome.award = if is_paid { add(standard.award, added)? } else { zero };
        if all.names.is_empty() && added.is_zero() && back.is_zero() {
            return Ok(());
        }
        let waits = match outcome.disposition {
            Disposition::Held if self.conflict.is_none() => {
                let base = if standard.disposition == Disposition::Held { standard.pending } else { zero };
                subtract(outcome.pending, base)?
            }
            _ => zero,
        };
        let amount = add(add(zero, added)?, waits)?;
        outcome.arranged = Some(Box::new(Arranged { amount, ..all }));
        Ok(())
    }

    /// Splits the award over cost centres, less what was taken back of the claim before.
    fn allocate(&self, outcome: &mut Outcome<'a>) -> Result<(), Failure> {
        let mut parts = borne(self.program, outcome.award)?;
        if let Some(reversed) = outcome.reversed {
            for (part, back) in parts.iter_mut().zip(borne(self.program, reversed)?) {
                *part = subtract(*part, back).map_err(|reason| self.inexact(reason))?;
            }
        }
        outcome.allocation = Cow::Owned(parts);
        Ok(())
    }

    fn inexact(&self, reason: Inexact) -> Failure {
        inexact(self.program, reason)
    }

    /// A message, where words are wanted.
    fn words(&self, words: impl FnOnce() -> String) -> String {
        if self.depth == Depth::Codes { String::new() } else { words() }
    }
}

pub(super) fn inexact(program: &Program, reason: Inexact) -> Failure {
    Failure { place: Place::start_of(&program.source), reason: reason.to_string() }
}

/// The claim held, since what an arrangement adds can't be worked out.
pub(super) fn failed<'a>(standard: &Outcome<'a>, failure: &Failure) -> Outcome<'a> {
    let mut outcome = standard.clone();
    let message = format!("what arrangements add can't be worked out: {}", failure.reason);
    hold(&mut outcome, standard, &EngineReason::RuleFailed.because(message, Some(failure.place.clone())));
    outcome
}

impl Share<'_> {
    /// Whether anything becomes another than by the standard rules.
    fn differs(&self, standard: &Outcome<'_>) -> bool {
        let Some(by) = &self.by else { return false };
        let codes = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect::<Vec<_>>();
        by.disposition != standard.disposition
            || (by.award, by.pending) != (standard.award, standard.pending)
            || by.reversed.unwrap_or_default() != standard.reversed.unwrap_or_default()
            || codes(&by.reasons) != codes(&standard.reasons)
            || codes(&by.flags) != codes(&standard.flags)
    }

    /// What it decided, where that is something else.
    fn decided(&self, standard: &Outcome<'_>, added: Decimal) -> Result<Option<ArrangedBy>, Inexact> {
        let Some(by) = self.by.as_ref().filter(|_| self.differs(standard)) else { return Ok(None) };
        let (name, award) = (self.arrangement.name.to_string(), add(by.award, by.pending)?);
        Ok(Some(ArrangedBy { name, disposition: by.disposition, award, added }))
    }

    /// Whether the claim fares worse: an arrangement takes nothing away, so then the standard outcome stays.
    fn is_worse(&self, standard: &Outcome<'_>) -> bool {
        self.by.as_ref().is_some_and(|by| by.disposition < standard.disposition)
    }

    /// The components of which limits leave something else than by the standard rules. All of them, where that can't be said.
    fn changed(&self, program: &Program, standard: &Outcome<'_>) -> Vec<String> {
        let all = self.program.components.iter().chain(&program.components);
        let names = all.map(|component| component.name.as_str());
        let left = self.by.as_ref().map(|by| (after_limits(self.program, by), after_limits(program, standard)));
        let amount = |program: &Program, left: &[Decimal], name: &str| {
            let place = program.components.iter().position(|component| component.name == name);
            place.and_then(|place| left.get(place)).copied().unwrap_or_default()
        };
        let mut changed: Vec<String> = Vec::new();
        for name in names {
            let differs = match &left {
                Some((Ok(own), Ok(theirs))) => amount(self.program, own, name) != amount(program, theirs, name),
                _ => true,
            };
            if differs && !changed.iter().any(|known| known == name) {
                changed.push(name.to_owned());
            }
        }
        changed
    }
}

/// Lets an outcome become what an arrangement makes of the claim, with the standard components where these stand as well.
fn become_like<'a>(outcome: &mut Outcome<'a>, by: &Outcome<'a>, standard: &Outcome<'a>) {
    if by.disposition != standard.disposition {
        let zero = Decimal::new(0, standard.award.scale());
        outcome.components = Cow::Owned(vec![zero; standard.components.len()]);
        outcome.cuts = Cow::Borrowed(&[]);
        (outcome.award, outcome.pending) = (zero, zero);
    }
    outcome.disposition = by.disposition;
    outcome.reasons.clone_from(&by.reasons);
    outcome.flags.clone_from(&by.flags);
}

/// Holds a claim with what the standard rules award it.
fn hold<'a>(outcome: &mut Outcome<'a>, standard: &Outcome<'a>, reason: &Reason<'a>) {
    let stands = matches!(standard.disposition, Disposition::Approved | Disposition::Held);
    let zero = Decimal::new(0, standard.award.scale());
    outcome.pending = if standard.disposition == Disposition::Approved { standard.award } else { standard.pending };
    outcome.award = zero;
    outcome.disposition = Disposition::Held;
    if !stands {
        outcome.reasons = Cow::Borrowed(&[]);
    }
    outcome.reasons.to_mut().push(reason.clone());
}
