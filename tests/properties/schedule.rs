//! Generated schedules, and what they make due: counted cent by cent, from the definition in words. Whole numbers
//! only, so that nothing of the engine's arithmetic is used.

use std::fmt::Write;

use proptest::prelude::*;

/// Amounts are whole numbers of a millionth.
pub type Millionths = i128;

const CENT: Millionths = 10_000;

#[derive(Debug, Clone)]
pub struct Band {
    /// Where it starts, in cents, and whether that total itself belongs to it.
    pub edge: Option<(i64, bool)>,
    /// In hundredths of a percent.
    pub rate: i64,
    pub per_unit: bool,
    pub flat_cents: i64,
}

#[derive(Debug, Clone)]
pub struct Schedule {
    pub incremental: bool,
    pub bands: Vec<Band>,
}

#[derive(Debug, Clone)]
pub struct Rounding {
    pub mode: &'static str,
    /// As the definition writes it, and in millionths.
    pub written: &'static str,
    pub step: Millionths,
}

const STEPS: [(&str, Millionths); 9] = [
    ("scale: 0", 1_000_000),
    ("scale: 1", 100_000),
    ("scale: 2", 10_000),
    ("scale: 4", 100),
    ("step: 0.05", 50_000),
    ("step: 0.3", 300_000),
    ("step: 0.25", 250_000),
    ("step: 5", 5_000_000),
    ("step: 50", 50_000_000),
];
const MODES: [&str; 7] = ["half_even", "half_up", "half_down", "up", "down", "ceiling", "floor"];

pub fn rounding() -> impl Strategy<Value = Rounding> {
    let modes = prop::sample::select(&MODES[..]);
    (modes, prop::sample::select(&STEPS[..])).prop_map(|(mode, (written, step))| Rounding { mode, written, step })
}

/// One to four bands; the first starts nowhere, at zero or above it.
pub fn schedule() -> impl Strategy<Value = Schedule> {
    let first = prop_oneof![Just(None), Just(Some(0)), (1..20_000_i64).prop_map(Some)];
    let one =
        (1..30_000_i64, any::<bool>(), 0..=1_500_i64, any::<bool>(), prop_oneof![2 => Just(0), 1 => 0..=9_000_i64]);
    (any::<bool>(), first, prop::collection::vec(one, 1..=4)).prop_map(|(incremental, first, steps)| {
        let mut edge = first;
        let bands = steps.into_iter().enumerate().map(|(number, (step, inclusive, rate, per_unit, flat_cents))| {
            if number > 0 {
                edge = Some(edge.unwrap_or(0) + step);
            }
            Band { edge: edge.map(|edge| (edge, inclusive)), rate, per_unit, flat_cents }
        });
        Schedule { incremental, bands: bands.collect() }
    })
}

impl Schedule {
    pub fn yaml(&self, indent: &str) -> String {
        let kind = if self.incremental { "incremental" } else { "retroactive" };
        let mut yaml = format!("{indent}tiers:\n{indent}  kind: {kind}\n{indent}  bands:\n");
        for band in &self.bands {
            let mut keys = Vec::new();
            keys.extend(band.edge.map(|(edge, inclusive)| {
                let word = if inclusive { "from" } else { "above" };
                format!("{word}: {}.{:02}", edge / 100, edge % 100)
            }));
            keys.push(match band.per_unit {
                true => format!("per_unit: 0.{:04}", band.rate),
                false => format!("rate: {}.{:02}%", band.rate / 100, band.rate % 100),
            });
            if band.flat_cents != 0 {
                keys.push(format!("flat: {}.{:02}", band.flat_cents / 100, band.flat_cents % 100));
            }
            writeln!(yaml, "{indent}    - {{ {} }}", keys.join(", ")).unwrap();
        }
        yaml
    }

    /// What is due on a total.
    pub fn due(&self, total_cents: i64) -> Millionths {
        if self.incremental { self.due_by_slices(total_cents) } else { self.due_by_band_reached(total_cents) }
    }

    /// The band reached applies to the whole base.
    fn due_by_band_reached(&self, total: i64) -> Millionths {
        let reached = self.bands.iter().rfind(|band| is_reached(band, total));
        reached.map_or(0, |band| i128::from(total) * i128::from(band.rate) + i128::from(band.flat_cents) * CENT)
    }

    /// Each cent at the band that it lies in, and the flats of the bands entered. Below zero there is only a first
    /// band without a lower end.
    fn due_by_slices(&self, total: i64) -> Millionths {
        let starts_below = |cent: i64| {
            let starts = |band: &&Band| band.edge.is_none_or(|(edge, _)| edge <= cent);
            self.bands.iter().rfind(starts).map_or(0, |band| i128::from(band.rate))
        };
        let earned: i128 = (0..total).map(starts_below).sum();
        let first = self.bands.first().filter(|band| band.edge.is_none());
        let owed: i128 = (total..0).map(|_| first.map_or(0, |band| i128::from(band.rate))).sum();
        let entered = self.bands.iter().filter(|band| is_reached(band, total));
        let flats: i128 = entered.map(|band| i128::from(band.flat_cents) * CENT).sum();
        earned - owed + flats
    }
}

fn is_reached(band: &Band, total: i64) -> bool {
    match band.edge {
        None => true,
        Some((edge, true)) => total >= edge,
        Some((edge, false)) => total > edge,
    }
}

impl Rounding {
    pub fn yaml(&self) -> String {
        format!("{{ mode: {}, {} }}", self.mode, self.written)
    }

    /// The neighbour that the mode's name asks for.
    pub fn round(&self, amount: Millionths) -> Millionths {
        let low = amount.div_euclid(self.step) * self.step;
        let high = low + self.step;
        if low == amount {
            return amount;
        }
        let (toward_zero, away) = if amount > 0 { (low, high) } else { (high, low) };
        let nearest = |tie| match (amount - low).cmp(&(high - amount)) {
            std::cmp::Ordering::Less => low,
            std::cmp::Ordering::Greater => high,
            std::cmp::Ordering::Equal => tie,
        };
        match self.mode {
            "half_even" => nearest(if (low / self.step) % 2 == 0 { low } else { high }),
            "half_up" => nearest(away),
            "half_down" => nearest(toward_zero),
            "up" => away,
            "down" => toward_zero,
            "ceiling" => high,
            "floor" => low,
            other => panic!("{other}"),
        }
    }
}
