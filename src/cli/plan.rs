//! A plan: what a dry run has shown, so that a run posts exactly that or says what has changed since.

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use serde::{Deserialize, Serialize};

use super::{Session, Trouble, beside::Arranged, output::write_private};
use crate::{
    input::open,
    ledger::{Ledger, Link},
    workspace::Loaded,
};

/// The version of a plan.
const VERSION: &str = "1.0";
/// The longest plan, in bytes.
const MAX_PLAN_BYTES: u64 = 1 << 20;

/// What a dry run has shown.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Plan {
    version: String,
    /// The hash of the claims file.
    claims: String,
    /// The last entry of the ledger; nothing where there was none yet.
    ledger: String,
    programs: Vec<PlannedProgram>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct PlannedProgram {
    program: String,
    fingerprint: String,
    /// The arrangements beside it, with their fingerprints.
    arrangements: BTreeMap<String, String>,
}

impl Plan {
    /// The plan of posting a file by these programs behind an entry.
    pub(super) fn new(programs: &[Loaded], beside: &[Arranged], claims: &[u8; 32], ledger: Link) -> Self {
        let planned = |(loaded, beside): (&Loaded, &Arranged)| PlannedProgram {
            program: loaded.program.identification.name.to_string(),
            fingerprint: loaded.fingerprint.clone(),
            arrangements: beside.fingerprints().collect(),
        };
        Self {
            version: VERSION.to_owned(),
            claims: claims.map(|byte| format!("{byte:02x}")).concat(),
            ledger: ledger.text(),
            programs: programs.iter().zip(beside).map(planned).collect(),
        }
    }

    /// Writes it to a file that only its owner may read.
    pub(super) fn save(&self, path: &Path, session: &Session<'_>) -> Result<(), Trouble> {
        let text = serde_json::to_string_pretty(self).map_err(std::io::Error::from)? + "\n";
        write_private(&session.environment.folder.join(path), path, &text)
    }

    /// Reads one that was saved.
    pub(super) fn read(path: &Path, session: &Session<'_>) -> Result<Self, Trouble> {
        let file = open(&session.environment.folder.join(path), path)?;
        let plan: Self = serde_json::from_reader(std::io::Read::take(file, MAX_PLAN_BYTES))
            .map_err(|error| Trouble::Plan(format!("`{}` is no plan: {error}", path.display())))?;
        if plan.version != VERSION {
            let message =
                format!("`{}` is a plan of version {}, and this program knows {VERSION}", path.display(), plan.version);
            return Err(Trouble::Plan(message));
        }
        Ok(plan)
    }

    /// Whether nothing was posted since but what this plan posts.
    fn has_begun(&self, ledger: &Ledger, file_hash: &[u8; 32]) -> Result<bool, Trouble> {
        let version = |planned: &PlannedProgram| {
            (planned.fingerprint.clone(), planned.arrangements.values().cloned().collect::<BTreeSet<_>>())
        };
        let versions: Vec<_> = self.programs.iter().map(version).collect();
        match Link::parse(&self.ledger) {
            Some(head) => Ok(ledger.has_only(head, file_hash, &versions)?),
            None => Ok(false),
        }
    }

    /// Refuses to post anything else than what was shown. The ledger may have what this same run has posted before it was
    /// interrupted.
    pub(super) fn hold(&self, now: &Self, ledger: &Ledger, file_hash: &[u8; 32]) -> Result<(), Trouble> {
        let mut changed: Vec<String> = Vec::new();
        if self.programs.len() != now.programs.len() {
            changed.push("the programs".to_owned());
        }
        for (planned, now) in self.programs.iter().zip(&now.programs) {
            if (&planned.program, &planned.fingerprint) != (&now.program, &now.fingerprint) {
                changed.push(format!("the rules of `{}`", planned.program));
            }
            if planned.arrangements != now.arrangements {
                changed.push(format!("the arrangements beside `{}`", planned.program));
            }
        }
        if self.claims != now.claims {
            changed.push("the claims".to_owned());
        }
        if self.ledger != now.ledger && !self.has_begun(ledger, file_hash)? {
            changed.push("the ledger".to_owned());
        }
        match changed.as_slice() {
            [] => Ok(()),
            changed => {
                let verb = if changed == ["the ledger"] { "has" } else { "have" };
                let what = changed.join(" and ");
                Err(Trouble::Plan(format!("{what} {verb} changed since the plan was saved; nothing was posted")))
            }
        }
    }
}
