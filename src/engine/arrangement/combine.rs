//! One outcome of what the standard rules and arrangements decided for a claim.

use std::borrow::Cow;

use super::ArrangedProgram;
use crate::{
    diagnostic::Place,
    engine::{
        allocation::borne,
        limit::{after_limits, grant},
    },
    history::Running,
    money::{Decimal, Inexact, add, at_scale, subtract},
    outcome::{Arranged, Depth, Disposition, EngineReason, Outcome, Reason},
    program::Program,
    script::Failure,
    variant::Arrangement,
};

/// What arrangements decided for a claim of their scope.
pub(super) struct Combined<'a> {
    program: &'a Program,
    depth: Depth,
    all: Vec<Touch<'a>>,
}

/// What one of them decided.
struct Touch<'a> {
    number: usize,
    with: ArrangedProgram<'a>,
    outcome: Outcome<'a>,
}

impl<'a> Combined<'a> {
    pub(super) fn new(program: &'a Program, depth: Depth) -> Self {
        Self { program, depth, all: Vec::new() }
    }

    /// Adds what the arrangement with a number decided.
    pub(super) fn add(&mut self, number: usize, with: ArrangedProgram<'a>, outcome: Outcome<'a>) {
        self.all.push(Touch { number, with, outcome });
    }

    /// Those that make something else of the claim.
    fn touches(&self, standard: &Outcome<'a>) -> impl Iterator<Item = &Touch<'a>> {
        self.all.iter().filter(|touch| touch.differs(standard))
    }

    /// The numbers of the arrangements whose decisions don't stand: they make the claim fare worse, or contradict each other.
    pub(super) fn withdrawn(&self, standard: &Outcome<'a>, outcome: &Outcome<'a>) -> Vec<usize> {
        let conflict = EngineReason::ArrangementConflict.code();
        let contradict = outcome.reasons.iter().any(|reason| reason.code == conflict);
        let touches = self.touches(standard).filter(|touch| contradict || touch.is_worse(standard));
        touches.map(|touch| touch.number).collect()
    }

    /// The outcome. `paid` was added before the claim was corrected, and is taken back; `used` is what is used of ceilings,
    /// by the numbers of the arrangements.
    pub(super) fn outcome(
        &self,
        standard: &Outcome<'a>,
        paid: Decimal,
        used: &mut [Running],
    ) -> Result<Outcome<'a>, Failure> {
        let exact = |reason: Inexact| self.inexact(reason);
        let touches: Vec<&Touch<'a>> = self.touches(standard).collect();
        let (withheld, better): (Vec<_>, Vec<_>) = touches.iter().partition(|touch| touch.is_worse(standard));
        let mut outcome = standard.clone();
        if !paid.is_zero() {
            outcome.reversed = Some(add(outcome.reversed.unwrap_or_default(), paid).map_err(exact)?);
        }
        let mut all = arranged(&touches, standard);
        match self.conflict(&better, standard).map_err(exact)? {
            Some(conflict) => hold(&mut outcome, standard, &conflict),
            None => {
                for touch in &better {
                    let used = used.get_mut(touch.number);
                    let alone = better.len() == 1;
                    let granted = self.grant(touch, alone, &mut outcome, standard, used).map_err(exact)?;
                    all.amount = add(all.amount, granted).map_err(exact)?;
                }
            }
        }
        outcome.flags.to_mut().extend(withheld.iter().map(|touch| self.withheld(touch)));
        outcome.arranged = (!touches.is_empty()).then(|| Box::new(all));
        if outcome.award != standard.award || !paid.is_zero() {
            self.allocate(&mut outcome)?;
        }
        Ok(outcome)
    }

    fn inexact(&self, reason: Inexact) -> Failure {
        Failure { place: Place::start_of(&self.program.source), reason: reason.to_string() }
    }

