//! The arrangements of a workspace: finding them and checking each against the program that it changes.

use std::sync::Arc;

use super::{Loaded, NotMade, Workspace};
use crate::{
    cases::Case,
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    engine::ArrangedProgram,
    program::{self, Node, Program, ProgramName},
    report::{Authored, schema},
    schema::Type,
    variant::{Arrangement, Change, Draft, SCOPE_FIGURE},
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
    /// The hash over its file alone.
    pub file_hash: String,
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
        let mut own = Findings::new();
        let loaded = self.load_arrangement(name, &mut own);
        let whole = !own.has_errors();
        findings.absorb(own);
        loaded.filter(|_| whole)
    }

    fn load_arrangement(&self, name: &ProgramName, findings: &mut Findings) -> Option<LoadedArrangement> {
        let source = self.source(FOLDER, &name.path(), None, findings)?;
        let root = program::parse(&source, findings)?;
        let arrangement = Arrangement::read(&root, name, findings)?;
        let (program, named) = &arrangement.program;
        let programs = self.programs(&mut Findings::new());
        if !programs.contains(program) {
            let known: Vec<String> = programs.iter().map(ToString::to_string).collect();
            let finding =
                Diagnostic::error(Code::FileMissing, &named.place, format!("there is no program `{program}`"));
            findings.add(finding.suggest(&named.text, known.iter().map(String::as_str)));
            return None;
        }
        // Warnings of the program itself are for `check` to say there.
        let mut own = Findings::new();
        let Some(standard) = self.load(program, &mut own) else {
            findings.absorb(own);
            return None;
        };
        check_new(&arrangement, &standard.program, findings);
        let changed = self.load_with(program, &arrangement.variant, findings)?;
        check_against(&arrangement, &changed.program, &root, findings);
        let mut hasher = blake3::Hasher::new();
        hasher.update(changed.fingerprint.as_bytes()).update(source.text.as_bytes());
        let fingerprint = hasher.finalize().to_hex().to_string();
        let file_hash = blake3::hash(source.text.as_bytes()).to_hex().to_string();
        Some(LoadedArrangement { arrangement, changed, fingerprint, file_hash })
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

    /// Writes the file of a new arrangement, and the schema that its first line names, where that isn't there. What is known of
    /// it is checked before; nothing is overwritten. Comes back with the paths, relative to the workspace.
    pub fn write_arrangement(&self, draft: &Draft<'_>, standard: &Program) -> Result<Vec<String>, NotMade> {
        let name = draft.name;
        let path = format!("{FOLDER}/{}", name.path());
        if self.root().join(&path).symlink_metadata().is_ok() {
            return Err(NotMade::Exists(path));
        }
        let (first, last) = standard.identification.effective;
        let (first, last) = (first.to_string(), last.to_string());
        let mut findings = Findings::new();
        let made_up = draft.made_up([&first, &last]).text(&mut findings);
        let texts = made_up.and_then(|made_up| Some((draft.text(&mut findings)?, made_up)));
        let checked = texts.and_then(|(text, made_up)| {
            let source = Arc::new(Source { path: path.clone(), text: made_up });
            self.with_text(source).arrangement(name, &mut findings)?;
            Some(text)
        });
        let Some(text) = checked else { return Err(NotMade::Findings(findings.into_sorted())) };
        let mut written = Vec::new();
        if self.root().join(SCHEMA).symlink_metadata().is_err() {
            self.create(SCHEMA, &schema(Authored::Arrangement), &mut written)?;
        }
        self.create(&path, &text, &mut written)?;
        Ok(written)
    }
}

/// A component or limit as a whole must be a new one, since what accumulates is the same for all claims.
fn check_new(arrangement: &Arrangement, standard: &Program, findings: &mut Findings) {
    for change in &arrangement.variant.changes {
        let Change::Set { path, .. } = change else { continue };
        let is_there = match path.text.split('.').collect::<Vec<_>>().as_slice() {
            ["award", name] => standard.components.iter().any(|component| component.name == *name),
            ["limits", code] => standard.limits.iter().any(|limit| limit.code == *code),
            _ => false,
        };
        if is_there {
            let message = format!("`{}` is there already, and can't be replaced as a whole", path.text);
            let help = format!("change its parts: `{}.…`", path.text);
            findings.add(Diagnostic::error(Code::NotArranged, &path.place, message).help(help));
        }
    }
}

/// What an arrangement says that only its program can judge.
fn check_against(arrangement: &Arrangement, changed: &Program, root: &Node, findings: &mut Findings) {
    let figure = changed.derived.iter().find(|figure| figure.name == SCOPE_FIGURE);
    if let (Some(figure), Some(when)) = (figure, &arrangement.scope.when)
        && figure.value.kind() != Type::BOOLEAN
    {
        let message = format!("`when` is either true or false, and this is {}", figure.value.kind());
        let finding = Diagnostic::error(Code::WrongType, &when.place, message);
        findings.add(finding.help("write a condition: `when: claim.country == \"DE\"`"));
    }
    let mut report = |key: &str, finding: &dyn Fn(&Place) -> Diagnostic| {
        if let Some(node) = root.at(&[key]) {
            findings.add(finding(node.place()));
        }
    };
    let (places, scale) = (arrangement.ceiling.normalize().scale(), changed.identification.scale);
    if places > scale {
        report("ceiling", &|place| {
            let message = format!("the ceiling has {places} decimal places, and amounts of this program {scale}");
            Diagnostic::error(Code::WrongRounding, place, message)
        });
    }
    let (first, last) = changed.identification.effective;
    let (from, until) = arrangement.scope.dates;
    if until < first || last < from {
        report("effective", &|place| {
            let message = format!("the program is effective from {first} until {last}, and on none of these days");
            Diagnostic::error(Code::WrongDate, place, message).help("correct the dates")
        });
    }
    if changed.claim.received.is_none() && arrangement.expires >= until {
        report("expires", &|place| {
            let message = "`expires` does nothing: the program doesn't read when a claim came in";
            Diagnostic::warning(Code::WrongDate, place, message)
                .help("name the date field in `claim: { received: … }` of the program; until then the claim's own date counts")
        });
    }
}
