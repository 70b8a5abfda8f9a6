//! `meed ledger`: what is held, what is owed, and whether a ledger is whole.

mod act;

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use serde_json::json;

use super::{Exit, Session, Trouble, output::refuse_ledger, rulebook};
use crate::{
    ledger::{Balance, HeldClaim, KeptRules, Ledger, Link},
    money::at_scale,
    posting::{Replayed, replay},
    report::{for_terminal, grouped, table_of},
    workspace::Loaded,
};

#[derive(Debug, Args)]
#[command(disable_help_subcommand = true)]
pub(super) struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// What participants have earned, and what is held for them
    Balance(OfProgram),
    /// The claims that are held, the oldest first
    Holds(OfProgram),
    /// Lets a held claim pass: all that holds it is overridden, and it is decided again
    Release(act::Release),
    /// Overrides one check that holds a claim, and decides it again: other checks still hold it
    Override(act::Override),
    /// Rejects a held claim
    Reject(act::Reject),
    /// Posts an amount to a participant, or takes it from them
    Adjust(act::Adjust),
    /// Takes away the rows, the words and the name of a participant; what was decided stays, and can be proved
    Erase(act::Erase),
    /// Proves the chain, the rows, the rules and the figures
    Verify(Verify),
    /// Decides everything again by the rules of the time, and compares
    Replay(OfLedger),
    /// Writes a copy of what stands there now; to restore it, put it in the ledger's place
    Backup(Backup),
}

#[derive(Debug, Args)]
struct OfLedger {
    /// The ledger
    #[arg(long, value_name = "DB")]
    ledger: PathBuf,
}

#[derive(Debug, Args)]
struct OfProgram {
    /// The program, `client/name`
    program: String,
    #[command(flatten)]
    of: OfLedger,
    /// How it is printed
    #[arg(long, value_enum, default_value_t = Format::Table)]
    format: Format,
    /// Shows private fields
    #[arg(long)]
    names: bool,
}

#[derive(Debug, Args)]
struct Verify {
    #[command(flatten)]
    of: OfLedger,
    /// The head that a run or an earlier `verify` printed, `12:ab…`: entries missing behind it are found
    #[arg(long, value_name = "HEAD")]
    head: Option<String>,
}

#[derive(Debug, Args)]
struct Backup {
    #[command(flatten)]
    of: OfLedger,
    /// The copy; nothing is overwritten
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Table,
    /// One JSON document
    Json,
}

pub(super) fn run(arguments: &Arguments, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    match &arguments.verb {
        Verb::Balance(of) => balance(of, session),
        Verb::Holds(of) => holds(of, session),
        Verb::Release(release) => act::release(release, session),
        Verb::Override(one) => act::override_one(one, session),
        Verb::Reject(reject) => act::reject(reject, session),
        Verb::Adjust(adjust) => act::adjust(adjust, session),
        Verb::Erase(erase) => act::erase(erase, session),
        Verb::Verify(verify) => self::verify(verify, session),
        Verb::Replay(of) => again(of, session),
        Verb::Backup(backup) => {
            refuse_ledger("--to", &backup.to, &backup.of.ledger, session)?;
            let to = session.environment.folder.join(&backup.to);
            reading(&backup.of, session)?.backup(&to)?;
            session.say(&format!("copied to `{}`", backup.to.display()));
            Ok(Exit::Done)
        }
    }
}

fn reading(of: &OfLedger, session: &Session<'_>) -> Result<Ledger, Trouble> {
    Ok(Ledger::read(&session.environment.folder.join(&of.ledger))?)
}

/// The last rules of a program in a ledger.
fn last_rules(ledger: &Ledger, program: &str) -> Result<KeptRules, Trouble> {
    let rules = ledger.last_rules(program)?;
    rules.ok_or_else(|| {
        let help = "name a program that has posted into this ledger".to_owned();
        Trouble::Usage(format!("`{program}` has posted nothing into this ledger"), Some(help))
    })
}

/// What is private of a program, as its last rules say.
struct Private {
    participant: bool,
    id: bool,
}

impl Private {
    fn of(names: bool, ledger: &Ledger, rules: &KeptRules) -> Result<Self, Trouble> {
        if names {
            return Ok(Self { participant: false, id: false });
        }
        let Loaded { program, .. } = rulebook::program(ledger, rules.id)?;
        Ok(Self { participant: program.hides(program.claim.participant), id: program.hides_id() })
    }

    fn participant<'n>(&self, name: &'n str) -> &'n str {
        if self.participant { "(private)" } else { name }
    }

    fn id<'n>(&self, id: &'n str) -> &'n str {
        if self.id { "(private)" } else { id }
    }
}

