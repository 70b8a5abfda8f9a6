//! The layers of a program: which files its definition is put together from, and what of their findings concerns whom.

use std::sync::Arc;

use super::{Workspace, WorkspaceError, load::unusable};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Severity, Source},
    program::{self, Denomination, Node, ProgramName, Text},
};

/// The most layers over each other.
const MAX_LAYERS: usize = 8;

/// The effective definition of a program.
#[derive(Debug)]
pub struct Definition {
    /// What it says, its sections in order. The places in it name the file that each part comes from.
    pub root: Node,
    /// The files that it is put together from, with their currencies: its own, then what that extends, and so on.
    pub files: Vec<Denomination>,
    /// What its own file extends.
    extends: Option<(ProgramName, Text)>,
}

/// One file of a chain of layers.
struct Layer {
    name: ProgramName,
    source: Arc<Source>,
    root: Node,
    extends: Option<(ProgramName, Text)>,
}

impl Workspace {
    /// The effective definition of a program: its file over what it extends. `None` if one of them can't be read.
    pub fn definition(&self, name: &ProgramName, findings: &mut Findings) -> Option<Definition> {
        let mut layers: Vec<Layer> = Vec::new();
        let mut next = Some((name.clone(), None));
        while let Some((name, named)) = next {
            let layer = self.layer(name, named.as_ref(), findings)?;
            next = layer.extends.clone().map(|(base, text)| (base, Some(text)));
            layers.push(layer);
            check_end(&layers, findings)?;
        }
        let files = layers.iter().map(|layer| Denomination::of(&layer.source, &layer.root)).collect();
        let extends = layers.first().and_then(|own| own.extends.clone());
        let roots = layers.into_iter().rev().map(|layer| layer.root);
        let root = roots.reduce(|base, layer| program::layered(base, layer, findings))?;
        Some(Definition { root: program::in_order(root), files, extends })
    }

    fn layer(&self, name: ProgramName, named: Option<&Text>, findings: &mut Findings) -> Option<Layer> {
        let source = match named {
            Some(named) => self.base(&name, named, findings)?,
            None => self.source("programs", &name.path(), None, findings)?,
        };
        let root = program::parse(&source, findings)?;
        let head = program::head(&root, &name, findings)?;
        Some(Layer { name, source, root, extends: head.extends })
    }

    /// The file of a program that another one extends.
    fn base(&self, name: &ProgramName, named: &Text, findings: &mut Findings) -> Option<Arc<Source>> {
        match self.text("programs", &name.path()) {
            Ok(text) => Some(Arc::new(Source { path: format!("programs/{}", name.path()), text })),
            Err(WorkspaceError::Unreadable { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => {
                let is_other = |known: &ProgramName| named.place.source.path != format!("programs/{}", known.path());
                let others = self.programs(&mut Findings::new()).into_iter().filter(is_other);
                let others: Vec<String> = others.map(|known| known.to_string()).collect();
                let message = format!("there is no program `{name}`");
                let finding = Diagnostic::error(Code::FileMissing, &named.place, message);
                findings.add(finding.suggest(&named.text, others.iter().map(String::as_str)));
                None
            }
            Err(error) => {
                findings.add(unusable(&error, &named.place));
                None
            }
        }
    }

    /// The findings of a layer. A warning that points nowhere into what the layer wrote is for whoever wrote the line.
    /// An error that the program below has by itself is said as it is said there; any other names the layer as well.
    pub(super) fn findings_of_layer(&self, definition: &Definition, found: Findings) -> Findings {
        let Some((base, named)) = &definition.extends else { return found };
        let mut of_base: Option<Vec<Diagnostic>> = None;
        let mut kept = Findings::new();
        for finding in found.into_sorted() {
            let points_here = finding.labels.iter().any(|label| definition.wrote(&label.place.source.path));
            if points_here {
                kept.add(finding);
            } else if finding.severity == Severity::Error {
                let below = of_base.get_or_insert_with(|| {
                    let mut findings = Findings::new();
                    self.load(base, &mut findings);
                    findings.into_sorted()
                });
                let same = below.iter().find(|other| is_same(other, &finding)).cloned();
                kept.add(same.unwrap_or_else(|| finding.and(&named.place, "found with this layer over it")));
            }
        }
        kept
    }
}

impl Definition {
    /// The program's own file.
    pub(super) fn source(&self) -> Option<&Arc<Source>> {
        self.files.first().map(|file| &file.source)
    }

    /// Whether a file is the program's own, or a script that it adds to those of what it extends.
    fn wrote(&self, path: &str) -> bool {
        let Some(own) = self.source() else { return false };
        let is_own = |text: &Text| path.strip_prefix("rules/") == Some(&text.text) && text.place.source == *own;
        // What is no text is reported where the scripts are read.
        let scripts = self.root.at(&["scripts"]).map(|node| program::texts(node, &mut Findings::new()));
        own.path == path || scripts.is_some_and(|scripts| scripts.iter().any(is_own))
    }
}

/// Whether two findings say the same of the same place; the labels around it may be others.
fn is_same(one: &Diagnostic, other: &Diagnostic) -> bool {
    one.code == other.code && one.message == other.message && one.labels.first() == other.labels.first()
}

/// Whether the last layer may extend what it names.
fn check_end(layers: &[Layer], findings: &mut Findings) -> Option<()> {
    let Some((base, named)) = layers.last().and_then(|layer| layer.extends.as_ref()) else { return Some(()) };
    if let Some(start) = layers.iter().position(|layer| layer.name == *base) {
        findings.add(circle(layers.get(start..).unwrap_or(layers))?);
        return None;
    }
    if layers.len() >= MAX_LAYERS {
        let message = format!("more than {MAX_LAYERS} layers stand over each other");
        let finding = Diagnostic::error(Code::LayersEndless, &named.place, message);
        findings.add(finding.help("put some of them into one"));
        return None;
    }
    Some(())
}

/// The same finding from wherever the circle was entered.
fn circle(layers: &[Layer]) -> Option<Diagnostic> {
    let first = layers.iter().enumerate().min_by_key(|(_, layer)| &layer.name).map_or(0, |(index, _)| index);
    let (before, after) = layers.split_at(first);
    let around: Vec<&Layer> = after.iter().chain(before).collect();
    let steps = around.iter().filter_map(|layer| layer.extends.as_ref());
    let places: Vec<_> = steps.clone().map(|(_, text)| &text.place).collect();
    let names: Vec<String> = steps.map(|(base, _)| format!("extends `{base}`")).collect();
    let message = match around.as_slice() {
        [alone] => format!("`{}` extends itself", alone.name),
        [first, ..] => format!("layers go in a circle: `{}` {}", first.name, names.join(", which ")),
        [] => return None,
    };
    let (first, others) = places.split_first()?;
    let finding = Diagnostic::error(Code::LayersEndless, first, message);
    let finding = others.iter().fold(finding, |finding, place| finding.and(place, ""));
    Some(finding.help("remove the `extends` of the program that the others are layers over"))
}
