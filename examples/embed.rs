//! Decides claims from memory by a program that calls a function of this example's own: `cargo run --example embed`.
#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::{error::Error, path::Path};

use meed::{
    calendar::{days_between, parse_iso},
    claim::{Constant, Value},
    outcome::Outcome,
    schema::Type,
    script::{Functions, Signature},
    workspace::Workspace,
};

/// Decides three orders.
pub fn outcomes() -> Result<Vec<Outcome<'static>>, Box<dyn Error>> {
    let directory = [("ALBA", parse_iso("2021-03-01")?), ("BORA", parse_iso("2026-01-15")?)];
    let mut functions = Functions::standard();
    let doc = "For how many full years a customer has bought.";
    let parameters = &[("customer", Type::TEXT), ("day", Type::DATE)];
    let signature = Signature { name: "loyalty_years", doc, parameters, returns: Type::INTEGER };
    functions.add(signature, move |arguments| {
        let [Value::Text(customer), Value::Date(day)] = arguments else { return Err("a customer and a day".into()) };
        let entry = directory.iter().find(|(name, _)| name == customer);
        let (_, since) = entry.ok_or_else(|| format!("`{customer}` is not in the directory"))?;
        Ok(Constant::Integer(days_between(*since, *day) / 365))
    })?;
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/workspace");
    let program = Workspace::find(&folder)?.with_functions(functions).open("acme/loyalty-rebate")?;
    let orders = [("O-1", "ALBA", "1000.00"), ("O-2", "BORA", "800.00"), ("O-3", "CIRO", "650.00")];
    let claims = orders.map(|(order, customer, amount)| {
        [("order_no", order), ("customer", customer), ("ordered_on", "2026-07-01"), ("net_amount", amount)]
    });
    Ok(program.evaluate(&mut program.past(), &program.claims("orders", claims)?))
}

/// Prints what was decided.
fn main() -> Result<(), Box<dyn Error>> {
    for outcome in outcomes()? {
        println!("{}: {}, {} EUR", outcome.claim, outcome.disposition, outcome.award);
        outcome.reasons.iter().for_each(|reason| println!("  {}: {}", reason.code, reason.message));
    }
    Ok(())
}
