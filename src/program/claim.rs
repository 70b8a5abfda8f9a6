//! How a program's claims are read: fields, id, participant, date and order.

use super::{
    context::{COUNTED_ON, Context, RECEIVED_FIRST},
    fields::{Fields, text, texts, word},
    name::check_word,
    yaml::{Node, Text},
};
use crate::{
    calendar::DateFormat,
    claim::Constant,
    diagnostic::{Code, Diagnostic, Findings, Place},
    schema::{FieldType, Notation, RowTypeId, Scalar, Type},
    script::{Member, Read},
};

/// A declared field of a claim or a table.
#[derive(Debug, Clone)]
pub struct Field {
    /// As rules call it.
    pub name: String,
    /// As the file names its column.
    pub column: String,
    /// How its cells are read.
    pub kind: FieldType,
    /// Whether it is shown in the outcomes file alone.
    pub private: bool,
    /// Where it is declared.
    pub place: Place,
}

/// What identifies a claim.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// These fields together.
    Fields(Vec<usize>),
    /// The hash of all fields, and the nth of exact copies.
    Content,
}

/// How claims are read and queued. Fields are named by their numbers.
#[derive(Debug, Clone)]
pub struct ClaimPlan {
    /// The declared fields.
    pub fields: Vec<Field>,
    /// What identifies a claim.
    pub id: Identity,
    /// Who earns.
    pub participant: usize,
    /// Who is paid.
    pub payee: Option<usize>,
    /// The date that picks params, table rows and periods.
    pub date: usize,
    /// The start of the SLA clock.
    pub received: Option<usize>,
    /// What the claimant asks.
    pub claimed: Option<usize>,
    /// The id of the claim that this one takes back.
    pub original: Option<usize>,
    /// How the claims of one run queue; ties by id.
    pub order: Vec<usize>,
}

/// Checks `claim` and `order`.
pub(super) fn check(node: &Node, order: Option<&Node>, context: &mut Context<'_>) -> Option<ClaimPlan> {
    let mut fields = Fields::of(node, context.findings)?;
    let id = fields.required("id", "name the field that identifies a claim, several, or `content`");
    let participant = fields.required_text("participant", "name the field that says who earns");
    let date = fields.required_text("date", "name the field with the claim's date");
    let payee = fields.optional_text("payee");
    let received = fields.optional_text("received");
    let claimed = fields.optional_text("claimed");
    let original = fields.optional_text("original");
    let declared = fields.required("fields", "declare the columns that are read: `fields: { claim_no: text, … }`");
    fields.finish();
    let written = names(declared?);
    let declared = check_fields(declared?, context.claim, context);
    name_fields(&declared, context.claim, Read::Field, context);
    name_dates(&declared, original.is_some(), received.as_ref(), context);
    let lookup = Lookup { declared: &declared, written };
    let findings = &mut *context.findings;
    let participant = participant.and_then(|text| lookup.key_field(&text, "the participant", findings));
    let date = date.and_then(|text| lookup.typed(&text, "the claim's date", Scalar::Date, findings));
    let payee = payee.map(|text| lookup.single(&text, "the payee", findings));
    let received = received.map(|text| lookup.of_type(&text, "the day of receipt", Scalar::Date, findings));
    let claimed = claimed.map(|text| lookup.number(&text, findings));
    let id = id.and_then(|node| lookup.identity(node, findings));
    let original = original.map(|text| lookup.original(&text, id.as_ref(), findings));
    let order: Option<Vec<usize>> = order.and_then(|node| {
        if matches!(node, Node::Sequence(items, _) if items.is_empty()) {
            let finding = Diagnostic::error(Code::WrongShape, node.place(), "the order names no field");
            findings.add(finding.help("say how the claims of one run queue: `order: [sale_date, claim_no]`"));
            return None;
        }
        texts(node, findings).iter().map(|text| lookup.key_field(text, "the order", findings)).collect()
    });
    if [payee, received, claimed, original].contains(&Some(None)) {
        return None;
    }
    Some(ClaimPlan {
        id: id?,
        participant: participant?,
        payee: payee.flatten(),
        date: date?,
        received: received.flatten(),
        claimed: claimed.flatten(),
        original: original.flatten(),
        order: order?,
        fields: declared,
    })
}

