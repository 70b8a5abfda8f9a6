//! What people do to claims that stand in a ledger: release, reject, override a check, adjust.

use super::{
    Accumulators, BesideRules, Bringer, Rulebook, Stale, arranged_entry, awards_of, claims_again, erased, past,
};
use crate::{
    claim::Claims,
    engine::{Arrangements, Past, Queue, Run, Tables},
    ledger::{Act, EntryKind, KeptRules, Ledger, LedgerError, Posted},
    outcome::{Depth, Disposition, Outcome, Ruling},
    program::Program,
};

/// What a person wants to do to a held claim.
pub struct Wanted<'w> {
    /// The program.
    pub program: &'w Program,
    /// Its tables.
    pub tables: &'w Tables,
    /// Its rules in the ledger.
    pub rules: &'w KeptRules,
    /// The arrangements beside it.
    pub beside: &'w [BesideRules<'w>],
    /// The claim.
    pub claim: &'w str,
    /// What is ruled of it; without a code and a rejection it is released.
    pub ruling: Ruling,
    /// Who does it, and why.
    pub act: Act,
    /// The day on which it is done, as overrides end.
    pub today: &'w str,
    /// Opens the rules that decided it.
    pub rulebook: &'w Rulebook<'w>,
}

/// What a person's ruling makes of a claim.
#[derive(Debug)]
pub struct Ruled {
    /// What stood.
    pub before: Outcome<'static>,
    /// What stands by the ruling.
    pub after: Outcome<'static>,
}

/// Why nothing is done.
#[derive(Debug, thiserror::Error)]
pub enum ActError {
    /// The ledger can't be used.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// There is no such claim.
    #[error("there is no claim `{0}` of this program in the ledger")]
    Unknown(String),
    /// It isn't held.
    #[error("claim `{0}` is {1}, and not held")]
    NotHeld(String, Disposition),
    /// Its row was erased.
    #[error("the row of claim `{0}` was erased, so it can't be decided again")]
    Erased(String),
    /// A code doesn't hold it.
    #[error("claim `{0}` is not held for {1}, but for {2}")]
    OtherCode(String, String, String),
    /// A code is the engine's own.
    #[error("claim `{0}` is held for {1}, which nobody can override")]
    NotToOverride(String, String),
    /// It was looked at anew, and the engine holds it again.
    #[error("claim `{0}` was decided anew, and is held for {1} still, which nobody can override")]
    StillHeld(String, String),
    /// Somebody else has to confirm it.
    #[error("`{0}` has proposed this, and somebody else has to confirm it")]
    SamePerson(String),
    /// What was proposed would make something else of the claim by now.
    #[error("what `{}` proposed made of claim `{}`: {}; now it makes: {}", .0.by, .0.claim, .0.was, .0.is)]
    Stale(Box<Stale>),
}

impl ActError {
    /// What to do about it.
    pub fn help(&self) -> Option<&'static str> {
        match self {
            Self::Ledger(error) => error.help(),
            Self::Unknown(_) => Some("`meed ledger holds PROGRAM --ledger DB` lists the claims that are held"),
            Self::NotHeld(..) => {
                Some("only what is held can be released, rejected or overridden; send a correction for the rest")
            }
            Self::Erased(_) => Some("`meed ledger reject` rejects it without that"),
            Self::OtherCode(..) => Some("name a code that holds it"),
            Self::NotToOverride(..) => Some(
                "`meed explain CODE` says what cures it; once it is cured, `meed ledger release` decides the claim anew",
            ),
            Self::StillHeld(..) => Some("`meed explain CODE` says what cures it; `meed ledger reject` rejects it"),
            Self::SamePerson(_) => Some("the program says `approval: two_people`"),
            Self::Stale(_) => Some("let them propose it again, or propose it yourself with another `--reference`"),
        }
    }
}

