//! Claims of the generated programs: what a partner bought, or gave back.

use meed::money::Decimal;
use proptest::prelude::*;

/// The months of 2026 that generated claims fall into.
pub const MONTHS: u32 = 8;

#[derive(Debug, Clone)]
pub struct Purchase {
    pub partner: u8,
    pub month: u32,
    pub day: u32,
    pub region: u8,
    /// Negative where goods came back.
    pub cents: i64,
    pub bonus_cents: i64,
    /// What becomes of it: `reject`, `return` and `hold` by an eligibility rule, `flag` by a flag.
    pub fate: &'static str,
}

impl Purchase {
    /// The values of a `per` list, worked out from the words of the design.
    pub fn key(&self, per: &str) -> String {
        let part = |word: &str| match word {
            "participant" => format!("P{}", self.partner),
            "month" => format!("M{}", self.month),
            "quarter" => format!("Q{}", self.month.div_ceil(3)),
            "year" | "program" => String::new(),
            "claim.region" => format!("R{}", self.region),
            other => panic!("{other}"),
        };
        per.split(", ").map(part).collect::<Vec<_>>().join("|")
    }
}

pub fn purchase(most_cents: i64, fates: &'static [&'static str]) -> impl Strategy<Value = Purchase> {
    let base = prop_oneof![5 => -most_cents / 3..=most_cents, 1 => Just(0)];
    let bonus = prop_oneof![3 => 0..=3_000_i64, 1 => -2_000..=0_i64];
    (0..3_u8, 1..=MONTHS, 1..=28_u32, 0..2_u8, base, bonus, prop::sample::select(fates)).prop_map(
        |(partner, month, day, region, cents, bonus_cents, fate)| Purchase {
            partner,
            month,
            day,
            region,
            cents,
            bonus_cents,
            fate,
        },
    )
}

/// An amount of cents as a file writes it.
pub fn written(cents: i64) -> String {
    Decimal::new(cents, 2).to_string()
}

pub const HEADER: &str = "claim_no,position,partner,sold_on,region,net,bonus,fate\n";

/// One row; `number` is the claim's id and `position` its place in the order.
pub fn row(number: usize, position: usize, purchase: &Purchase) -> String {
    let Purchase { partner, month, day, region, cents, bonus_cents, fate } = purchase;
    let (net, bonus) = (written(*cents), written(*bonus_cents));
    format!("C-{number},{position},P{partner},2026-{month:02}-{day:02},R{region},{net},{bonus},{fate}\n")
}

/// A file in which the claims are decided in the order given by `positions`.
pub fn file(purchases: &[Purchase], positions: &[usize]) -> String {
    let rows = purchases.iter().zip(positions).enumerate();
    let rows: String = rows.map(|(number, (purchase, position))| row(number, *position, purchase)).collect();
    format!("{HEADER}{rows}")
}

/// The number of the purchase behind a claim id.
pub fn number(claim: &str) -> usize {
    claim.strip_prefix("C-").unwrap().parse().unwrap()
}

/// A definition over such claims, with these components, limits and flags.
pub fn definition(rounding: &str, award: &str, rest: &str) -> String {
    format!(
        "format: 1
program: property/program
title: A generated program
currency: USD
effective: {{ from: 2026-01-01, until: 2026-12-31 }}
rounding: {rounding}
order: [position]
claim:
  id: claim_no
  participant: partner
  date: sold_on
  fields:
    claim_no: text
    position: integer
    partner: text
    sold_on: date
    region: text
    net: decimal
    bonus: decimal
    fate: text
eligibility:
  REFUSED: {{ require: claim.fate != \"reject\", else: reject }}
  SENT_BACK: {{ require: claim.fate != \"return\", else: return }}
  KEPT: {{ require: claim.fate != \"hold\", else: hold }}
award:
{award}{rest}flags:
  LOOKS_ODD: {{ when: claim.fate == \"flag\", then: hold }}
"
    )
}
