//! An arrangement: an approved, dated variant of a program for some claims, with a ceiling on what it may add.

use super::{Change, Variant};
use crate::{
    calendar::Date,
    diagnostic::{Code, Diagnostic, Findings, Place},
    money::Decimal,
    program::{Fields, Node, ProgramName, Text, program_named, written_amount, written_date, written_dates},
};

/// The figure that says whether a claim is in the scope, in the program as the arrangement changes it.
pub const SCOPE_FIGURE: &str = "arrangement_scope";

/// The sections whose parts an arrangement may change.
const SECTIONS: [&str; 3] = ["params", "award", "limits"];

/// Parts of components and limits that are the same for all claims: what accumulates, and where.
const WHOLE: [&str; 3] = ["per", "base", "measure"];

/// An approved, dated variant of a program for some claims.
#[derive(Debug, Clone)]
pub struct Arrangement {
    /// Its name, which is that of its file: `client/name`.
    pub name: ProgramName,
    /// The program that it changes, where it is named.
    pub program: (ProgramName, Text),
    /// What it is for, in a few words.
    pub title: String,
    /// Why it was granted.
    pub reason: String,
    /// Where the approval stands.
    pub reference: String,
    /// Who asked for it.
    pub asked_by: String,
    /// Who approved it.
    pub approved_by: String,
    /// Which claims it is for.
    pub scope: Scope,
    /// The last day on which a claim may come in: when it was received, or its own date where the program doesn't read that.
    pub expires: Date,
    /// The most that it may add to what the standard rules award.
    pub ceiling: Decimal,
    /// What it changes, and the figure that says which claims it is for.
    pub variant: Variant,
}

/// Which claims an arrangement is for: those for which all of this holds.
#[derive(Debug, Clone)]
pub struct Scope {
    /// The first and the last day that the claim may be dated.
    pub dates: (Date, Date),
    /// Participants; all where it is empty.
    pub participants: Vec<String>,
    /// Ids of claims; all where it is empty.
    pub claims: Vec<String>,
    /// An expression over the claim, where it is written.
    pub when: Option<Text>,
}

impl Arrangement {
    /// Reads the file of an arrangement, which says what its name is.
    pub fn read(root: &Node, name: &ProgramName, findings: &mut Findings) -> Option<Self> {
        let mut fields = Fields::of(root, findings)?;
        let format = fields.required_text("format", "write `format: 1`");
        let own = fields.required_text("arrangement", &format!("write `arrangement: {name}`"));
        let program = fields.required_text("program", "name the program that it changes: `program: client/name`");
        let title = fields.optional_text("title");
        let reason = fields.required_text("reason", "say why it was granted");
        let reference = fields.required_text("reference", "say where the approval stands: `reference: CRM-2231`");
        let asked_by = fields.required_text("asked_by", "say who asked for it");
        let approved_by = fields.required_text("approved_by", "say who approved it");
        let dates = fields.required(
            "effective",
            "name the first and the last day of the claims: `effective: { from: 2026-07-01, until: 2026-09-30 }`",
        );
        let expires =
            fields.required_text("expires", "name the last day on which a claim may come in: `expires: 2026-10-31`");
        let ceiling =
            fields.required_text("ceiling", "say how much it may add to the standard awards: `ceiling: 1000`");
        let scope = fields.required(
            "scope",
            "say which claims it is for: `scope: { participants: [P-7] }`, `claims`, or `when` with an expression",
        );
        let (change, waive, place) = (fields.entries("change"), fields.texts("waive"), fields.head());
        fields.finish();
        check_head(format.as_ref(), own.as_ref(), name, findings);
        let (named, dates) = (program.as_ref(), dates.and_then(|node| written_dates(node, "arrangement", findings)));
        let program = named.and_then(|text| program_named(text, findings)).zip(program.clone());
        let expires = expires.and_then(|text| written_date(&text, findings).zip(Some(text.place)));
        check_end(dates, expires.as_ref(), findings);
        let ceiling = ceiling.and_then(|text| check_ceiling(&text, findings));
        let scope = scope.and_then(|node| check_scope(node, dates, findings));
        let variant = variant(name, change, &waive, scope.as_ref()?.when.as_ref(), &place, findings);
        let name = name.clone();
        let (reason, reference) = (reason?.text, reference?.text);
        let (asked_by, approved_by) = (asked_by?.text, approved_by?.text);
        let title = title.map_or_else(|| reason.clone(), |title| title.text);
        let (program, expires, ceiling) = (program?, expires?.0, ceiling?);
        let (scope, variant) = (scope?, variant?);
        let arrangement =
            Self { name, program, title, reason, reference, asked_by, approved_by, scope, expires, ceiling, variant };
        Some(arrangement).filter(|_| !findings.has_errors())
    }
}

