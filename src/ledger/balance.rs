//! What participants have earned, and what waits.

use rusqlite::params;

use super::{Entry, Ledger, LedgerError, amount, entry::COLUMNS};
use crate::{calendar::Date, money::Decimal};

/// What stands in favour of a participant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// Who; empty where it can't be read.
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

impl Ledger {
    /// What stands in favour of each participant of a program, by name.
    pub fn balances(&self, program: i64, scale: u32) -> Result<Vec<Balance>, LedgerError> {
        let sql = format!(
            "WITH moved (participant, earned, held) AS ( \
             SELECT participant, award, CASE WHEN disposition = 2 AND kind IN (0, 2) AND {IS_LIVE} THEN pending ELSE 0 END \
             FROM entry WHERE program = ?1 UNION ALL \
             SELECT (SELECT before.participant FROM entry AS before WHERE before.claim = entry.claim \
             AND before.program = entry.program AND before.kind IN (0, 2) AND before.id < entry.id ORDER BY before.id DESC LIMIT 1), \
             -reversed, 0 FROM entry WHERE program = ?1 AND reversed <> 0) \
             SELECT coalesce(participant.name, ''), sum(earned), sum(held) \
             FROM moved LEFT JOIN participant ON participant.id = moved.participant GROUP BY 1 ORDER BY 1"
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let rows = select.query_map([program], |row| {
            let amount = |column| row.get(column).map(|minor| amount::major(minor, scale));
            Ok(Balance { participant: row.get(0)?, earned: amount(1)?, held: amount(2)? })
        });
        let rows: rusqlite::Result<Vec<Balance>> = rows.and_then(Iterator::collect);
        let mut rows = rows.map_err(|error| self.failed(error))?;
        rows.retain(|balance| !(balance.earned.is_zero() && balance.held.is_zero()));
        Ok(rows)
    }

    /// The claims of a program that are held, the oldest entry first.
    pub fn held(&self, program: i64) -> Result<Vec<HeldClaim>, LedgerError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM entry WHERE program = ?1 AND disposition = 2 AND kind IN (0, 2) AND {IS_LIVE} ORDER BY id"
        );
        let mut select = self.connection.prepare(&sql).map_err(|error| self.failed(error))?;
        let entries: rusqlite::Result<Vec<Entry>> =
            select.query_map(params![program], Entry::of_row).and_then(Iterator::collect);
        let mut held = Vec::new();
        for entry in entries.map_err(|error| self.failed(error))? {
            let outcome = self.known(&entry)?.decided.outcome;
            let holding = outcome.reasons.iter().chain(outcome.flags.iter());
            let codes = holding.filter(|reason| reason.disposition == crate::outcome::Disposition::Held);
            held.push(HeldClaim {
                claim: entry.claim.clone(),
                participant: outcome.participant.to_string(),
                since: outcome.received.or(outcome.date),
                pending: outcome.pending,
                codes: codes.map(|reason| reason.code.to_string()).collect(),
            });
        }
        Ok(held)
    }
}