fn balance(of: &OfProgram, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let ledger = reading(&of.of, session)?;
    let rules = last_rules(&ledger, &of.program)?;
    let private = Private::of(of.names, &ledger, &rules)?;
    let balances = ledger.balances(rules.program, rules.scale)?;
    let amount = |amount| at_scale(amount, rules.scale);
    match of.format {
        Format::Json => {
            let one = |balance: &Balance| {
                json!({
                    "participant": private.participant(&balance.participant),
                    "earned": amount(balance.earned),
                    "held": amount(balance.held),
                })
            };
            let all: Vec<_> = balances.iter().map(one).collect();
            let page = json!({
                "version": "1.0", "program": of.program, "currency": rules.unit, "head": ledger.head().text(),
                "balances": all,
            });
            writeln!(session.stdout, "{page:#}")?;
        }
        Format::Table => {
            let head = ["participant".to_owned(), format!("earned, {}", rules.unit), "held".to_owned()];
            let rows = balances.iter().map(|balance| {
                let participant = private.participant(&balance.participant).to_owned();
                [participant, grouped(&amount(balance.earned)), grouped(&amount(balance.held))]
            });
            let page = table_of(&head, rows, &[1, 2]);
            writeln!(session.stdout, "{}", for_terminal(&page))?;
        }
    }
    Ok(Exit::Done)
}

fn holds(of: &OfProgram, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let ledger = reading(&of.of, session)?;
    let rules = last_rules(&ledger, &of.program)?;
    let private = Private::of(of.names, &ledger, &rules)?;
    let held = ledger.held(rules.program)?;
    let amount = |amount| at_scale(amount, rules.scale);
    let since = |claim: &HeldClaim| claim.since.map_or_else(String::new, |date| date.to_string());
    match of.format {
        Format::Json => {
            let one = |claim: &HeldClaim| {
                json!({
                    "claim": private.id(&claim.claim), "participant": private.participant(&claim.participant), "since": since(claim),
                    "pending": amount(claim.pending), "codes": claim.codes,
                })
            };
            let all: Vec<_> = held.iter().map(one).collect();
            let page = json!({ "version": "1.0", "program": of.program, "currency": rules.unit, "held": all });
            writeln!(session.stdout, "{page:#}")?;
        }
        Format::Table => {
            let head = ["claim", "participant", "since", "pending", "held for"].map(str::to_owned);
            let rows = held.iter().map(|claim| {
                let [id, participant] = [private.id(&claim.claim), private.participant(&claim.participant)];
                let pending = grouped(&amount(claim.pending));
                [id.to_owned(), participant.to_owned(), since(claim), pending, claim.codes.join(", ")]
            });
            let page = table_of(&head, rows, &[3]);
            writeln!(session.stdout, "{}", for_terminal(&page))?;
        }
    }
    Ok(Exit::Done)
}

fn verify(arguments: &Verify, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let head = arguments.head.as_ref().map(|text| {
        Link::parse(text).ok_or_else(|| {
            let help = "give it as it was printed: a number, `:` and 64 digits".to_owned();
            Trouble::Usage(format!("`{text}` is no head of a ledger"), Some(help))
        })
    });
    let head = head.transpose()?;
    let ledger = reading(&arguments.of, session)?;
    let verified = ledger.verify(head)?;
    for fault in &verified.faults {
        let place = fault.entry.map_or_else(String::new, |entry| format!("entry {entry}: "));
        writeln!(session.stdout, "{place}{}", for_terminal(&fault.words))?;
    }
    let count = |count: u64| grouped(&count.to_string());
    let looked = format!(
        "entries {}, erased {}, figures {}, versions of rules {}; head {}",
        count(verified.entries),
        count(verified.erased),
        count(verified.figures),
        count(verified.rules),
        ledger.head().text()
    );
    let verdict = if verified.faults.is_empty() { "it is whole" } else { "it is damaged" };
    writeln!(session.stdout, "{verdict}: {looked}")?;
    Ok(if verified.faults.is_empty() { Exit::Done } else { Exit::Findings })
}

fn again(of: &OfLedger, session: &mut Session<'_>) -> Result<Exit, Trouble> {
    let ledger = reading(of, session)?;
    let mut arranged = BTreeMap::new();
    for kept in ledger.all_arrangements()? {
        arranged.insert(kept.id, rulebook::arrangement(&ledger, &kept)?);
    }
    let ready = arranged.iter().map(|(rules, one)| (*rules, one.ready())).collect();
    let replayed = replay(&ledger, &rulebook::open, &ready)?;
    let Replayed { decided, arranged, erased, acted, undecided, differences } = &replayed;
    for difference in differences {
        let claim = for_terminal(&difference.claim);
        writeln!(session.stdout, "entry {}, claim {claim}: {} differs", difference.entry, difference.step)?;
    }
    let count = |count: &u64| grouped(&count.to_string());
    writeln!(
        session.stdout,
        "{} decisions and {} of arrangements made again, {} of them come out otherwise; {} erased, {} by people, {} rows that \
         decided nothing",
        count(decided),
        count(arranged),
        grouped(&differences.len().to_string()),
        count(erased),
        count(acted),
        count(undecided)
    )?;
    Ok(if differences.is_empty() { Exit::Done } else { Exit::Findings })
}
