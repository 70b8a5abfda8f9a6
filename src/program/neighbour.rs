//! Other programs over the same claims: which of them come first, and what a program looks at of those before it.

use std::collections::BTreeMap;

use super::{
    Identity, Program,
    context::Context,
    fields::{Fields, texts},
    identity::ProgramName,
    name::check_word,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place},
    schema::Type,
    script::{Member, Read, RowType},
};

/// A program that another one names.
#[derive(Debug, Clone)]
pub struct Named {
    /// Its name.
    pub program: ProgramName,
    /// Where it is named.
    pub place: Place,
}

/// What a program says of others over the same claims.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    /// Its place among them, the lowest first.
    pub priority: Option<i64>,
    /// By the names that rules use: programs whose awards rules look at.
    pub earlier: Vec<(String, Named)>,
    /// Programs that must not have awarded the claim.
    pub excludes: Vec<Named>,
    /// Programs that must have awarded it.
    pub requires: Vec<Named>,
}

impl Neighbours {
    /// Every program that it names.
    pub fn named(&self) -> impl Iterator<Item = &Named> {
        self.earlier.iter().map(|(_, named)| named).chain(&self.excludes).chain(&self.requires)
    }
}

/// The keys of a definition that name others, as they are written.
pub(super) struct Written<'n> {
    priority: Option<Text>,
    earlier: &'n [(Text, Node)],
    excludes: Option<&'n Node>,
    requires: Option<&'n Node>,
}

impl<'n> Written<'n> {
    /// Takes them from a definition.
    pub(super) fn take(fields: &mut Fields<'n, '_>) -> Self {
        Self {
            priority: fields.optional_text("priority"),
            earlier: fields.entries("earlier"),
            excludes: fields.optional("excludes"),
            requires: fields.optional("requires"),
        }
    }

    /// Checks them, and makes `earlier` known to rules.
    pub(super) fn check(self, own: Option<&ProgramName>, context: &mut Context<'_>) -> Neighbours {
        let mut neighbours = Neighbours {
            priority: self.priority.and_then(|text| check_priority(&text, context.findings)),
            excludes: check_names(self.excludes, own, context.findings),
            requires: check_names(self.requires, own, context.findings),
            earlier: Vec::new(),
        };
        if !self.earlier.is_empty() {
            let row = RowType { name: "earlier".to_owned(), member_word: "program", members: BTreeMap::new() };
            let row = context.vocabulary.add_row(row);
            for (name, node) in self.earlier {
                let text = super::fields::text(node, context.findings);
                let named = text.and_then(|text| check_name(&text, own, context.findings));
                if !check_word(name, "an earlier program", context) {
                    continue;
                }
                let Some(named) = named else {
                    context.add_broken(row, &name.text);
                    continue;
                };
                let member = Member { read: Read::Earlier(neighbours.earlier.len()), kind: Type::DECIMAL };
                context.vocabulary.add_member(row, &name.text, member);
                neighbours.earlier.push((name.text.clone(), named));
            }
        }
        if let (None, Some(named)) = (neighbours.priority, neighbours.named().next()) {
            let finding = Diagnostic::error(Code::MissingKey, &named.place, "`priority` is missing");
            let help = "say which program comes first: `priority: 20`, the lowest first, each with one of its own";
            context.findings.add(finding.help(help));
        }
        neighbours
    }
}

fn check_priority(text: &Text, findings: &mut Findings) -> Option<i64> {
    let priority = text.text.parse().ok();
    if priority.is_none() {
        let message = format!("`{}` is not a whole number", text.text);
        let finding = Diagnostic::error(Code::WrongShape, &text.place, message);
        findings.add(finding.help("programs over the same claims run by `priority`, the lowest first: `priority: 20`"));
    }
    priority
}

fn check_names(node: Option<&Node>, own: Option<&ProgramName>, findings: &mut Findings) -> Vec<Named> {
    let names = node.map(|node| texts(node, findings)).unwrap_or_default();
    names.iter().filter_map(|text| check_name(text, own, findings)).collect()
}

fn check_name(text: &Text, own: Option<&ProgramName>, findings: &mut Findings) -> Option<Named> {
    let program: Option<ProgramName> = text.text.parse().ok();
    let trouble = match &program {
        None => Some(format!("`{}` is not a program name", text.text)),
        Some(program) if Some(program) == own => Some("a program doesn't come before itself".to_owned()),
        Some(_) => None,
    };
    if let Some(message) = trouble {
        let finding = Diagnostic::error(Code::WrongName, &text.place, message);
        findings.add(finding.help("name another program over the same claims: `client/name`"));
        return None;
    }
    program.map(|program| Named { program, place: text.place.clone() })
}

/// The order in which programs decide the same claims, by their numbers. `None` if they can't run together; why is among the
/// findings.
pub fn run_order(programs: &[&Program], findings: &mut Findings) -> Option<Vec<usize>> {
    let mut order: Vec<usize> = (0..programs.len()).collect();
    order.sort_by_key(|number| programs.get(*number).and_then(|program| program.neighbours.priority));
    let mut fits = true;
    let mut wrong = |finding: Diagnostic| {
        findings.add(finding);
        fits = false;
    };
    for pair in order.windows(2) {
        let [before, after] = pair else { continue };
        let (Some(before), Some(after)) = (programs.get(*before), programs.get(*after)) else { continue };
        let (name, other) = (&before.identification.name, &after.identification.name);
        let message = match (before.neighbours.priority, after.neighbours.priority) {
            (None, _) => format!("`{name}` has no priority, and runs together with `{other}`"),
            (one, two) if one == two => format!("`{name}` and `{other}` have the same priority"),
            _ => continue,
        };
        let finding = Diagnostic::error(Code::ProgramOrder, &Place::start_of(&before.source), message);
        wrong(finding.help("give each program over the same claims a `priority` of its own, the lowest first"));
    }
    for (place_in_order, number) in order.iter().enumerate() {
        let Some(program) = programs.get(*number) else { continue };
        let position = |named: &Named| {
            let is_it = |number: &usize| {
                programs.get(*number).is_some_and(|program| program.identification.name == named.program)
            };
            order.iter().position(is_it)
        };
        for named in program.neighbours.named().filter(|named| position(named).is_none()) {
            let message = format!("`{}` isn't among the programs of this run", named.program);
            let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
            let (first, own) = (&named.program, &program.identification.name);
            wrong(finding.help(format!("what it decides counts here: name both, `meed dry-run {first} {own} …`")));
        }
        for named in program.neighbours.named() {
            let other = position(named).and_then(|at| order.get(at)).and_then(|number| programs.get(*number));
            if other.is_some_and(|other| id_shape(other) != id_shape(program)) {
                let message = format!("`{}` identifies claims by other fields than this program", named.program);
                let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
                wrong(
                    finding
                        .help("claims are the same where their ids are: give both programs an `id` of the same fields"),
                );
            }
        }
        let later = |named: &&Named| position(named).is_some_and(|position| position > place_in_order);
        for named in program.neighbours.requires.iter().filter(later) {
            let message = format!("`{}` runs after this program, which requires it", named.program);
            let finding = Diagnostic::error(Code::ProgramOrder, &named.place, message);
            wrong(finding.help("give the other one a lower `priority`"));
        }
    }
    fits.then_some(order)
}

/// The types of the fields that an id is made of, in their order; nothing where it is the content.
fn id_shape(program: &Program) -> Vec<Type> {
    let Identity::Fields(fields) = &program.claim.id else { return Vec::new() };
    let fields = fields.iter().filter_map(|field| program.claim.fields.get(*field));
    fields.map(|field| field.kind.kind()).collect()
}
