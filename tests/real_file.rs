//! Half a million real lines of a wholesaler, and payments to physicians, where they are at hand: neither file is part of
//! the repository.

#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking"
)]

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::File,
    io::{Read, Write},
    path::{Path, PathBuf},
};

use flate2::read::GzDecoder;
use meed::{
    cases::{Part, freeze},
    compare::{DifferenceKind, KeyDifference, Side, compare},
    diagnostic::Findings,
    engine::{Awards, Past, run},
    input::{ColumnMap, read_claims, wanted},
    outcome::{Depth, Disposition, Outcome},
    program::Program,
    report::{CommaWriter, OutcomeColumns, OutcomeWriter},
    workspace::{Loaded, Workspace},
};
use rust_decimal::{Decimal, RoundingStrategy};

/// The wholesaler's file unpacked.
fn real_file() -> Option<Vec<u8>> {
    unpacked("online-retail-uci.csv.gz")
}

/// A real file unpacked; `None`, said aloud, where it isn't there.
fn unpacked(name: &str) -> Option<Vec<u8>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data").join(name);
    let Ok(file) = File::open(&path) else {
        // Not through `println!`, which the test runner hides for a test that passes.
        let _ = writeln!(std::io::stderr(), "SKIPPED: the real file is not at {}", path.display());
        return None;
    };
    let mut bytes = Vec::new();
    GzDecoder::new(file).read_to_end(&mut bytes).unwrap();
    Some(bytes)
}

fn load(program: &str) -> Loaded {
    let workspace = Workspace::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    workspace.load(&program.parse().unwrap(), &mut Findings::new()).unwrap()
}

/// What a key was awarded, and each outcome as a row of the outcomes file.
struct Decided {
    awards: BTreeMap<(String, String), Decimal>,
    rows: Vec<u8>,
    read: u64,
}