/// What a ruling would make of a held claim. With `posts` it is posted.
pub fn rule(wanted: &Wanted<'_>, ledger: &mut Ledger, posts: bool) -> Result<Ruled, ActError> {
    let Wanted { program, tables, rules, claim, beside, .. } = wanted;
    let known = ledger.find(rules.program, claim)?.ok_or_else(|| ActError::Unknown((*claim).to_owned()))?;
    let arranged = ledger.find_arranged(rules.program, claim)?;
    let standard = &known.decided.outcome;
    let before = arranged.as_ref().map_or_else(|| standard.clone(), |arranged| arranged.on(standard));
    if before.disposition != Disposition::Held {
        return Err(ActError::NotHeld((*claim).to_owned(), before.disposition));
    }
    if known.is_erased() {
        let why = wanted.ruling.rejection.as_deref().filter(|_| arranged.is_none());
        let why = why.ok_or_else(|| ActError::Erased((*claim).to_owned()))?;
        return erased::reject(wanted, (&known, why), ledger, posts);
    }
    let acts = ledger.acts(rules.program, claim)?;
    let overridden = overridden(wanted, &before)?;
    let ruling = ruling(wanted, &overridden, &acts);
    let mut past = past(ledger, program)?;
    let mut arrangements = super::arrangements(ledger, program, beside, &past)?;
    let mut bringer = Bringer::new(ledger, (program, &rules.fingerprint), beside, wanted.rulebook)?;
    bringer.bring(ledger, &mut past, &mut arrangements, claim, &mut |_, _| {})?;
    let standing = past.standing.as_ref();
    let stands = standing.and_then(|standing| Some((standing, standing.find(claim)?)));
    let claims = stands.and_then(|(standing, decided)| claims_again(program, standing, decided, known.cells().1));
    let claims = claims.ok_or_else(|| ActError::Erased((*claim).to_owned()))?;
    if let Some(original) = program.claim.original.and_then(|field| claims.claim(0).row().text(field)) {
        bringer.bring(ledger, &mut past, &mut arrangements, original, &mut |_, _| {})?;
    }
    let awards = awards_of(program, claim, &known.decided);
    let run = Run { program, tables, claims: &claims, awards: &awards, depth: &|_, _| Depth::Words, names: false };
    let queue = Queue::named(program, &claims, claim);
    let mut after = None;
    run.decide_again(&queue, &mut past, &ruling, &mut arrangements, &mut |outcome, _| {
        after = Some(outcome.clone().into_owned());
    });
    let after = after.ok_or_else(|| ActError::Unknown((*claim).to_owned()))?;
    let is_nothing = overridden.is_empty() && wanted.ruling.rejection.is_none();
    let holding = holding(&after);
    if let Some(code) = holding.first().filter(|_| is_nothing && !holding.iter().any(|code| is_own(program, code))) {
        return Err(ActError::StillHeld((*claim).to_owned(), code.clone()));
    }
    if posts {
        let act = Act { overridden, ..wanted.act.clone() };
        post(wanted, act, (&claims, &bringer), (&mut past, &mut arrangements), ledger)?;
    }
    Ok(Ruled { before, after })
}

/// Posts what a ruling made of a claim.
fn post(
    wanted: &Wanted<'_>,
    act: Act,
    (claims, bringer): (&Claims, &Bringer<'_>),
    (past, arrangements): (&mut Past, &mut Arrangements<'_>),
    ledger: &mut Ledger,
) -> Result<(), ActError> {
    let Wanted { rules, claim, beside, .. } = wanted;
    let decided = past.standing.as_ref().and_then(|standing| standing.find(claim));
    let decided = decided.ok_or_else(|| ActError::Unknown((*claim).to_owned()))?;
    ledger.begin()?;
    let kept: Vec<KeptRules> = beside.iter().filter_map(|one| one.kept.clone()).collect();
    let accumulators = Accumulators::of(ledger, (rules, bringer.layout()), &kept)?;
    ledger.post(Posted {
        rules,
        run: None,
        kind: EntryKind::Acted,
        outcome: &decided.outcome,
        decided: Some(decided),
        claim: Some(claims.claim(0)),
        content: decided.content,
        act: Some(act),
    })?;
    for touched in arrangements.take_touched() {
        ledger.post_arranged(&arranged_entry(rules, &kept, &touched, (None, decided.content)))?;
    }
    Ok(ledger.commit(&accumulators.figures(past, arrangements))?)
}

/// The codes that are overridden by this: all of the program's own that hold the claim, where none is named. One that is named
/// must be among them; what the engine holds a claim for is looked at anew.
fn overridden(wanted: &Wanted<'_>, before: &Outcome<'_>) -> Result<Vec<String>, ActError> {
    if wanted.ruling.rejection.is_some() {
        return Ok(Vec::new());
    }
    let holding = holding(before);
    let claim = || wanted.claim.to_owned();
    for code in &wanted.ruling.overridden {
        if !holding.contains(code) {
            return Err(ActError::OtherCode(claim(), code.clone(), holding.join(", ")));
        }
        if !is_own(wanted.program, code) {
            return Err(ActError::NotToOverride(claim(), code.clone()));
        }
    }
    match wanted.ruling.overridden.as_slice() {
        [] => Ok(holding.into_iter().filter(|code| is_own(wanted.program, code)).collect()),
        named => Ok(named.to_vec()),
    }
}

/// The codes that hold a claim.
fn holding(outcome: &Outcome<'_>) -> Vec<String> {
    let holding = outcome.reasons.iter().chain(outcome.flags.iter());
    let holding = holding.filter(|reason| reason.disposition == Disposition::Held);
    holding.map(|reason| reason.code.to_string()).collect()
}

/// Whether a code is of the program's own, and not of the engine.
fn is_own(program: &Program, code: &str) -> bool {
    program.rules.iter().any(|rule| rule.code == code)
        || program.flags.iter().any(|flag| flag.code == code)
        || program.limits.iter().any(|limit| limit.code == code)
}

/// The ruling by this act, with what was overridden before, which stays so until its day.
fn ruling(wanted: &Wanted<'_>, overridden: &[String], acts: &[(EntryKind, Act)]) -> Ruling {
    if wanted.ruling.rejection.is_some() {
        return wanted.ruling.clone();
    }
    let in_force = |act: &&Act| act.until.as_deref().is_none_or(|until| wanted.today <= until);
    let earlier = acts.iter().filter(|(kind, _)| *kind == EntryKind::Acted).map(|(_, act)| act).filter(in_force);
    let mut overridden = overridden.to_vec();
    overridden.extend(earlier.flat_map(|act| act.overridden.iter().cloned()));
    overridden.sort();
    overridden.dedup();
    Ruling { overridden, rejection: None }
}