/// Makes the dates known that a claim's own cells don't say where it takes another one back or comes again.
fn name_dates(declared: &[Field], takes_back: bool, received: Option<&Text>, context: &mut Context<'_>) {
    if takes_back {
        context.vocabulary.add_value(COUNTED_ON, Member { read: Read::CountedOn, kind: Type::DATE });
    }
    let received = received.and_then(|text| declared.iter().find(|field| field.name == text.text));
    if let Some(field) = received {
        let member = Member { read: Read::ReceivedFirst, kind: field.kind.kind() };
        context.vocabulary.add_value(RECEIVED_FIRST, member);
    }
}

/// Checks the fields of a claim or table. Broken ones are named all the same.
pub(super) fn check_fields(node: &Node, row: RowTypeId, context: &mut Context<'_>) -> Vec<Field> {
    let Node::Mapping(entries, _) = node else {
        context.findings.add(super::fields::wrong_shape(node, "names of fields with their types are expected"));
        return Vec::new();
    };
    let mut declared = Vec::new();
    for (name, node) in entries {
        if check_word(name, "a field", context) {
            let Declaration { kind, column, private } = check_field(node, context.findings).unwrap_or_default();
            let (place, name) = (name.place.clone(), name.text.clone());
            let column = column.unwrap_or_else(|| name.clone());
            match kind {
                Some(kind) => declared.push(Field { name, column, kind, private, place }),
                None => context.add_broken(row, &name),
            }
        }
    }
    declared
}

pub(super) fn name_fields(fields: &[Field], row: RowTypeId, read: impl Fn(usize) -> Read, context: &mut Context<'_>) {
    for (number, field) in fields.iter().enumerate() {
        context.vocabulary.add_member(row, &field.name, Member { read: read(number), kind: field.kind.kind() });
        let choices = field.kind.choices.as_ref().filter(|_| !field.kind.list);
        let choices = choices.map(|choices| choices.iter().map(|text| Constant::Text(text.as_str().into())).collect());
        context.vocabulary.declare_values(read(number), choices);
    }
}

/// What is said of a field; no type where that is wrong.
#[derive(Default)]
struct Declaration {
    kind: Option<FieldType>,
    column: Option<String>,
    private: bool,
}

fn check_field(node: &Node, findings: &mut Findings) -> Option<Declaration> {
    if let Node::Scalar(words) = node {
        return Some(Declaration { kind: field_type(words, findings), ..Declaration::default() });
    }
    let mut fields = Fields::of(node, findings)?;
    let column = fields.optional_text("column").map(|column| column.text);
    let (format, notation) = (fields.optional_text("format"), fields.optional_text("decimal"));
    let private = fields.optional_text("private");
    let one_of = fields.optional("one_of");
    let words = match one_of {
        Some(_) => fields.optional_text("type"),
        None => fields.required_text("type", "say what the column holds: `type: date`"),
    };
    let findings = fields.findings();
    let kind = match (&words, one_of) {
        (Some(words), _) => field_type(words, findings),
        (None, Some(_)) => Some(FieldType::plain(Scalar::Text)),
        (None, None) => None,
    };
    let kind = kind.and_then(|kind| match one_of {
        Some(node) => choices(node, kind, findings),
        None => Some(kind),
    });
    let kind = kind.and_then(|kind| with_format(kind, format, findings));
    let kind = kind.and_then(|kind| with_notation(kind, notation, findings));
    let words = [("true", true), ("false", false)];
    let private = private.and_then(|text| word(&text, "`true` or `false`", &words, findings)).unwrap_or(false);
    fields.finish();
    Some(Declaration { kind, column, private })
}

