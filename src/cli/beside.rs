//! The arrangements beside a program on a ledger: those that are named, and those that were ever beside it there, whose
//! decisions go on.

use std::collections::BTreeSet;

use super::{Session, Trouble, arrangement_name, side_by_side::load_arrangements};
use crate::{
    diagnostic::Findings,
    engine::Ceiling,
    ledger::{KeptRules, Ledger, NewRules},
    money::at_scale,
    posting::BesideRules,
    report::grouped,
    workspace::{Loaded, LoadedArrangement, Workspace},
};

/// The arrangements beside a program.
#[derive(Debug, Default)]
pub(super) struct Arranged {
    all: Vec<LoadedArrangement>,
    /// The rules of each in the ledger, where it knows it.
    kept: Vec<Option<KeptRules>>,
}

impl Arranged {
    /// Those of the named that are of a program, and those that a ledger knows.
    pub(super) fn load(
        workspace: &Workspace,
        loaded: &Loaded,
        named: &[String],
        ledger: Option<&Ledger>,
        session: &Session<'_>,
    ) -> Result<Self, Trouble> {
        let program = &loaded.program.identification.name;
        let known = match ledger {
            Some(ledger) => ledger.arrangements(&program.to_string())?,
            None => Vec::new(),
        };
        let there = workspace.arrangements(&mut Findings::new());
        let mut names = BTreeSet::new();
        for kept in &known {
            if !there.iter().any(|name| name.to_string() == kept.arrangement) {
                let message =
                    format!("`{program}` was posted beside the arrangement `{}`, which is gone", kept.arrangement);
                let help = format!(
                    "put `arrangements/{}.yaml` back, since what it has decided may be corrected; an `expires` in the past \
                         keeps it from deciding anything more",
                    kept.arrangement
                );
                return Err(Trouble::Usage(message, Some(help)));
            }
            names.insert(kept.arrangement.clone());
        }
        for name in named {
            let name = arrangement_name(workspace, name, session)?;
            if workspace.program_of_arrangement(&name).is_none_or(|of| of == *program) {
                names.insert(name.to_string());
            }
        }
        let names: Vec<String> = names.into_iter().collect();
        let all = load_arrangements(workspace, program, &names, session)?;
        let kept = |one: &LoadedArrangement| {
            known.iter().find(|kept| kept.arrangement == one.arrangement.name.to_string()).cloned()
        };
        let kept = all.iter().map(kept).collect();
        Ok(Self { all, kept })
    }

    /// Keeps the rules of all of them in a ledger.
    pub(super) fn keep(&mut self, ledger: &mut Ledger, workspace: &Workspace) -> Result<(), Trouble> {
        for (one, kept) in self.all.iter().zip(&mut self.kept) {
            let files = workspace.files_of_arrangement(one)?;
            *kept = Some(ledger.keep_rules(&NewRules {
                program: &one.changed.program,
                arrangement: &one.arrangement.name.to_string(),
                fingerprint: &one.fingerprint,
                files: &files,
            })?);
        }
        Ok(())
    }

    /// Ready to decide claims.
    pub(super) fn rules(&self) -> Vec<BesideRules<'_>> {
        let all = self.all.iter().zip(&self.kept);
        let rules =
            all.map(|(one, kept)| BesideRules { with: one.ready(), fingerprint: &one.fingerprint, kept: kept.clone() });
        rules.collect()
    }

    /// Their names with the hashes over all that each decides by.
    pub(super) fn fingerprints(&self) -> impl Iterator<Item = (String, String)> + '_ {
        self.all.iter().map(|one| (one.arrangement.name.to_string(), one.fingerprint.clone()))
    }

    /// Whether there are none.
    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }
}

/// The names that are of none of some programs.
pub(super) fn refuse_others(
    workspace: &Workspace,
    programs: &[Loaded],
    named: &[String],
    session: &Session<'_>,
) -> Result<(), Trouble> {
    for name in named {
        let name = arrangement_name(workspace, name, session)?;
        let Some(of) = workspace.program_of_arrangement(&name) else { continue };
        if !programs.iter().any(|loaded| loaded.program.identification.name == of) {
            let help = format!("name `{of}`, or another arrangement");
            return Err(Trouble::Usage(format!("the arrangement `{name}` is for `{of}`"), Some(help)));
        }
    }
    Ok(())
}

/// Says what stands of the ceilings of arrangements.
pub(super) fn say_ceilings(loaded: &Loaded, ceilings: &[Ceiling], session: &mut Session<'_>) {
    let amount = |amount| grouped(&at_scale(amount, loaded.program.identification.scale));
    let unit = loaded.program.identification.unit.code();
    for Ceiling { arrangement, max, granted, claims, .. } in ceilings {
        let claims = grouped(&claims.to_string());
        session.say(&format!(
            "{arrangement}: claims of its scope {claims}; in all it has added {} of its ceiling of {} {unit}",
            amount(*granted),
            amount(*max)
        ));
    }
}
