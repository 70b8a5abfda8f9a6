//! What is known while a definition is checked, section by section.

use std::collections::{BTreeMap, BTreeSet};

use super::{table::Table, yaml::Text};
use crate::{
    calendar::FiscalStart,
    diagnostic::{Code, Diagnostic, Findings, Place},
    schema::{RowTypeId, Type},
    script::{Checker, Expression, Facts, Member, Read, RowType, Scripts, Template, Vocabulary, Wanted},
};

/// The date by which a claim is decided: its own, or that of the claim that it takes back.
pub(super) const COUNTED_ON: &str = "counted_on";
/// When a claim was received first, where it was sent back and came again.
pub(super) const RECEIVED_FIRST: &str = "received_first";

/// What is known while a definition is checked, section by section.
pub(super) struct Context<'c> {
    pub(super) checker: Checker<'c>,
    pub(super) vocabulary: Vocabulary,
    pub(super) findings: &'c mut Findings,
    pub(super) claim: RowTypeId,
    pub(super) params: RowTypeId,
    pub(super) totals: RowTypeId,
    pub(super) award: Option<RowTypeId>,
    /// The tables that are right.
    pub(super) tables: Vec<Table>,
    pub(super) codes: BTreeMap<String, Place>,
    pub(super) fiscal_year_starts: Option<FiscalStart>,
    /// Decimal places of the program's amounts.
    pub(super) scale: u32,
    /// Whether a claim can take another one back.
    pub(super) takes_back: bool,
    used: BTreeSet<Read>,
}

impl<'c> Context<'c> {
    pub(super) fn new(scripts: &'c Scripts, findings: &'c mut Findings) -> Self {
        let mut vocabulary = Vocabulary::new();
        let mut row = |name: &str, member_word| {
            vocabulary.add_row(RowType { name: name.to_owned(), member_word, members: BTreeMap::new() })
        };
        let (claim, params, totals) = (row("claim", "field"), row("params", "param"), row("totals", "total"));
        Self {
            checker: Checker::new(scripts),
            vocabulary,
            findings,
            claim,
            params,
            totals,
            award: None,
            tables: Vec::new(),
            codes: BTreeMap::new(),
            fiscal_year_starts: None,
            scale: crate::money::MAX_SCALE,
            takes_back: false,
            used: BTreeSet::new(),
        }
    }

    /// Checks an expression; comes back with what is known where it holds.
    pub(super) fn expression(&mut self, text: &Text, wanted: Wanted, facts: &Facts) -> Option<(Expression, Facts)> {
        let fragment = text.fragment();
        let checked = self.checker.expression(&fragment, &self.vocabulary, wanted, facts, self.findings)?;
        self.used.extend(checked.0.reads().iter().map(|(_, read)| *read));
        Some(checked)
    }

    /// Checks what sees the claim and params alone, so that it never depends on the order of claims.
    pub(super) fn over_claim<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> T {
        let claim_only = self.vocabulary.only(&["claim", "params", COUNTED_ON, RECEIVED_FIRST]);
        let full = std::mem::replace(&mut self.vocabulary, claim_only);
        let checked = check(self);
        self.vocabulary = full;
        checked
    }

    /// Checks what sees `total`, on which something is due.
    pub(super) fn over_total<T>(&mut self, check: impl FnOnce(&mut Self) -> T) -> T {
        let mut with_total = self.vocabulary.clone();
        with_total.add_value("total", Member { read: Read::DueTotal, kind: Type::DECIMAL });
        let full = std::mem::replace(&mut self.vocabulary, with_total);
        let checked = check(self);
        self.vocabulary = full;
        checked
    }

    /// Checks a message.
    pub(super) fn template(&mut self, text: &Text, facts: &Facts) -> Option<Template> {
        let fragment = text.fragment();
        let template = self.checker.template(&fragment, &self.vocabulary, facts, self.findings)?;
        for expression in template.expressions() {
            self.used.extend(expression.reads().iter().map(|(_, read)| *read));
        }
        Some(template)
    }

    /// Names a member whose declaration is broken, so that its uses aren't reported as well.
    pub(super) fn add_broken(&mut self, row: RowTypeId, name: &str) {
        self.vocabulary.add_member(row, name, Member { read: Read::Presence, kind: Type::Never });
    }

    /// Says that something other than an expression looks at a table.
    pub(super) fn use_table(&mut self, table: usize) {
        self.used.insert(Read::TableRow(table));
    }

    /// Warns of declared things that no expression looks at.
    pub(super) fn warn_of_unused(&mut self, what: &str, named: &[(String, Place, Vec<Read>)]) {
        for (name, place, reads) in named {
            if !reads.iter().any(|read| self.used.contains(read)) {
                let finding = Diagnostic::warning(Code::Unused, place, format!("nothing uses the {what} `{name}`"));
                self.findings.add(finding.help("remove it, or use it"));
            }
        }
    }
}
