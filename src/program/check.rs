//! The check of a whole definition: all problems at once, and a [`Program`] only if there is none.

use std::{borrow::Cow, sync::Arc};

use super::{
    Program, allocation, claim, component,
    context::Context,
    cost, derived,
    fields::Fields,
    identity, layer, limit, meaning, neighbour, param, private, rule, table, total,
    yaml::{Node, Text},
};
use crate::{
    diagnostic::{Findings, Source},
    script::{Form, Read, Scripts, without_spacing},
};

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
    let neighbours = neighbour::Written::take(&mut fields);
    layer::refuse_alone(&mut fields);
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
    let allocate = fields.optional("allocate");
    let meant = fields.entries("meant");
    fields.finish();
    let mut context = Context::new(scripts, findings);
    context.fiscal_year_starts = identification.as_ref().and_then(|found| found.fiscal_year_starts);
    context.scale = identification.as_ref().map_or(context.scale, |found| found.scale);
    let effective = identification.as_ref().map(|found| found.effective);
    let claim = claim_node.and_then(|node| claim::check(node, order, &mut context));
    context.takes_back = claim.as_ref().is_some_and(|claim| claim.original.is_some());
    let params = param::check(sections.params, effective, &mut context);
    let totals = total::check(sections.totals, award, &mut context);
    let tables = table::check(sections.tables, &mut context);
    context.tables.clone_from(&tables);
    total::name(&totals, &mut context);
    let neighbours = neighbours.check(identification.as_ref().map(|found| &found.name), &mut context);
    let derived = derived::check(sections.derived, &mut context);
    let (rules, established) = rule::check_eligibility(sections.eligibility, &mut context);
    let components = award.map_or_else(Vec::new, |node| component::check(node, &params, &established, &mut context));
    let limits = limit::check(sections.limits, &components, &established, &mut context);
    component::name_totals(&mut context);
    let flags = rule::check_flags(sections.flags, &established, &mut context);
    let allocation = allocate.map(|node| allocation::check(node, &mut context));
    context.checker.report_remarks(context.findings);
    // Where something is wrong, what seems unused is most often what the mistake was meant to use.
    if context.findings.has_errors() || matches!(allocation, Some(None)) {
        return None;
    }
    warn_of_unused(&params, &tables, &totals, &mut context);
    let Context { checker, findings, vocabulary, .. } = context;
    let form = checker.finish(findings);
    let rules_hash = hash(root, &form, script_texts.iter().map(|script| Cow::Borrowed(&*script.text)));
    let meaning_hash = hash(root, &form, script_texts.iter().map(|script| Cow::Owned(without_spacing(&script.text))));
    let claim = claim?;
    let private = private::figures(&claim, &tables, &totals, &derived, &components);
    let program = Program {
        identification: identification?,
        claim,
        params,
        tables,
        totals,
        derived,
        rules,
        components,
        limits,
        flags,
        allocation: allocation.flatten(),
        neighbours,
        private,
        form,
        source: Arc::clone(source),
        rules_hash,
        meaning_hash,
    };
    meaning::warn(&program, &vocabulary, meant, findings);
    cost::check(&program, findings).then_some(program)
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

/// The hash of what a definition and its scripts say, with the functions of an embedder's that they call; comments and
/// spaces of the YAML don't count.
fn hash<'s>(root: &Node, form: &Form, scripts: impl Iterator<Item = Cow<'s, str>>) -> blake3::Hash {
    let mut bytes = Vec::new();
    root.canonical(&mut bytes);
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"meed rules 1\0").update(&bytes);
    for script in scripts {
        hasher.update(&(script.len() as u64).to_le_bytes()).update(script.as_bytes());
    }
    for function in form.own_functions() {
        hasher.update(b"own function\0").update(function.as_bytes());
    }
    hasher.finalize()
}