    /// Why the claim is held, where two of them both change a component, or one of several what becomes of it.
    fn conflict(&self, touches: &[&Touch<'a>], standard: &Outcome<'a>) -> Result<Option<Reason<'a>>, Inexact> {
        let mut changed: Vec<(String, &Touch<'a>)> = Vec::new();
        for (place, touch) in touches.iter().enumerate() {
            let others = touches.iter().enumerate().find(|(other, _)| *other != place);
            if let (Some((_, other)), true) = (others, touch.outcome.disposition != standard.disposition) {
                return Ok(Some(self.conflict_reason(touch, other, "what becomes of it")));
            }
            for name in touch.changed(self.program, standard)? {
                if let Some((_, other)) = changed.iter().find(|(known, _)| *known == name) {
                    return Ok(Some(self.conflict_reason(other, touch, &format!("`{name}`"))));
                }
                changed.push((name, touch));
            }
        }
        Ok(None)
    }

    /// A message, where words are wanted.
    fn words(&self, words: impl FnOnce() -> String) -> String {
        if self.depth == Depth::Codes { String::new() } else { words() }
    }

    fn conflict_reason(&self, one: &Touch<'_>, other: &Touch<'_>, what: &str) -> Reason<'a> {
        let (one, other) = (&one.with.arrangement.name, &other.with.arrangement.name);
        let message = self.words(|| match what.starts_with('`') {
            true => format!("the arrangements `{one}` and `{other}` both change {what}"),
            false => format!("the arrangement `{one}` changes {what}, and `{other}` is for it as well"),
        });
        EngineReason::ArrangementConflict.because(message, None)
    }

    /// The note that an arrangement adds nothing, since the claim would fare worse under it.
    fn withheld(&self, touch: &Touch<'_>) -> Reason<'a> {
        let by = &touch.outcome;
        let message = self.words(|| {
            let codes = by.reasons.iter().chain(by.flags.iter()).filter(|one| one.disposition == by.disposition);
            let why: Vec<String> = codes.map(|one| format!("{}: {}", one.code, one.message)).collect();
            let name = &touch.with.arrangement.name;
            format!("under the arrangement `{name}` it would be {}: {}", by.disposition, why.join("; "))
        });
        EngineReason::ArrangementWithheld.because(message, None)
    }

    /// Lets an arrangement add to an outcome what its ceiling leaves. Comes back with what that is. One that is alone also
    /// says what becomes of the claim; several agree with the standard rules there.
    fn grant(
        &self,
        touch: &Touch<'a>,
        alone: bool,
        outcome: &mut Outcome<'a>,
        standard: &Outcome<'a>,
        used: Option<&mut Running>,
    ) -> Result<Decimal, Inexact> {
        let by = &touch.outcome;
        // What is held there would be paid as well once it is released; what is held here is paid there at once.
        let (base, reached) = match by.disposition {
            Disposition::Approved => (standard.award, by.award),
            Disposition::Held => (sum_of(standard), by.pending),
            Disposition::Returned | Disposition::Rejected => {
                if alone {
                    become_like(outcome, by, standard);
                }
                return Ok(Decimal::ZERO);
            }
        };
        let asked = subtract(reached, base)?;
        let before = used.as_deref().copied().unwrap_or(Running::ZERO);
        let granted = grant(before, asked, touch.with.arrangement.ceiling)?;
        // What is held is granted once it is released, from what is left then.
        if let Some(used) = used.filter(|_| by.disposition == Disposition::Approved) {
            *used = before.plus(Running { count: 1, sum: asked, awarded: granted })?;
        }
        let is_spent = asked > Decimal::ZERO && granted.is_zero();
        if !is_spent {
            if alone {
                become_like(outcome, by, standard);
            }
            let sum = match by.disposition {
                Disposition::Approved => &mut outcome.award,
                _ => &mut outcome.pending,
            };
            *sum = add(*sum, granted)?;
        }
        if granted < asked {
            let message = self.words(|| {
                let Arrangement { name, ceiling, .. } = touch.with.arrangement;
                let scale = self.program.identification.scale;
                let [granted, asked, used, ceiling] =
                    [granted, asked, before.awarded, *ceiling].map(|amount| at_scale(amount, scale));
                format!(
                    "the arrangement `{name}` adds {granted} of {asked}: {used} of its ceiling of {ceiling} are used"
                )
            });
            outcome.flags.to_mut().push(EngineReason::ArrangementCeiling.because(message, None));
        }
        Ok(granted)
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
}

/// What was awarded beyond the standard award.
pub(super) fn beyond(standard: &Outcome<'_>, outcome: &Outcome<'_>) -> Decimal {
    // INVARIANT: one is the other with what was granted added to it exactly, or nothing.
    subtract(outcome.award, standard.award).unwrap_or_default()
}

/// The claim held, since what an arrangement adds can't be worked out.
pub(super) fn failed<'a>(standard: &Outcome<'a>, failure: &Failure) -> Outcome<'a> {
    let mut outcome = standard.clone();
    let message = format!("what arrangements add can't be worked out: {}", failure.reason);
    hold(&mut outcome, standard, &EngineReason::RuleFailed.because(message, Some(failure.place.clone())));
    outcome
}

