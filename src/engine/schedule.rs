//! What a schedule makes due on a total.

use crate::{
    claim::Value,
    money::{Decimal, Inexact, add, multiply, plain, subtract},
    outcome::BandReached,
    program::{Amount, BandTable, Bands, Program, Schedule},
    script::{Expression, Failure, Read, Scope, number},
};

/// A schedule with every amount worked out, for one claim in the run.
#[derive(Debug, Clone, Default)]
pub struct Terms {
    incremental: bool,
    bands: Vec<BandReached>,
}

impl Terms {
    /// Terms of bands from the lowest: each slice of a total at its own, or the whole at the one reached.
    pub fn of(incremental: bool, bands: Vec<BandReached>) -> Self {
        Self { incremental, bands }
    }

    /// The terms of a schedule for a claim.
    pub(super) fn new(program: &Program, schedule: &Schedule, scope: &Scope<'_, '_>) -> Result<Self, Failure> {
        let amount = |amount: &Amount| self::amount(program, amount, scope);
        let target = match &schedule.target {
            Some(expression) => Some((number(&program.form, expression, scope)?, expression)),
            None => None,
        };
        let listed = match &schedule.bands {
            Bands::Listed(bands) => bands,
            Bands::Table(table) => {
                return Ok(Self { incremental: schedule.incremental, bands: in_table(table, target, scope)? });
            }
        };
        let mut bands: Vec<BandReached> = Vec::with_capacity(listed.len());
        for band in listed {
            let edge = match (&band.edge, &target) {
                (None, _) => None,
                (Some(edge), None) => Some(amount(&edge.amount)?),
                (Some(edge), Some((target, expression))) => Some(
                    multiply(amount(&edge.amount)?, *target)
                        .map_err(|reason| Failure { place: expression.place().clone(), reason: reason.to_string() })?,
                ),
            };
            let from = band.edge.as_ref().is_some_and(|edge| edge.inclusive);
            let (rate, flat) = (amount(&band.rate)?, amount(&band.flat)?);
            let number = bands.len();
            let reached = BandReached { number, edge, from, rate, per_unit: band.per_unit, flat };
            let rising = bands.last().is_none_or(|before| start(before) < start(&reached));
            if !rising {
                let reason = "the band doesn't start above the one before it for this claim".to_owned();
                return Err(Failure { place: band.place.clone(), reason });
            }
            bands.push(reached);
        }
        Ok(Self { incremental: schedule.incremental, bands })
    }

    /// The band that a total reaches; `None` below the first.
    pub(super) fn band(&self, total: Decimal) -> Option<&BandReached> {
        self.bands.iter().rev().find(|band| reaches(band, total))
    }

    /// The band behind the one that a total reaches.
    pub(super) fn next(&self, total: Decimal) -> Option<&BandReached> {
        self.bands.iter().find(|band| !reaches(band, total))
    }

    /// The slices of a total under incremental bands, each with the band that it lies in; none otherwise.
    pub(super) fn slices(&self, total: Decimal) -> Result<Vec<(Decimal, BandReached)>, Inexact> {
        let mut slices = Vec::new();
        let reached = self.bands.iter().enumerate().filter(|(_, band)| self.incremental && reaches(band, total));
        for (number, band) in reached {
            let upper = self.bands.get(number + 1).and_then(|next| next.edge).map_or(total, |edge| edge.min(total));
            slices.push((subtract(upper, band.edge.unwrap_or(Decimal::ZERO))?, *band));
        }
        Ok(slices)
    }

    /// What is due on a total, before rounding. `measured` picks the band where the one reached pays on everything.
    pub fn due(&self, total: Decimal, measured: Decimal) -> Result<Decimal, Inexact> {
        if !self.incremental {
            return match self.band(measured) {
                Some(band) => add(multiply(total, band.rate)?, band.flat),
                None => Ok(Decimal::ZERO),
            };
        }
        self.slices(total)?
            .into_iter()
            .try_fold(Decimal::ZERO, |due, (slice, band)| add(due, add(multiply(slice, band.rate)?, band.flat)?))
    }
}

