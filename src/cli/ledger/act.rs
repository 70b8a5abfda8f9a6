//! What people do to held claims. Each shows the difference first, and does it only with `--yes`.

use std::path::{Path, PathBuf};

use clap::Args;

use super::super::{
    Exit, Session, Trouble,
    beside::Arranged,
    load, program_name, rulebook,
    run::{kept, new_rules},
    story::act_words,
};
use crate::{
    calendar::parse_iso,
    ledger::{Act, Ledger},
    money::{at_scale, parse_decimal},
    outcome::{Disposition, Outcome, Ruling},
    posting::{Confirmation, Ruled, Wanted, confirmation, propose, rule},
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

#[derive(Debug, Args)]
pub(in crate::cli) struct Adjust {
    /// The participant
    participant: String,
    /// How much, below zero to take it back
    #[arg(allow_negative_numbers = true)]
    amount: String,
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
    /// Does it; without this it is only checked
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Erase {
    /// The participant
    participant: String,
    /// The ledger
    #[arg(long, value_name = "DB")]
    ledger: PathBuf,
    /// Who does it. It is written down as it is said; nobody is authenticated
    #[arg(long, value_name = "WHO")]
    by: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Does it: what is erased doesn't come back
    #[arg(long)]
    yes: bool,
}

pub(super) fn adjust(adjust: &Adjust, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    named(&adjust.by, &adjust.reason)?;
    let workspace = session.workspace()?;
    let loaded = load(&workspace, &program_name(&workspace, &adjust.program)?)?;
    let identification = &loaded.program.identification;
    if identification.needs_two_people {
        let help = "let a claim say it, which two people can release".to_owned();
        let message = "a program with `approval: two_people` takes no adjustments by one person".to_owned();
        return Err(Trouble::Usage(message, Some(help)));
    }
    let amount = parse_decimal(&adjust.amount).ok().filter(|amount| amount.normalize().scale() <= identification.scale);
    let Some(amount) = amount else {
        let help = format!("write it with at most {} decimal places, as 12.5 or -12.5", identification.scale);
        return Err(Trouble::Usage(format!("`{}` is no amount of this program", adjust.amount), Some(help)));
    };
    let mut ledger = if adjust.yes { writing(&adjust.ledger, session)? } else { reading(&adjust.ledger, session)? };
    let rules = ledger.would_keep(&new_rules(&loaded))?;
    ledger.refuse_too_large(&rules, &adjust.participant, amount)?;
    let shown = grouped(&at_scale(amount, identification.scale));
    writeln!(session.stdout, "{}: {shown} {}", for_terminal(&adjust.participant), identification.unit.code())?;
    if !ledger.knows(&adjust.participant)? {
        session.say(&format!("nobody in this ledger is called `{}` yet", adjust.participant));
    }
    if !adjust.yes {
        session.say("nothing was done: `--yes` does it");
        return Ok(Exit::Done);
    }
    let rules = kept(&mut ledger, &workspace, &loaded)?;
    let act = said("adjust", &adjust.by, &adjust.reason, adjust.reference.as_ref(), session);
    ledger.adjust(&rules, &adjust.participant, amount, act)?;
    session.say(&format!("done; head {}", ledger.head().text()));
    Ok(Exit::Done)
}

pub(super) fn erase(erase: &Erase, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    named(&erase.by, &erase.reason)?;
    let mut ledger = if erase.yes { writing(&erase.ledger, session)? } else { reading(&erase.ledger, session)? };
    if !ledger.knows(&erase.participant)? {
        let help = "give the name as the claims have it".to_owned();
        return Err(Trouble::Usage(format!("nobody in this ledger is called `{}`", erase.participant), Some(help)));
    }
    if !erase.yes {
        session.say("nothing was done: `--yes` erases, and what is erased doesn't come back");
        return Ok(Exit::Done);
    }
    let act = said("erase", &erase.by, &erase.reason, None, session);
    let erased = ledger.erase(&erase.participant, &act)?;
    if !erased.is_gone {
        session.say(
            "note: the files could not be written anew, since somebody reads them or there is no room: they may hold copies of \
             what was erased until somebody else is erased",
        );
    }
    session.say(&format!("{} rows erased; head {}", erased.rows, ledger.head().text()));
    Ok(Exit::Done)
}

fn named(by: &str, reason: &str) -> Result<(), Trouble> {
    if reason.trim().is_empty() || by.trim().is_empty() {
        let help = "say who does it, and why".to_owned();
        return Err(Trouble::Usage("nothing is done without a name and a reason".to_owned(), Some(help)));
    }
    Ok(())
}

/// A ledger to look at what an act would do.
fn reading(path: &Path, session: &Session<'_>) -> Result<Ledger, Trouble> {
    Ok(Ledger::read(&session.environment.folder.join(path))?)
}

/// A ledger that is there, to write into it: a mistyped name makes none.
fn writing(path: &Path, session: &Session<'_>) -> Result<Ledger, Trouble> {
    let path = session.environment.folder.join(path);
    Ledger::read(&path)?;
    Ok(Ledger::open(&path)?)
}

fn said(verb: &str, by: &str, reason: &str, reference: Option<&String>, session: &Session<'_>) -> Act {
    Act {
        verb: verb.to_owned(),
        by: by.to_owned(),
        reason: reason.to_owned(),
        reference: reference.cloned(),
        overridden: Vec::new(),
        until: None,
        at: session.environment.now.clone(),
    }
}

pub(super) fn release(release: &Release, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    act(&release.said, "release", None, Ruling::default(), session)
}

pub(super) fn override_one(one: &Override, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    if parse_iso(&one.until).is_err() {
        let help = "write it as 2026-12-31".to_owned();
        return Err(Trouble::Usage(format!("`{}` is not a day of the calendar", one.until), Some(help)));
    }
    let today = session.environment.now.get(..10).unwrap_or_default();
    if one.until.as_str() < today {
        let help = "name the last day on which it counts, today or later".to_owned();
        return Err(Trouble::Usage(format!("{} is over", one.until), Some(help)));
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
    named(&said.by, &said.reason)?;
    let workspace = session.workspace()?;
    let loaded = load(&workspace, &program_name(&workspace, &said.program)?)?;
    let Loaded { program, tables, .. } = &loaded;
    let mut ledger = if said.yes { writing(&said.ledger, session)? } else { reading(&said.ledger, session)? };
    let act = self::said(verb, &said.by, &said.reason, said.reference.as_ref(), session);
    let act = Act { until, overridden: ruling.overridden.clone(), ..act };
    let rules = ledger.would_keep(&new_rules(&loaded))?;
    let mut arranged = Arranged::load(&workspace, &loaded, &[], Some(&ledger), session)?;
    let today = act.at.get(..10).unwrap_or(&act.at).to_owned();
    let beside = arranged.rules();
    let wanted = Wanted {
        program,
        tables,
        rules: &rules,
        beside: &beside,
        claim: &said.claim,
        ruling,
        act,
        today: &today,
        rulebook: &rulebook::open,
    };
    let ruled = rule(&wanted, &mut ledger, false)?;
    show(&loaded, &ruled, session)?;
    if !said.yes {
        session.say("nothing was done: `--yes` does it");
        return Ok(Exit::Done);
    }
    let confirmation = match program.identification.needs_two_people {
        true => confirmation(&wanted, &ruled, &ledger)?,
        false => Confirmation::Given,
    };
    let Wanted { ruling, act, .. } = wanted;
    let rules = kept(&mut ledger, &workspace, &loaded)?;
    arranged.keep(&mut ledger, &workspace)?;
    let beside = arranged.rules();
    let wanted = Wanted {
        program,
        tables,
        rules: &rules,
        beside: &beside,
        claim: &said.claim,
        ruling,
        act,
        today: &today,
        rulebook: &rulebook::open,
    };
    if let Confirmation::Missing(other) = confirmation {
        propose(&wanted, &ruled, &mut ledger)?;
        if let Some(other) = other {
            session.say(&format!("`{}` has proposed something else: {}", other.by, act_words(&other)));
        }
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
