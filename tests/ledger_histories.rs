//! Histories of a ledger by chance, always the same ones: claims that come, come again, are corrected, taken back, held, released
//! and rejected, while the rules and two arrangements change and participants are erased. After every step what was shown is what
//! was posted, what was posted is what is owed, and all of it can be proved and decided again.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a test fails by panicking, and reads and writes files of its own"
)]

mod command_line;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use command_line::meed;
use rust_decimal::Decimal;
use serde_json::Value;

const PROGRAM: &str = "\
format: 1
program: acme/rebate
title: Rebate
currency: EUR
effective: { from: 2026-01-01, until: 2026-12-31 }
rounding: { mode: half_up, scale: 2 }
order: [day, id]
claim:
  id: id
  participant: partner
  date: day
  original: original
  fields: { id: text, partner: text, day: date, sku: text, units: integer, sold: decimal, proof: optional text, original: optional text }
params: { most: 900, fee: 3 }
totals:
  same: { count: claims, of: all, per: [claim.sku] }
  week: { count: claims, of: standing, per: [participant], within: 7 days }
  skus: { distinct: claim.sku, of: approved, per: [participant] }
  units: { sum: claim.units, of: approved, per: [claim.sku] }
eligibility:
  NO_PROOF: { require: claim.proof != (), else: return }
  SMALL: { require: claim.sold >= 30 || claim.original != (), else: reject }
  LARGE: { require: claim.sold <= params.most, else: hold, message: \"{claim.sold} is more than {params.most}\" }
award:
  rebate:
    base: claim.sold
    per: [participant, quarter]
    tiers: { kind: retroactive, bands: [{ from: 0, rate: 1% }, { from: 1500, rate: 2% }] }
  fee: { amount: params.fee * claim.units, when: claim.original == () }
limits:
  ONE: { of: [fee], per: [claim], max: 15, then: cut }
  CAP: { per: [participant, year], max: 60, then: cut }
  BUDGET: { per: [program], max: 200, then: hold }
flags:
  MANY: { when: totals.week > 4 && claim.original == (), then: hold }
";

const SCOPES: [&str; 4] = [
    "participants: [P0, P1, P2]",
    "when: claim.partner != \"P2\" && totals.week < 3",
    "participants: [P1, P2, P3]",
    "when: claim.sold > 200",
];

const CHANGES: [&str; 5] = [
    "change: { award.rebate.tiers.bands.1.rate: 3% }\nwaive: [SMALL]",
    "change: { params.fee: 8 }",
    "waive: [LARGE]",
    "change: { params.most: 1200 }",
    "waive: [NO_PROOF]",
];

/// Numbers that follow from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(bound).unwrap()).unwrap()
    }

    fn one_of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }
}

/// A claim as it came last.
#[derive(Clone)]
struct Row {
    partner: String,
    day: String,
    sku: String,
    units: i64,
    cents: i64,
    proof: &'static str,
    original: String,
}

impl Row {
    fn by(chance: &mut Chance) -> Self {
        Self {
            partner: format!("P{}", chance.below(4)),
            day: format!("2026-{:02}-{:02}", 1 + chance.below(4), 1 + chance.below(28)),
            sku: format!("S{}", chance.below(4)),
            units: i64::try_from(chance.below(7)).unwrap(),
            cents: i64::try_from(chance.below(110_000)).unwrap(),
            proof: chance.one_of(&["x", "x", "x", ""]),
            original: String::new(),
        }
    }

    /// One that takes back some of this.
    fn taken_back(&self, id: &str, chance: &mut Chance) -> Self {
        let part = |whole: i64, chance: &mut Chance| {
            -i64::try_from(chance.below(usize::try_from(whole.abs() + 1).unwrap())).unwrap()
        };
        Self {
            units: part(self.units, chance),
            cents: part(self.cents, chance),
            proof: "x",
            original: id.to_owned(),
            ..self.clone()
        }
    }

    fn line(&self, id: &str) -> String {
        let Self { partner, day, sku, units, cents, proof, original } = self;
        format!("{id},{partner},{day},{sku},{units},{},{proof},{original}\n", Decimal::new(*cents, 2))
    }
}

/// A workspace with its ledger, and what has come so far.
struct History {
    root: PathBuf,
    chance: Chance,
    claims: BTreeMap<String, Row>,
    /// What all outcomes come to, less what was taken back.
    net: Decimal,
}

impl History {
    fn new(seed: u64) -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ledger_histories").join(seed.to_string());
        if root.exists() {
            fs::remove_dir_all(&root).unwrap();
        }
        fs::create_dir_all(root.join("programs/acme")).unwrap();
        fs::create_dir_all(root.join("arrangements/acme")).unwrap();
        let chance = Chance(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
        let mut history = Self { root, chance, claims: BTreeMap::new(), net: Decimal::ZERO };
        history.rule();
        history.arrange("one");
        history.arrange("two");
        history
    }

    #[track_caller]
    fn done(&self, arguments: &[&str]) -> String {
        let (exit, stdout, stderr) = meed(&self.root, arguments);
        assert_eq!(exit, 0, "{} {arguments:?}: {stdout}{stderr}", self.root.display());
        stdout
    }

    fn rule(&mut self) {
        let most = format!("most: {}", self.chance.one_of(&["700", "900", "950"]));
        let rate = format!("0, rate: {}", self.chance.one_of(&["1%", "1.5%"]));
        let text = PROGRAM.replace("most: 900", &most).replace("0, rate: 1%", &rate);
        fs::write(self.root.join("programs/acme/rebate.yaml"), text).unwrap();
    }

