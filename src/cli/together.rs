//! Programs that decide the same claims one behind the other, with what each leaves for those that come later.

use super::{Session, Trouble, beside::Arranged, claims::ClaimsArguments, rulebook};
use crate::{
    claim::Claims,
    diagnostic::Findings,
    engine::{Again, ArrangedProgram, Arrangements, Awards, Ceiling, Past, Queue, Repeats, Run},
    ledger::Ledger,
    outcome::{Depth, Outcome, Trace},
    posting::{self, Preview},
    program::{Program, run_order},
    workspace::Loaded,
};

/// Programs in the order in which they decide the same claims.
pub(super) struct Together {
    pub(super) programs: Vec<Loaded>,
    pasts: Vec<Past>,
    awards: Awards,
}

/// How decisions are shown.
pub(super) struct Shown<'s> {
    /// How deep, by id and line.
    pub(super) depth: &'s dyn Fn(&str, u64) -> Depth,
    /// Whether private figures are.
    pub(super) names: bool,
}

impl Together {
    /// Puts programs in their order.
    pub(super) fn new(programs: Vec<Loaded>) -> Result<Self, Trouble> {
        let mut findings = Findings::new();
        let alone =
            programs.len() == 1 && programs.iter().all(|loaded| loaded.program.neighbours.named().next().is_none());
        if !alone {
            let all: Vec<&Program> = programs.iter().map(|loaded| &loaded.program).collect();
            if run_order(&all, &mut findings).is_none() {
                return Err(Trouble::Findings(findings.into_sorted()));
            }
        }
        let mut programs = programs;
        programs.sort_by_key(|loaded| loaded.program.neighbours.priority);
        Ok(Self { programs, pasts: Vec::new(), awards: Awards::new() })
    }

    /// Programs that are in their order, the last of which is asked about.
    pub(super) fn behind(programs: Vec<Loaded>) -> Self {
        Self { programs, pasts: Vec::new(), awards: Awards::new() }
    }

    /// Lets nothing have come before.
    pub(super) fn begin(&mut self) {
        self.pasts = self.programs.iter().map(|loaded| Past::new(&loaded.program)).collect();
    }

    /// Lets what stands in a ledger have come before.
    pub(super) fn remember(&mut self, ledger: Option<&Ledger>, beside: &[Arranged]) -> Result<(), Trouble> {
        let alone = self.programs.len() == 1 && beside.iter().all(Arranged::is_empty);
        let past = |loaded: &Loaded| match ledger {
            Some(ledger) => posting::past(ledger, &loaded.program),
            // Nobody asks for what a program alone decides, but those of its claims that take others back.
            None if alone => Ok(Past::new(&loaded.program)),
            None => Ok(Past::remembering(&loaded.program)),
        };
        self.pasts = self.programs.iter().map(past).collect::<Result<_, _>>()?;
        Ok(())
    }

    /// Lets one of the programs, with arrangements beside it, decide claims on what stands in a ledger. Comes back with what was
    /// asked and granted of their ceilings.
    pub(super) fn decide_on(
        &mut self,
        number: usize,
        claims: &Claims,
        (ledger, repeats, beside): (Option<&Ledger>, Repeats, &Arranged),
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) -> Result<Vec<Ceiling>, Trouble> {
        let (Some(loaded), Some(past)) = (self.programs.get(number), self.pasts.get_mut(number)) else {
            return Ok(Vec::new());
        };
        let Loaded { program, tables, .. } = loaded;
        let (awards, depth) = (&self.awards, &|_: &str, _| Depth::Words);
        let run = Run { program, tables, claims, awards, depth, names: false };
        let (queue, beside) = (Queue::new(program, claims), beside.rules());
        let mut arranged = match ledger {
            Some(ledger) => posting::arrangements(ledger, program, &beside, past)?,
            None => {
                let all: Vec<ArrangedProgram<'_>> = beside.iter().map(|one| one.with).collect();
                Arrangements::new(program, &all, past)
            }
        };
        match ledger {
            Some(ledger) => {
                let is_asked = self.programs.len() > 1;
                let mut preview =
                    Preview::new(ledger, (program, &loaded.fingerprint), &beside, is_asked, &rulebook::open)?;
                let again = Again { repeats, ..Again::default() };
                run.decide_kept(&queue, &again, past, (&mut preview, &mut arranged), sink);
                preview.finish()?;
            }
            None => run.decide_arranged(&queue, past, &mut arranged, sink),
        }
        let mut awards = Awards::new();
        if let (true, Some(standing)) = (self.programs.len() > 1, &past.standing) {
            standing.each(|_, decided, _| awards.take(&program.identification.name, &decided.outcome));
        }
        self.awards.absorb(awards);
        Ok(arranged.ceilings())
    }

