//! What arrangements leave, where somebody keeps it: what they made of each claim, and what stands of claims from before.

use bumpalo::Bump;

use super::{Arrangements, Beside, Given, Standard, claim::stands_at, combine::Combined};
use crate::{
    claim::Cell,
    engine::{
        Earlier, Repeats,
        desk::Desk,
        settle::{self, skipped},
    },
    history::{History, KeptChange, net},
    money::Decimal,
    outcome::{Decided, DecidedBy, Disposition, Outcome, Reason, Took},
};

/// What arrangements made of a claim that is or was in their scope.
#[derive(Debug)]
pub struct Touched {
    /// What became of it.
    pub outcome: Outcome<'static>,
    /// Whether the standard decision stands as it did, and was no new one.
    pub is_again: bool,
    /// What the standard rules award, hold and take back.
    pub standard: [Decimal; 3],
    /// What each of them decided.
    pub shares: Vec<TouchedShare>,
}

/// What one arrangement decided for a claim.
#[derive(Debug, Clone)]
pub struct TouchedShare {
    /// The number of the arrangement, as they stand behind each other.
    pub number: usize,
    /// Whether the claim is in its scope.
    pub is_inside: bool,
    /// Its rules of before, where these made the decision that stands.
    pub earlier: Option<i64>,
    /// What stands of the claim in the arrangement's past.
    pub decided: Decided,
    /// What the decision moved in that past otherwise than the standard one.
    pub moved: Vec<KeptChange>,
}

/// What arrangements made of a claim before.
#[derive(Debug, Clone)]
pub struct Brought {
    /// What became of it.
    pub outcome: Outcome<'static>,
    /// What was awarded beyond the standard award.
    pub paid: Decimal,
    /// What each of them decided.
    pub shares: Vec<BroughtShare>,
}

/// What one arrangement decided for a claim before.
#[derive(Debug, Clone)]
pub struct BroughtShare {
    /// Its number.
    pub number: usize,
    /// Whether the claim is in its scope.
    pub is_inside: bool,
    /// What stands of it in the arrangement's past.
    pub decided: Decided,
}

