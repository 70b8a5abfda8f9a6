//! Mutation: each small change of a program is decided by the cases that reach the changed line, in memory, to see whether
//! one of them notices.

use rayon::prelude::*;

use super::{CaseName, Loaded, Workspace};
use crate::{
    cases::{Case, Coverage, Mutant, mutants, rules_of},
    diagnostic::Findings,
    program::ProgramName,
};

/// The most claims that are tried for one survivor.
const MAX_ATTEMPTS: usize = 240;

/// What became of the mutants of a program.
#[derive(Debug)]
pub struct Mutation {
    /// The program.
    pub program: ProgramName,
    /// Those that a case noticed.
    pub killed: usize,
    /// Those that are no program.
    pub no_program: usize,
    /// Those that are the same program.
    pub same: usize,
    /// Those that no case noticed.
    pub survivors: Vec<Survivor>,
}

/// A mutant that no case noticed.
#[derive(Debug)]
pub struct Survivor {
    /// The change.
    pub mutant: Mutant,
    /// The cases that reach what is changed.
    pub cases: Vec<String>,
    /// A claim that would tell it from the program, where one was found.
    pub killer: Option<Killer>,
}

/// A claim that is decided differently by a mutant.
#[derive(Debug)]
pub struct Killer {
    /// Its columns.
    pub claim: Vec<(String, String)>,
    /// The case behind whose claims it has to stand; `None` where it stands alone.
    pub behind: Option<String>,
    /// The case with whose earlier claims it was found, where that has some.
    pub made_of: String,
}

/// What a mutant came to.
enum Fate {
    Killed,
    NoProgram,
    Same,
    Survived(Survivor),
}

impl Mutation {
    /// How many mutants count.
    pub fn counted(&self) -> usize {
        self.killed + self.survivors.len()
    }

    /// The share of those that were killed, in percent and rounded down.
    pub fn score(&self) -> usize {
        (self.killed * 100).checked_div(self.counted()).unwrap_or(100)
    }
}

/// A case with what the program decides by it.
struct Bench {
    name: CaseName,
    case: Case,
    standard: String,
}

/// What mutants are measured against.
struct Standard<'w> {
    workspace: &'w Workspace,
    loaded: &'w Loaded,
    first: &'w [Loaded],
    rules: String,
    benches: Vec<Bench>,
    coverage: Coverage,
}

impl Workspace {
    /// Tries every mutant of a program on its cases. `None` if the program or one of the cases can't be used as it is.
    pub fn mutation(&self, names: &[CaseName], program: &ProgramName, findings: &mut Findings) -> Option<Mutation> {
        let loaded = self.load(program, findings)?;
        let coverage = self.coverage(names, &mut self.load(program, findings)?, findings)?;
        let first = self.run_first(&loaded.program, findings)?;
        let together: Vec<&Loaded> = first.iter().chain([&loaded]).collect();
        let mut benches = Vec::new();
        for name in names {
            let case = self.case(name, &together, findings)?;
            let arrangements = self.arrangements_of(&case, &loaded.program, findings)?;
            let standard = Case::contents(&self.parts(name, &case, &together, &arrangements, findings)?);
            benches.push(Bench { name: name.clone(), case, standard });
        }
        let mutants = mutants(&self.definition(program, findings)?.root, &loaded.program);
        let rules = rules_of(&loaded.program);
        let standard = Standard { workspace: self, loaded: &loaded, first: &first, rules, benches, coverage };
        let fates: Vec<Fate> = mutants.into_par_iter().map(|mutant| standard.fate(program, mutant)).collect();
        let mut mutation =
            Mutation { program: program.clone(), killed: 0, no_program: 0, same: 0, survivors: Vec::new() };
        for fate in fates {
            match fate {
                Fate::Killed => mutation.killed += 1,
                Fate::NoProgram => mutation.no_program += 1,
                Fate::Same => mutation.same += 1,
                Fate::Survived(survivor) => mutation.survivors.push(survivor),
            }
        }
        Some(mutation)
    }
}

impl Standard<'_> {
    fn fate(&self, program: &ProgramName, mutant: Mutant) -> Fate {
        let workspace = self.workspace.with_text(mutant.source());
        let Some(changed) = workspace.load(program, &mut Findings::new()) else { return Fate::NoProgram };
        if mutant.in_rule && rules_of(&changed.program) == self.rules {
            return Fate::Same;
        }
        let reaching = self.reaching(&mutant);
        if reaching
            .iter()
            .any(|bench| self.decided(&workspace, bench, &bench.case, &changed).as_ref() != Some(&bench.standard))
        {
            return Fate::Killed;
        }
        let killer = self.killer(&workspace, &mutant, &changed, &reaching);
        let cases = reaching.iter().map(|bench| bench.name.name.clone()).collect();
        Fate::Survived(Survivor { mutant, cases, killer })
    }

    /// The cases that reach what a mutant changes: all of them, unless it lies in an expression or a function.
    fn reaching(&self, mutant: &Mutant) -> Vec<&Bench> {
        match self.coverage.runs_at(&mutant.place) {
            Some(runs) => runs.into_iter().filter_map(|run| self.benches.get(run)).collect(),
            None => self.benches.iter().collect(),
        }
    }

    /// What a program decides by a case, in the workspace that it was loaded from.
    fn decided(&self, workspace: &Workspace, bench: &Bench, case: &Case, loaded: &Loaded) -> Option<String> {
        let together: Vec<&Loaded> = self.first.iter().chain([loaded]).collect();
        let mut unheard = Findings::new();
        let arrangements = workspace.arrangements_of(case, &loaded.program, &mut unheard)?;
        let parts = workspace.parts(&bench.name, case, &together, &arrangements, &mut unheard)?;
        Some(Case::contents(&parts))
    }

    /// A claim, near those of the cases, that the mutant decides in another way.
    fn killer(&self, workspace: &Workspace, mutant: &Mutant, changed: &Loaded, reaching: &[&Bench]) -> Option<Killer> {
        let program = &self.loaded.program;
        let attempts: Vec<_> = reaching
            .iter()
            .flat_map(|bench| bench.case.attempts(program, mutant).into_iter().map(move |attempt| (bench, attempt)))
            .collect();
        // Spread over all of them, where there are more than are tried.
        let step = (attempts.len() * 2 / MAX_ATTEMPTS).max(1);
        for alone in [true, false] {
            for (bench, attempt) in attempts.iter().step_by(step) {
                let case = bench.case.with(program, attempt, alone);
                let ours = self.decided(self.workspace, bench, &case, self.loaded);
                let theirs = self.decided(workspace, bench, &case, changed);
                if ours != theirs {
                    let behind = (!alone).then(|| bench.name.name.clone());
                    let claim = case.last_claim()?.to_vec();
                    return Some(Killer { claim, behind, made_of: bench.name.name.clone() });
                }
            }
        }
        None
    }
}
