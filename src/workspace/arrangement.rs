//! The arrangements of a workspace: finding them and checking each against the program that it changes.

use std::sync::Arc;

use super::{Loaded, NotMade, Workspace};
use crate::{
    cases::Case,
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    engine::ArrangedProgram,
    program::{self, Program, ProgramName},
    report::{Authored, schema},
    schema::Type,
    variant::{Arrangement, SCOPE_FIGURE},
};

/// The folder of arrangements, inside a workspace.
const FOLDER: &str = "arrangements";

/// The schema that the first line of a new arrangement names, for editors.
const SCHEMA: &str = "schemas/arrangement.json";

/// An arrangement with the program that it makes.
#[derive(Debug)]
pub struct LoadedArrangement {
    /// The arrangement.
    pub arrangement: Arrangement,
    /// The program with its changes.
    pub changed: Loaded,
    /// The hash over its file and all that the changed program decides by, in hexadecimal.
    pub fingerprint: String,
}

impl LoadedArrangement {
    /// The hash over several of them, in hexadecimal; that of one alone.
    pub fn fingerprint_of(all: &[Self]) -> String {
        match all {
            [only] => only.fingerprint.clone(),
            all => {
                let mut hasher = blake3::Hasher::new();
                for one in all {
                    hasher.update(one.fingerprint.as_bytes());
                }
                hasher.finalize().to_hex().to_string()
            }
        }
    }

    /// Ready to decide claims.
    pub fn ready(&self) -> ArrangedProgram<'_> {
        let Loaded { program, tables, .. } = &self.changed;
        ArrangedProgram { arrangement: &self.arrangement, program, tables }
    }
}

impl Workspace {
    /// The arrangements of the workspace, by name. A file whose path is no name is among the findings.
    pub fn arrangements(&self, findings: &mut Findings) -> Vec<ProgramName> {
        let files = self.listed(FOLDER, ".yaml", findings);
        let names = files.into_iter().filter_map(|path| {
            let name = path.trim_end_matches(".yaml").parse();
            if name.is_err() {
                let source = Arc::new(Source { path: format!("{FOLDER}/{path}"), text: String::new() });
                let message = format!("`{}` is not the name of an arrangement", path.trim_end_matches(".yaml"));
                let finding = Diagnostic::error(Code::WrongName, &Place::start_of(&source), message);
                findings.add(finding.help("put arrangements into `arrangements/CLIENT/NAME.yaml`, in lower case"));
            }
            name.ok()
        });
        names.collect()
    }

    /// The program that the file of an arrangement names, whether or not the rest of it can be read.
    pub fn program_of_arrangement(&self, name: &ProgramName) -> Option<ProgramName> {
        let mut unheard = Findings::new();
        let source = self.source(FOLDER, &name.path(), None, &mut unheard)?;
        let root = program::parse(&source, &mut unheard)?;
        root.at(&["program"])?.scalar()?.text.parse().ok()
    }

    /// Loads an arrangement and the program that it makes. `None` if there is an error among the findings.
    pub fn arrangement(&self, name: &ProgramName, findings: &mut Findings) -> Option<LoadedArrangement> {
        let source = self.source(FOLDER, &name.path(), None, findings)?;
        let root = program::parse(&source, findings)?;
        let mut own = Findings::new();
        let arrangement = Arrangement::read(&root, name, &mut own);
        findings.absorb(own);
        let arrangement = arrangement?;
        let (program, named) = &arrangement.program;
        if !self.programs(&mut Findings::new()).contains(program) {
            let known: Vec<String> = self.programs(&mut Findings::new()).iter().map(ToString::to_string).collect();
            let finding =
                Diagnostic::error(Code::FileMissing, &named.place, format!("there is no program `{program}`"));
            findings.add(finding.suggest(&named.text, known.iter().map(String::as_str)));
            return None;
        }
        // What is wrong with the program itself is said as it is said there.
        let mut own = Findings::new();
        if self.load(program, &mut own).is_none() {
            findings.absorb(own);
            return None;
        }
        let changed = self.load_with(program, &arrangement.variant, findings)?;
        let fits = check_against(&arrangement, &changed.program, &root, findings);
        let mut hasher = blake3::Hasher::new();
        hasher.update(changed.fingerprint.as_bytes()).update(source.text.as_bytes());
        let fingerprint = hasher.finalize().to_hex().to_string();
        fits.then_some(LoadedArrangement { arrangement, changed, fingerprint })
    }
}