/// The bands in the rows of a table that match a claim, from the lowest.
fn in_table(
    table: &BandTable,
    target: Option<(Decimal, &Expression)>,
    scope: &Scope<'_, '_>,
) -> Result<Vec<BandReached>, Failure> {
    let failed = |reason: String| Failure { place: table.place.clone(), reason };
    let column = |column: usize| match scope.read(Read::TableCell { table: table.table, column }) {
        Value::List(cells) => cells,
        _ => &[],
    };
    let flats = table.flat.map_or(&[][..], column).iter().map(Some).chain(std::iter::repeat(None));
    let mut bands: Vec<BandReached> = Vec::new();
    for ((edge, rate), flat) in column(table.edge).iter().zip(column(table.rate)).zip(flats) {
        let edge = match (edge.number(), target) {
            (Some(share), Some((target, _))) => {
                Some(multiply(share, target).map_err(|reason| failed(reason.to_string()))?)
            }
            (edge, _) => edge,
        };
        let (from, rate) = (table.inclusive && edge.is_some(), rate.number().unwrap_or_default());
        let flat = flat.and_then(Value::number).unwrap_or_default();
        bands.push(BandReached { number: 0, edge, from, rate, per_unit: table.per_unit, flat });
    }
    bands.sort_by_key(start);
    bands.iter_mut().enumerate().for_each(|(number, band)| band.number = number);
    match bands.windows(2).find(|pair| pair.first().map(start) == pair.last().map(start)) {
        Some([band, ..]) => Err(failed(match band.edge {
            Some(edge) => format!("two rows start a band at {} for this claim", plain(edge)),
            None => "two rows start a band without a lower end for this claim".to_owned(),
        })),
        _ => Ok(bands),
    }
}

/// A band without a lower end comes first; one `from` a total before one `above` it.
fn start(band: &BandReached) -> (Option<Decimal>, bool) {
    (band.edge, !band.from && band.edge.is_some())
}

fn reaches(band: &BandReached, total: Decimal) -> bool {
    band.edge.is_none_or(|edge| if band.from { total >= edge } else { total > edge })
}

/// An amount of the definition for a claim.
pub(super) fn amount(program: &Program, amount: &Amount, scope: &Scope<'_, '_>) -> Result<Decimal, Failure> {
    match amount {
        Amount::Fixed(amount) => Ok(*amount),
        Amount::Computed(expression) => number(&program.form, expression, scope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::parse_decimal;

    fn decimal(text: &str) -> Decimal {
        parse_decimal(text).unwrap()
    }

    fn due_on(terms: &Terms, total: &str) -> Decimal {
        terms.due(decimal(total), decimal(total)).unwrap()
    }

    /// Bands written as `edge rate flat`; an edge `>5` is above 5, `-` is none.
    fn terms(incremental: bool, bands: &[&str]) -> Terms {
        let bands = bands.iter().map(|band| {
            let parts: Vec<&str> = band.split(' ').collect();
            let edge = parts[0].trim_start_matches('>');
            BandReached {
                number: 0,
                edge: (edge != "-").then(|| decimal(edge)),
                from: edge != "-" && !parts[0].starts_with('>'),
                rate: decimal(parts[1]),
                per_unit: false,
                flat: decimal(parts.get(2).copied().unwrap_or("0")),
            }
        });
        Terms { incremental, bands: bands.collect() }
    }

    #[test]
    fn retroactive_bands_pay_the_band_reached_on_everything() {
        let terms = terms(false, &["0 0", "1000 0.01", "5000 0.02 7"]);
        for (total, due) in [("-5", "0"), ("999.99", "0"), ("1000", "10"), ("4999.99", "49.9999"), ("5000", "107")] {
            assert_eq!(due_on(&terms, total), decimal(due), "{total}");
        }
    }

    #[test]
    fn another_measure_may_pick_the_band() {
        let terms = terms(false, &["0 0.01", "10 0.05"]);
        assert_eq!(terms.due(decimal("200"), decimal("9")).unwrap(), decimal("2"));
        assert_eq!(terms.due(decimal("200"), decimal("10")).unwrap(), decimal("10"));
    }

    #[test]
    fn incremental_bands_pay_each_slice_at_its_own() {
        let stripe = terms(true, &[">0 7", ">5 6.5", ">10 6"]);
        for (total, due) in [("0", "0"), ("5", "35"), ("6", "41.5"), ("20", "127.5"), ("25", "157.5")] {
            assert_eq!(due_on(&stripe, total), decimal(due), "{total}");
        }
        let with_flats = terms(true, &[">0 0.01 200", ">1000 0.02 300", ">10000 0.03 400"]);
        for (total, due) in [("500", "205"), ("1050", "511"), ("5050", "591")] {
            assert_eq!(due_on(&with_flats, total), decimal(due), "{total}");
        }
    }

    #[test]
    fn a_first_band_without_an_edge_owes_back() {
        for incremental in [false, true] {
            let terms = terms(incremental, &["- 0.10", ">100 0.20"]);
            assert_eq!(due_on(&terms, "-50"), decimal("-5"));
        }
    }
}
