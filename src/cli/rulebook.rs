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
    let workspace = Workspace::of_files(ledger.files(rules)?, Functions::standard());
    let mut findings = Findings::new();
    let loaded = kept.name.parse().ok().and_then(|name| workspace.load(&name, &mut findings));
    let loaded = loaded.ok_or_else(|| {
        let told: Vec<String> = findings.into_sorted().iter().map(|finding| as_text(finding, false)).collect();
        ledger.damage(format!("the rules {rules} of `{}` can't be loaded: {}", kept.name, told.join("; ")))
    })?;
    if loaded.fingerprint != kept.fingerprint {
        return Err(ledger.damage(format!("the rules {rules} of `{}` are not what was kept", kept.name)));
    }
    Ok(loaded)
}

/// An arrangement of a version, made of the files that were kept.
pub(super) fn arrangement(ledger: &Ledger, kept: &KeptRules) -> Result<LoadedArrangement, LedgerError> {
    let workspace = Workspace::of_files(ledger.files(kept.id)?, Functions::standard());
    let mut findings = Findings::new();
    let loaded = kept.arrangement.parse().ok().and_then(|name| workspace.arrangement(&name, &mut findings));
    loaded.filter(|loaded| loaded.fingerprint == kept.fingerprint).ok_or_else(|| {
        let told: Vec<String> = findings.into_sorted().iter().map(|finding| as_text(finding, false)).collect();
        let (rules, name) = (kept.id, &kept.arrangement);
        ledger.damage(format!("the rules {rules} of the arrangement `{name}` can't be loaded: {}", told.join("; ")))
    })
}