fn field_type(words: &Text, findings: &mut Findings) -> Option<FieldType> {
    let kind = FieldType::parse(&words.text).ok();
    if kind.is_none() {
        let finding = Diagnostic::error(Code::UnknownWord, &words.place, format!("`{}` is not a type", words.text));
        let bare = words.text.strip_prefix("optional ").unwrap_or(&words.text);
        findings.add(match bare.strip_prefix("list of ") {
            Some(_) if bare.len() < words.text.len() => {
                finding.help(format!("a list may always be empty: write `{bare}`"))
            }
            item => finding.suggest(item.unwrap_or(bare), Scalar::NAMES.iter().map(|(name, _)| *name)),
        });
    }
    kind
}

fn choices(node: &Node, kind: FieldType, findings: &mut Findings) -> Option<FieldType> {
    let Node::Sequence(items, place) = node else {
        findings.add(super::fields::wrong_shape(node, "a list of texts is expected"));
        return None;
    };
    if kind.scalar != Scalar::Text || items.is_empty() {
        let message = if items.is_empty() { "nothing can be one of an empty list" } else { "only texts have `one_of`" };
        let finding = Diagnostic::error(Code::UnknownKey, place, message);
        findings.add(finding.help("list the texts that the field may hold; for numbers and dates write a rule"));
        return None;
    }
    let choices = items.iter().filter_map(|item| text(item, findings)).map(|choice| choice.text).collect();
    Some(FieldType { choices: Some(choices), ..kind })
}

fn with_format(kind: FieldType, format: Option<Text>, findings: &mut Findings) -> Option<FieldType> {
    let Some(format) = format else { return Some(kind) };
    if kind.scalar != Scalar::Date {
        let finding = Diagnostic::error(Code::UnknownKey, &format.place, "only dates have a `format`");
        findings.add(finding.help("remove it, or declare the field as a date"));
        return None;
    }
    match DateFormat::new(&format.text) {
        Ok(format) => Some(FieldType { format, ..kind }),
        Err(_) => {
            let message = format!("`{}` doesn't say how a day is written", format.text);
            let finding = Diagnostic::error(Code::WrongDate, &format.place, message);
            findings.add(finding.help("name year, month and day: `%Y-%m-%d`, `%d/%m/%Y`, `%Y-%m-%d %H:%M:%S`"));
            None
        }
    }
}

fn with_notation(kind: FieldType, notation: Option<Text>, findings: &mut Findings) -> Option<FieldType> {
    let Some(notation) = notation else { return Some(kind) };
    if kind.scalar != Scalar::Decimal {
        let finding = Diagnostic::error(Code::UnknownKey, &notation.place, "only decimals have a notation");
        findings.add(finding.help("remove it, or declare the field as a decimal"));
        return None;
    }
    let words = [("point", Notation::Point), ("comma", Notation::Comma)];
    word(&notation, "a notation of decimals", &words, findings).map(|notation| FieldType { notation, ..kind })
}

/// The names of fields as written, also of those whose declaration is broken.
fn names(node: &Node) -> Vec<&str> {
    match node {
        Node::Mapping(entries, _) => entries.iter().map(|(name, _)| name.text.as_str()).collect(),
        Node::Scalar(_) | Node::Sequence(..) => Vec::new(),
    }
}

struct Lookup<'d> {
    declared: &'d [Field],
    written: Vec<&'d str>,
}

