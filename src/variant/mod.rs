//! A variant: a checked change to a definition. Everything that tries other rules is one: `--set`, an arrangement, a
//! mutant. It works on the tree of the definition, which is then checked as any other.

mod arrangement;
mod draft;
mod path;
mod set;

use crate::{
    diagnostic::{Code, Diagnostic, Findings, Place, Severity},
    program::{Node, Text, layered},
};

pub use arrangement::{Arrangement, SCOPE_FIGURE, Scope};
pub use draft::Draft;
pub use path::at;

/// Named changes of a definition.
#[derive(Debug, Clone)]
pub struct Variant {
    /// What messages call it.
    pub name: String,
    /// The changes, in the order in which they are made.
    pub changes: Vec<Change>,
}

/// One change of a definition.
#[derive(Debug, Clone)]
pub enum Change {
    /// A value in place of the one at a path, `limits.QUARTER_CAP.max`; items of lists are counted from 1. What the path
    /// leads through is there already. The last key may be new, where the definition may have it.
    Set {
        /// The path, where it is written.
        path: Text,
        /// The value.
        value: Node,
    },
    /// What stands at a path is taken out; a rule, limit or flag can be named by its code alone.
    TakeOut {
        /// The path, where it is written.
        path: Text,
    },
    /// Parts put over the definition as a layer's are: by key, new ones last.
    Put(Node),
}

impl Change {
    /// A value at a path; `~` takes out what stands there.
    pub(crate) fn of(path: Text, value: Node) -> Self {
        let is_tilde = value.is_empty() && !value.place().text().is_empty();
        if is_tilde { Self::TakeOut { path } } else { Self::Set { path, value } }
    }

    /// Where it is written.
    pub fn place(&self) -> &Place {
        match self {
            Self::Set { path, .. } | Self::TakeOut { path } => &path.place,
            Self::Put(node) => node.place(),
        }
    }

    fn apply(&self, root: Node, findings: &mut Findings) -> Option<Node> {
        let mut root = root;
        match self {
            Self::Set { path, value } => path::set(&mut root, path, value, findings).then_some(root),
            Self::TakeOut { path } => path::take_out(&mut root, path, findings).then_some(root),
            Self::Put(layer) => Some(layered(root, layer.clone(), findings)),
        }
    }
}

impl Variant {
    /// The definition with all changes made. `None` if one of them finds nothing to change; all that don't are reported.
    pub fn apply(&self, root: Node, findings: &mut Findings) -> Option<Node> {
        let mut root = Some(root);
        let mut whole = true;
        for change in &self.changes {
            let before = root.take()?;
            match change.apply(before.clone(), findings) {
                Some(after) => root = Some(after),
                None => (root, whole) = (Some(before), false),
            }
        }
        root.filter(|_| whole)
    }

    /// Whether a place lies in a text that the variant is written in.
    pub fn wrote(&self, place: &Place) -> bool {
        self.changes.iter().any(|change| change.place().source == place.source)
    }

    /// What a check of the changed definition found, as whoever made the change should hear it: an error names the change,
    /// and a warning that was there before isn't repeated.
    pub fn findings(&self, found: Findings) -> Findings {
        let mut kept = Findings::new();
        for finding in found.into_sorted() {
            let points_here = finding.labels.iter().any(|label| self.wrote(&label.place));
            if points_here {
                kept.add(finding);
            } else if finding.severity == Severity::Error {
                let named = self
                    .changes
                    .iter()
                    .fold(finding, |finding, change| finding.and(change.place(), "found with this change"));
                kept.add(named);
            }
        }
        kept
    }
}

/// A part that a change needs and that isn't there.
fn nothing_there(place: &Place, message: String) -> Diagnostic {
    Diagnostic::error(Code::NothingToChange, place, message)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{diagnostic::Source, program::parse};

    const DEFINITION: &str = "params: { tolerance: 5.00, land: [DE, FR] }\n\
        eligibility: { LATE: { require: a, else: reject }, PROOF: { require: b, else: hold } }\n\
        award: { rebate: { base: x, tiers: { kind: retroactive, bands: [{ rate: 1% }, { from: 5, rate: 2% }] } } }\n\
        limits: { CAP: { per: [claim], max: 5, then: cut } }\n";

    fn tree(text: &str) -> Node {
        let source = Arc::new(Source { path: "program".into(), text: text.into() });
        parse(&source, &mut Findings::new()).unwrap()
    }

    fn says(node: &Node) -> Vec<u8> {
        let mut bytes = Vec::new();
        node.canonical(&mut bytes);
        bytes
    }

    /// What arguments make of the definition, or the first finding with the text that it points at.
    fn set(arguments: &[&str]) -> Result<Node, (String, String)> {
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let mut findings = Findings::new();
        let variant = Variant::of_arguments("--set", &arguments, &mut findings);
        let changed = variant.and_then(|variant| variant.apply(tree(DEFINITION), &mut findings));
        changed.ok_or_else(|| {
            let first = findings.into_sorted().remove(0);
            (first.message, first.labels[0].place.text().to_owned())
        })
    }

    #[track_caller]
    fn assert_set(arguments: &[&str], from: &str, to: &str) {
        let (changed, wanted) = (set(arguments).unwrap(), DEFINITION.replace(from, to));
        assert!(wanted != DEFINITION && says(&changed) == says(&tree(&wanted)), "{changed:?}");
    }

    #[test]
    fn a_value_is_set_at_its_path() {
        assert_set(&["params.tolerance=50"], "5.00", "50");
        assert_set(&["params.land = [UK, US]"], "[DE, FR]", "[UK, US]");
        assert_set(&["params.land.2=UK"], "FR", "UK");
        assert_set(&["award.rebate.tiers.bands.2.rate=2.5%"], "2%", "2.5%");
    }

    #[test]
    fn a_key_that_may_be_there_and_an_entry_with_keys_may_be_new() {
        assert_set(&["limits.CAP.of=[rebate]"], "then: cut", "then: cut, of: [rebate]");
        assert_set(&["award.fee={ amount: 5 }"], "2% }] } } }", "2% }] } }, fee: { amount: 5 } }");
    }

    #[test]
    fn an_entry_is_taken_out_by_its_path_and_a_rule_by_its_code() {
        for argument in ["eligibility.LATE=~", "LATE=~"] {
            assert_set(&[argument], "LATE: { require: a, else: reject }, ", "");
        }
        assert_set(&["award.rebate.tiers.bands.1=null"], "{ rate: 1% }, ", "");
    }

    #[test]
    fn a_change_that_finds_nothing_is_refused_at_what_is_wrong_of_it() {
        for (argument, message, at) in [
            ("params.tolerence=50", "there is no `tolerence` in `params`", "tolerence"),
            ("limit.CAP.max=5", "there is no `limit` in the definition", "limit"),
            ("title=x", "there is no `title` in the definition", "title"),
            ("award.rebate.tiers.bands.0.rate=1%", "`award.rebate.tiers.bands` has no item `0`", "0"),
            ("params.tolerance.more=1", "`params.tolerance` is a single value, and has no `more`", "more"),
            ("LATTE=~", "there is no rule, limit or flag `LATTE`", "LATTE"),
            ("eligibility.LATTE=~", "there is no `LATTE` in `eligibility`", "LATTE"),
            ("params.tolerance=", "`params.tolerance` has no value", ""),
            ("params.tolerance", "a key with `=` and a value is expected", "params.tolerance"),
        ] {
            assert_eq!(set(&[argument]).unwrap_err(), (message.to_owned(), at.to_owned()), "{argument}");
        }
    }
}
