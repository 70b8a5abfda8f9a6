//! Claims of the shape of the yardsticks'.

use std::fmt::Write as _;

use meed::{calendar::parse_iso, money::Decimal};

/// So many claims, the same each time.
pub(crate) fn claims(count: usize) -> String {
    let mut text =
        String::from("claim_no,partner_id,country,sale_date,submitted,sku,category,net_revenue,claimed,invoice_no\n");
    let mut state = 7_u64;
    let mut below = |bound: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % bound
    };
    let start = parse_iso("2026-01-01").unwrap();
    for number in 0..count {
        let sale = start + chrono::Days::new(below(360));
        let submitted = sale + chrono::Days::new(below(80));
        let cents = below(1_600_000);
        let country = ["DE", "FR", "BR", "US", "JP", "IT"][usize::try_from(below(6)).unwrap()];
        let category = ["DEVICE", "SUPPLIES", "SERVICE", "OTHER"][usize::try_from(below(4)).unwrap()];
        let claimed = Decimal::new(i64::try_from(cents / 50 + below(900)).unwrap(), 2);
        let revenue = Decimal::new(i64::try_from(cents).unwrap(), 2);
        let (partner, sku, invoice) = (below(5_000), below(900), below(1_200));
        writeln!(
            text,
            "C{number:08},P{partner:05},{country},{sale},{submitted},SKU{sku:04},{category},{revenue},{claimed},INV{invoice:08}"
        )
        .unwrap();
    }
    text
}
