//! Params: named values of a program, typed by how they are written, some of them dated.

use super::{
    amount::{looks_like_number, parse_amount, remedy, sentence},
    context::Context,
    fields::{Fields, text, wrong_shape},
    identity::written_date,
    name::check_word,
    yaml::{Node, Text},
};
use crate::{
    calendar::{Date, parse_iso},
    claim::Constant,
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::Decimal,
    schema::{Base, Scalar, Type},
    script::{Member, Read},
};

/// A named value.
#[derive(Debug, Clone)]
pub struct Param {
    /// As rules call it.
    pub name: String,
    /// Where it is declared.
    pub place: Place,
    /// Its type.
    pub kind: Type,
    /// Its values, each from a date on; one that isn't dated is there from the first day.
    pub versions: Vec<(Date, Constant)>,
}

impl Param {
    /// The value in force on a date.
    pub fn value_on(&self, date: Date) -> &Constant {
        let in_force = self.versions.iter().rev().find(|(from, _)| *from <= date);
        in_force.or(self.versions.first()).map_or(&Constant::Nothing, |(_, value)| value)
    }

    /// Whether it can differ between claims.
    pub fn is_dated(&self) -> bool {
        self.versions.len() > 1
    }
}

/// Checks `params`.
pub(super) fn check(
    entries: &[(Text, Node)],
    effective: Option<(Date, Date)>,
    context: &mut Context<'_>,
) -> Vec<Param> {
    let mut params = Vec::new();
    for (name, node) in entries {
        if !check_word(name, "a param", context) {
            continue;
        }
        let member = match check_param(name, node, effective, context.findings) {
            Some(param) => {
                let member = Member { read: Read::Param(params.len()), kind: param.kind };
                let values = param.versions.iter().map(|(_, value)| value.clone()).collect();
                context.vocabulary.declare_values(member.read, Some(values));
                params.push(param);
                member
            }
            None => Member { read: Read::Presence, kind: Type::Never },
        };
        context.vocabulary.add_member(context.params, &name.text, member);
    }
    params
}

fn check_param(name: &Text, node: &Node, effective: Option<(Date, Date)>, findings: &mut Findings) -> Option<Param> {
    let dated = matches!(node, Node::Sequence(items, _) if matches!(items.first(), Some(Node::Mapping(..))));
    let (kind, versions) = if dated {
        check_versions(node, effective, findings)?
    } else {
        let (kind, value) = check_value(node, findings)?;
        (kind, vec![(Date::MIN, value)])
    };
    Some(Param { name: name.text.clone(), place: name.place.clone(), kind, versions })
}

fn check_versions(
    node: &Node,
    effective: Option<(Date, Date)>,
    findings: &mut Findings,
) -> Option<(Type, Vec<(Date, Constant)>)> {
    let Node::Sequence(items, place) = node else { return None };
    let read: Vec<_> = items.iter().map(|item| check_version(item, findings)).collect();
    let versions: Vec<_> = read.into_iter().collect::<Option<_>>()?;
    let (first_from, first_kind, _) = versions.first()?;
    for ((from, place), ..) in &versions {
        if let Some((_, ends)) = effective.filter(|(_, ends)| from > ends) {
            let message = format!("this value is never in force: the program ends on {ends}");
            findings
                .add(Diagnostic::error(Code::DatedParam, place, message).help("correct the date, or remove the value"));
        }
    }
    if let Some((starts, _)) = effective.filter(|(starts, _)| first_from.0 > *starts) {
        let message = format!("no value is in force from {starts}, when the program starts");
        let finding = Diagnostic::error(Code::DatedParam, &first_from.1, message);
        findings.add(finding.help(format!("start the first value on {starts} or before")));
    }
    for pair in versions.windows(2) {
        let [(before, ..), (after, ..)] = pair else { continue };
        if after.0 <= before.0 {
            let finding = Diagnostic::error(Code::DatedParam, &after.1, "the dates are not in order");
            findings
                .add(finding.and(&before.1, "this stands before it").help("order the values by date, each date once"));
        }
    }
    if versions.iter().any(|(_, kind, _)| kind != first_kind) {
        let kinds = versions.iter().map(|(_, kind, _)| *kind);
        if !kinds.clone().all(Type::is_number) {
            findings.add(Diagnostic::error(Code::WrongType, place, "the values of a dated param have one type"));
            return None;
        }
        let versions = versions.into_iter().map(|((from, _), _, value)| (from, widened(value))).collect();
        return Some((Type::DECIMAL, versions));
    }
    let kind = *first_kind;
    Some((kind, versions.into_iter().map(|((from, _), _, value)| (from, value)).collect()))
}

type Version = ((Date, Place), Type, Constant);