impl Workspace {
    /// The arrangements under which a case of a program decides its claims, in the order of their names.
    pub(super) fn arrangements_of(
        &self,
        case: &Case,
        program: &Program,
        findings: &mut Findings,
    ) -> Option<Vec<LoadedArrangement>> {
        let mut all = Vec::new();
        for text in &case.arrangements {
            let known = self.arrangements(&mut Findings::new());
            let Some(name) = known.iter().find(|known| known.to_string() == text.text) else {
                let message = format!("there is no arrangement `{}`", text.text);
                let known: Vec<String> = known.iter().map(ToString::to_string).collect();
                let finding = Diagnostic::error(Code::FileMissing, &text.place, message);
                findings.add(finding.suggest(&text.text, known.iter().map(String::as_str)));
                return None;
            };
            let loaded = self.arrangement(name, findings)?;
            let theirs = &loaded.arrangement.program.0;
            if *theirs != program.identification.name {
                let message = format!("the arrangement `{name}` is for `{theirs}`");
                let finding = Diagnostic::error(Code::CaseProblem, &text.place, message);
                findings.add(finding.help("name an arrangement of the program that the case is for"));
                return None;
            }
            all.push(loaded);
        }
        all.sort_by(|one, other| one.arrangement.name.cmp(&other.arrangement.name));
        Some(all)
    }

    /// Writes the file of a new arrangement, and the schema that its first line names, where that isn't there. One that is
    /// whole is checked before; nothing is overwritten. Comes back with the paths, relative to the workspace.
    pub fn write_arrangement(&self, name: &ProgramName, text: &str, is_whole: bool) -> Result<Vec<String>, NotMade> {
        let path = format!("{FOLDER}/{}", name.path());
        if self.root().join(&path).symlink_metadata().is_ok() {
            return Err(NotMade::Exists(path));
        }
        if is_whole {
            let source = Arc::new(Source { path: path.clone(), text: text.to_owned() });
            let mut findings = Findings::new();
            if self.with_text(source).arrangement(name, &mut findings).is_none() {
                return Err(NotMade::Findings(findings.into_sorted()));
            }
        }
        let mut written = Vec::new();
        if self.root().join(SCHEMA).symlink_metadata().is_err() {
            self.create(SCHEMA, &schema(Authored::Arrangement), &mut written)?;
        }
        self.create(&path, text, &mut written)?;
        Ok(written)
    }
}

/// What an arrangement says that only its program can judge.
fn check_against(arrangement: &Arrangement, changed: &Program, root: &program::Node, findings: &mut Findings) -> bool {
    let mut fits = true;
    let figure = changed.derived.iter().find(|figure| figure.name == SCOPE_FIGURE);
    if let (Some(figure), Some(when)) = (figure, &arrangement.scope.when)
        && figure.value.kind() != Type::BOOLEAN
    {
        let message = format!("`when` is either true or false, and this is {}", figure.value.kind());
        let finding = Diagnostic::error(Code::WrongType, &when.place, message);
        findings.add(finding.help("write a condition: `when: claim.country == \"DE\"`"));
        fits = false;
    }
    let places = arrangement.ceiling.normalize().scale();
    if places > changed.identification.scale
        && let Some(node) = root.at(&["ceiling"])
    {
        let message = format!(
            "the ceiling has {places} decimal places, and amounts of this program {}",
            changed.identification.scale
        );
        findings.add(Diagnostic::error(Code::WrongRounding, node.place(), message));
        fits = false;
    }
    let (first, last) = changed.identification.effective;
    let (from, until) = arrangement.scope.dates;
    if (until < first || last < from)
        && let Some(node) = root.at(&["effective"])
    {
        let message = format!("the program is effective from {first} until {last}, and on none of these days");
        findings.add(Diagnostic::error(Code::WrongDate, node.place(), message).help("correct the dates"));
        fits = false;
    }
    fits
}
