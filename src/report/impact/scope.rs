//! What was declared of a change, and where the change goes beyond it.

use std::{collections::BTreeMap, fmt};

use super::{Change, Compared, ProgramImpact};
use crate::{
    calendar::Date,
    compare::{ClaimDifference, DifferenceKind},
    money::{Decimal, at_scale},
    program::ProgramName,
};

/// Which way awards may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Nobody gets less.
    Up,
    /// Nobody gets more.
    Down,
}

/// What was declared of a change. What isn't given is free.
#[derive(Debug, Clone, Default)]
pub struct Scope {
    /// The programs that may change.
    pub only_programs: Option<Vec<ProgramName>>,
    /// How far the awards of all programs together may move, up or down.
    pub max_total: Option<Decimal>,
    /// Which way awards may go, key by key.
    pub direction: Option<Direction>,
    /// The last day whose claims stay as they are.
    pub only_after: Option<Date>,
}

/// Where a change goes beyond what was declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breach {
    /// The option that declared it.
    pub option: &'static str,
    /// The program, where it is one.
    pub program: Option<ProgramName>,
    /// What goes beyond.
    pub words: String,
}

impl Scope {
    /// Whether anything was declared of money or dates.
    fn bounds_outcomes(&self) -> Option<&'static str> {
        let Self { max_total, direction, only_after, .. } = self;
        let options =
            [max_total.map(|_| "--max-total"), direction.map(|_| "--direction"), only_after.map(|_| "--only-after")];
        options.into_iter().flatten().next()
    }

    /// What was declared, as it is written on the command line.
    pub fn declared(&self) -> Vec<String> {
        let mut declared = Vec::new();
        if let Some(programs) = &self.only_programs {
            let names: Vec<String> = programs.iter().map(ToString::to_string).collect();
            declared.push(format!("--only-programs {}", names.join(",")));
        }
        declared.extend(self.max_total.map(|amount| format!("--max-total {amount}")));
        declared.extend(self.direction.map(|direction| format!("--direction {direction}")));
        declared.extend(self.only_after.map(|date| format!("--only-after {date}")));
        declared
    }

    pub(super) fn breaches(&self, programs: &[ProgramImpact]) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for ProgramImpact { name, change } in programs.iter().filter(|program| !matches!(program.change, Change::None))
        {
            let mut breach = |option, words| breaches.push(Breach { option, program: Some(name.clone()), words });
            if self.only_programs.as_ref().is_some_and(|only| !only.contains(name)) {
                breach("--only-programs", "is not among the programs that may change".to_owned());
            }
            match change {
                Change::None | Change::Undecided => {}
                Change::New | Change::Gone => {
                    if let Some(option) = self.bounds_outcomes() {
                        let other = if matches!(change, Change::New) { "before" } else { "after" };
                        breach(option, format!("can't be held to it: there is no such program {other}"));
                    }
                }
                Change::Compared(compared) => self.bounds(compared, &mut breach),
            }
        }
        breaches.extend(self.total(programs));
        breaches
    }

    /// Where one program's outcomes go beyond.
    fn bounds(&self, compared: &Compared, breach: &mut dyn FnMut(&'static str, String)) {
        if let Some(direction) = self.direction {
            let (keys, claims) = (direction.keys(compared), direction.claims(compared));
            let way = if direction == Direction::Up { "less" } else { "more" };
            if keys > 0 {
                breach("--direction", format!("{} paid {way}", counted(keys, "key is", "keys are")));
            }
            if claims > 0 {
                breach("--direction", format!("{} or would be paid {way}", counted(claims, "claim is", "claims are")));
            }
        }
        if let Some(last) = self.only_after {
            let early = compared.comparison.claims.iter().filter(|claim| claim.date.is_none_or(|date| date <= last));
            let early = early.count();
            if early > 0 {
                let claims = counted(early, "claim", "claims");
                let are = if early == 1 { "is" } else { "are" };
                breach(
                    "--only-after",
                    format!("{claims} dated {last} or earlier, or without a date, {are} decided otherwise"),
                );
            }
        }
    }

    /// Whether awards move too far, each currency for itself.
    fn total(&self, programs: &[ProgramImpact]) -> Vec<Breach> {
        let Some(most) = self.max_total else { return Vec::new() };
        let mut gains: BTreeMap<&str, (Decimal, u32)> = BTreeMap::new();
        let mut breaches = Vec::new();
        for ProgramImpact { name, change } in programs {
            let Change::Compared(compared) = change else { continue };
            let (before, after) = &compared.units;
            if before != after {
                let words = format!("amounts before are in {before} and those after in {after}");
                breaches.push(Breach { option: "--max-total", program: Some(name.clone()), words });
                continue;
            }
            let (gain, scale) = gains.entry(after).or_default();
            *gain = gain.saturating_add(compared.gain());
            *scale = (*scale).max(compared.scale);
        }
        let over = gains.into_iter().filter(|(_, (gain, _))| gain.abs() > most);
        breaches.extend(over.map(|(unit, (gain, scale))| {
            let words = format!("awards move by {} {unit}, and at most {most} is declared", at_scale(gain, scale));
            Breach { option: "--max-total", program: None, words }
        }));
        breaches
    }
}

impl Direction {
    /// Whether an amount goes the other way.
    fn is_against(self, gain: Decimal) -> bool {
        match self {
            Self::Up => gain < Decimal::ZERO,
            Self::Down => gain > Decimal::ZERO,
        }
    }

    /// How many keys go the other way.
    fn keys(self, compared: &Compared) -> usize {
        let keyed = compared.comparison.keys.iter().filter(|key| !key.key.is_empty());
        keyed.filter(|key| self.is_against(key.gain())).count()
    }

    /// How many claims go the other way: those of components without a key, and what is pending.
    fn claims(self, compared: &Compared) -> usize {
        let comparison = &compared.comparison;
        let alone: Vec<&str> =
            comparison.keys.iter().filter(|key| key.key.is_empty()).map(|key| key.component.as_str()).collect();
        let is_paid_against = |claim: &ClaimDifference| {
            claim.after.components.iter().enumerate().any(|(place, (name, _))| {
                let gain = claim.after.awarded(place).saturating_sub(claim.before.awarded(place));
                alone.contains(&name.as_str()) && self.is_against(gain)
            }) || self.is_against(
                claim.before.reversed.unwrap_or_default().saturating_sub(claim.after.reversed.unwrap_or_default()),
            )
        };
        let is_pending_against = |claim: &ClaimDifference| {
            let gain = claim.after.pending.saturating_sub(claim.before.pending);
            claim.kind == DifferenceKind::Pending && self.is_against(gain)
        };
        comparison.claims.iter().filter(|claim| is_paid_against(claim) || is_pending_against(claim)).count()
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Up => "up",
            Self::Down => "down",
        })
    }
}

fn counted(count: usize, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}
