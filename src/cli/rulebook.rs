//! Rules as a ledger keeps them, opened again.

use crate::{
    diagnostic::Findings,
    engine::Tables,
    ledger::{KeptRules, Ledger, LedgerError},
    program::Program,
    report::as_text,
    script::Functions,
    workspace::{Loaded, LoadedArrangement, Workspace},
};

/// The rules that a ledger has under a number, made of the files that were kept.
pub(super) fn open(ledger: &Ledger, rules: i64) -> Result<(Program, Tables), LedgerError> {
    let kept = ledger.rules(rules)?;
    if kept.arrangement.is_empty() {
        let Loaded { program, tables, .. } = program(ledger, rules)?;
        return Ok((program, tables));
    }
    let Loaded { program, tables, .. } = arrangement(ledger, &kept)?.changed;
    Ok((program, tables))
}

/// A program of a version.
pub(super) fn program(ledger: &Ledger, rules: i64) -> Result<Loaded, LedgerError> {
    let kept = ledger.rules(rules)?;
    let read = |workspace: &Workspace, findings: &mut Findings| workspace.load(&kept.name.parse().ok()?, findings);
    let loaded = made(ledger, &kept, read)?;
    whole(ledger, &kept, &loaded.fingerprint)?;
    Ok(loaded)
}

/// An arrangement of a version, made of the files that were kept.
pub(super) fn arrangement(ledger: &Ledger, kept: &KeptRules) -> Result<LoadedArrangement, LedgerError> {
    let read = |workspace: &Workspace, findings: &mut Findings| {
        workspace.arrangement(&kept.arrangement.parse().ok()?, findings)
    };
    let loaded = made(ledger, kept, read)?;
    whole(ledger, kept, &loaded.fingerprint)?;
    Ok(loaded)
}

/// What is read of the files that were kept.
fn made<T>(
    ledger: &Ledger,
    kept: &KeptRules,
    read: impl FnOnce(&Workspace, &mut Findings) -> Option<T>,
) -> Result<T, LedgerError> {
    let workspace = Workspace::of_files(ledger.files(kept.id)?, Functions::standard());
    let mut findings = Findings::new();
    read(&workspace, &mut findings).ok_or_else(|| {
        let told: Vec<String> = findings.into_sorted().iter().map(|finding| as_text(finding, false)).collect();
        ledger.damaged(format!("{} can't be loaded: {}", named(kept), told.join("; ")))
    })
}

/// Says that the rules are damaged unless what was made of them is what was kept.
fn whole(ledger: &Ledger, kept: &KeptRules, fingerprint: &str) -> Result<(), LedgerError> {
    match fingerprint == kept.fingerprint {
        true => Ok(()),
        false => Err(ledger.damaged(format!("{} are not what was kept", named(kept)))),
    }
}

fn named(kept: &KeptRules) -> String {
    match kept.arrangement.as_str() {
        "" => format!("the rules {} of `{}`", kept.id, kept.name),
        arrangement => format!("the rules {} of the arrangement `{arrangement}`", kept.id),
    }
}
