//! Locals and arguments: where they are kept, and which of them nothing reads.

use super::{Body, Node, NodeId, Read};
use crate::{
    diagnostic::{Code, Diagnostic, Place},
    schema::Type,
    script::parse::FunctionSource,
};

/// A local variable or argument.
#[derive(Debug, Clone)]
pub(super) struct Local {
    pub(super) name: String,
    /// Where it is declared.
    pub(super) place: Place,
    pub(super) slot: u32,
    pub(super) kind: Type,
    pub(super) constant: bool,
    /// Whether nothing assigns it, so that what was found of it stays true.
    pub(super) fixed: bool,
    /// Whether something reads it.
    pub(super) used: bool,
}

/// Where a local is kept, and what is known of it after its scope has ended.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    /// Whether nothing assigns it.
    pub(super) fixed: bool,
    /// The figure with declared choices that it is given.
    pub(super) figure: Option<Read>,
}

/// Where a local can be seen.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope {
    /// To the end of a block.
    Block,
    /// In one function.
    Function,
    /// In one round of a `for`.
    Round,
}

impl Scope {
    fn local(self) -> &'static str {
        match self {
            Self::Block => "local",
            Self::Function => "argument",
            Self::Round => "item",
        }
    }
}

impl Body<'_, '_> {
    /// Declares a local.
    pub(super) fn declare(
        &mut self,
        name: &str,
        place: &Place,
        kind: Type,
        constant: bool,
        figure: Option<Read>,
    ) -> u32 {
        let fixed = !self.assigned.contains(name);
        let slot = self.new_slot(Slot { fixed, figure });
        let (name, place) = (name.to_owned(), place.clone());
        self.locals.push(Local { name, place, slot, kind, constant, fixed, used: false });
        slot
    }

    /// The local of a name.
    pub(super) fn local(&mut self, name: &str) -> Option<&mut Local> {
        self.locals.iter_mut().rev().find(|local| local.name == name)
    }

    pub(super) fn new_slot(&mut self, slot: Slot) -> u32 {
        self.slots.push(slot);
        u32::try_from(self.slots.len()).unwrap_or(u32::MAX) - 1
    }

    /// The figure with declared choices that a node is.
    pub(super) fn figure(&self, id: NodeId) -> Option<Read> {
        match self.node(id) {
            Node::Read(Read::Param(_)) => None,
            Node::Read(read) => Some(read).filter(|read| self.vocabulary.values(*read).is_some()),
            Node::Local(slot) => self.slots.get(slot as usize).filter(|slot| slot.fixed)?.figure,
            _ => None,
        }
    }

    /// Ends the scope of the locals from a number on. `complete` says that all of it could be lowered: where something
    /// is wrong, what seems unused is most often what the mistake was meant to use.
    pub(super) fn leave(&mut self, from: usize, complete: bool, what: Scope) {
        let left = self.locals.split_off(from.min(self.locals.len()));
        for local in left.iter().filter(|local| complete && !local.used && !local.name.starts_with('_')) {
            let message = format!("nothing reads the {} `{}`", what.local(), local.name);
            let finding = Diagnostic::warning(Code::UnusedLocal, &local.place, message);
            self.findings.add(finding.help(match what {
                Scope::Block => "remove it, or use it".to_owned(),
                Scope::Function => format!("remove it here and from every call, or call it `_{}`", local.name),
                Scope::Round => format!("use it, or call it `_{}`", local.name),
            }));
        }
    }
}

/// Where a parameter stands in the head of its function.
pub(super) fn parameter_place(function: &FunctionSource, parameter: &str) -> Place {
    let (source, start) = (&function.place.source, function.place.span.end);
    let head = source.text.get(start..).and_then(|rest| rest.split(')').next()).unwrap_or("");
    let is_word = |symbol: char| symbol.is_alphanumeric() || symbol == '_';
    let found = head.match_indices(parameter).find(|(at, _)| {
        let (before, after) = (head.get(..*at).unwrap_or(""), head.get(at + parameter.len()..).unwrap_or(""));
        !before.ends_with(is_word) && !after.starts_with(is_word)
    });
    found.map_or_else(|| function.place.clone(), |(at, _)| Place::new(source, start + at..start + at + parameter.len()))
}
