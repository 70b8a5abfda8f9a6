//! What participants have earned, and what waits.

use std::collections::BTreeMap;

use rusqlite::params;

use super::{
    Entry, EntryKind, KeptRules, Ledger, LedgerError, amount, amount::HALF, entry::COLUMNS, standing::erased_name,
};
use crate::{
    calendar::Date,
    money::Decimal,
    outcome::{Disposition, Outcome},
};

/// What stands in favour of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Who; `(erased 3)` where the name was erased, and empty where it can't be read.
    pub participant: String,
    /// What was awarded, less what was taken back.
    pub earned: Decimal,
    /// What held claims would be awarded.
    pub held: Decimal,
}

/// A claim that is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldClaim {
    /// Its id.
    pub claim: String,
    /// Who asks.
    pub participant: String,
    /// When it came in, or else its date.
    pub since: Option<Date>,
    /// What it would be awarded.
    pub pending: Decimal,
    /// The codes that hold it.
    pub codes: Vec<String>,
}

/// That no later decision of the same claim stands.
pub(super) const IS_LIVE: &str = "NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.claim = entry.claim \
                       AND later.program = entry.program AND later.kind IN (0, 2) AND later.id > entry.id)";

/// The same of what arrangements made of it.
pub(super) const IS_LAST: &str = "NOT EXISTS (SELECT 1 FROM entry AS later WHERE later.claim = entry.claim \
                       AND later.program = entry.program AND later.kind IN (0, 2, 5) AND later.id > entry.id)";

/// What entries of a program moved, by claim and participant. What is taken back is taken from who had it.
fn moved() -> String {
    format!(
        "WITH moved (claim, participant, earned, held) AS ( \
         SELECT claim, participant, award, CASE WHEN disposition = 2 AND kind IN (0, 2) AND {IS_LIVE} THEN pending \
         WHEN kind = 5 AND {IS_LAST} THEN pending ELSE 0 END FROM entry WHERE program = ?1 UNION ALL \
         SELECT claim, (SELECT before.participant FROM entry AS before WHERE before.claim = entry.claim \
         AND before.program = entry.program AND (before.kind = 5) = (entry.kind = 5) AND before.kind IN (0, 2, 5) \
         AND before.id < entry.id ORDER BY before.id DESC LIMIT 1), \
         -reversed, 0 FROM entry WHERE program = ?1 AND reversed <> 0)"
    )
}

impl Ledger {
    /// What stands in favour of each participant of a program, by name.
    pub fn balances(&self, program: i64, scale: u32) -> Result<Vec<Balance>, LedgerError> {
        let sql = format!(
            "{} SELECT participant.id, participant.name, sum(earned / {HALF}), sum(earned % {HALF}), sum(held / {HALF}), \
             sum(held % {HALF}) FROM moved LEFT JOIN participant ON participant.id = moved.participant GROUP BY 1",
            moved()
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let rows = select.query_map([program], |row| {
            let whole =
                |column: usize| -> rusqlite::Result<(i64, i64)> { Ok((row.get(column)?, row.get(column + 1)?)) };
            Ok((row.get::<_, Option<i64>>(0)?, row.get::<_, Option<String>>(1)?, whole(2)?, whole(4)?))
        });
        let rows: rusqlite::Result<Vec<_>> = rows.and_then(Iterator::collect);
        let balance = |(id, name, earned, held): (Option<i64>, Option<String>, _, _)| {
            let participant = name.or(id.map(erased_name)).unwrap_or_default();
            Balance { participant, earned: amount::joined(earned, scale), held: amount::joined(held, scale) }
        };
        let mut rows: Vec<Balance> = rows.map_err(|error| self.failed(error))?.into_iter().map(balance).collect();
        rows.sort_by(|one, other| one.participant.cmp(&other.participant));
        rows.retain(|balance| !(balance.earned.is_zero() && balance.held.is_zero()));
        Ok(rows)
    }

    /// What a participant of a program has earned by each claim, and what was adjusted under no claim.
    pub fn earned_by_claim(
        &self,
        program: i64,
        participant: &str,
        scale: u32,
    ) -> Result<BTreeMap<String, Decimal>, LedgerError> {
        let sql = format!(
            "{} SELECT claim, sum(earned / {HALF}), sum(earned % {HALF}) FROM moved \
             WHERE participant = (SELECT id FROM participant WHERE name = ?2) GROUP BY claim",
            moved()
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let rows = select.query_map(params![program, participant], |row| {
            Ok((row.get(0)?, amount::joined((row.get(1)?, row.get(2)?), scale)))
        });
        rows.and_then(Iterator::collect).map_err(|error| self.failed(error))
    }

    /// Refuses an amount by which a participant would have earned more than a ledger keeps.
    pub fn refuse_too_large(&self, rules: &KeptRules, participant: &str, more: Decimal) -> Result<(), LedgerError> {
        let balances = self.balances(rules.program, rules.scale)?;
        let before = balances.into_iter().find(|balance| balance.participant == participant);
        let earned = before.map_or(Decimal::ZERO, |balance| balance.earned);
        let sum = earned.checked_add(more).and_then(|sum| amount::minor(sum, rules.scale));
        let fits = sum.is_some() && amount::minor(more, rules.scale).is_some();
        if fits { Ok(()) } else { Err(LedgerError::TooMuch(participant.to_owned())) }
    }

    /// The claims of a program that are held, with what arrangements make of them, the oldest entry first.
    pub fn held(&self, program: i64) -> Result<Vec<HeldClaim>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE program = ?1 AND (disposition = 2 AND kind IN (0, 2) AND {IS_LIVE} \
             OR kind = 5 AND {IS_LAST}) ORDER BY id"
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> =
            select.query_map(params![program], Entry::of_row).and_then(Iterator::collect);
        let mut held: Vec<HeldClaim> = Vec::new();
        for entry in entries.map_err(|error| self.failed(error))? {
            let outcome = match entry.kind {
                EntryKind::Arranged => {
                    let Some(standard) = self.find(program, &entry.claim)? else { continue };
                    let arranged = self.known_arranged(&entry)?;
                    if standard.decided.outcome.disposition == Disposition::Held {
                        // Its entry comes right behind that of the standard decision.
                        held.retain(|known| known.claim != entry.claim);
                    }
                    arranged.on(&standard.decided.outcome)
                }
                _ => self.known(&entry)?.decided.outcome,
            };
            if outcome.disposition == Disposition::Held {
                held.push(held_claim(&outcome));
            }
        }
        Ok(held)
    }
}

fn held_claim(outcome: &Outcome<'_>) -> HeldClaim {
    let holding = outcome.reasons.iter().chain(outcome.flags.iter());
    let codes = holding.filter(|reason| reason.disposition == Disposition::Held);
    HeldClaim {
        claim: outcome.claim.to_string(),
        participant: outcome.participant.to_string(),
        since: outcome.received.or(outcome.date),
        pending: outcome.pending,
        codes: codes.map(|reason| reason.code.to_string()).collect(),
    }
}