    /// What the programs that have decided awarded, for those behind them.
    pub(super) fn awards(&self) -> &Awards {
        &self.awards
    }

    /// Lets the programs decide what came before, file by file.
    pub(super) fn decide_earlier(
        &mut self,
        claims: &ClaimsArguments,
        session: &mut Session<'_>,
    ) -> Result<(), Trouble> {
        let remembers = !claims.earlier.is_empty();
        let past = |loaded: &Loaded| match remembers {
            true => Past::remembering(&loaded.program),
            false => Past::new(&loaded.program),
        };
        self.pasts = self.programs.iter().map(past).collect();
        let shown = Shown { depth: &|_, _| Depth::Codes, names: false };
        if remembers {
            session.say("note: earlier claims are decided anew, by the rules and tables of today");
        }
        for path in &claims.earlier {
            for number in 0..self.programs.len() {
                let Some(loaded) = self.programs.get(number) else { continue };
                let earlier = claims.read_earlier(path, &loaded.program, session)?;
                self.decide(number, &earlier, &shown, &mut |_, _| {});
            }
        }
        Ok(())
    }

    /// Lets all programs but the last decide the claims. Comes back with the claims as the last one reads them.
    pub(super) fn decide_first(
        &mut self,
        files: &ClaimsArguments,
        session: &mut Session<'_>,
    ) -> Result<Claims, Trouble> {
        let shown = Shown { depth: &|_, _| Depth::Codes, names: false };
        let mut last = None;
        for number in 0..self.programs.len() {
            let Some(loaded) = self.programs.get(number) else { continue };
            let claims = files.read(&loaded.program, session)?;
            if number + 1 == self.programs.len() {
                last = Some(claims);
            } else {
                self.decide(number, &claims, &shown, &mut |_, _| {});
            }
        }
        last.ok_or_else(|| Trouble::Usage("no program is named".to_owned(), None))
    }

    /// The last program, and what those before it awarded.
    pub(super) fn into_last(mut self) -> Result<(Loaded, Awards), Trouble> {
        let last = self.programs.pop().ok_or_else(|| Trouble::Usage("no program is named".to_owned(), None))?;
        Ok((last, self.awards))
    }

    /// Lets the last program decide the claims.
    pub(super) fn decide_last(
        &mut self,
        claims: &Claims,
        shown: &Shown<'_>,
        sink: &mut dyn FnMut(&Program, &Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let Some(number) = self.programs.len().checked_sub(1) else { return };
        let (Some(loaded), Some(past)) = (self.programs.get(number), self.pasts.get_mut(number)) else { return };
        let Loaded { program, tables, .. } = loaded;
        let run = Run { program, tables, claims, awards: &self.awards, depth: shown.depth, names: shown.names };
        run.decide(past, &mut |outcome, trace| sink(program, outcome, trace));
    }

    /// Lets the last program decide what came before and the claims, from nothing, with what arrangements add.
    pub(super) fn decide_arranged(
        &self,
        (claims, earlier): (&Claims, &[Claims]),
        arrangements: &[ArrangedProgram<'_>],
        shown: &Shown<'_>,
        sink: &mut dyn FnMut(&Program, &Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let Some(Loaded { program, tables, .. }) = self.programs.last() else { return };
        let mut past = if earlier.is_empty() { Past::new(program) } else { Past::remembering(program) };
        let mut arranged = Arrangements::new(program, arrangements, &past);
        for (claims, is_last) in earlier.iter().map(|claims| (claims, false)).chain([(claims, true)]) {
            let depth: &dyn Fn(&str, u64) -> Depth = if is_last { shown.depth } else { &|_, _| Depth::Codes };
            let run = Run { program, tables, claims, awards: &self.awards, depth, names: shown.names };
            let mut take = |outcome: &Outcome<'_>, trace: Option<&Trace<'_>>| {
                if is_last {
                    sink(program, outcome, trace);
                }
            };
            run.decide_arranged(&Queue::new(program, claims), &mut past, &mut arranged, &mut take);
        }
    }

    /// Lets one of the programs decide claims.
    pub(super) fn decide(
        &mut self,
        number: usize,
        claims: &Claims,
        shown: &Shown<'_>,
        sink: &mut dyn FnMut(&Outcome<'_>, Option<&Trace<'_>>),
    ) {
        let several = self.programs.len() > 1;
        let (Some(loaded), Some(past)) = (self.programs.get(number), self.pasts.get_mut(number)) else { return };
        let Loaded { program, tables, .. } = loaded;
        let mut awards = Awards::new();
        let run = Run { program, tables, claims, awards: &self.awards, depth: shown.depth, names: shown.names };
        run.decide(past, &mut |outcome, trace| {
            if several {
                awards.take(&program.identification.name, outcome);
            }
            sink(outcome, trace);
        });
        self.awards.absorb(awards);
    }
}
