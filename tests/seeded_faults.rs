//! Thirty faults of one token each, put into the shipped programs: every one is caught by `meed test`, or stands among what
//! `meed test --mutate` lists. None is silent.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::disallowed_methods,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]

mod command_line;

use std::{
    collections::BTreeMap,
    env, fs,
    path::{Path, PathBuf},
    process,
};

use command_line::meed;
use serde_json::Value;

/// A program, a line of one of its files, a token of it, and what stands there by mistake.
type Fault = (&'static str, &'static str, &'static str, &'static str, &'static str);

const CHANNEL: &str = "inkwell/channel-rebate";
const CHANNEL_FILE: &str = "programs/inkwell/channel-rebate.yaml";
const CHANNEL_RULES: &str = "rules/inkwell/channel_rebate.rhai";
const SPIFF: &str = "summit/dealer-spiff";
const SPIFF_FILE: &str = "programs/summit/dealer-spiff.yaml";
const SPIFF_RULES: &str = "rules/summit/dealer_spiff.rhai";
const HONORARIA: &str = "panelworks/honoraria";
const HONORARIA_FILE: &str = "programs/panelworks/honoraria.yaml";
const HONORARIA_RULES: &str = "rules/panelworks/honoraria.rhai";
const TRADE: &str = "giftware/trade-rebate";
const TRADE_FILE: &str = "programs/giftware/trade-rebate.yaml";
const PROTECTION: &str = "inkwell/price-protection";
const PROTECTION_FILE: &str = "programs/inkwell/price-protection.yaml";

const FAULTS: [Fault; 30] = [
    (CHANNEL, CHANNEL_FILE, "require: is_return || days_taken <= params.claim_window_days", "<=", "<"),
    (CHANNEL, CHANNEL_FILE, "require: is_return || claim.country in params.territory", "||", "&&"),
    (CHANNEL, CHANNEL_FILE, "- { from: 1.10, rate: 5% }", "1.10", "1.01"),
    (CHANNEL, CHANNEL_FILE, "BONUS_CAP: { of: [device_bonus, line_bonus]", "device_bonus", "volume_rebate"),
    (CHANNEL, CHANNEL_FILE, "revenue_after: totals.revenue_month + claim.net_revenue", "+", "-"),
    (CHANNEL, CHANNEL_FILE, "terms: whole ", "whole", "difference"),
    (CHANNEL, CHANNEL_FILE, "units_month: { sum: claim.quantity", "standing", "all"),
    (CHANNEL, CHANNEL_RULES, "sell_in.delivered - sell_in.sent_back", "-", "+"),
    (CHANNEL, CHANNEL_RULES, "abs(claimed - computed) > tolerance", ">", "<"),
    (CHANNEL, CHANNEL_RULES, "if original == ()", "==", "!="),
    (SPIFF, SPIFF_FILE, "require: days_taken >= 0", ">=", ">"),
    (SPIFF, SPIFF_FILE, "require: count(claim.serials) >= abs(claim.units)", ">=", "=="),
    (SPIFF, SPIFF_FILE, "hit: { max: factor }", "max", "min"),
    (SPIFF, SPIFF_FILE, "amount: award.spiff * (promotion_factor - 1)", "1", "2"),
    (SPIFF, SPIFF_FILE, "DEALER_CAP: { per: [claim.dealer_id, quarter]", "quarter", "month"),
    (SPIFF, SPIFF_FILE, "- { above: 9, per_unit: 10 }", "above", "from"),
    (SPIFF, SPIFF_FILE, "when: totals.this_week >= params.forms_a_week", "this_week", "sale_units"),
    (SPIFF, SPIFF_RULES, "if serial == before", "false", "true"),
    (SPIFF, SPIFF_RULES, "if units < 0 { -1 }", "<", "<="),
    (HONORARIA, HONORARIA_FILE, "completes_this_week: { sum: is_complete", "7", "8"),
    (HONORARIA, HONORARIA_FILE, "YEAR_CAP: { per: [participant, year]", "year", "month"),
    (HONORARIA, HONORARIA_FILE, "FAIR_VALUE: { of: [participation", "cut", "reject"),
    (HONORARIA, HONORARIA_FILE, "round_down(fair_value.hourly", "round_down", "round_up"),
    (HONORARIA, HONORARIA_RULES, "if own_claims > 0 { seen - 1 }", "-", "+"),
    (HONORARIA, HONORARIA_RULES, "\"COMPLETE\" | \"SCREENED_OUT\" => 1", "1", "2"),
    (HONORARIA, HONORARIA_RULES, "len(number) == 10 &&", "10", "11"),
    (TRADE, TRADE_FILE, "- { from: 0, rate: 0% }", "0", "1"),
    (TRADE, TRADE_FILE, "mode: half_even", "half_even", "half_up"),
    (PROTECTION, PROTECTION_FILE, "units_protected: min(units_on_day, reported)", "min", "max"),
    (PROTECTION, PROTECTION_FILE, "require: price_change.new_price < price_change.old_price", "<", "<="),
];

/// A copy of this workspace, gone afterwards.
struct Copy(PathBuf);

impl Copy {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("meed-faults-{}", process::id()));
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        for folder in ["programs", "rules", "tables", "tests/programs"] {
            copy(&root.join(folder), &path.join(folder));
        }
        Self(path)
    }

    fn meed(&self, arguments: &[&str]) -> (u8, String) {
        let (exit, stdout, _) = meed(&self.0, arguments);
        (exit, stdout)
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            fs::copy(&path, &target).unwrap();
        }
    }
}

