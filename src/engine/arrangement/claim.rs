//! One claim under one arrangement: whether it is for it, what it decides, and how a claim that it isn't for stands in its past.

use bumpalo::Bump;

use super::{Beside, Standard, demotion::Demotion};
use crate::{
    calendar::Date,
    claim::Value,
    engine::{
        assessment::Assessment,
        desk::Desk,
        known::{Known, Past},
        settle::{self, original},
    },
    history::KeptChange,
    money::Decimal,
    outcome::{Codes, Decided, Outcome},
    variant::Arrangement,
};

/// What an arrangement decided for a claim, none where the claim has left its scope; and what it takes back of what it
/// decided for the claim before.
pub(super) type Decision<'a> = (Option<Outcome<'a>>, Decimal);

impl Beside<'_> {
    /// Decides a claim of the scope. A claim that neither is nor was in it stands as the standard rules decided it.
    pub(super) fn decide<'a>(
        &mut self,
        desk: &'a Desk<'a>,
        standard: &Standard<'a, '_>,
        (moved, is_again): (&[KeptChange], bool),
        scratch: &'a Bump,
    ) -> Option<Decision<'a>> {
        let is_inside = self.is_for(desk, standard, scratch);
        let was_inside = self.inside.remove(standard.id);
        if is_inside || !is_again {
            self.news.remove(standard.id);
        }
        self.met += u64::from(is_inside);
        self.decides = is_inside;
        if is_inside {
            if self.past.standing.is_some() {
                self.inside.insert(standard.id.into());
            }
            self.past.history.watch();
            let by = desk.settle(&mut self.past, standard.claim, standard.id, scratch, standard.depth, None);
            let reversed = by.reversed.unwrap_or_default();
            return Some((Some(by), reversed));
        }
        if was_inside {
            self.past.history.watch();
            return Some((None, self.leave(desk, standard, scratch)));
        }
        if !is_again {
            self.move_along(moved);
            self.follow(standard);
        }
        None
    }

    /// Lets a claim that neither is nor was in the scope stand as the standard rules decided it, with all that this did to others.
    fn follow(&mut self, standard: &Standard<'_, '_>) {
        let (Some(standing), Some(theirs)) = (&mut self.past.standing, standing_of(standard)) else { return };
        for took in &theirs.uses {
            standing.use_up(&took.original, &self.counterpart.usage(&took.usage));
        }
        standing.keep(standard.id, standard.claim, self.counterpart.decided(theirs));
    }

    /// What stands of a claim by the arrangement, where another one looks at it again.
    pub(super) fn stands_again<'a>(&mut self, standard: &Standard<'a, '_>) -> Option<Decision<'a>> {
        self.decides = false;
        let own = self.past.standing.as_ref()?.find(standard.id).filter(|_| self.inside.contains(standard.id))?;
        let outcome = again(&own.outcome, standard);
        let reversed = outcome.reversed.unwrap_or_default();
        Some((Some(outcome), reversed))
    }

    /// Whether the arrangement is for a claim.
    pub(super) fn is_for<'a>(&mut self, desk: &'a Desk<'a>, standard: &Standard<'a, '_>, scratch: &'a Bump) -> bool {
        let Standard { program, ref outcome, claim, id, .. } = *standard;
        // What takes back a claim of the scope takes back what the arrangement added.
        if let Some(original) = original(program, claim, id) {
            return self.inside.contains(&*original);
        }
        let Arrangement { scope, expires, .. } = self.with.arrangement;
        let Some(date) = outcome.date.filter(|_| claim.deficiencies().is_empty()) else { return false };
        let in_time = scope.dates.0 <= date && date <= scope.dates.1 && outcome.received.unwrap_or(date) <= *expires;
        let named = |list: &[String], text: &str| list.is_empty() || list.iter().any(|one| one == text);
        in_time
            && named(&scope.participants, &outcome.participant)
            && named(&scope.claims, id)
            && self.holds(desk, standard, date, scratch)
    }

    /// Whether the scope's expression holds, of a claim that doesn't see its own earlier version. One that fails doesn't leave
    /// the claim to the standard rules: the arrangement's decision fails on it as well, and holds the claim.
    fn holds<'a>(&mut self, desk: &'a Desk<'a>, standard: &Standard<'a, '_>, date: Date, scratch: &'a Bump) -> bool {
        let Some(figure) = self.scope_figure else { return true };
        let Past { history, standing, .. } = &mut self.past;
        let own = standing.as_ref().and_then(|standing| standing.find(standard.id));
        let own: Vec<KeptChange> = own.map_or_else(Vec::new, |own| own.changes.clone());
        for change in &own {
            history.take_back(change);
        }
        let elsewhere = desk.elsewhere(standard.id);
        let received = standard.outcome.received;
        let known = Known { received, elsewhere: &elsewhere, ..Known::past(history) };
        let mut assessment = Assessment::new(&desk.decider, known, standard.claim, date, scratch);
        let failed = assessment.figures(&mut Codes).is_err();
        let holds = assessment.derived.get(figure) == Some(&Value::Boolean(true));
        for change in &own {
            let change = change.again(history);
            history.apply(&change);
        }
        failed || holds
    }

    /// Takes out what the arrangement decided for a claim that isn't in its scope any more, and lets the standard decision
    /// stand. Comes back with what was awarded and is taken back.
    fn leave<'a>(&mut self, desk: &'a Desk<'a>, standard: &Standard<'a, '_>, scratch: &'a Bump) -> Decimal {
        let content = settle::content(&self.past, self.with.program, standard.claim, &desk.elsewhere(standard.id));
        let left = desk.leave(&mut self.past, standard.claim, standard.id, content, scratch);
        // What leaves by the rules has given back what it took of others.
        let left_whole = left.is_ok();
        let reversed = match left {
            Ok(stood) => stood.reversed.unwrap_or_default(),
            // What can't be taken back by these rules leaves as it came.
            Err(_) => self.take_out(standard),
        };
        self.put_standard(standard, left_whole);
        reversed
    }

    /// Takes a decision out of the history as it came, and comes back with its award.
    fn take_out(&mut self, standard: &Standard<'_, '_>) -> Decimal {
        let Past { history, standing, .. } = &mut self.past;
        let Some(own) = standing.as_ref().and_then(|standing| standing.find(standard.id)) else { return Decimal::ZERO };
        own.changes.iter().for_each(|change| history.take_back(change));
        own.outcome.award
    }

    /// Puts what the standard rules decided into the place of a decision that has left.
    fn put_standard(&mut self, standard: &Standard<'_, '_>, has_given_back: bool) {
        for change in standing_of(standard).iter().flat_map(|decided| &decided.changes) {
            self.counterpart.apply(change, &mut self.past.history);
        }
        self.stand(standard, has_given_back);
    }

    /// Lets a claim that was just decided stand as the standard rules decided it instead.
    pub(super) fn withdraw(&mut self, standard: &Standard<'_, '_>, moved: &[KeptChange]) {
        if let Some(standing) = &self.past.standing {
            // What the decision did to others, and giving that back, is all done by the one claim.
            let mut uses = standing.find(standard.id).map(|own| own.uses.clone()).unwrap_or_default();
            self.take_out(standard);
            self.put_standard(standard, false);
            if let Some(own) = self.past.standing.as_mut().and_then(|standing| standing.find_mut(standard.id)) {
                uses.append(&mut own.uses);
                own.uses = uses;
            }
            return;
        }
        for change in self.past.history.take_watched() {
            self.past.history.take_back(&change);
        }
        self.move_along(moved);
    }

    /// Lets a claim stand as held that the standard rules had approved.
    pub(super) fn follow_demotion(&mut self, standard: &Standard<'_, '_>, demotion: &Demotion) {
        if self.decides {
            self.withdraw(standard, &demotion.kept);
            return;
        }
        for change in &demotion.taken {
            self.counterpart.apply(&change.negated(), &mut self.past.history);
        }
        self.stand(standard, false);
    }

    /// Moves the history as the standard one was moved.
    fn move_along(&mut self, moved: &[KeptChange]) {
        for change in moved {
            self.counterpart.apply(change, &mut self.past.history);
        }
    }

    /// What stands of the claim is what the standard rules let stand.
    pub(super) fn stand(&mut self, standard: &Standard<'_, '_>, has_given_back: bool) {
        let (Some(standing), Some(theirs)) = (&mut self.past.standing, standing_of(standard)) else { return };
        let before = standing.find(standard.id).filter(|_| !has_given_back);
        if let Some(took) = before.and_then(|before| before.took.clone()) {
            standing.use_up(&took.original, &took.usage.negated());
        }
        let decided = self.counterpart.decided(theirs);
        if let Some(took) = &decided.took {
            standing.use_up(&took.original, &took.usage);
        }
        standing.keep(standard.id, standard.claim, decided);
    }
}