impl Lookup<'_> {
    fn field(&self, text: &Text, findings: &mut Findings) -> Option<usize> {
        let found = self.declared.iter().position(|field| field.name == text.text);
        if found.is_none() && !self.written.contains(&text.text.as_str()) {
            let finding =
                Diagnostic::error(Code::UnknownField, &text.place, format!("there is no field `{}`", text.text));
            findings.add(finding.suggest(&text.text, self.declared.iter().map(|field| field.name.as_str())));
        }
        found
    }

    /// A field that is there in every claim.
    fn key_field(&self, text: &Text, what: &str, findings: &mut Findings) -> Option<usize> {
        let number = self.field(text, findings)?;
        let field = self.one_value(text, what, number, findings)?;
        if field.kind.optional {
            let message = format!("{what} must be there in every claim, and `{}` is optional", text.text);
            let finding = Diagnostic::error(Code::OptionalKeyField, &text.place, message);
            findings.add(
                finding.and(&field.place, "declared here").help("remove `optional`: a row without it is returned"),
            );
            return None;
        }
        Some(number)
    }

    /// A field that holds one value where it is there.
    fn single(&self, text: &Text, what: &str, findings: &mut Findings) -> Option<usize> {
        let number = self.field(text, findings)?;
        self.one_value(text, what, number, findings).map(|_| number)
    }

    fn one_value(&self, text: &Text, what: &str, number: usize, findings: &mut Findings) -> Option<&Field> {
        let field = self.declared.get(number)?;
        if field.kind.list {
            let message = format!("{what} is a single value, and `{}` is a list", text.text);
            findings.add(Diagnostic::error(Code::WrongType, &text.place, message).and(&field.place, "declared here"));
            return None;
        }
        Some(field)
    }

    fn typed(&self, text: &Text, what: &str, scalar: Scalar, findings: &mut Findings) -> Option<usize> {
        self.key_field(text, what, findings)?;
        self.of_type(text, what, scalar, findings)
    }

    fn of_type(&self, text: &Text, what: &str, scalar: Scalar, findings: &mut Findings) -> Option<usize> {
        let number = self.single(text, what, findings)?;
        let field = self.declared.get(number)?;
        if field.kind.scalar != scalar {
            let message = format!("{what} is a {}, and `{}` is {}", scalar.name(), text.text, field.kind.scalar.name());
            findings.add(Diagnostic::error(Code::WrongType, &text.place, message).and(&field.place, "declared here"));
            return None;
        }
        Some(number)
    }

    /// The field that names another claim by its id.
    fn original(&self, text: &Text, id: Option<&Identity>, findings: &mut Findings) -> Option<usize> {
        let number = self.of_type(text, "the id of the original", Scalar::Text, findings)?;
        let wrong = match id {
            Some(Identity::Content) => "a claim whose content is its id can't be named by another",
            Some(Identity::Fields(fields)) if fields.contains(&number) => "a claim can't be named by its own id",
            _ if !self.declared.get(number)?.kind.optional => "claims that take nothing back have no original",
            _ => return Some(number),
        };
        let finding = Diagnostic::error(Code::WrongType, &text.place, wrong);
        findings.add(finding.help("give claims an id of fields, and declare this one as `optional text`"));
        None
    }

    fn number(&self, text: &Text, findings: &mut Findings) -> Option<usize> {
        let number = self.single(text, "what is claimed", findings)?;
        let field = self.declared.get(number)?;
        if !matches!(field.kind.scalar, Scalar::Integer | Scalar::Decimal) {
            let message = format!("what is claimed is a number, and `{}` is {}", text.text, field.kind.scalar.name());
            findings.add(Diagnostic::error(Code::WrongType, &text.place, message).and(&field.place, "declared here"));
            return None;
        }
        Some(number)
    }

    fn identity(&self, node: &Node, findings: &mut Findings) -> Option<Identity> {
        let names = texts(node, findings);
        match names.as_slice() {
            [only] if only.text == "content" => Some(Identity::Content),
            [] => None,
            names => {
                let numbers: Vec<_> = names.iter().map(|text| self.key_field(text, "the id", findings)).collect();
                numbers.into_iter().collect::<Option<_>>().map(Identity::Fields)
            }
        }
    }
}
