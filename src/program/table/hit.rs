//! Hit policies: what counts where several rows of a table match one claim.

use super::find;
use crate::{
    diagnostic::{Code, Diagnostic},
    program::{
        claim::Field,
        context::Context,
        fields::{text, word, wrong_shape},
        yaml::{Node, Text},
    },
    schema::{Base, RowTypeId, Scalar, Type},
    script::{Member, Read},
};

/// What counts where several rows of a table match one claim. Columns are named by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// The only row; two are a conflict.
    Unique,
    /// The row that stands first.
    First,
    /// The row with the smallest number in a column, or with the choice that is declared first.
    Priority(usize),
    /// Any of them, since they say the same; if they don't, that is a conflict.
    Any,
    /// All of them: each column is a list.
    All,
    /// The sum of a column.
    Sum(usize),
    /// The smallest value of a column, if there is one.
    Min(usize),
    /// The largest value of a column, if there is one.
    Max(usize),
    /// How many there are.
    Count,
}

impl Hit {
    /// Whether one row counts, so that rules see a row.
    pub const fn is_one_row(self) -> bool {
        matches!(self, Self::Unique | Self::First | Self::Priority(_) | Self::Any)
    }

    /// The type of the figure that it makes of the rows; `None` where rules see a row or lists.
    fn figure(self, declared: &[Field]) -> Option<Type> {
        let scalar = |column: usize| declared.get(column).map(|field| Base::Scalar(field.kind.scalar));
        match self {
            Self::Sum(column) => scalar(column).map(Type::Some),
            Self::Min(column) | Self::Max(column) => scalar(column).map(Type::Optional),
            Self::Count => Some(Type::INTEGER),
            Self::Unique | Self::First | Self::Priority(_) | Self::Any | Self::All => None,
        }
    }
}

const WORDS: [(&str, Hit); 5] =
    [("unique", Hit::Unique), ("first", Hit::First), ("any", Hit::Any), ("all", Hit::All), ("count", Hit::Count)];

/// Makes a hit policy over a column of its number.
type OverColumn = fn(usize) -> Hit;

const OVER_COLUMN: [(&str, OverColumn); 4] =
    [("priority", Hit::Priority), ("sum", Hit::Sum), ("min", Hit::Min), ("max", Hit::Max)];

const HELP: &str = "write `unique`, `first`, `any`, `all` or `count`, or name a column: `{ priority: COLUMN }`, \
                    `{ sum: COLUMN }`, `{ min: COLUMN }`, `{ max: COLUMN }`";

/// Checks `hit`.
pub(super) fn check(node: &Node, declared: &[Field], context: &mut Context<'_>) -> Option<Hit> {
    match node {
        Node::Scalar(policy) => check_word(policy, context),
        Node::Mapping(entries, _) => match entries.as_slice() {
            [(policy, column)] => check_over_column(policy, column, declared, context),
            _ => {
                let finding = Diagnostic::error(Code::WrongShape, node.place(), "a table has one hit policy");
                context.findings.add(finding.help(HELP));
                None
            }
        },
        Node::Sequence(..) => {
            context.findings.add(wrong_shape(node, "a hit policy is expected").help(HELP));
            None
        }
    }
}

fn check_word(policy: &Text, context: &mut Context<'_>) -> Option<Hit> {
    if let Some((name, _)) = OVER_COLUMN.iter().find(|(name, _)| *name == policy.text) {
        let finding = Diagnostic::error(Code::MissingKey, &policy.place, format!("`{name}` needs a column"));
        context.findings.add(finding.help(format!("name it: `hit: {{ {name}: COLUMN }}`")));
        return None;
    }
    let found = WORDS.iter().find(|(name, _)| *name == policy.text).map(|(_, hit)| *hit);
    if found.is_none() {
        let message = format!("`{}` is not a hit policy", policy.text);
        context.findings.add(Diagnostic::error(Code::UnknownWord, &policy.place, message).help(HELP));
    }
    found
}

fn check_over_column(policy: &Text, column: &Node, declared: &[Field], context: &mut Context<'_>) -> Option<Hit> {
    if WORDS.iter().any(|(name, _)| *name == policy.text) {
        let finding = Diagnostic::error(Code::WrongShape, &policy.place, format!("`{}` has no column", policy.text));
        context.findings.add(finding.help(format!("write `hit: {}`", policy.text)));
        return None;
    }
    let over = word(policy, "a hit policy over a column", &OVER_COLUMN, context.findings)?;
    let column = text(column, context.findings)?;
    let number = find(&column, declared, context)?;
    let field = declared.get(number)?;
    if field.kind.optional {
        let message = format!("`{}` needs a value in every row, and `{}` is optional", policy.text, column.text);
        let finding = Diagnostic::error(Code::MaybeEmpty, &column.place, message);
        context.findings.add(finding.and(&field.place, "declared here").help("remove `optional`"));
        return None;
    }
    let is_number = matches!(field.kind.scalar, Scalar::Integer | Scalar::Decimal);
    let (fits, wanted) = match over(number) {
        Hit::Priority(_) => (
            is_number || field.kind.choices.is_some(),
            "a priority is a number, the smallest first, or a text with `one_of`, in the order of its choices",
        ),
        Hit::Min(_) | Hit::Max(_) => {
            (is_number || field.kind.scalar == Scalar::Date, "numbers and dates have an order")
        }
        _ => (is_number, "numbers have a sum"),
    };
    if !fits {
        let message = format!("{wanted}, and `{}` is {}", column.text, field.kind.kind());
        let finding = Diagnostic::error(Code::WrongType, &column.place, message);
        context.findings.add(finding.and(&field.place, "declared here"));
        return None;
    }
    Some(over(number))
}

/// Names what rules see of a table where that isn't a row. One whose policy is wrong isn't known to be anything.
pub(super) fn name(table: &str, hit: Option<Hit>, declared: &[Field], number: usize, context: &mut Context<'_>) {
    let member = match hit {
        None => Some(Member { read: Read::Presence, kind: Type::Never }),
        Some(hit) => hit.figure(declared).map(|kind| Member { read: Read::TableRow(number), kind }),
    };
    if let Some(member) = member {
        context.vocabulary.add_value(table, member);
    }
}

/// Names the columns of a table whose rows all count. Each is a list, and a list holds no blanks.
pub(super) fn name_lists(table: &str, declared: &[Field], row: RowTypeId, number: usize, context: &mut Context<'_>) {
    context.vocabulary.add_value(table, Member { read: Read::Presence, kind: Type::Some(Base::Row(row)) });
    for (column, field) in declared.iter().enumerate() {
        if field.kind.optional {
            let reason = "its cells may be blank, and a list of them has no blanks: give every row a value, and remove `optional`";
            context.vocabulary.withhold(row, &field.name, reason);
        } else {
            let member = Member {
                read: Read::TableCell { table: number, column },
                kind: Type::Some(Base::List(field.kind.scalar)),
            };
            context.vocabulary.add_member(row, &field.name, member);
        }
    }
}
