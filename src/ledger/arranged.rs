//! What arrangements made of decisions: entries behind those of the standard decisions, with what each of them decided.

use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use super::{
    Entry, EntryKind, KeptRules, Ledger, LedgerError, RunId, amount,
    detail::{Detail, Moved, Number, change, disposition, moved, number_of},
    entry::{COLUMNS, RowBytes, bytes_of},
};
use crate::{
    history::{History, KeptChange},
    money::{Decimal, add, subtract},
    outcome::{Arranged, ArrangedBy, Decided, Outcome, Took, Usage},
};

/// What is posted of a claim that arrangements are or were for.
pub struct ArrangedEntry<'p> {
    /// The rules that decided it.
    pub rules: &'p KeptRules,
    /// The run; none of an act.
    pub run: Option<RunId>,
    /// What became of it.
    pub outcome: &'p Outcome<'static>,
    /// What the standard rules award, hold and take back.
    pub standard: [Decimal; 3],
    /// The hash of what it was decided by.
    pub content: u128,
    /// What each arrangement decided, with its rules.
    pub shares: Vec<(&'p KeptRules, KeptShare)>,
}

/// What an arrangement decided for a claim.
#[derive(Debug, Clone)]
pub struct KeptShare {
    /// The rules of the arrangement, by their number.
    pub rules: i64,
    /// Whether the claim is in its scope.
    pub is_inside: bool,
    /// What stands of the claim in the arrangement's past.
    pub decided: Decided,
    /// What became of it there by later claims, each by the rules with a number.
    pub taken: Vec<(i64, Usage)>,
    /// What the decision moved in that past otherwise than the standard one.
    pub moved: Vec<KeptChange>,
}

/// What arrangements made of a claim, as it is kept.
#[derive(Debug, Clone)]
pub struct KnownArranged {
    /// The number of its entry.
    pub entry: i64,
    /// What became of it. Its amounts are what arrangements add to those of the standard decision.
    pub outcome: Outcome<'static>,
    /// What each of them decided.
    pub shares: Vec<KeptShare>,
}

/// What an entry did in a past.
pub(super) struct Effects {
    /// By which rules.
    pub(super) rules: i64,
    /// What it changed of what became of other claims.
    pub(super) uses: Vec<Took>,
    /// What it moved.
    pub(super) moved: Vec<KeptChange>,
}

/// What an entry keeps behind the detail of the outcome.
#[derive(Debug, Serialize, Deserialize)]
struct Parts {
    is_arranged: bool,
    names: Vec<String>,
    decided: Vec<(String, u8, Number, Number)>,
    amount: Number,
    shares: Vec<Share>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Share {
    rules: i64,
    is_inside: bool,
    disposition: u8,
    /// Award, pending, and what is taken back.
    amounts: [Number; 3],
    content: u128,
    detail: Detail,
    moved: Vec<Moved>,
}

impl Parts {
    fn of(entry: &ArrangedEntry<'_>) -> Self {
        let is_arranged = entry.outcome.arranged.is_some();
        let arranged = entry.outcome.arranged.as_deref().cloned().unwrap_or_default();
        let decided = arranged.decided.into_iter();
        let share = |(_, share): &(&KeptRules, KeptShare)| {
            let outcome = &share.decided.outcome;
            Share {
                rules: share.rules,
                is_inside: share.is_inside,
                disposition: number_of(outcome.disposition),
                amounts: [outcome.award, outcome.pending, outcome.reversed.unwrap_or_default()].map(Number::from),
                content: share.decided.content,
                detail: Detail::of(outcome, Some(&share.decided), None),
                moved: share.moved.iter().map(moved).collect(),
            }
        };
        Self {
            is_arranged,
            names: arranged.names,
            decided: decided.map(|by| (by.name, number_of(by.disposition), by.award.into(), by.added.into())).collect(),
            amount: arranged.amount.into(),
            shares: entry.shares.iter().map(share).collect(),
        }
    }

    fn arranged(&self) -> Option<Box<Arranged>> {
        let by = |(name, number, award, added): &(String, u8, Number, Number)| ArrangedBy {
            name: name.clone(),
            disposition: disposition(*number),
            award: (*award).into(),
            added: (*added).into(),
        };
        let arranged = Arranged {
            names: self.names.clone(),
            decided: self.decided.iter().map(by).collect(),
            amount: self.amount.into(),
        };
        self.is_arranged.then(|| Box::new(arranged))
    }
}

impl Ledger {
    /// Posts what arrangements made of a claim.
    pub fn post_arranged(&mut self, posted: &ArrangedEntry<'_>) -> Result<(), LedgerError> {
        let ArrangedEntry { rules, run, outcome, standard, content, .. } = posted;
        let [award, pending, reversed] = standard;
        let minor = |amount: Decimal, standard: &Decimal| {
            let beyond = subtract(amount, *standard).ok().and_then(|beyond| amount::minor(beyond, rules.scale));
            beyond.ok_or_else(|| LedgerError::TooLarge(outcome.claim.to_string()))
        };
        let shares = posted.shares.iter().map(|(_, share)| &share.decided.outcome);
        let messages: Vec<&str> = std::iter::once(*outcome).chain(shares).flat_map(messages).collect();
        let words = bytes_of(&messages).map_err(|error| self.damaged(error.to_string()))?;
        let detail = bytes_of(&(Detail::of(outcome, None, None), Parts::of(posted)));
        let entry = Entry {
            id: 0,
            program: rules.program,
            rules: rules.id,
            run: run.map(|run| run.0),
            kind: EntryKind::Arranged,
            claim: outcome.claim.to_string(),
            participant: self.participant(&outcome.participant)?,
            content: content.to_be_bytes(),
            disposition: number_of(outcome.disposition),
            award: minor(outcome.award, award)?,
            pending: minor(outcome.pending, pending)?,
            reversed: minor(outcome.reversed.unwrap_or_default(), reversed)?,
            detail: detail.map_err(|error| self.damaged(error.to_string()))?,
            row_hash: [0; 16],
            hash: [0; 32],
        };
        let id = self.chain(entry, &outcome.participant, Some(&RowBytes { cells: Vec::new(), words }))?;
        for (rules, share) in &posted.shares {
            for took in &share.decided.uses {
                self.note_taken(rules.program, &took.original, id)?;
            }
        }
        Ok(())
    }

