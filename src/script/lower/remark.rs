//! What a review finds wrong in rules that are right by their types. A function is lowered anew for each set of
//! arguments, so a remark is made of it only where every call gives reason for it.

use std::collections::BTreeMap;

use crate::diagnostic::{Code, Diagnostic, Findings, Place};

/// Remarks by kind and place.
#[derive(Debug, Default)]
pub(super) struct Remarks(BTreeMap<(Code, String, usize, usize), Remark>);

#[derive(Debug)]
struct Remark {
    /// `None` once a call gave no reason for it.
    finding: Option<Diagnostic>,
    in_function: bool,
}

impl Remarks {
    /// Notes what was found at a place, and that nothing was.
    pub(super) fn note(&mut self, code: Code, place: &Place, in_function: bool, finding: Option<Diagnostic>) {
        let key = (code, place.source.path.clone(), place.span.start, place.span.end);
        match self.0.get_mut(&key) {
            None => {
                self.0.insert(key, Remark { finding, in_function });
            }
            Some(known) => {
                known.finding = known.finding.take().zip(finding).and_then(|(known, other)| agreed(known, other));
            }
        }
    }

    /// Reports what all calls agree on. Where something else is wrong, a function may have calls that weren't seen.
    pub(super) fn report(&self, findings: &mut Findings) {
        let seen_all = !findings.has_errors();
        let certain = self.0.values().filter(|remark| seen_all || !remark.in_function);
        certain.filter_map(|remark| remark.finding.clone()).for_each(|finding| findings.add(finding));
    }
}

/// What two calls agree on, with the labels of both: an argument may have other choices in the other call.
fn agreed(mut known: Diagnostic, other: Diagnostic) -> Option<Diagnostic> {
    if known.message != other.message {
        return None;
    }
    for label in other.labels {
        if !known.labels.contains(&label) {
            known.labels.push(label);
        }
    }
    Some(known)
}