/// The text with the fault in it, the line and the column of the token.
fn seeded(text: &str, (_, file, line, token, other): Fault) -> (String, usize, usize) {
    let mut places = text.match_indices(line);
    let (start, _) = places.next().unwrap_or_else(|| panic!("{file} has no line `{line}`"));
    assert!(places.next().is_none(), "{file}: `{line}` stands more than once");
    let is_number = token.starts_with(|symbol: char| symbol.is_ascii_digit());
    let is_word = |symbol: char| symbol.is_alphanumeric() || symbol == '_' || (is_number && symbol == '.');
    let whole = |at: &usize| {
        let (before, behind) = (text[..*at].chars().next_back(), text[at + token.len()..].chars().next());
        !token.starts_with(is_word) || !(before.is_some_and(is_word) || behind.is_some_and(is_word))
    };
    let end = text[start..].find('\n').map_or(text.len(), |length| start + length);
    let at = text[start..end].match_indices(token).map(|(at, _)| start + at).find(whole);
    let at = at.unwrap_or_else(|| panic!("`{line}` has no token `{token}`"));
    let before = &text[..at];
    let column = before.chars().rev().take_while(|symbol| *symbol != '\n').count() + 1;
    let with = format!("{before}{other}{}", &text[at + token.len()..]);
    (with, before.matches('\n').count() + 1, column)
}

#[test]
fn no_fault_is_silent() {
    let workspace = Copy::new();
    let mut survivors: BTreeMap<&str, Value> = BTreeMap::new();
    let (mut caught, mut listed) = (0, 0);
    for fault in FAULTS {
        let (program, file, _, token, other) = fault;
        let path = workspace.0.join(file);
        let text = fs::read_to_string(&path).unwrap();
        let (with, line, column) = seeded(&text, fault);
        fs::write(&path, with).unwrap();
        let (exit, _) = workspace.meed(&["test", program, "--ci"]);
        fs::write(&path, &text).unwrap();
        if exit == 1 {
            caught += 1;
            continue;
        }
        assert_eq!(exit, 0, "{fault:?}");
        let document = survivors.entry(program).or_insert_with(|| {
            let (exit, json) = workspace.meed(&["test", program, "--mutate", "--format", "json"]);
            assert_eq!(exit, 0, "{program}");
            serde_json::from_str(&json).unwrap()
        });
        let is_it = |survivor: &&Value| {
            survivor["file"] == file
                && survivor["line"] == line
                && survivor["column"] == column
                && survivor["text"] == token
                && survivor["with"] == other
        };
        let found = document["survivors"].as_array().unwrap().iter().find(is_it);
        assert!(found.is_some(), "neither a case nor the list of mutants notices {fault:?}");
        listed += 1;
    }
    assert_eq!(caught + listed, FAULTS.len());
    assert!(caught >= 20 && listed >= 1, "{caught} caught, {listed} listed");
    let (exit, _) = workspace.meed(&["test", SPIFF, "--ci"]);
    assert_eq!(exit, 0, "the copy is as it was");
}
