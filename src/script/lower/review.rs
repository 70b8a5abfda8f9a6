//! A second look at rules that are right by their types: conditions that say the same for every claim, and texts that
//! are no choice. It walks the typed form and keeps what the conditions around and before a node have settled.

use std::collections::BTreeSet;

use super::{
    Body,
    choice::listed,
    constant::Constants,
    local::Slot,
    question::{Question, answered},
    remark::Remarks,
};
use crate::{
    claim::Constant,
    diagnostic::{Code, Diagnostic, Place},
    script::{
        form::{Comparison, Form, Node, NodeId, Read},
        vocabulary::Vocabulary,
    },
};

impl Body<'_, '_> {
    /// Looks once more at what was lowered without an error.
    pub(super) fn review(&mut self, root: NodeId) {
        let mut review = Review {
            form: &self.checker.form,
            vocabulary: self.vocabulary,
            slots: &self.slots,
            in_function: !self.callers.is_empty(),
            remarks: &mut self.checker.remarks,
            settled: Vec::new(),
            decided: BTreeSet::new(),
        };
        review.visit(root);
    }
}

/// A condition that holds, or doesn't, where the walk stands.
struct Settled {
    condition: NodeId,
    /// Why it does, as labels say it.
    because: &'static str,
    holds: bool,
    /// What is known of one value by it.
    known: Option<(NodeId, Question)>,
}

pub(super) struct Review<'r> {
    pub(super) form: &'r Form,
    pub(super) vocabulary: &'r Vocabulary,
    slots: &'r [Slot],
    in_function: bool,
    remarks: &'r mut Remarks,
    settled: Vec<Settled>,
    /// Conditions about which something was found: nothing follows from them.
    decided: BTreeSet<NodeId>,
}