fn check_head(format: Option<&Text>, own: Option<&Text>, name: &ProgramName, findings: &mut Findings) {
    if let Some(format) = format.filter(|format| format.text != "1") {
        let message = format!("format `{}` isn't known", format.text);
        findings.add(Diagnostic::error(Code::FormatVersion, &format.place, message).help("write `format: 1`"));
    }
    if let Some(own) = own.filter(|own| own.text != name.to_string()) {
        let message = format!("the file is that of `{name}`, and not of `{}`", own.text);
        let help = format!("write `arrangement: {name}`, or rename the file");
        findings.add(Diagnostic::error(Code::WrongName, &own.place, message).help(help));
    }
}

/// What expires before the first claim can come in would never do anything.
fn check_end(dates: Option<(Date, Date)>, expires: Option<&(Date, Place)>, findings: &mut Findings) {
    if let (Some((from, _)), Some((expires, place))) = (dates, expires)
        && *expires < from
    {
        let message = format!("the arrangement expires before its first day, {from}");
        findings.add(Diagnostic::error(Code::WrongDate, place, message).help("correct one of the two dates"));
    }
}

fn check_ceiling(text: &Text, findings: &mut Findings) -> Option<Decimal> {
    let ceiling = written_amount(text, findings)?;
    if ceiling <= Decimal::ZERO {
        let finding = Diagnostic::error(Code::WrongAmount, &text.place, "a ceiling is above zero");
        findings.add(finding.help("say how much the arrangement may add to the standard awards"));
        return None;
    }
    Some(ceiling)
}

fn check_scope(node: &Node, dates: Option<(Date, Date)>, findings: &mut Findings) -> Option<Scope> {
    let mut fields = Fields::of(node, findings)?;
    let (participants, claims) = (fields.texts("participants"), fields.texts("claims"));
    let (when, place) = (fields.optional_text("when"), fields.head());
    fields.finish();
    if participants.is_empty() && claims.is_empty() && when.is_none() {
        let finding = Diagnostic::error(Code::MissingKey, &place, "the scope names no claims");
        findings.add(finding.help(
            "name `participants`, `claims`, or `when` with an expression; `when: true` is for every claim of these dates",
        ));
        return None;
    }
    let texts = |list: Vec<Text>| list.into_iter().map(|text| text.text).collect();
    Some(Scope { dates: dates?, participants: texts(participants), claims: texts(claims), when })
}

/// The changes, of parts of these sections alone, and rules that are waived by their codes.
fn variant(
    name: &ProgramName,
    change: &[(Text, Node)],
    waive: &[Text],
    when: Option<&Text>,
    place: &Place,
    findings: &mut Findings,
) -> Option<Variant> {
    if change.is_empty() && waive.is_empty() {
        let finding = Diagnostic::error(Code::MissingKey, place, "the arrangement changes nothing");
        findings.add(finding.help("write `change: { params.tolerance: 50 }`, or `waive: [CODE]`"));
        return None;
    }
    let mut whole = true;
    for (path, _) in change {
        if let Err(finding) = check_path(path) {
            findings.add(finding);
            whole = false;
        }
    }
    let mut changes: Vec<Change> = change.iter().map(|(path, value)| Change::of(path.clone(), value.clone())).collect();
    changes.extend(waive.iter().map(|code| Change::TakeOut { path: code.clone() }));
    changes.extend(when.map(|when| Change::Put(scope_figure(when))));
    whole.then(|| Variant { name: format!("arrangement {name}"), changes })
}

/// A path that an arrangement may change: what claims are, what rules ask of them and where awards accumulate is the
/// program's.
fn check_path(path: &Text) -> Result<(), Diagnostic> {
    let parts: Vec<&str> = path.text.split('.').collect();
    let is_part = parts.len() > 1 && parts.first().is_some_and(|first| SECTIONS.contains(first));
    let moves = parts.get(2).is_some_and(|part| WHOLE.contains(part));
    if is_part && !moves {
        return Ok(());
    }
    let (message, help) = match moves {
        true => (
            format!(
                "an arrangement can't change `{}`: what accumulates, and where, is the same for all claims",
                path.text
            ),
            "add a component of another name, or change the program itself",
        ),
        false => (
            format!("an arrangement can't change `{}`", path.text),
            "it changes parts of `params`, `award` and `limits`, and waives rules by their codes: `waive: [LATE]`",
        ),
    };
    Err(Diagnostic::error(Code::NotArranged, &path.place, message).help(help))
}

/// The scope's expression as a figure of the program.
fn scope_figure(when: &Text) -> Node {
    let place = when.place.clone();
    let key = |text: &str| Text { text: text.to_owned(), place: place.clone(), plain: true };
    let figure = Node::Mapping(vec![(key(SCOPE_FIGURE), Node::Scalar(when.clone()))], place.clone());
    Node::Mapping(vec![(key("derived"), figure)], place.clone())
}