fn check_version(node: &Node, findings: &mut Findings) -> Option<Version> {
    let mut fields = Fields::of(node, findings)?;
    let from = fields.required_text("from", "say from which day on the value is in force");
    let value = fields.required("value", "give the value");
    let findings = fields.findings();
    let day = from.as_ref().and_then(|from| written_date(from, findings));
    let value = value.and_then(|node| check_value(node, findings));
    fields.finish();
    let (kind, value) = value?;
    Some(((day?, from?.place), kind, value))
}

fn check_value(node: &Node, findings: &mut Findings) -> Option<(Type, Constant)> {
    if node.is_empty() {
        let finding = Diagnostic::error(Code::WrongShape, node.place(), "the param has no value");
        findings.add(finding.help("give it a value; the text `null` stands in quotes"));
        return None;
    }
    match node {
        Node::Scalar(text) => {
            let value = written_constant(text, findings)?;
            Some((Type::Some(Base::Scalar(scalar_of(&value)?)), value))
        }
        Node::Sequence(items, place) => check_list(items, place, findings),
        other @ Node::Mapping(..) => {
            findings.add(wrong_shape(other, "a value, a list, or a list of dated values is expected"));
            None
        }
    }
}

fn check_list(items: &[Node], place: &Place, findings: &mut Findings) -> Option<(Type, Constant)> {
    let values: Vec<_> = items.iter().map(|item| check_item(item, findings)).collect();
    let values: Vec<Constant> = values.into_iter().collect::<Option<_>>()?;
    let scalars: Vec<Scalar> = values.iter().filter_map(scalar_of).collect();
    let Some(first) = scalars.first().copied() else {
        findings.add(Diagnostic::error(Code::WrongShape, place, "an empty list has no type"));
        return None;
    };
    if scalars.iter().all(|scalar| *scalar == first) {
        return Some((Type::Some(Base::List(first)), Constant::List(values)));
    }
    if scalars.iter().all(|scalar| matches!(scalar, Scalar::Integer | Scalar::Decimal)) {
        let values = values.into_iter().map(widened).collect();
        return Some((Type::Some(Base::List(Scalar::Decimal)), Constant::List(values)));
    }
    let finding = Diagnostic::error(Code::WrongType, place, "a list holds values of one type");
    findings.add(finding.help("write texts in quotes where they look like something else"));
    None
}

fn check_item(item: &Node, findings: &mut Findings) -> Option<Constant> {
    if item.is_empty() {
        let finding = Diagnostic::error(Code::WrongShape, item.place(), "the list has an empty value");
        findings.add(finding.help("remove it; the text `null` stands in quotes"));
        return None;
    }
    written_constant(&text(item, findings)?, findings)
}

fn widened(value: Constant) -> Constant {
    match value {
        Constant::Integer(integer) => Constant::Decimal(Decimal::from(integer)),
        other => other,
    }
}

fn scalar_of(value: &Constant) -> Option<Scalar> {
    match value {
        Constant::Boolean(_) => Some(Scalar::Boolean),
        Constant::Integer(_) => Some(Scalar::Integer),
        Constant::Decimal(_) => Some(Scalar::Decimal),
        Constant::Text(_) => Some(Scalar::Text),
        Constant::Date(_) => Some(Scalar::Date),
        Constant::Nothing | Constant::List(_) => None,
    }
}

/// A value typed by how it is written: `true`, `60`, `5.00`, `1%`, `2026-07-01`, anything else is text.
pub fn written_constant(text: &Text, findings: &mut Findings) -> Option<Constant> {
    let written = text.text.as_str();
    if !text.plain {
        return Some(Constant::Text(written.into()));
    }
    match written {
        "true" => return Some(Constant::Boolean(true)),
        "false" => return Some(Constant::Boolean(false)),
        _ => {}
    }
    if looks_like_date(written) {
        return match parse_iso(written) {
            Ok(date) => Some(Constant::Date(date)),
            Err(_) => written_date(text, findings).map(Constant::Date),
        };
    }
    if !looks_like_number(written) {
        return Some(Constant::Text(written.into()));
    }
    if let Ok(integer) = written.parse::<i64>()
        && !written.starts_with('+')
    {
        return Some(Constant::Integer(integer));
    }
    match parse_amount(written) {
        Ok(amount) => Some(Constant::Decimal(amount)),
        Err(reason) => {
            let message = format!("the value `{written}` {}", sentence(reason));
            let help = format!("{}; text that looks like a number stands in quotes", remedy(written, reason));
            findings.add(Diagnostic::error(Code::WrongAmount, &text.place, message).help(help));
            None
        }
    }
}

fn looks_like_date(text: &str) -> bool {
    let shape: Vec<usize> = text.split('-').map(str::len).collect();
    shape == [4, 2, 2] && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
}