/// Decides a file and looks at each outcome.
fn each_outcome(loaded: &Loaded, bytes: &[u8], look: &mut dyn FnMut(&Outcome<'_>)) {
    let wanted = wanted(&loaded.program.claim.fields);
    let intake = read_claims("real.csv", bytes, &wanted, &ColumnMap::default(), &mut |_| {}).unwrap();
    run(
        &loaded.program,
        &loaded.tables,
        &mut Past::new(&loaded.program),
        &intake.claims,
        &|_, _| Depth::Words,
        &mut |outcome, _| look(outcome),
    );
}

fn decide(loaded: &Loaded, bytes: &[u8]) -> Decided {
    let mut decided = Decided { awards: BTreeMap::new(), rows: Vec::new(), read: 0 };
    let mut rows = CommaWriter::new(OutcomeColumns::new(&loaded.program), &mut decided.rows).unwrap();
    let (awards, read) = (&mut decided.awards, &mut decided.read);
    each_outcome(loaded, bytes, &mut |outcome| {
        *read += 1;
        if outcome.disposition == Disposition::Approved {
            let quarter = quarter(&outcome.date.unwrap().to_string());
            *awards.entry((outcome.participant.to_string(), quarter)).or_default() += outcome.award;
        }
        rows.write(outcome).unwrap();
    });
    rows.finish().unwrap();
    drop(rows);
    decided
}

/// `2011-Q1` of a date or timestamp.
fn quarter(date: &str) -> String {
    let month: u32 = date[5..7].parse().unwrap();
    format!("{}-Q{}", &date[..4], month.div_ceil(3))
}

/// The rebate of each customer and quarter, worked out from the raw rows without the engine: totals of the lines that
/// are not rejected, returned or copies, and the band that each total reaches.
fn rebates(bytes: &[u8]) -> BTreeMap<(String, String), Decimal> {
    const NOT_GOODS: [&str; 12] =
        ["POST", "DOT", "M", "m", "C2", "D", "S", "B", "BANK CHARGES", "AMAZONFEE", "CRUK", "PADS"];
    let (mut totals, mut seen) = (BTreeMap::<(String, String), Decimal>::new(), HashSet::new());
    let mut reader = csv::Reader::from_reader(bytes);
    for row in reader.records() {
        let row = row.unwrap();
        let first = seen.insert(row.iter().map(ToOwned::to_owned).collect::<Vec<_>>());
        let (code, customer) = (&row[1], &row[6]);
        let price: Decimal = row[5].parse().unwrap();
        if customer.is_empty()
            || NOT_GOODS.contains(&code)
            || code.starts_with("gift_")
            || price <= Decimal::ZERO
            || !first
        {
            continue;
        }
        let quantity: Decimal = row[3].parse().unwrap();
        *totals.entry((customer.to_owned(), quarter(&row[4]))).or_default() += quantity * price;
    }
    let percent = |total: Decimal| match total {
        total if total >= Decimal::from(20_000) => 3,
        total if total >= Decimal::from(5_000) => 2,
        total if total >= Decimal::from(1_000) => 1,
        _ => 0,
    };
    let rebate = |total: Decimal| total * Decimal::from(percent(total)) / Decimal::ONE_HUNDRED;
    let rounded = |total| rebate(total).round_dp_with_strategy(2, RoundingStrategy::MidpointNearestEven);
    totals.into_iter().map(|(key, total)| (key, rounded(total))).collect()
}

#[test]
fn every_customer_and_quarter_is_awarded_the_rebate_on_its_approved_total() {
    let Some(bytes) = real_file() else { return };
    let decided = decide(&load("giftware/trade-rebate"), &bytes);
    assert_eq!(decided.read, 541_909);
    let expected = rebates(&bytes);
    assert_eq!(decided.awards.keys().collect::<BTreeSet<_>>(), expected.keys().collect::<BTreeSet<_>>());
    for (key, rebate) in &expected {
        assert_eq!(decided.awards[key], *rebate, "{key:?}");
    }
    assert!(expected.values().filter(|rebate| !rebate.is_zero()).count() > 1_000, "most keys earn nothing");
}

/// Quarters whose approved totals lie in the moved band are paid more, others only at other times.
#[test]
fn a_band_that_moves_is_compared_to_the_penny() {
    let Some(bytes) = real_file() else { return };
    let standard = load("giftware/trade-rebate");
    let moved = moved(&standard);
    let wanted = wanted(&standard.program.claim.fields);
    let claims = read_claims("real.csv", &*bytes, &wanted, &ColumnMap::default(), &mut |_| {}).unwrap().claims;
    let (awards, tables) = (Awards::new(), &standard.tables);
    let [before, after] = [&standard.program, &moved].map(|program| {
        let (claims, awards) = (&claims, &awards);
        Side { program, tables, claims, earlier: &[], awards, arrangements: &[] }
    });
    let comparison = compare(&before, &after).unwrap();
    let runs = [&before, &after].map(|side| {
        let (mut sum, mut past) = (Decimal::ZERO, Past::new(side.program));
        run(side.program, tables, &mut past, &claims, &|_, _| Depth::Codes, &mut |outcome, _| sum += outcome.award);
        sum
    });
    assert_eq!([comparison.before.award, comparison.after.award], runs);
    let gains: Decimal = comparison.keys.iter().map(KeyDifference::gain).sum();
    assert!(gains == runs[1] - runs[0] && gains > Decimal::ZERO);
    let expected: BTreeMap<Vec<String>, Decimal> = rebates(&bytes)
        .into_iter()
        .filter(|(_, rebate)| *rebate >= Decimal::from(40) && *rebate < Decimal::from(50))
        .map(|((customer, quarter), rebate)| (vec![customer, quarter], rebate))
        .collect();
    let shown: BTreeMap<Vec<String>, Decimal> = comparison
        .keys
        .iter()
        .map(|key| (key.key.iter().map(|(_, value)| value.clone()).collect(), key.before))
        .collect();
    assert_eq!(shown, expected);
    let mut retimed: BTreeMap<(String, String), Decimal> = BTreeMap::new();
    for claim in comparison.of_kind(DifferenceKind::Retimed) {
        let key = (claim.participant.clone(), quarter(&claim.date.unwrap().to_string()));
        *retimed.entry(key).or_default() += claim.gain();
    }
    assert!(!retimed.is_empty() && retimed.values().all(Decimal::is_zero));
}

/// Rates for a quarter that would cost 5,000 more cost what the ceiling says, to the penny, and no standard award moves.
#[test]
fn an_arrangement_adds_its_ceiling_to_what_stays_as_it_was() {
    let Some(bytes) = real_file() else { return };
    let standard = load("giftware/trade-rebate");
    let workspace = workspace_of("arranged", &standard.program.source.text);
    let folder = workspace.root().join("arrangements/giftware");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(
        folder.join("autumn.yaml"),
        "format: 1\narrangement: giftware/autumn\nprogram: giftware/trade-rebate\nreason: fair\nreference: M-1\n\
         asked_by: a\napproved_by: b\neffective: { from: 2011-07-01, until: 2011-09-30 }\nexpires: 2011-09-30\n\
         ceiling: 1000\nscope: { when: claim.country != () && claim.country == \"United Kingdom\" }\n\
         change: { award.volume_rebate.tiers.bands.3.rate: 4% }\n",
    )
    .unwrap();
    let name = "giftware/autumn".parse().unwrap();
    let arrangement = workspace.arrangement(&name, &mut Findings::new()).unwrap();
    let wanted = wanted(&standard.program.claim.fields);
    let claims = read_claims("real.csv", &*bytes, &wanted, &ColumnMap::default(), &mut |_| {}).unwrap().claims;
    let (program, tables, awards, ready) = (&standard.program, &standard.tables, Awards::new(), [arrangement.ready()]);
    let side = Side { program, tables, claims: &claims, earlier: &[], awards: &awards, arrangements: &[] };
    let comparison = compare(&side, &Side { arrangements: &ready, ..side }).unwrap();
    let (before, after) = (&comparison.before, &comparison.after);
    assert!(after.ceilings[0].asked > Decimal::from(5_000), "{}", after.ceilings[0].asked);
    assert_eq!(after.award - before.award, Decimal::from(1_000));
    let (added, components) = after.components.split_last().unwrap();
    assert_eq!((added.1, components), (Decimal::from(1_000), &*before.components));
}

/// The program with its band at 5,000 moved to 4,000.
fn moved(standard: &Loaded) -> Program {
    let moved = standard.program.source.text.replace("from: 5000", "from: 4000");
    let workspace = workspace_of("moved_band", &moved);
    workspace.load(&"giftware/trade-rebate".parse().unwrap(), &mut Findings::new()).unwrap().program
}

/// A workspace of its own with the wholesaler's program as this text.
fn workspace_of(name: &str, program: &str) -> Workspace {
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(root.join("programs/giftware")).unwrap();
    std::fs::create_dir_all(root.join("rules/giftware")).unwrap();
    std::fs::write(root.join("programs/giftware/trade-rebate.yaml"), program).unwrap();
    let script = "rules/giftware/trade_rebate.rhai";
    std::fs::copy(Path::new(env!("CARGO_MANIFEST_DIR")).join(script), root.join(script)).unwrap();
    Workspace::find(&root).unwrap()
}

#[test]
fn shuffled_rows_have_the_same_outcomes_apart_from_their_source() {
    let Some(bytes) = real_file() else { return };
    let loaded = load("giftware/trade-rebate");
    let without_source = |rows: Vec<u8>| -> Vec<String> {
        let text = String::from_utf8(rows).unwrap();
        text.lines().map(|row| row.rsplit_once(',').unwrap().0.to_owned()).collect()
    };
    let in_order = decide(&loaded, &bytes);
    let shuffled = decide(&loaded, &shuffled(&bytes));
    assert_eq!(without_source(in_order.rows), without_source(shuffled.rows));
}

/// The derived figures of a line, by name.
type Figures = BTreeMap<String, String>;

/// How many lines a program approves, and the derived figures of the first and the last of them in its order.
fn approved(program: &str, bytes: &[u8]) -> (u64, Figures, Figures) {
    let (mut count, mut first, mut last) = (0, None, None);
    each_outcome(&load(program), bytes, &mut |outcome| {
        if outcome.disposition == Disposition::Approved {
            let named = outcome.derived.iter().map(|named| (named.name.to_string(), named.value.to_string()));
            let figures: Figures = named.collect();
            count += 1;
            first.get_or_insert_with(|| figures.clone());
            last = Some(figures);
        }
    });
    (count, first.unwrap(), last.unwrap())
}

/// Figures that others printed for the original workbook; UCI-01 to UCI-15 in `docs/third-party.md`.
#[test]
fn the_figures_of_the_real_file_are_those_that_others_printed() {
    let Some(bytes) = real_file() else { return };
    let number = |figure: &str| figure.parse::<Decimal>().unwrap();

    let (lines, first, last) = approved("third-party/online-retail", &bytes);
    assert_eq!(lines, 541_909, "UCI-01");
    assert_eq!(last["lines"], "541909", "UCI-01");
    assert_eq!(last["described"], "540455", "UCI-02");
    assert_eq!(last["with_customer"], "406829", "UCI-03");
    assert_eq!(last["invoices"], "25900", "UCI-04");
    assert_eq!(last["stock_codes"], "4070", "UCI-05");
    assert_eq!(number(&last["mean_quantity"]), number("9.55225"), "UCI-08");
    assert_eq!(number(&last["mean_unit_price"]), number("4.611114"), "UCI-11");
    assert_eq!(first["invoiced_at"], "2010-12-01 08:26:00", "UCI-12");
    assert_eq!(last["invoiced_at"], "2011-12-09 12:50:00", "UCI-13");

    let (_, first, last) = approved("third-party/online-retail-by-quantity", &bytes);
    assert_eq!(first["quantity"], "-80995", "UCI-06");
    assert_eq!(last["quantity"], "80995", "UCI-07");

    let (_, first, last) = approved("third-party/online-retail-by-price", &bytes);
    assert_eq!(number(&first["unit_price"]), number("-11062.06"), "UCI-09");
    assert_eq!(number(&last["unit_price"]), number("38970.00"), "UCI-10");

    let (with_customer, first, last) = approved("third-party/online-retail-by-customer", &bytes);
    assert_eq!(with_customer, 406_829, "UCI-03");
    assert_eq!(first["customer_id"], "12346", "UCI-14");
    assert_eq!(last["customer_id"], "18287", "UCI-15");
}

/// Payments to a physician by one company in a year: of all of them, of those that aren't small, and how many are small.
#[derive(Default)]
struct Payments {
    all: Decimal,
    large: Decimal,
    small: usize,
}

/// The payments of 2015 by physician and company, from the raw rows.
fn payments(bytes: &[u8]) -> BTreeMap<(String, String), Payments> {
    let mut payments = BTreeMap::<_, Payments>::new();
    let mut reader = csv::Reader::from_reader(bytes);
    let headers = reader.headers().unwrap().clone();
    let column = |name: &str| headers.iter().position(|header| header == name).unwrap();
    let (amount, date) = (column("Total_Amount_of_Payment_USDollars"), column("Date_of_Payment"));
    let physician = column("Physician_Profile_ID");
    let company = column("Applicable_Manufacturer_or_Applicable_GPO_Making_Payment_ID");
    for row in reader.records() {
        let row = row.unwrap();
        if row[date].ends_with("/2015") {
            let amount: Decimal = row[amount].parse().unwrap();
            let key = payments.entry((row[physician].to_owned(), row[company].to_owned())).or_default();
            key.all += amount;
            if amount < Decimal::new(1021, 2) {
                key.small += 1;
            } else {
                key.large += amount;
            }
        }
    }
    payments
}

#[test]
fn every_payment_of_a_year_above_the_yearly_amount_is_reported_and_below_it_the_larger_ones() {
    let Some(bytes) = unpacked("cms-open-payments-iowa-general-2013-2015.csv.gz") else { return };
    let payments = payments(&bytes);
    let yearly = Decimal::new(10_207, 2);
    let mut expected = BTreeMap::<String, Decimal>::new();
    for ((physician, _), payments) in &payments {
        *expected.entry(physician.clone()).or_default() +=
            if payments.all > yearly { payments.all } else { payments.large };
    }
    let decided = decide(&load("third-party/small-payments"), &bytes);
    let mut reported = BTreeMap::<String, Decimal>::new();
    for ((physician, _), award) in decided.awards {
        *reported.entry(physician).or_default() += award;
    }
    assert_eq!(reported, expected);
    assert_eq!(payments.values().map(|payments| payments.small).sum::<usize>(), 14_901);
    let low = payments.values().filter(|payments| payments.all <= yearly);
    assert_eq!(low.map(|payments| payments.small).sum::<usize>(), 855);
}

/// Ids of held copies and of lines that brought an award, of customers with a short past; and all customers' ids.
fn to_freeze(loaded: &Loaded, bytes: &[u8]) -> (Vec<String>, BTreeSet<String>) {
    let (mut lines, mut copies, mut awarded, mut customers) =
        (BTreeMap::<String, u32>::new(), Vec::new(), Vec::new(), BTreeSet::new());
    each_outcome(loaded, bytes, &mut |outcome| {
        let before = lines.entry(outcome.participant.to_string()).or_default();
        *before += 1;
        customers.insert(outcome.participant.to_string());
        if *before < 60 {
            match outcome.disposition {
                Disposition::Held if copies.len() < 3 => copies.push(outcome.claim.to_string()),
                Disposition::Approved if outcome.award > Decimal::ONE && awarded.len() < 3 => {
                    awarded.push(outcome.claim.to_string());
                }
                _ => {}
            }
        }
    });
    customers.remove("");
    (copies.into_iter().chain(awarded).collect(), customers)
}

#[test]
fn a_case_frozen_from_it_decides_the_same_and_holds_no_customer() {
    let Some(bytes) = real_file() else { return };
    let loaded = load("giftware/trade-rebate");
    let (ids, customers) = to_freeze(&loaded, &bytes);
    assert_eq!(ids.len(), 6);
    let wanted = wanted(&loaded.program.claim.fields);
    let intake = read_claims("real.csv", bytes.as_slice(), &wanted, &ColumnMap::default(), &mut |_| {}).unwrap();
    let parts = [Part::new(&loaded.program, &loaded.tables, Vec::new(), intake.claims)];
    // Freezing fails where the case doesn't decide the same.
    for only in [&ids[..1], &ids[5..], &ids] {
        let frozen = freeze(&parts, only, "from the real file").unwrap();
        assert_eq!((frozen.replaced.as_slice(), frozen.kept.len()), (["CustomerID".to_owned()].as_slice(), 0));
        let text = format!("{}{}", frozen.text, frozen.snapshot.to_file());
        let words: BTreeSet<&str> = text.split(|symbol: char| !symbol.is_alphanumeric() && symbol != '.').collect();
        assert!(words.contains("P-1".split_once('-').unwrap().0), "{text}");
        let shown: Vec<&String> = customers.iter().filter(|customer| words.contains(customer.as_str())).collect();
        assert_eq!(shown, Vec::<&String>::new());
    }
}

/// The rows in another order, the same each time: sorted by a hash of a row and its number.
fn shuffled(bytes: &[u8]) -> Vec<u8> {
    let text = std::str::from_utf8(bytes).unwrap();
    let (header, rows) = text.split_once('\n').unwrap();
    let mut rows: Vec<(usize, &str)> = rows.lines().enumerate().collect();
    rows.sort_by_key(|(number, row)| *blake3::hash(format!("{number}{row}").as_bytes()).as_bytes());
    let mut shuffled = format!("{header}\n");
    for (_, row) in rows {
        shuffled.push_str(row);
        shuffled.push('\n');
    }
    shuffled.into_bytes()
}

#[test]
fn the_repository_holds_no_row_of_the_real_file() {
    let Some(bytes) = real_file() else { return };
    let text = String::from_utf8(bytes).unwrap();
    let rows: HashSet<&str> = text.lines().skip(1).collect();
    let mut folders: Vec<PathBuf> =
        ["samples", "tests", "tables"].iter().map(|name| Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).collect();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).into_iter().flatten() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = std::fs::read_to_string(&path) {
                let copied = text.lines().find(|line| rows.contains(line.trim()));
                assert_eq!(copied, None, "{}", path.display());
            }
        }
    }
}
