//! Deciding claims against a ledger: what a dry run shows and a run posts are the same decisions, made on what stands there.

mod act;
mod again;
mod before;
mod bringer;
mod compared;
mod erased;
mod keeper;
mod post;
mod proposal;
mod replay;
mod resumed;

pub use act::{ActError, Ruled, Wanted, rule};
pub use before::{Before, PostError, before};
pub use keeper::Preview;
pub use post::{Post, Posting, post};
pub use proposal::{Confirmation, Stale, confirmation, propose};
pub use replay::{Difference, Replayed, replay};

use bringer::Bringer;

use crate::{
    claim::{Claims, Deficiency},
    engine::{ArrangedProgram, Arrangements, Awards, Past, Tables, Touched, TouchedShare},
    history::History,
    ledger::{ArrangedEntry, KeptRules, KeptShare, Ledger, LedgerError, RunId},
    outcome::{Decided, Standing},
    program::{Layout, Program},
};

/// Opens the rules that a ledger has under a number: a program, or what an arrangement made of one.
pub type Rulebook<'r> = dyn Fn(&Ledger, i64) -> Result<(Program, Tables), LedgerError> + 'r;

/// The past of a program as its ledger has it: all running figures, and nothing of single claims yet.
pub fn past(ledger: &Ledger, program: &Program) -> Result<Past, LedgerError> {
    let name = program.identification.name.to_string();
    let mut history = match ledger.program(&name)? {
        Some(id) => ledger.history(id, &Layout::of(program).accumulators())?,
        None => History::new(),
    };
    // Whoever posts writes what has moved.
    history.note_moved();
    Ok(Past { history, ..Past::remembering(program) })
}

/// What other programs had decided for a claim when this one decided it.
fn awards_of(program: &Program, claim: &str, decided: &Decided) -> Awards {
    let mut awards = Awards::new();
    for (named, elsewhere) in program.neighbours.named().zip(&decided.elsewhere) {
        if let Some(elsewhere) = elsewhere {
            awards.put(&named.program, claim, *elsewhere);
        }
    }
    awards
}

/// A claim that stands, as one that comes again with the fields of today.
fn claims_again(program: &Program, standing: &Standing, decided: &Decided, lacks: Vec<Deficiency>) -> Option<Claims> {
    let kinds = program.claim.fields.iter().map(|field| field.kind.column());
    let origin = &decided.outcome.origin;
    let mut claims = Claims::new(origin.file.as_ref(), kinds);
    let row = standing.row(decided);
    let cells = (0..program.claim.fields.len()).map(|field| row.cell(field));
    claims.push(origin.line, cells, lacks).ok()?;
    Some(claims)
}

/// An arrangement beside a program, with its rules where the ledger knows it.
pub struct BesideRules<'p> {
    /// The arrangement with the program that it makes.
    pub with: ArrangedProgram<'p>,
    /// The hash over all that it decides by.
    pub fingerprint: &'p str,
    /// Its rules in the ledger, the last ones or these.
    pub kept: Option<KeptRules>,
}

/// The arrangements beside a program's past, as the ledger has them.
pub fn arrangements<'p>(
    ledger: &Ledger,
    program: &Program,
    beside: &[BesideRules<'p>],
    past: &Past,
) -> Result<Arrangements<'p>, LedgerError> {
    let mut all = Vec::new();
    for BesideRules { with, kept, .. } in beside {
        let mut difference = match kept {
            Some(kept) => ledger.history(kept.program, &Layout::of_arranged(with.program).accumulators())?,
            None => History::new(),
        };
        difference.note_moved();
        all.push((*with, difference));
    }
    Ok(Arrangements::kept(program, all, past))
}

/// The numbers in the ledger of a program's accumulators, and of those of each arrangement beside it.
struct Accumulators {
    own: Vec<i64>,
    beside: Vec<Vec<i64>>,
}

impl Accumulators {
    fn of(ledger: &Ledger, (rules, layout): (&KeptRules, &Layout), beside: &[KeptRules]) -> Result<Self, LedgerError> {
        let number = |kept: &KeptRules| ledger.keep_accumulators(kept.program, &kept.layout.accumulators());
        Ok(Self {
            own: ledger.keep_accumulators(rules.program, &layout.accumulators())?,
            beside: beside.iter().map(number).collect::<Result<_, _>>()?,
        })
    }

    /// What figures stand at, by these numbers.
    fn figures<'f>(&'f self, past: &'f Past, arrangements: &'f Arrangements<'_>) -> Vec<(&'f [i64], &'f History)> {
        let beside = self.beside.iter().enumerate();
        let beside =
            beside.filter_map(|(number, numbers)| Some((numbers.as_slice(), arrangements.difference(number)?)));
        std::iter::once((self.own.as_slice(), &past.history)).chain(beside).collect()
    }
}

/// What arrangements made of a claim, as it is posted.
fn arranged_entry<'e>(
    rules: &'e KeptRules,
    beside: &'e [KeptRules],
    touched: &'e Touched,
    (run, content): (Option<RunId>, u128),
) -> ArrangedEntry<'e> {
    let share = |share: &TouchedShare| {
        let rules = beside.get(share.number)?;
        let TouchedShare { is_inside, earlier, decided, moved, .. } = share.clone();
        let version = earlier.unwrap_or(rules.id);
        Some((rules, KeptShare { rules: version, is_inside, decided, taken: Vec::new(), moved }))
    };
    let shares = touched.shares.iter().filter_map(share).collect();
    ArrangedEntry { rules, run, outcome: &touched.outcome, standard: touched.standard, content, shares }
}
