//! What people do to held claims. Each shows the difference first, and does it only with `--yes`.

use std::path::PathBuf;

use clap::Args;

use super::super::{Exit, Session, Trouble, load, program_name, run::kept};
use crate::{
    calendar::parse_iso,
    ledger::{Act, Ledger},
    money::at_scale,
    outcome::{Disposition, Outcome, Ruling},
    posting::{Ruled, Wanted, propose, rule},
    report::{for_terminal, grouped, reason_words},
    workspace::Loaded,
};

/// What every act says.
#[derive(Debug, Args)]
struct Said {
    /// The claim
    claim: String,
    /// The program, `client/name`
    #[arg(long, value_name = "PROGRAM")]
    program: String,
    /// The ledger
    #[arg(long, value_name = "DB")]
    ledger: PathBuf,
    /// Who does it. It is written down as it is said; nobody is authenticated
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Where that is written: a ticket, a mail
    #[arg(long, value_name = "TEXT")]
    reference: Option<String>,
    /// Does it; without this the difference is only shown
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Release {
    #[command(flatten)]
    said: Said,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Override {
    #[command(flatten)]
    said: Said,
    /// The code of the check
    #[arg(long, value_name = "CODE")]
    code: String,
    /// The last day on which it counts for what is done to the claim later
    #[arg(long, value_name = "DATE")]
    until: String,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Reject {
    #[command(flatten)]
    said: Said,
}

pub(super) fn release(release: &Release, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    act(&release.said, "release", None, Ruling::default(), session)
}

pub(super) fn override_one(one: &Override, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if parse_iso(&one.until).is_err() {
        let help = "write it as 2026-12-31".to_owned();
        return Err(Trouble::Usage(format!("`{}` is not a day of the calendar", one.until), Some(help)));
    }
    if one.said.reference.is_none() {
        let help = "say with `--reference` where the approval stands".to_owned();
        return Err(Trouble::Usage("an override has a reference".to_owned(), Some(help)));
    }
    let ruling = Ruling { overridden: vec![one.code.clone()], rejection: None };
    act(&one.said, "override", Some(one.until.clone()), ruling, session)
}

pub(super) fn reject(reject: &Reject, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let rejection = Some(reject.said.reason.clone());
    act(&reject.said, "reject", None, Ruling { overridden: Vec::new(), rejection }, session)
}

fn act(
    said: &Said,
    verb: &str,
    until: Option<String>,
    ruling: Ruling,
    session: &mut Session<'_>,
) -> Result<Exit, Trouble> {
    if said.reason.trim().is_empty() || said.by.trim().is_empty() {
        let help = "say who does it, and why".to_owned();
        return Err(Trouble::Usage("nothing is done without a name and a reason".to_owned(), Some(help)));
    }
    let workspace = session.workspace()?;
    let loaded = load(&workspace, &program_name(&workspace, &said.program)?)?;
    let path = session.environment.folder.join(&said.ledger);
    // So that a mistyped name makes no ledger.
    Ledger::read(&path)?;
    let mut ledger = Ledger::open(&path)?;
    let rules = kept(&mut ledger, &workspace, &loaded)?;
    let now = session.environment.now.clone();
    let wanted = Wanted {
        program: &loaded.program,
        tables: &loaded.tables,
        rules: &rules,
        claim: &said.claim,
        ruling,
        today: now.get(..10).unwrap_or(&now),
        act: Act {
            verb: verb.to_owned(),
            by: said.by.clone(),
            reason: said.reason.clone(),
            reference: said.reference.clone(),
            overridden: Vec::new(),
            until,
            at: now.clone(),
        },
    };
    let ruled = rule(&wanted, &mut ledger, false)?;
    show(&loaded, &ruled, session)?;
    if !said.yes {
        session.say("nothing was done: `--yes` does it");
        return Ok(Exit::Done);
    }
    if loaded.program.identification.needs_two_people && !propose(&wanted, &mut ledger)? {
        session.say(&format!("proposed by `{}`: somebody else confirms it by the same command", said.by));
        return Ok(Exit::Done);
    }
    rule(&wanted, &mut ledger, true)?;
    session.say(&format!("done; head {}", ledger.head().text()));
    Ok(Exit::Done)
}

/// What stood and what stands then.
fn show(loaded: &Loaded, ruled: &Ruled, session: &mut Session<'_>) -> Result<(), Trouble> {
    let unit = loaded.program.identification.unit.code();
    let amount = |amount| grouped(&at_scale(amount, loaded.program.identification.scale));
    let words = |outcome: &Outcome<'_>| match outcome.disposition {
        Disposition::Approved => format!("approved, {} {unit}", amount(outcome.award)),
        Disposition::Held => format!("held, {} {unit} pending", amount(outcome.pending)),
        other => other.to_string(),
    };
    writeln!(session.stdout, "claim {}", for_terminal(&ruled.before.claim))?;
    for (side, outcome) in [("now", &ruled.before), ("then", &ruled.after)] {
        writeln!(session.stdout, "  {side:<5} {}", words(outcome))?;
        for reason in reason_words(outcome) {
            writeln!(session.stdout, "        {}", for_terminal(&reason))?;
        }
    }
    session.stdout.flush()?;
    Ok(())
}