impl Review<'_> {
    fn visit(&mut self, id: NodeId) {
        match self.form.node(id) {
            Node::All(parts) => self.visit_parts(self.form.run(parts).to_vec(), true),
            Node::Any(parts) => self.visit_parts(self.form.run(parts).to_vec(), false),
            Node::If { condition, then, otherwise } => self.visit_if(condition, then, otherwise),
            Node::Switch { subject, arms, otherwise } => {
                let arms = self.form.run(arms).to_vec();
                self.visit_switch(subject, &arms, otherwise);
            }
            // What a block or round settles is known in it alone: a local of it has another value in the next round.
            Node::Block(_) | Node::For { .. } => {
                let before = self.settled.len();
                self.form.inside(id).into_iter().for_each(|inner| self.visit(inner));
                self.settled.truncate(before);
            }
            _ => {
                self.form.inside(id).into_iter().for_each(|inner| self.visit(inner));
                if self.is_comparison(id) {
                    self.ask(id);
                }
            }
        }
    }

    fn visit_parts(&mut self, parts: Vec<NodeId>, all: bool) {
        let before = self.settled.len();
        for part in parts {
            self.visit_condition(part);
            self.settle(part, all);
        }
        self.settled.truncate(before);
    }

    fn visit_if(&mut self, condition: NodeId, then: NodeId, otherwise: NodeId) {
        self.visit_condition(condition);
        let before = self.settled.len();
        for (branch, holds) in [(then, true), (otherwise, false)] {
            self.settle(condition, holds);
            self.visit(branch);
            self.settled.truncate(before);
        }
        // Where one branch returns, what follows knows that the other was taken.
        match (self.returns(then), self.returns(otherwise)) {
            (true, false) => self.settle(condition, false),
            (false, true) => self.settle(condition, true),
            _ => {}
        }
    }

    fn visit_switch(&mut self, subject: NodeId, arms: &[NodeId], otherwise: NodeId) {
        self.visit(subject);
        let before = self.settled.len();
        let is_stable = self.is_stable(subject);
        let arms: Vec<_> = arms.chunks_exact(2).filter_map(|arm| Some((*arm.first()?, *arm.last()?))).collect();
        for (literal, value) in &arms {
            self.ask_for_choice(subject, *literal);
            self.settled.extend(self.case(subject, *literal, true).filter(|_| is_stable));
            self.visit(*value);
            self.settled.truncate(before);
        }
        let cases = arms.iter().filter_map(|(literal, _)| self.case(subject, *literal, false)).filter(|_| is_stable);
        let cases: Vec<Settled> = cases.collect();
        self.settled.extend(cases);
        self.visit(otherwise);
        self.settled.truncate(before);
    }

    fn case(&self, subject: NodeId, literal: NodeId, taken: bool) -> Option<Settled> {
        let comparison = if taken { Comparison::Equal } else { Comparison::Unequal };
        let because = if taken { "this case was taken" } else { "this case wasn't taken" };
        let known = Some((subject, Question::Compare(comparison, self.form.literal(literal)?)));
        Some(Settled { condition: literal, because, holds: taken, known })
    }

    /// A part of a condition, where also a value of true or false alone is one.
    fn visit_condition(&mut self, id: NodeId) {
        match self.form.node(id) {
            Node::Not(inner) => self.visit_condition(inner),
            Node::All(_) | Node::Any(_) | Node::If { .. } | Node::Switch { .. } | Node::Block(_) => self.visit(id),
            _ => {
                self.visit(id);
                if !self.is_comparison(id) {
                    self.ask(id);
                }
            }
        }
    }

    /// Notes that a condition holds from here on, or that it doesn't.
    fn settle(&mut self, condition: NodeId, holds: bool) {
        match self.form.node(condition) {
            Node::Not(inner) => self.settle(inner, !holds),
            Node::All(parts) if holds => self.form.run(parts).iter().for_each(|part| self.settle(*part, true)),
            Node::Any(parts) if !holds => self.form.run(parts).iter().for_each(|part| self.settle(*part, false)),
            _ if self.decided.contains(&condition) || !self.is_stable(condition) => {}
            _ => {
                let because = if holds { "this holds here" } else { "this doesn't hold here" };
                let known = self.constants().question(condition);
                let known = known.map(|(subject, test)| (subject, if holds { test } else { test.negated() }));
                self.settled.push(Settled { condition, because, holds, known });
            }
        }
    }

    /// Whether a value stays what it is: nothing assigns the locals in it.
    fn is_stable(&self, id: NodeId) -> bool {
        let own = match self.form.node(id) {
            Node::Local(slot) => self.slots.get(slot as usize).is_some_and(|slot| slot.fixed),
            _ => true,
        };
        own && self.form.inside(id).into_iter().all(|inner| self.is_stable(inner))
    }

    fn returns(&self, id: NodeId) -> bool {
        match self.form.node(id) {
            Node::Return(_) => true,
            Node::Block(statements) => self.form.run(statements).iter().any(|statement| self.returns(*statement)),
            Node::If { then, otherwise, .. } => self.returns(then) && self.returns(otherwise),
            Node::Switch { arms, otherwise, .. } => {
                let mut values = self.form.run(arms).chunks_exact(2).filter_map(<[NodeId]>::last);
                values.all(|value| self.returns(*value)) && self.returns(otherwise)
            }
            _ => false,
        }
    }

    fn is_comparison(&self, id: NodeId) -> bool {
        matches!(self.form.node(id), Node::Compare(..)) || self.constants().membership(id).is_some()
    }

    pub(super) fn constants(&self) -> Constants<'_> {
        Constants { form: self.form, vocabulary: self.vocabulary }
    }

    /// The declared choices of a value.
    pub(super) fn choices(&self, id: NodeId) -> Option<&[Constant]> {
        let read = match self.form.node(id) {
            Node::Read(read) => Some(read),
            Node::Local(slot) => self.slots.get(slot as usize).filter(|slot| slot.fixed)?.figure,
            _ => None,
        };
        read.filter(|read| !matches!(read, Read::Param(_)))
            .and_then(|read| self.vocabulary.values(read))
            .map(|values| &**values)
    }

    /// Looks at a condition and notes what is found, and that nothing is.
    fn ask(&mut self, id: NodeId) {
        let Some(place) = self.form.places.get(id as usize).cloned() else { return };
        let no_choice = match (self.form.node(id), self.constants().membership(id)) {
            (Node::Compare(Comparison::Equal | Comparison::Unequal, _, left, right), _) => {
                let (left_asked, right_asked) = (self.ask_for_choice(left, right), self.ask_for_choice(right, left));
                left_asked || right_asked
            }
            (_, Some((item, list))) => self.ask_for_choice(item, list),
            _ => false,
        };
        let verdict = if no_choice { None } else { self.verdict(id) };
        if no_choice || verdict.is_some() {
            self.decided.insert(id);
        }
        self.remarks.note(Code::AlwaysDecided, &place, self.in_function, verdict);
    }

    /// Whether a value is compared with something that is none of its choices; notes it.
    fn ask_for_choice(&mut self, subject: NodeId, other: NodeId) -> bool {
        let mut found = false;
        for (place, finding) in self.strangers(subject, other) {
            found |= finding.is_some();
            self.remarks.note(Code::NoChoice, &place, self.in_function, finding);
        }
        found
    }

    fn verdict(&self, id: NodeId) -> Option<Diagnostic> {
        if let Node::Compare(comparison, _, left, right) = self.form.node(id)
            && self.form.literal(left).is_none()
            && self.form.same(left, right)
        {
            let holds = matches!(comparison, Comparison::Equal | Comparison::AtMost | Comparison::AtLeast);
            let finding = self.always(id, holds, "both sides are the same")?;
            return Some(finding.help("compare it with what was meant"));
        }
        if let Some(Constant::Boolean(holds)) = self.constants().value(id) {
            return self.constant(id, holds);
        }
        let asked = self.constants().question(id);
        if let Some((subject, test)) = &asked
            && let Some(choices) = self.choices(*subject)
            && let Some(holds) = answered(&[&Question::OneOf(choices.to_vec())], test)
        {
            let finding = self.always(id, holds, "it is so for every choice")?;
            let finding = finding.and(&self.form.extent(*subject)?, listed("one of", choices));
            return Some(finding.help("leave the test out, or write the one that was meant"));
        }
        self.settled_before(id, asked)
    }

    /// A condition that is the same for every claim.
    fn constant(&self, id: NodeId, holds: bool) -> Option<Diagnostic> {
        let params = self.params(id);
        match self.form.node(id) {
            // What isn't written was folded for this call; a param that stands alone is a switch of the program's.
            Node::Boolean(_) if !["true", "false"].contains(&self.form.extent(id)?.text()) => None,
            Node::Read(_) => None,
            Node::Boolean(_) => {
                let finding = self.always(id, holds, "it is written so")?;
                Some(finding.help("leave it out, or write the condition that was meant"))
            }
            _ => {
                let why = if params.is_empty() { "nothing in it can change" } else { "it looks at nothing but params" };
                let finding = self.always(id, holds, why)?;
                let finding = params.into_iter().fold(finding, |finding, (place, value)| {
                    finding.and(&place, format!("`{}` for every claim", value.value(&bumpalo::Bump::new())))
                });
                Some(finding.help("leave the test out, or compare with something that differs between claims"))
            }
        }
    }

    /// The params in a condition with their values.
    fn params(&self, id: NodeId) -> Vec<(Place, Constant)> {
        let own = match self.form.node(id) {
            Node::Read(read) => self.constants().param(read),
            _ => None,
        };
        let own = own.and_then(|value| Some((self.form.extent(id)?, value)));
        own.into_iter().chain(self.form.inside(id).into_iter().flat_map(|inner| self.params(inner))).collect()
    }

    /// A condition that others around it or before it answer: one alone if there is one, else all on the same value.
    fn settled_before(&self, id: NodeId, asked: Option<(NodeId, Question)>) -> Option<Diagnostic> {
        if let Some(known) = self.settled.iter().find(|known| self.form.same(known.condition, id)) {
            return self.answered_by(id, known.holds, &[known]);
        }
        let (subject, test) = asked?;
        let known = self.settled.iter().filter_map(|settled| {
            let (value, known) = settled.known.as_ref()?;
            self.form.same(*value, subject).then_some((settled, known))
        });
        let known: Vec<(&Settled, &Question)> = known.collect();
        let one = known.iter().find_map(|(settled, known)| Some((*settled, answered(&[known], &test)?)));
        if let Some((settled, holds)) = one {
            return self.answered_by(id, holds, &[settled]);
        }
        let (settled, tests): (Vec<&Settled>, Vec<&Question>) = known.into_iter().unzip();
        self.answered_by(id, answered(&tests, &test)?, &settled)
    }

    fn answered_by(&self, id: NodeId, holds: bool, settled: &[&Settled]) -> Option<Diagnostic> {
        let finding = self.always(id, holds, "what was tested before decides it")?;
        let finding = settled.iter().try_fold(finding, |finding, settled| {
            Some(finding.and(&self.form.extent(settled.condition)?, settled.because))
        });
        Some(finding?.help("correct one of them, or remove the last"))
    }

    fn always(&self, id: NodeId, holds: bool, why: &str) -> Option<Diagnostic> {
        let message = format!("this is always {holds}: {why}");
        Some(Diagnostic::warning(Code::AlwaysDecided, &self.form.extent(id)?, message))
    }
}