    fn arrange(&mut self, name: &str) {
        let (scope, change) = (self.chance.one_of(&SCOPES), self.chance.one_of(&CHANGES));
        let ceiling = self.chance.one_of(&["20", "60", "200"]);
        let text = format!(
            "format: 1\narrangement: acme/{name}\nprogram: acme/rebate\nreason: to keep the accounts\nreference: CRM-1\n\
             asked_by: a.meyer\napproved_by: c.ruiz\neffective: {{ from: 2026-01-01, until: 2026-10-31 }}\n\
             expires: 2026-10-31\nceiling: {ceiling}\nscope: {{ {scope} }}\n{change}\n"
        );
        fs::write(self.root.join(format!("arrangements/acme/{name}.yaml")), text).unwrap();
    }

    /// A claim that is new, comes again as it was, is corrected, or takes another one back.
    fn next(&mut self) -> (String, Row) {
        let known: Vec<String> = self.claims.keys().cloned().collect();
        let new = format!("C{}", known.len());
        if known.is_empty() {
            return (new, Row::by(&mut self.chance));
        }
        let one = known[self.chance.below(known.len())].clone();
        let row = self.claims[&one].clone();
        match self.chance.below(10) {
            0 | 1 => (one, row),
            2 | 3 => (one, Row { cents: row.cents * 9 / 10, ..row }),
            4 if row.original.is_empty() => (one, Row::by(&mut self.chance)),
            5 | 6 if row.original.is_empty() => (new, row.taken_back(&one, &mut self.chance)),
            _ => (new, Row::by(&mut self.chance)),
        }
    }

    /// Posts a file, as a dry run has shown it.
    fn post(&mut self) {
        let mut rows: BTreeMap<String, Row> = BTreeMap::new();
        for _ in 0..=self.chance.below(8) {
            let (id, row) = self.next();
            if let std::collections::btree_map::Entry::Vacant(vacant) = rows.entry(id.clone()) {
                vacant.insert(row.clone());
                self.claims.insert(id, row);
            }
        }
        let lines: String = rows.iter().map(|(id, row)| row.line(id)).collect();
        let file = format!("id,partner,day,sku,units,sold,proof,original\n{lines}");
        fs::write(self.root.join("claims.csv"), file).unwrap();
        let mut given = vec!["acme/rebate", "--claims", "claims.csv", "--ledger", "l.db", "--out", "out.csv"];
        for name in ["acme/one", "acme/two"] {
            if self.chance.below(3) == 0 {
                given.extend(["--arrangement", name]);
            }
        }
        let shown = self.done(&[&["dry-run", "--save-plan", "plan.json"], &given[..]].concat());
        let dry = fs::read_to_string(self.root.join("out.csv")).unwrap();
        let posted = self.done(&[&["run", "--plan", "plan.json"], &given[..]].concat());
        let out = fs::read_to_string(self.root.join("out.csv")).unwrap();
        assert_eq!((shown, dry), (posted, out.clone()), "{}", self.root.display());
        let place = out.lines().next().unwrap().split(',').position(|name| name == "net").unwrap();
        let nets = out.lines().skip(1).map(|line| line.split(',').nth(place).unwrap());
        self.net += nets.filter(|net| !net.is_empty()).map(|net| net.parse::<Decimal>().unwrap()).sum::<Decimal>();
    }

    /// Does something to a claim that is held.
    fn act(&mut self) {
        let held = self.done(&["ledger", "holds", "acme/rebate", "--ledger", "l.db", "--format", "json"]);
        let held: Value = serde_json::from_str(&held).unwrap();
        let held = held["held"].as_array().unwrap();
        if held.is_empty() {
            return;
        }
        let claim = held[self.chance.below(held.len())]["claim"].as_str().unwrap().to_owned();
        let verb = self.chance.one_of(&["release", "release", "reject"]);
        let said = ["--program", "acme/rebate", "--ledger", "l.db", "--by", "ann", "--reason", "checked", "--yes"];
        // What can't be released is refused.
        let (exit, ..) = meed(&self.root, &[&["ledger", verb, &claim], &said[..]].concat());
        assert!(exit == 0 || exit == 3, "{}", self.root.display());
        self.net = self.owed();
    }

    fn owed(&self) -> Decimal {
        let page = self.done(&["ledger", "balance", "acme/rebate", "--ledger", "l.db", "--format", "json"]);
        let page: Value = serde_json::from_str(&page).unwrap();
        let balances = page["balances"].as_array().unwrap().iter();
        balances.map(|one| one["earned"].as_str().unwrap().parse::<Decimal>().unwrap()).sum()
    }

    fn step(&mut self) {
        match self.chance.below(20) {
            0..=10 => self.post(),
            11..=14 => self.act(),
            15 | 16 => self.rule(),
            17 => self.arrange("one"),
            18 => self.arrange("two"),
            _ => {
                let participant = format!("P{}", self.chance.below(4));
                let said = ["--ledger", "l.db", "--by", "ann", "--reason", "asked for it", "--yes"];
                // Somebody who isn't there isn't erased.
                meed(&self.root, &[&["ledger", "erase", &participant], &said[..]].concat());
            }
        }
    }
}

#[test]
fn whatever_happens_what_is_posted_was_shown_and_can_be_proved_and_decided_again() {
    for seed in 1..=12 {
        let mut history = History::new(seed);
        history.post();
        for _ in 0..14 {
            history.step();
            for verb in ["verify", "replay"] {
                history.done(&["ledger", verb, "--ledger", "l.db"]);
            }
            assert_eq!(history.owed(), history.net, "{}", history.root.display());
        }
    }
}
