//! Claims that no file holds: their cells are given as texts, and read as those of a file are.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

use super::{
    InputError,
    encoding::Encoding,
    gather::{Gather, Written},
    wanted,
};
use crate::{claim::Claims, diagnostic::nearest, program::Field};

/// Why given claims can't be taken. None of them is.
#[derive(Debug, thiserror::Error)]
pub enum GivenClaimError {
    /// A field that the program doesn't declare.
    #[error("claim {claim} has a field `{field}`, which the program doesn't declare{}", suggestion(.near.as_deref()))]
    UnknownField {
        /// The number of the claim, from 1.
        claim: u64,
        /// As given.
        field: String,
        /// A declared field that looks like it.
        near: Option<String>,
    },
    /// A field that is given twice, so that either could be meant.
    #[error("claim {claim} has the field `{field}` twice")]
    FieldTwice {
        /// The number of the claim, from 1.
        claim: u64,
        /// As given.
        field: String,
    },
    /// More claims than can be numbered.
    #[error(transparent)]
    TooMany(#[from] InputError),
}

fn suggestion(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The claims that are given, each as pairs of a field's name and what its cell holds.
///
/// A text is read by the type that its field declares, exactly as a cell of a file would be, so numbers stay exact. A
/// field that isn't given is an empty cell; what can't be read stands with the claim as a deficiency, and the claim is
/// returned. Outcomes show claims by `source` and their numbers, from 1.
pub fn claims_of<N, T>(
    source: &str,
    fields: &[Field],
    claims: impl IntoIterator<Item = impl IntoIterator<Item = (N, T)>>,
) -> Result<Claims, GivenClaimError>
where
    N: AsRef<str>,
    T: AsRef<str>,
{
    let numbers: BTreeMap<&str, usize> = (fields.iter().map(|field| field.name.as_str())).zip(0..).collect();
    let columns = fields.iter().map(|field| Arc::from(field.column.as_str())).collect();
    let wanted = wanted(fields);
    let mut gather = Gather::new(source, &wanted, columns, Encoding::default());
    for (claim, given) in (1..).zip(claims) {
        let mut cells: Vec<Option<T>> = fields.iter().map(|_| None).collect();
        for (name, text) in given {
            let name = name.as_ref();
            let cell = numbers.get(name).and_then(|number| cells.get_mut(*number));
            let cell = cell.ok_or_else(|| GivenClaimError::UnknownField {
                claim,
                field: name.to_owned(),
                near: nearest(name, &numbers.keys().copied().collect::<Vec<_>>()).map(ToOwned::to_owned),
            })?;
            if cell.replace(text).is_some() {
                return Err(GivenClaimError::FieldTwice { claim, field: name.to_owned() });
            }
        }
        gather.push(claim, |_, field| {
            let text = cells.get(field).and_then(Option::as_ref).map_or("", AsRef::as_ref);
            Written::Text(Cow::Borrowed(text))
        })?;
    }
    Ok(gather.finish().claims)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        claim::Value,
        diagnostic::{Place, Source},
        money::parse_decimal,
        schema::FieldType,
    };

    fn fields() -> Vec<Field> {
        let source = Arc::new(Source { path: "a".into(), text: String::new() });
        let field = |name: &str, column: &str, words| Field {
            name: name.to_owned(),
            column: column.to_owned(),
            kind: FieldType::parse(words).unwrap(),
            private: false,
            place: Place::start_of(&source),
        };
        vec![
            field("id", "id", "text"),
            field("amount", "Net amount", "decimal"),
            field("note", "note", "optional text"),
        ]
    }

    #[test]
    fn texts_are_read_by_the_declared_types_in_any_order() {
        let given = [vec![("amount", "12345678901234567.890"), ("id", " A ")], vec![("id", "B"), ("amount", "1e3")]];
        let claims = claims_of("orders", &fields(), given).unwrap();
        let (first, second) = (claims.claim(0), claims.claim(1));
        assert_eq!((first.value(0), first.value(2)), (Value::Text(" A "), Value::Nothing));
        let exact = parse_decimal("12345678901234567.890").unwrap();
        assert_eq!(first.row().number(1).map(|number| number.to_string()), Some(exact.to_string()));
        assert_eq!(first.origin().to_string(), "orders:1");
        let [deficiency] = second.deficiencies() else { panic!("{:?}", second.deficiencies()) };
        assert!(deficiency.to_string().starts_with("column `Net amount` holds `1e3`, which"), "{deficiency}");
    }

    #[test]
    fn a_field_that_is_not_declared_or_stands_twice_refuses_all() {
        for (given, says) in [
            (
                vec![("id", "A"), ("amuont", "1")],
                "claim 1 has a field `amuont`, which the program doesn't declare; did you mean `amount`?",
            ),
            (vec![("Net amount", "1")], "claim 1 has a field `Net amount`, which the program doesn't declare"),
            (vec![("id", "A"), ("id", "A")], "claim 1 has the field `id` twice"),
        ] {
            assert_eq!(claims_of("orders", &fields(), [given]).unwrap_err().to_string(), says);
        }
    }
}
