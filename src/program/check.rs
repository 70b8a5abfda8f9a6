//! The check of a whole definition: all problems at once, and a [`Program`] only if there is none.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use super::{
    Program, claim, component, derived,
    fields::Fields,
    identity, limit, param, rule, table, total,
    yaml::{Node, Text},
};
use crate::{
    calendar::FiscalStart,
    diagnostic::{Code, Diagnostic, Findings, Place, Source},
    schema::{RowTypeId, Type},
    script::{Checker, Expression, Facts, Member, Read, RowType, Scripts, Template, Vocabulary, Wanted},
};

/// What is known while a definition is checked, section by section.
pub(super) struct Context<'c> {
    pub(super) checker: Checker<'c>,
    pub(super) vocabulary: Vocabulary,
    pub(super) findings: &'c mut Findings,
    pub(super) claim: RowTypeId,
    pub(super) params: RowTypeId,
    pub(super) totals: RowTypeId,
    pub(super) award: Option<RowTypeId>,
    pub(super) codes: BTreeMap<String, Place>,
    pub(super) fiscal_year_starts: Option<FiscalStart>,
    /// Decimal places of the program's amounts.
    pub(super) scale: u32,
    used: BTreeSet<Read>,
}

impl<'c> Context<'c> {
    fn new(scripts: &'c Scripts, findings: &'c mut Findings) -> Self {
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
            codes: BTreeMap::new(),
            fiscal_year_starts: None,
            scale: crate::money::MAX_SCALE,
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

    fn warn_of_unused(&mut self, what: &str, named: &[(String, Place, Vec<Read>)]) {
        for (name, place, reads) in named {
            if !reads.iter().any(|read| self.used.contains(read)) {
                let finding = Diagnostic::warning(Code::Unused, place, format!("nothing uses the {what} `{name}`"));
                self.findings.add(finding.help("remove it, or use it"));
            }
        }
    }
}

/// Checks a definition with its scripts. `None` if there is an error among the findings.
pub fn check(
    root: &Node,
    source: &Arc<Source>,
    scripts: &Scripts,
    script_texts: &[Arc<Source>],
    findings: &mut Findings,
) -> Option<Program> {
    let mut fields = Fields::of(root, findings)?;
    let identification = identity::check(&mut fields);
    let order = fields.required("order", "say how the claims of one run queue: `order: [sale_date, claim_no]`");
    fields.optional("scripts");
    let claim_node =
        fields.required("claim", "say how a claim is read: `claim: { id: …, participant: …, date: …, fields: … }`");
    let sections = Sections {
        params: fields.entries("params"),
        tables: fields.entries("tables"),
        totals: fields.entries("totals"),
        derived: fields.entries("derived"),
        eligibility: fields.entries("eligibility"),
        limits: fields.entries("limits"),
        flags: fields.entries("flags"),
    };
    let award = fields.required("award", "name at least one component of the award");
    fields.finish();
    let mut context = Context::new(scripts, findings);
    context.fiscal_year_starts = identification.as_ref().and_then(|found| found.fiscal_year_starts);
    context.scale = identification.as_ref().map_or(context.scale, |found| found.scale);
    let effective = identification.as_ref().map(|found| found.effective);
    let claim = claim_node.and_then(|node| claim::check(node, order, &mut context));
    let params = param::check(sections.params, effective, &mut context);
    let totals = total::check(sections.totals, &mut context);
    let tables = table::check(sections.tables, &mut context);
    total::name(&totals, &mut context);
    let derived = derived::check(sections.derived, &mut context);
    let (rules, established) = rule::check_eligibility(sections.eligibility, &mut context);
    let components = award.map_or_else(Vec::new, |node| component::check(node, &params, &established, &mut context));
    let limits = limit::check(sections.limits, &components, &established, &mut context);
    component::name_totals(&mut context);
    let flags = rule::check_flags(sections.flags, &established, &mut context);
    // Where something is wrong, what seems unused is most often what the mistake was meant to use.
    if context.findings.has_errors() {
        return None;
    }
    warn_of_unused(&params, &tables, &totals, &mut context);
    let Context { checker, findings, .. } = context;
    let form = checker.finish(findings);
    let rules_hash = hash(root, script_texts);
    Some(Program {
        identification: identification?,
        claim: claim?,
        params,
        tables,
        totals,
        derived,
        rules,
        components,
        limits,
        flags,
        form,
        source: Arc::clone(source),
        rules_hash,
    })
}

struct Sections<'n> {
    params: &'n [(Text, Node)],
    tables: &'n [(Text, Node)],
    totals: &'n [(Text, Node)],
    derived: &'n [(Text, Node)],
    eligibility: &'n [(Text, Node)],
    limits: &'n [(Text, Node)],
    flags: &'n [(Text, Node)],
}

fn warn_of_unused(
    params: &[param::Param],
    tables: &[table::Table],
    totals: &[total::Total],
    context: &mut Context<'_>,
) {
    let params = params.iter().enumerate();
    let params: Vec<_> =
        params.map(|(index, param)| (param.name.clone(), param.place.clone(), vec![Read::Param(index)])).collect();
    let totals = totals.iter().enumerate();
    let totals: Vec<_> =
        totals.map(|(index, total)| (total.name.clone(), total.place.clone(), vec![Read::Total(index)])).collect();
    let tables = tables.iter().enumerate();
    let tables: Vec<_> = tables
        .map(|(index, table)| {
            let cells = (0..table.fields.len()).map(|column| Read::TableCell { table: index, column });
            (table.name.clone(), table.place.clone(), cells.chain([Read::TableRow(index)]).collect())
        })
        .collect();
    context.warn_of_unused("param", &params);
    context.warn_of_unused("total", &totals);
    context.warn_of_unused("table", &tables);
}

/// The hash of what a definition and its scripts say; comments and spaces of the YAML don't count.
fn hash(root: &Node, scripts: &[Arc<Source>]) -> blake3::Hash {
    let mut bytes = Vec::new();
    root.canonical(&mut bytes);
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"meed rules 1\0").update(&bytes);
    for script in scripts {
        hasher.update(&(script.text.len() as u64).to_le_bytes()).update(script.text.as_bytes());
    }
    hasher.finalize()
}