/// What the standard decision awards and lets wait as it stands: as held, where arrangements contradict each other.
pub(super) fn stands_at(standard: &Standard<'_, '_>) -> (Decimal, Decimal) {
    match standing_of(standard) {
        Some(Decided { outcome, .. }) => (outcome.award, outcome.pending),
        None => (standard.outcome.award, standard.outcome.pending),
    }
}

/// What the standard rules let stand of a claim.
fn standing_of<'h>(standard: &'h Standard<'_, '_>) -> Option<&'h Decided> {
    standard.past.standing.as_ref().and_then(|standing| standing.find(standard.id))
}

/// What stands of a claim by the standard rules, looked at again: what it was awarded is taken back, and awarded again.
pub(super) fn stands_again<'a>(standard: &Standard<'a, '_>) -> Outcome<'a> {
    match standing_of(standard) {
        Some(decided) => again(&decided.outcome, standard),
        None => again(&standard.outcome, standard),
    }
}

fn again<'a>(outcome: &Outcome<'_>, standard: &Standard<'a, '_>) -> Outcome<'a> {
    let zero = Decimal::new(0, outcome.award.scale());
    let allocation = vec![zero; outcome.allocation.len()];
    Outcome {
        origin: standard.claim.origin(),
        reversed: Some(outcome.award),
        allocation: allocation.into(),
        ..outcome.clone().into_owned()
    }
}