    /// What arrangements made of a claim last.
    pub fn find_arranged(&self, program: i64, claim: &str) -> Result<Option<KnownArranged>, LedgerError> {
        self.find_arranged_before(program, claim, i64::MAX)
    }

    /// What they had made of it before an entry.
    pub fn find_arranged_before(
        &self,
        program: i64,
        claim: &str,
        entry: i64,
    ) -> Result<Option<KnownArranged>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE claim = ?1 AND program = ?2 AND kind = 5 AND id < ?3 \
             ORDER BY id DESC LIMIT 1"
        );
        let mut select = self.connection.prepare_cached(&sql).map_err(|error| self.failed(error))?;
        let found = select.query_row(params![claim, program, entry], Entry::of_row).optional();
        let Some(last) = found.map_err(|error| self.failed(error))? else { return Ok(None) };
        let mut known = self.known_arranged(&last)?;
        for share in &mut known.shares {
            let program = self.rules(share.rules)?.program;
            for (rules, usage) in self.taken(program, claim, last.id..entry)? {
                if self.rules(rules)?.program == program {
                    share.taken.push((rules, usage));
                }
            }
        }
        Ok(Some(known))
    }

    /// An entry of this kind as what it keeps.
    pub(super) fn known_arranged(&self, entry: &Entry) -> Result<KnownArranged, LedgerError> {
        let outcome = self.known(entry)?.decided.outcome;
        let parts = self.parts(entry)?;
        let mut words = self.words(entry.id)?.into_iter().skip(messages(&outcome).count());
        let arranged = parts.arranged();
        let share = |share: Share| {
            let [award, pending, reversed] = share.amounts.map(Decimal::from);
            let by = Outcome {
                disposition: disposition(share.disposition),
                award,
                pending,
                reversed: Some(reversed),
                arranged: None,
                ..outcome.clone()
            };
            let history = History::new();
            KeptShare {
                rules: share.rules,
                is_inside: share.is_inside,
                taken: Vec::new(),
                moved: share.moved.iter().map(|moved| change(moved, &history)).collect(),
                decided: share.detail.into_decided(share.content, by, &mut words),
            }
        };
        let shares = parts.shares.into_iter().map(share).collect();
        Ok(KnownArranged { entry: entry.id, outcome: Outcome { arranged, ..outcome }, shares })
    }

    /// What an entry did in the past of its program, and in those of arrangements.
    pub(super) fn effects(&self, entry: &Entry, detail: &Detail) -> Result<Vec<Effects>, LedgerError> {
        let own = Effects { rules: entry.rules, uses: detail.uses().collect(), moved: detail.moved() };
        let mut effects = vec![own];
        effects.extend(self.effects_beside(entry)?);
        Ok(effects)
    }

    /// What an entry did in the pasts of arrangements.
    pub(super) fn effects_beside(&self, entry: &Entry) -> Result<Vec<Effects>, LedgerError> {
        if entry.kind != EntryKind::Arranged {
            return Ok(Vec::new());
        }
        let history = History::new();
        let effects = |share: &Share| Effects {
            rules: share.rules,
            uses: share.detail.uses().collect(),
            moved: share.moved.iter().map(|moved| change(moved, &history)).collect(),
        };
        Ok(self.parts(entry)?.shares.iter().map(effects).collect())
    }

    fn parts(&self, entry: &Entry) -> Result<Parts, LedgerError> {
        let read: postcard::Result<(Detail, Parts)> = postcard::from_bytes(&entry.detail);
        read.map(|(_, parts)| parts).map_err(|error| self.damaged(format!("entry {}: {error}", entry.id)))
    }
}

/// The words of all reasons of an outcome.
fn messages<'o>(outcome: &'o Outcome<'_>) -> impl Iterator<Item = &'o str> {
    outcome.reasons.iter().chain(outcome.flags.iter()).map(|reason| &*reason.message)
}

impl KnownArranged {
    /// What became of the claim, whose standard decision this is.
    pub fn on(&self, standard: &Outcome<'_>) -> Outcome<'static> {
        // INVARIANT: the ledger keeps both in minor units of 64 bits, which add exactly.
        let both = |one, other| add(one, other).unwrap_or(one);
        let reversed = both(standard.reversed.unwrap_or_default(), self.outcome.reversed.unwrap_or_default());
        let is_correction = self.outcome.reversed.is_some() || standard.reversed.is_some();
        Outcome {
            award: both(standard.award, self.outcome.award),
            pending: both(standard.pending, self.outcome.pending),
            reversed: is_correction.then_some(reversed),
            ..self.outcome.clone()
        }
    }
}
