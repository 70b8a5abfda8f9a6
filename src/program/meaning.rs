//! Definitions that are right and say what is rarely meant. Only what is certain from the definition is said, and an author
//! may answer that it is meant.

use super::{
    Amount, Component, ComponentKind, Due, LimitEffect, Param, Program, Schedule,
    fields::text,
    schedule::known,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::{Decimal, plain},
    outcome::Disposition,
    schema::Type,
    script::{Expression, Vocabulary},
};

/// What an author may answer.
const CODES: [Code; 4] = [Code::LowerBand, Code::SplitPaysMore, Code::ShadowedRule, Code::BandOutOfReach];

/// Warns of what is rarely meant, unless `meant` says that it is.
pub(super) fn warn(program: &Program, vocabulary: &Vocabulary, meant: &[(Text, Node)], findings: &mut Findings) {
    let mut found = Vec::new();
    for (number, component) in program.components.iter().enumerate() {
        if let ComponentKind::Accumulating { base, measure, key, due: Due::Tiers(schedule), .. } = &component.kind {
            found.extend(lower_shares(schedule, program));
            let Some(line) = Line::of(schedule, &program.params).filter(|_| measure.is_none()) else { continue };
            found.extend(line.lower_bands());
            if key.as_ref().is_none_or(super::KeyPlan::is_claim) {
                found.extend(line.split(component, base.kind() == Type::INTEGER));
            }
            found.extend(out_of_reach(number, component, &line, program));
        }
    }
    found.extend(shadowed(program, vocabulary));
    let mut answered = Vec::new();
    for (code, reason) in meant {
        let Some(known) = CODES.into_iter().find(|known| known.id() == code.text) else {
            let message = format!("`{}` is no warning that can be meant", code.text);
            findings.add(
                Diagnostic::error(Code::UnknownWord, &code.place, message).suggest(&code.text, CODES.map(Code::id)),
            );
            continue;
        };
        if !found.iter().any(|finding: &Diagnostic| finding.code == known) {
            let message = format!("`meant` answers `{known}`, which nothing here gives reason for");
            findings.add(Diagnostic::warning(Code::Unused, &code.place, message).help("remove it"));
        }
        if text(reason, findings).is_some() {
            answered.push(known);
        }
    }
    found.into_iter().filter(|finding| !answered.contains(&finding.code)).for_each(|finding| findings.add(finding));
}

/// Bands that are the same for every claim.
struct Line<'p> {
    steps: Vec<Step<'p>>,
    incremental: bool,
}

struct Step<'p> {
    place: &'p Place,
    /// Where it starts, and whether that total belongs to it.
    edge: Option<(Decimal, bool)>,
    rate: Decimal,
    flat: Decimal,
}

impl<'p> Line<'p> {
    fn of(schedule: &'p Schedule, params: &[Param]) -> Option<Self> {
        if schedule.target.is_some() || schedule.listed().is_empty() {
            return None;
        }
        let amount = |amount: &Amount| known(amount, params);
        let steps = schedule.listed().iter().map(|band| {
            let edge = match &band.edge {
                Some(edge) => Some((amount(&edge.amount)?, edge.inclusive)),
                None => None,
            };
            Some(Step { place: &band.place, edge, rate: amount(&band.rate)?, flat: amount(&band.flat)? })
        });
        Some(Self { steps: steps.collect::<Option<_>>()?, incremental: schedule.incremental })
    }

    /// What is due on a total.
    fn due(&self, total: Decimal) -> Option<Decimal> {
        let entered =
            |step: &&Step<'_>| step.edge.is_none_or(|(edge, inclusive)| edge < total || (inclusive && edge == total));
        let entered: Vec<&Step<'_>> = self.steps.iter().take_while(entered).collect();
        if !self.incremental {
            return entered.last().map_or(Some(Decimal::ZERO), |step| step.on(total));
        }
        let start = |step: &Step<'_>| step.edge.map_or(Decimal::ZERO, |(edge, _)| edge);
        let ends = entered.iter().skip(1).map(|step| start(step)).chain([total]);
        entered
            .iter()
            .zip(ends)
            .try_fold(Decimal::ZERO, |sum, (step, end)| sum.checked_add(step.on(end.checked_sub(start(step))?)?))
    }

    /// Each band but the first with the one before it and the total at which it starts, if that is above zero.
    fn pairs(&self) -> impl Iterator<Item = (&Step<'p>, &Step<'p>, Decimal)> {
        self.steps.windows(2).filter_map(|pair| {
            let [before, after] = pair else { return None };
            let (edge, _) = after.edge.filter(|(edge, _)| *edge > Decimal::ZERO)?;
            Some((before, after, edge))
        })
    }

    fn lower_bands(&self) -> Vec<Diagnostic> {
        let pairs = self.pairs().filter(|_| !self.incremental);
        let falls = pairs.filter_map(|(before, after, edge)| {
            let (below, reached) = (before.on(edge)?, after.on(edge)?);
            let lost = below.checked_sub(reached).filter(|lost| *lost > Decimal::ZERO)?;
            let message =
                format!("a total of {} is owed {} less than one just below it", plain(edge), plain(lost.normalize()));
            let finding = Diagnostic::warning(Code::LowerBand, after.place, message);
            let label = format!("this one pays {} up to there", plain(below.normalize()));
            let help = format!("this one pays {}: raise it, or write `kind: incremental`", plain(reached.normalize()));
            Some(finding.and(before.place, label).help(help))
        });
        falls.collect()
    }