impl Arrangements<'_> {
    /// Brings what stands of a claim, by the standard rules and by arrangements. To those for which `is_new` holds of their
    /// number it is new: the standard rules decided it before they were there.
    pub fn bring(
        &mut self,
        id: &str,
        cells: &[Cell<'_>],
        standard: &Decided,
        known: Option<Brought>,
        is_new: &dyn Fn(usize) -> bool,
    ) {
        let (mut shares, given) = match known {
            None => (Vec::new(), None),
            Some(Brought { outcome, paid, shares }) => (shares, Some(Given { paid, outcome })),
        };
        for (number, beside) in self.all.iter_mut().enumerate() {
            let share = shares.iter().position(|share| share.number == number).map(|place| shares.swap_remove(place));
            let decided = match share {
                Some(BroughtShare { is_inside: true, decided, .. }) => {
                    beside.inside.insert(id.into());
                    decided
                }
                _ => {
                    let mut decided = beside.counterpart.decided(standard);
                    // Its standard rules of before are not the arrangement's.
                    decided.by = match standard.by {
                        DecidedBy::Earlier(_) => DecidedBy::Others,
                        by => by,
                    };
                    if is_new(number) {
                        beside.news.insert(id.into());
                        decided.by = DecidedBy::Standard;
                    }
                    decided
                }
            };
            if let Some(standing) = &mut beside.past.standing {
                standing.bring(id, cells.iter().cloned(), decided);
            }
        }
        if let Some(given) = given.filter(|given| given.outcome.arranged.is_some()) {
            self.given.insert(id.into(), given);
        }
    }

    /// What the arrangement with a number knows of its rules of before.
    pub fn earlier(&mut self, number: usize) -> Option<&mut Earlier> {
        self.all.get_mut(number).map(|beside| &mut beside.past.earlier)
    }

    /// What the figures of the arrangement with a number differ by from the standard ones.
    pub fn difference(&self, number: usize) -> Option<&History> {
        self.all.get(number).map(|beside| &beside.difference)
    }

    /// Forgets what stands of claims; whoever brought that can bring it again.
    pub fn clear(&mut self) {
        self.given.clear();
        for Beside { past, inside, news, .. } in &mut self.all {
            inside.clear();
            news.clear();
            if let Some(standing) = &mut past.standing {
                standing.clear();
            }
        }
    }

    /// Lets a standard decision stand as it was kept, with what it moved; what arrangements made of it may come behind it.
    pub fn take_standard(&mut self, id: &str, cells: &[Cell<'_>], decided: &Decided) {
        self.given.remove(id);
        self.used.clear();
        for (number, beside) in self.all.iter_mut().enumerate() {
            for change in decided.left.iter().chain(&decided.changes) {
                beside.counterpart.apply(change, &mut beside.past.history);
            }
            beside.inside.remove(id);
            beside.news.remove(id);
            let own = beside.counterpart.decided(decided);
            if let Some(standing) = &mut beside.past.standing {
                let uses = decided.uses.iter().filter(|took| standing.find(&took.original).is_some());
                let uses: Vec<_> =
                    uses.map(|took| (took.original.clone(), beside.counterpart.usage(&took.usage))).collect();
                for (original, usage) in uses {
                    standing.use_up(&original, &usage);
                    self.used.push((number, id.into(), Took { original, usage }));
                }
                standing.forget_uses();
                standing.bring(id, cells.iter().cloned(), own);
            }
        }
    }

    /// Lets what arrangements made of a decision stand as it was kept.
    pub fn take_arranged(
        &mut self,
        id: &str,
        cells: &[Cell<'_>],
        brought: Brought,
        moved: &[(usize, Vec<KeptChange>)],
    ) {
        for (number, moved) in moved {
            let Some(Beside { past, difference, .. }) = self.all.get_mut(*number) else { continue };
            for change in moved {
                for history in [&mut past.history, &mut *difference] {
                    let change = change.again(history);
                    history.apply(&change);
                }
            }
        }
        for BroughtShare { number, is_inside, decided } in &brought.shares {
            let Some(beside) = self.all.get_mut(*number) else { continue };
            match is_inside {
                true => beside.inside.insert(id.into()),
                false => beside.inside.remove(id),
            };
            beside.news.remove(id);
            if let Some(standing) = &mut beside.past.standing {
                // What it did to others is all kept with it, and not what the standard decision did.
                let own = self.used.iter().filter(|(of, claim, _)| of == number && **claim == *id);
                let given_back = own.map(|(.., took)| (&took.original, took.usage.negated()));
                let uses = decided.uses.iter().map(|took| (&took.original, took.usage.clone()));
                let uses: Vec<_> = given_back.chain(uses).filter(|(one, _)| standing.find(one).is_some()).collect();
                for (original, usage) in uses {
                    standing.use_up(original, &usage);
                }
                standing.forget_uses();
                standing.bring(id, cells.iter().cloned(), decided.clone());
            }
        }
        self.used.clear();
        let Brought { outcome, paid, .. } = brought;
        match outcome.arranged.is_some() {
            true => drop(self.given.insert(id.into(), Given { paid, outcome })),
            false => drop(self.given.remove(id)),
        }
    }

    /// What they made of claims since this was asked before.
    pub fn take_touched(&mut self) -> Vec<Touched> {
        std::mem::take(&mut self.touched)
    }

    /// Whether a claim that stands is new to any of those that are for it.
    pub(super) fn is_new_to_any<'a>(
        &mut self,
        desks: &'a [Desk<'a>],
        standard: &Standard<'a, '_>,
        scratch: &'a Bump,
    ) -> bool {
        let stands = standard.past.standing.as_ref().and_then(|standing| standing.find(standard.id));
        let mut all = self.all.iter_mut().zip(desks);
        all.any(|(beside, desk)| {
            // A file that came before may have what was corrected since.
            let elsewhere = desk.elsewhere(standard.id);
            let content = || settle::content(standard.past, standard.program, standard.claim, &elsewhere);
            if desk.repeats != Repeats::Nothing && stands.is_none_or(|stands| stands.content != content()) {
                return false;
            }
            desk.repeats != Repeats::Run && beside.news.contains(standard.id) && beside.is_for(desk, standard, scratch)
        })
    }

    /// A claim that stands as it does: what would be made of it contradicts what arrangements made of it before.
    pub(super) fn refused<'a>(&mut self, standard: &Standard<'a, '_>, conflict: Reason<'a>) -> Outcome<'a> {
        for beside in self.all.iter_mut().filter(|beside| beside.decides) {
            beside.withdraw(standard, &[]);
            beside.inside.remove(standard.id);
            beside.news.insert(standard.id.into());
            let decided = beside.past.standing.as_mut().and_then(|standing| standing.find_mut(standard.id));
            if let Some(decided) = decided {
                decided.by = DecidedBy::Standard;
            }
        }
        let mut outcome = match self.given.get(standard.id) {
            Some(given) => skipped(&given.outcome, standard.claim),
            None => skipped(&standard.outcome, standard.claim),
        };
        outcome.flags.to_mut().push(Reason { disposition: Disposition::Approved, ..conflict.into_owned() });
        outcome
    }

    /// Notes what was made of a claim.
    pub(super) fn touch(
        &mut self,
        combined: &Combined<'_>,
        standard: &Standard<'_, '_>,
        (moved, is_again): (&[KeptChange], bool),
        outcome: &Outcome<'_>,
    ) {
        let mut shares = Vec::new();
        for (number, stands) in combined.numbers() {
            let Some(beside) = self.all.get_mut(number) else { continue };
            let moved = beside.differ(moved);
            let Some(decided) = beside.past.standing.as_ref().and_then(|standing| standing.find(standard.id)) else {
                continue;
            };
            let (is_inside, mut decided) = (beside.inside.contains(standard.id), decided.clone());
            let mut earlier = None;
            if stands {
                // What it did to others is kept with the decision that stands, and what became of it since with this one.
                (decided.uses, decided.left) = (Vec::new(), Vec::new());
                decided.usage_before.clone_from(&decided.usage);
                if let DecidedBy::Earlier(version) = decided.by {
                    earlier = Some(version);
                }
            }
            shares.push(TouchedShare { number, is_inside, earlier, decided, moved });
        }
        if !shares.is_empty() {
            let (award, pending) = stands_at(standard);
            let standard = [award, pending, standard.outcome.reversed.unwrap_or_default()];
            self.touched.push(Touched { outcome: outcome.clone().into_owned(), is_again, standard, shares });
        }
    }
}

impl Beside<'_> {
    /// What its history was moved otherwise than the standard one.
    fn differ(&mut self, moved: &[KeptChange]) -> Vec<KeptChange> {
        let own = self.past.history.take_watched();
        let theirs = self.counterpart.changes(moved).into_iter().map(|change| change.negated());
        let differ = net(own.into_iter().chain(theirs));
        for change in &differ {
            let change = change.again(&self.difference);
            self.difference.apply(&change);
        }
        differ
    }
}
