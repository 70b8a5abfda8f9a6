//! The short way for those who embed the engine: a program by its name, claims by their fields, outcomes as values.

use super::{Loaded, Workspace};
use crate::{
    claim::Claims,
    diagnostic::{Diagnostic, Findings},
    engine::{Past, evaluate},
    input::{GivenClaimError, claims_of},
    outcome::Outcome,
    program::WrongProgramName,
    report::as_text,
};

/// Why a program can't be loaded.
#[derive(Debug, thiserror::Error)]
pub enum NotLoaded {
    /// What is asked for is no name of a program.
    #[error("`{0}` {1}")]
    Name(String, WrongProgramName),
    /// The definition, a script or a table has errors. The message shows each with its place and remedy.
    #[error("{}", shown(.0))]
    Findings(Vec<Diagnostic>),
}

fn shown(findings: &[Diagnostic]) -> String {
    findings.iter().map(|finding| as_text(finding, false)).collect::<Vec<_>>().join("\n")
}

impl Workspace {
    /// Loads a program by its name, `client/name`. [`Workspace::load`] also hands out warnings.
    pub fn open(&self, name: &str) -> Result<Loaded, NotLoaded> {
        let parsed = name.parse().map_err(|reason| NotLoaded::Name(name.to_owned(), reason))?;
        let mut findings = Findings::new();
        let loaded = self.load(&parsed, &mut findings);
        loaded.ok_or_else(|| NotLoaded::Findings(findings.into_sorted()))
    }
}

impl Loaded {
    /// Claims of this program, each given as pairs of a field's name and what its cell holds; see [`claims_of`].
    pub fn claims<N, T>(
        &self,
        source: &str,
        claims: impl IntoIterator<Item = impl IntoIterator<Item = (N, T)>>,
    ) -> Result<Claims, GivenClaimError>
    where
        N: AsRef<str>,
        T: AsRef<str>,
    {
        claims_of(source, &self.program.claim.fields, claims)
    }

    /// Nothing decided yet. What is decided on it is remembered, so that copies and corrections of a claim are known.
    pub fn past(&self) -> Past {
        Past::remembering(&self.program)
    }

    /// Decides claims on what earlier ones left; see [`evaluate`].
    pub fn evaluate(&self, past: &mut Past, claims: &Claims) -> Vec<Outcome<'static>> {
        evaluate(&self.program, &self.tables, past, claims)
    }
}