    /// A total on which two claims of half are owed more.
    fn split(&self, component: &Component, is_whole: bool) -> Option<Diagnostic> {
        let edges = self.steps.iter().filter_map(|step| step.edge).map(|(edge, _)| edge);
        let totals = edges.flat_map(|edge| [Some(edge), edge.checked_mul(Decimal::TWO)]).flatten();
        let half = |total: Decimal| total.checked_div(Decimal::TWO).filter(|half| !is_whole || half.is_integer());
        let more = totals.filter(|total| *total > Decimal::ZERO).find_map(|total| {
            let (half, one) = (half(total)?, self.due(total)?);
            let two = self.due(half)?.checked_mul(Decimal::TWO)?;
            (two > one).then_some((total, half, one, two))
        });
        let (total, half, one, two) = more?;
        let [total, half, one, two] = [total, half, one, two].map(|amount| plain(amount.normalize()));
        let message = format!("a claim of {total} is owed {one}, and two claims of {half} are owed {two}");
        let finding = Diagnostic::warning(Code::SplitPaysMore, &component.place, message);
        Some(finding.help("let it accumulate, as in `per: [participant, month]`, or pay no more on less"))
    }
}

impl Step<'_> {
    fn on(&self, base: Decimal) -> Option<Decimal> {
        self.rate.checked_mul(base)?.checked_add(self.flat)
    }
}

/// Bands of a target that pay a smaller share of the same total, whatever the target is.
fn lower_shares(schedule: &Schedule, program: &Program) -> Vec<Diagnostic> {
    if schedule.target.is_none() || schedule.incremental {
        return Vec::new();
    }
    let amount = |amount: &Amount| known(amount, &program.params);
    let falls = schedule.listed().windows(2).filter_map(|pair| {
        let [before, after] = pair else { return None };
        amount(&after.edge.as_ref()?.amount).filter(|edge| *edge > Decimal::ZERO)?;
        let rates = amount(&before.rate)?.checked_sub(amount(&after.rate)?)?;
        let flats = amount(&before.flat)?.checked_sub(amount(&after.flat)?)?;
        let falls = rates > Decimal::ZERO && flats >= Decimal::ZERO || flats > Decimal::ZERO && rates >= Decimal::ZERO;
        let finding = Diagnostic::warning(Code::LowerBand, &after.place, "this band pays less than the one before it");
        falls.then(|| finding.and(&before.place, "the one before it").help("raise it, or write `kind: incremental`"))
    });
    falls.collect()
}

/// Bands that start where a limit over the same key has cut the award to its ceiling already.
fn out_of_reach(number: usize, component: &Component, line: &Line<'_>, program: &Program) -> Vec<Diagnostic> {
    let Some(key) = component.key() else { return Vec::new() };
    let rises = line.steps.iter().all(|step| step.rate >= Decimal::ZERO && step.flat >= Decimal::ZERO);
    let limits = program.limits.iter().filter(|limit| {
        limit.then == LimitEffect::Cut
            && limit.of == [number]
            && limit.key.same_as(key)
            && rises
            && line.lower_bands().is_empty()
    });
    let ceilings: Vec<_> = limits.filter_map(|limit| Some((limit, limit.max.fixed()?))).collect();
    let beyond = line.pairs().filter_map(|(before, after, edge)| {
        let below = match line.incremental {
            true => line.due(edge)?.checked_sub(if after.edge?.1 { after.flat } else { Decimal::ZERO })?,
            false => before.on(edge)?,
        };
        let (limit, max) = ceilings.iter().find(|(_, max)| below >= *max)?;
        let message = format!("this band never awards anything: `{}` cuts at {}", limit.code, plain(*max));
        let label = format!("{} is due before the band starts", plain(below.normalize()));
        let finding = Diagnostic::warning(Code::BandOutOfReach, after.place, message).and(&limit.place, label);
        Some(finding.help("raise the ceiling, or remove the band"))
    });
    beyond.collect()
}

/// A coded check as far as one may shadow another.
struct Check<'p> {
    code: &'p str,
    place: &'p Place,
    condition: &'p Expression,
    disposition: Disposition,
}

/// Rules and flags that object only where one above them does, too, and no milder.
fn shadowed(program: &Program, vocabulary: &Vocabulary) -> Vec<Diagnostic> {
    let rules = program.rules.iter().filter(|rule| rule.after.is_none());
    let rules = rules.map(|rule| {
        let disposition = rule.otherwise;
        Check { code: &rule.code, place: &rule.place, condition: &rule.require, disposition }
    });
    let flags = program.flags.iter().filter(|flag| flag.then != Disposition::Approved);
    let flags = flags.map(|flag| {
        let disposition = flag.then;
        Check { code: &flag.code, place: &flag.place, condition: &flag.when, disposition }
    });
    let implies = |one: &Check<'_>, other: &Check<'_>| program.form.implies(vocabulary, one.condition, other.condition);
    let mut found = pairs(&rules.collect::<Vec<_>>(), &|above, below| implies(above, below));
    // A flag is raised where its condition holds, a rule objects where its one doesn't.
    found.extend(pairs(&flags.collect::<Vec<_>>(), &|above, below| implies(below, above)));
    found
}

fn pairs(checks: &[Check<'_>], shadows: &dyn Fn(&Check<'_>, &Check<'_>) -> bool) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    for (number, below) in checks.iter().enumerate() {
        let mut above = checks.iter().take(number).filter(|above| above.disposition <= below.disposition);
        if let Some(above) = above.find(|above| shadows(above, below)) {
            let message = format!("`{}` changes no claim: wherever it objects, `{}` does, too", below.code, above.code);
            let finding = Diagnostic::warning(Code::ShadowedRule, below.place, message);
            let finding = finding.and(above.place, format!("this one leaves a claim {}", above.disposition.name()));
            found.push(finding.help("remove one of them, or correct its condition"));
        }
    }
    found
}