impl Touch<'_> {
    /// Whether anything becomes another than by the standard rules.
    fn differs(&self, standard: &Outcome<'_>) -> bool {
        let codes = |reasons: &[Reason<'_>]| reasons.iter().map(|reason| reason.code.to_string()).collect::<Vec<_>>();
        let by = &self.outcome;
        by.disposition != standard.disposition
            || (by.award, by.pending) != (standard.award, standard.pending)
            || codes(&by.reasons) != codes(&standard.reasons)
            || codes(&by.flags) != codes(&standard.flags)
    }

    /// Whether the claim fares worse: an arrangement takes nothing away, so then the standard outcome stays.
    fn is_worse(&self, standard: &Outcome<'_>) -> bool {
        self.outcome.disposition < standard.disposition
    }

    /// The components of which limits leave something else than by the standard rules.
    fn changed(&self, program: &Program, standard: &Outcome<'_>) -> Result<Vec<String>, Inexact> {
        let (own, theirs) = (after_limits(self.with.program, &self.outcome)?, after_limits(program, standard)?);
        let amount = |program: &Program, left: &[Decimal], name: &str| {
            let place = program.components.iter().position(|component| component.name == name);
            place.and_then(|place| left.get(place)).copied().unwrap_or_default()
        };
        let components = self.with.program.components.iter().chain(&program.components);
        let mut changed: Vec<String> = Vec::new();
        for component in components {
            let name = component.name.as_str();
            let differs = amount(self.with.program, &own, name) != amount(program, &theirs, name);
            if differs && !changed.iter().any(|known| known == name) {
                changed.push(name.to_owned());
            }
        }
        Ok(changed)
    }
}

/// The arrangements that touch a claim, which have added nothing yet.
fn arranged(touches: &[&Touch<'_>], standard: &Outcome<'_>) -> Arranged {
    let names = touches.iter().map(|touch| touch.with.arrangement.name.to_string()).collect();
    Arranged { names, amount: Decimal::new(0, standard.award.scale()) }
}

/// Lets an outcome become what an arrangement makes of the claim, with the standard award where that stands as well.
fn become_like<'a>(outcome: &mut Outcome<'a>, by: &Outcome<'a>, standard: &Outcome<'a>) {
    let zero = Decimal::new(0, standard.award.scale());
    (outcome.award, outcome.pending) = (zero, zero);
    let stands = match by.disposition {
        Disposition::Approved => standard.disposition == Disposition::Approved,
        Disposition::Held => matches!(standard.disposition, Disposition::Approved | Disposition::Held),
        Disposition::Returned | Disposition::Rejected => false,
    };
    match (stands, by.disposition) {
        (true, Disposition::Approved) => outcome.award = standard.award,
        (true, _) => outcome.pending = sum_of(standard),
        (false, _) => {
            outcome.components = Cow::Owned(vec![zero; standard.components.len()]);
            outcome.cuts = Cow::Borrowed(&[]);
        }
    }
    outcome.disposition = by.disposition;
    outcome.reasons.clone_from(&by.reasons);
    outcome.flags.clone_from(&by.flags);
}

/// What a claim is awarded or would be: one of the two is nothing.
fn sum_of(outcome: &Outcome<'_>) -> Decimal {
    if outcome.disposition == Disposition::Approved { outcome.award } else { outcome.pending }
}

/// Holds a claim with what the standard rules award it.
fn hold<'a>(outcome: &mut Outcome<'a>, standard: &Outcome<'a>, reason: &Reason<'a>) {
    let stands = matches!(standard.disposition, Disposition::Approved | Disposition::Held);
    let zero = Decimal::new(0, standard.award.scale());
    outcome.pending = sum_of(standard);
    outcome.award = zero;
    outcome.disposition = Disposition::Held;
    if !stands {
        outcome.reasons = Cow::Borrowed(&[]);
    }
    outcome.reasons.to_mut().push(reason.clone());
}
